import fc from 'fast-check';
import t from 'tap';
import { addKeysIn, allKeysIn, nameKeys } from '../../src/index.ts';
import { tokensOf, wordsOf } from '../../src/names/name-tokens.ts';

const person = (name: string) => ({ party: 'party_1', name, aliases: [] });
const meets = (name: string, text: unknown): boolean => {
  const keys = addKeysIn(text, new Set());
  return nameKeys(person(name)).some((key) => keys.has(key));
};

t.test('a name meets the texts in which it may stand, wherever in JSON', async (t) => {
  for (const [name, text] of [
    ['Ada Quillfeather', 'QUILLFEATHER’S car'],
    ['Quillfeather, Ada', { claim: { statement: 'The car of A. Quillfeather stood still.' } }],
    ['José de la Cruz García', ['Senor Garcia spoke.']],
    ['Ada Quillfeather', 'https://pier.example/2026/ada-quillfeather-dies'],
    ['Юлия Хаджиева', 'Машина Хаджиевой стояла.'],
    ['王小明', '王小明说'],
  ] as const)
    t.ok(meets(name, text), name);
  for (const [name, text] of [
    ['Ada Quillfeather', 'a quillfeather lay there'],
    ['Ada Quillfeather', 'Ada spoke.'],
    ['Ada Quillfeather', 'party_01h455vb4pex5vsknk084sn02q'],
  ] as const)
    t.notOk(meets(name, text), text);
  t.ok(allKeysIn(['seen by ada quillfeather']).has('quillfeather'), 'of all words');
});

t.test('no key is longer than an index takes, and a long name is met all the same', async (t) => {
  for (const letter of ['x', '𐐨']) {
    const name = `Ada Q${letter.repeat(290)}`;
    t.ok(nameKeys(person(name)).every((key) => [...key].length <= 64 && key.isWellFormed()));
    t.ok(meets(name, `The car of ${name} stood still.`));
  }
});

t.test('Latin texts have the same words, read fast or not', async () => {
  const part = fc.oneof(
    fc.constantFrom(
      'Ada',
      'O’Brien',
      "d'Arc",
      'Łukasz',
      'naïve\u00ad',
      ' ',
      '-',
      '—',
      '“',
      '1',
      'ß',
      '·',
      'ʻ',
      '王',
      'e\u0301',
      '×',
      '\u2060',
    ),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x24f }).map((code) => String.fromCodePoint(code)) }),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('');
      // A blank between signs of another script keeps what is read fast from being read so, and is no part of a word.
      const words = wordsOf(text);
      const slow = wordsOf(`${text} 王`);
      return JSON.stringify(words) === JSON.stringify(slow.slice(0, -1)) && tokensOf(text).length === words.length;
    }),
    { numRuns: 2000 },
  );
});
