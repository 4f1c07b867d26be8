import fc from 'fast-check';
import t from 'tap';
import { inOnePass, occurrencesOf } from '../src/source/occurrences.ts';
import { quotedText, searchQuotes } from '../src/source/quote.ts';

const plainly = (text: string, one: string, most: number): number[] =>
  Array.from({ length: text.length }, (_, at) => at)
    .filter((at) => text.startsWith(one, at))
    .slice(0, most);

t.test('all that is looked for is found where a plain search finds it, the first places of each', async () => {
  const word = (least: number, most: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', '😀', '\uffff'), minLength: least, maxLength: most });
  fc.assert(
    fc.property(word(0, 40), fc.array(word(1, 6), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (text, sought, most) => {
      const texts = [...new Set(sought)].sort((one, other) => (one < other ? -1 : 1));
      return [occurrencesOf(text, sought, most), inOnePass(text, texts, most)].every(
        ({ places }) => places.size === texts.length && texts.every((one) => plainly(text, one, most).join() === places.get(one)?.join()),
      );
    }),
    { numRuns: 2000 },
  );
});

// What made one request take the service's time: the steps, which no machine makes slower, grow with what was sent and stored, and no faster.
t.test('the steps are linear in the text and in what is looked for, also where everything repeats', async (t) => {
  const most = 51;
  const many = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index));
  const letters = (count: number) => 'a'.repeat(count);
  const cases: [string, string, string[]][] = [
    ['letters, then none of them', `${letters(499_000)}c`, many(4950, () => `${letters(40)}b`)],
    ['beginnings of one another', letters(500_000), many(2000, (index) => letters(index + 1))],
    ['endings that differ', letters(500_000), many(1900, (index) => `${letters(1000)}${String.fromCharCode(0x4e00 + index)}`)],
    ['beginnings that differ', letters(500_000), many(1900, (index) => `${String.fromCharCode(0x4e00 + index)}${letters(1000)}`)],
    [
      'many units that may follow',
      many(500_000, (index) => String.fromCharCode(0x4e00 + (index % 5000))).join(''),
      many(5000, (index) => String.fromCharCode(0x4e00 + index)),
    ],
    ['pairs', '😀'.repeat(500_000), many(2000, (index) => `${'😀'.repeat(500)}${index}`)],
  ];
  for (const [what, text, sought] of cases) {
    const size = text.length + sought.reduce((sum, { length }) => sum + length, 0) + most * sought.length;
    const { steps, places } = occurrencesOf(text, sought, most);
    // The logarithm is that of 5,000 units that may follow one another.
    t.ok(steps <= 2 * size * (what.startsWith('many') || what.includes('differ') ? 14 : 3), `${what}: ${steps} steps for ${size}`);
    t.ok(
      [...places.values()].every(({ length }) => length <= most),
      'and no more places than are asked for',
    );
  }
});

t.test('code points are counted once for a text, whatever is quoted', async (t) => {
  const text = quotedText(`${'😀'.repeat(100_000)}a${'😀'.repeat(100_000)}`);
  t.equal(text.length, 200_001);
  t.equal(text.pairs?.length, Math.ceil(text.text.length / 64) + 1, 'by a table that is far smaller than the text');
  t.equal(quotedText('a'.repeat(1000)).pairs, null);
  t.equal(searchQuotes(text, []).steps, 0, 'with positions nothing is looked for');
});
