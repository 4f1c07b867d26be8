import fc from 'fast-check';
import t from 'tap';
import {
  applicationEvents,
  type EnteredQuote,
  firstOfEach,
  letOut,
  limitOf,
  publicShare,
  quotesBeyondLimit,
  quotesByPlace,
  quotesOf,
} from '../src/index.ts';
import { claim, proposal, scene, text } from './scene.ts';

const quote = (from: number, to: number, more: Partial<EnteredQuote> = {}): EnteredQuote => ({
  start: from,
  end: to,
  from,
  to,
  words: 0,
  revision: 1,
  limit: 1200,
  ...more,
});
const source = 'source_a';

t.test('what may be public of a text is a share of it, or a length where that is more', async (t) => {
  t.equal(limitOf(17_100, publicShare), 2565);
  t.equal(limitOf(8000, publicShare), 1200);
  t.equal(limitOf(8007, publicShare), 1201);
  t.equal(limitOf(1000, { percent: 50, length: 10 }), 500);
});

t.test('what counts of a quote is what the public would see of it', async (t) => {
  const cited = (exact: string, start: number, prefix: string | null = null, suffix: string | null = null) => ({
    source,
    revision: 1,
    part: null,
    quote: { exact, prefix, suffix },
    position: { start, end: start + [...exact].length },
  });
  const counted = (...citations: ReturnType<typeof cited>[]) => quotesOf(citations, () => 1200)[0]?.ranges;
  t.same(counted(cited('He ran. He fell.', 100, 'Then: ', ' The end.')), [{ start: 100, end: 116, from: 94, to: 125, words: 6 }]);
  t.match(counted(cited('a'.repeat(290), 100, 'b'.repeat(20))), [{ from: 100, to: 390 }], 'context that nobody sees does not');
  t.match(counted(cited('a'.repeat(500), 100)), [{ from: 100, to: 400, words: 0 }], 'nor what lies beyond 300');
  t.match(counted(cited('😀😀 one two three', 3)), [{ start: 3, end: 19, words: 6 }], 'in code points');
  t.match(counted(cited('one', 5), cited('two', 9), cited('one', 5, 'a ')), [{ start: 5, from: 5 }, { start: 9 }], 'each place once');
  const places = quotesOf([cited('one', 5), { ...cited('two', 9), revision: 2 }], (_, revision) => revision * 1000);
  t.match(places, [
    { revision: 1, limit: 1000 },
    { revision: 2, limit: 2000 },
  ] as object);
});

t.test('first words are whole words, at most 24 characters and half of the quote', async (t) => {
  const words = (exact: string) => {
    const position = { start: 0, end: [...exact].length };
    return [...exact]
      .slice(0, quotesOf([{ source, revision: 1, quote: { exact, prefix: null, suffix: null }, position }], () => 1)[0]?.ranges[0]?.words)
      .join('');
  };
  t.equal(words('The car moved toward the officers before the first shot was fired.'), 'The car moved toward the');
  t.equal(words('He ran away.'), 'He ran');
  t.equal(words('“Stop!” he said.'), '“Stop!” '.trim().slice(0, 5));
  t.equal(words('Stop'), '');
  t.equal(words('Donaudampfschifffahrtsgesellschaft'), '');
});

t.test('quotes are let out whole up to the limit, then by their first words up to half as much, then not at all', async (t) => {
  const adjoining = Array.from({ length: 57 }, (_, index) => quote(index * 300, (index + 1) * 300, { words: 24, limit: 2565 }));
  const shown = letOut(adjoining);
  t.same(shown.slice(0, 8), Array(8).fill(null), '2,400 of 2,565');
  t.same(shown.slice(8), Array(49).fill(24), '1,176 of 1,282');
  const narrow = letOut(adjoining.map((each) => ({ ...each, limit: 600 })));
  t.same(narrow, [null, null, ...Array(12).fill(24), ...Array(43).fill(0)]);
});

t.test('overlaps count once, and what is public already stays so', async (t) => {
  t.same(letOut([quote(0, 300), quote(100, 400), quote(0, 400), quote(350, 1200)]), [null, null, null, null]);
  t.same(letOut([quote(0, 900), quote(2000, 2400), quote(200, 800), quote(800, 901)]), [null, 0, null, 0]);
  t.same(letOut([quote(0, 300), quote(300, 600), quote(2000, 3000), quote(200, 500)]), [null, null, 0, null], 'across two that meet');
});

t.test('all revisions of a text count together', async (t) => {
  t.same(letOut([quote(0, 700), quote(0, 700, { revision: 2 }), quote(0, 400, { revision: 2 })]), [null, 0, 0]);
});

t.test('a place is decided by the quote that came first', async (t) => {
  t.same(
    firstOfEach([quote(0, 10, { from: 0 }), quote(0, 10, { to: 30 }), quote(0, 11)]).map(({ to }) => to),
    [10, 11],
  );
});

const someQuote = fc
  .record({
    start: fc.nat(3000),
    length: fc.integer({ min: 1, max: 300 }),
    around: fc.nat(40),
    words: fc.nat(24),
    revision: fc.integer({ min: 1, max: 2 }),
    limit: fc.constantFrom(300, 600, 900),
  })
  .map(({ start, length, around, words, revision, limit }): EnteredQuote => {
    const whole = length + 2 * around <= 300 ? around : 0;
    return {
      start,
      end: start + length,
      from: Math.max(0, start - whole),
      to: start + length + whole,
      words: Math.min(words, length >> 1),
      revision,
      limit,
    };
  });
const quotes = fc.array(someQuote, { maxLength: 40 }).map(firstOfEach);

/** The places, revision and offset, that the public can read. */
const readable = (entered: readonly EnteredQuote[], decided: readonly (number | null)[]): Set<string> => {
  const places = new Set<string>();
  for (const [index, { revision, start, from, to }] of entered.entries()) {
    const shown = decided[index] ?? null;
    for (let at = shown === null ? from : start; at < (shown === null ? to : start + shown); at += 1) places.add(`${revision} ${at}`);
  }
  return places;
};

t.test('whatever is quoted in whatever order, no more is public than the largest limit and half of it', async (t) => {
  fc.assert(
    fc.property(quotes, (entered) => {
      const most = Math.max(0, ...entered.map(({ limit }) => limit));
      t.ok(readable(entered, letOut(entered)).size <= most * 1.5);
    }),
  );
});

t.test('what was decided stays, whatever comes later', async (t) => {
  fc.assert(
    fc.property(quotes, fc.nat(40), (entered, many) => {
      t.same(letOut(entered.slice(0, many)), letOut(entered).slice(0, many));
    }),
  );
});

t.test('a quote that comes late lets out nothing more than itself', async (t) => {
  const sameLimit = quotes.map((entered) => entered.map((each) => ({ ...each, limit: 600 })));
  fc.assert(
    fc.property(sameLimit, fc.nat(40), (entered, late) => {
      const index = late % Math.max(1, entered.length);
      const without = entered.filter((_, each) => each !== index);
      const whole = (of: readonly EnteredQuote[]) => of.filter((_, each) => letOut(of)[each] === null);
      const before = readable(
        whole(without),
        whole(without).map(() => null),
      );
      const own = readable(entered.slice(index, index + 1), [null]);
      const after = readable(
        whole(entered),
        whole(entered).map(() => null),
      );
      t.same(
        [...after].filter((place) => !before.has(place) && !own.has(place)),
        [],
      );
    }),
  );
});

t.test('an edit is told of the sources of which it quotes too much', async (t) => {
  const edit = [{ source, revision: 1, limit: 1200, ranges: [quote(1000, 1300)].map(({ revision: _, limit: __, ...range }) => range) }];
  t.same(
    quotesBeyondLimit(edit, () => []),
    [],
  );
  t.same(
    quotesBeyondLimit(edit, () => [quote(0, 900)]),
    [],
  );
  t.same(
    quotesBeyondLimit(edit, () => [quote(0, 950)]),
    [{ source, quoted: 1250, limit: 1200 }],
  );
  t.same(
    quotesBeyondLimit(edit, () => [quote(0, 300), quote(990, 1310), quote(2000, 2900)]),
    [],
    'what is public already is no more',
  );
});

t.test('an edit stores what it quotes, and applying it the same', async (t) => {
  const s = scene();
  s.propose(proposal([claim('c1')]));
  const { quotes } = s.state.edits.get(1)?.versions[0] ?? {};
  t.equal(quotes?.length, 1);
  t.match(quotes, [{ revision: 1, limit: 1200, ranges: [{ start: Number, words: Number }] }]);
  t.ok((quotes?.[0]?.ranges[0]?.end ?? 0) <= [...text].length);
  const applied = s.vote(1, 'approve', 'reviewer');
  t.match(applied, { ok: true });
  if (applied.ok) t.same(applied.value.find(({ type }) => type === 'EditApplied')?.data, { version: 1, quotes });
  const changes = s.state.edits.get(1)?.versions[0]?.changes ?? [];
  const ofBefore = applicationEvents(1, { version: 1, changes, quotes: null }).find(({ type }) => type === 'EditApplied');
  t.same(ofBefore?.data, { version: 1, quotes: quotesByPlace(changes) });
  const [byPlace] = quotesByPlace(changes);
  t.match(
    byPlace,
    { limit: 1200, ranges: [{ start: quotes?.[0]?.ranges[0]?.start, from: quotes?.[0]?.ranges[0]?.start, words: 0 }] },
    'before, by its place',
  );
});
