import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { indexPrivateNames, type PrivateNames, type PrivatePerson, privateNamesIn, withheldName, withoutNames } from '../../src/index.ts';

type Line = { language: string; text: string; expected: { party: string; start: number; end: number }[] };
/** Lines with invented names: `# party<tab>name<tab>alias …`, then `language<tab>text`, in which what should be found stands in brackets with its party. */
const corpusIn = (file: string): { people: PrivatePerson[]; corpus: Line[] } => {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const people = lines
    .filter((line) => line.startsWith('# '))
    .map((line) => {
      const [party = '', name = '', ...aliases] = line.slice(2).split('\t');
      return { party, name, aliases };
    });
  const corpus = lines
    .filter((line) => !line.startsWith('# '))
    .map((line) => {
      const [language = '', marked = ''] = line.split('\t');
      const expected: Line['expected'] = [];
      let text = '';
      for (const [, before = '', party, name = '', rest = ''] of marked
        .replaceAll('\\n', '\n')
        .matchAll(/([^[]*)\[(\w+):([^\]]*)\]|([^[]+)/gu)) {
        text += before;
        const start = [...text].length;
        text += name + rest;
        if (party !== undefined) expected.push({ party, start, end: start + [...name].length });
      }
      return { language, text, expected };
    });
  return { people, corpus };
};

const { people, corpus } = corpusIn('private-names.txt');
const names = indexPrivateNames(people);
/** Lines that were written after the rules, and by which no rule was changed: so the matcher does on what nobody thought of. */
const unseen = corpusIn('private-names-unseen.txt');

type Figures = { lines: number; names: number; found: number; right: number };
const figuresOf = (t: Test, index: PrivateNames, lines: readonly Line[]): Figures => {
  const figures = { lines: lines.length, names: 0, found: 0, right: 0 };
  const keyOf = ({ party, start, end }: { party: string; start: number; end: number }) => `${party} ${start} ${end}`;
  for (const { language, text, expected } of lines) {
    const [found, should] = [new Set(privateNamesIn(index, text).map(keyOf)), new Set(expected.map(keyOf))];
    const right = [...found].filter((each) => should.has(each)).length;
    figures.names += should.size;
    figures.found += found.size;
    figures.right += right;
    if (right < found.size || right < should.size)
      t.comment(`${language}: ${text}: found ${[...found].join(', ')}; should be ${[...should].join(', ')}`);
  }
  return figures;
};
const rowOf = (what: string, { lines, names: should, found, right }: Figures): string =>
  `| ${what} | ${lines} | ${should} | ${(right / found).toFixed(3)} | ${(right / should).toFixed(3)} |`;
const page = readFileSync(new URL('../../../../docs/evidence.md', import.meta.url), 'utf8');

t.test('names are found as people write them, what only looks like one is left alone, and the page has the figures', async (t) => {
  for (const [what, index, lines] of [
    ['names: what the rules were made with', names, corpus],
    ['names: written after the rules', indexPrivateNames(unseen.people), unseen.corpus],
  ] as const) {
    const figures = figuresOf(t, index, lines);
    const row = rowOf(what, figures);
    t.comment(row);
    t.ok(page.includes(row), row);
    t.ok(figures.right / figures.found >= 0.9 && figures.right / figures.names >= 0.9, what);
  }
});

t.test('a name in any order, case, with or without accents is found, wherever it stands', async () => {
  const person = fc.constantFrom(...people.filter(({ name }) => /^[\p{Script=Latin}' -]+$/u.test(name) && name.includes(' ')));
  const written = fc.constantFrom<(given: string, surname: string) => string>(
    (given, surname) => `${given} ${surname}`,
    (given, surname) => `${surname}, ${given}`,
    (given, surname) => `${given} ${surname}`.toUpperCase(),
    (given, surname) => `${given} ${surname}`.toLowerCase(),
    (given, surname) => `${given} ${surname}`.normalize('NFD'),
    (given, surname) => `${given} ${surname}`.normalize('NFD').replace(/\p{M}/gu, ''),
    (given, surname) => `${given}\u00a0${surname}`,
    (given, surname) => `${given}\n${surname}`,
  );
  const around = fc.constantFrom(
    ['The driver was ', ', who fled.'],
    ['', ' was hit.'],
    ['«', '»'],
    ['🚤 ', '.'],
    ['(', ')'],
    ['警方说', '。'],
  );
  fc.assert(
    fc.property(person, written, around, ({ party, name }, write, [before = '', behind = '']) => {
      const at = name.search(/ (?:van der |da |del )?[^ ]+$/);
      const one = write(name.slice(0, at), name.slice(at + 1));
      const text = `${before}${one}${behind}`;
      const start = [...before].length;
      return privateNamesIn(names, text).some(
        (found) => found.party === party && found.start === start && found.end === start + [...one].length,
      );
    }),
  );
});

t.test('offsets are those of the text, whatever it holds, and nothing is found without names', async () => {
  const piece = fc.constantFrom(
    'Anna',
    ' ',
    'Miller',
    ', ',
    '-',
    'de',
    'Garza',
    'Solís',
    '.',
    'A',
    'J.',
    '王',
    '小澜',
    '🚤',
    'محمد',
    'الخطابي',
    '\u00ad',
    '\n',
    "'s",
    'County',
    'Щербатовой',
    '김도하늘을',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const found = privateNamesIn(names, text);
      const { text: masked, withheld } = withoutNames(text, found);
      return (
        found.every(({ start, end }) => start >= 0 && start < end && end <= [...text].length) &&
        withheld.every(({ start, end }) => [...masked].slice(start, end).join('') === withheldName) &&
        privateNamesIn(indexPrivateNames([]), text).length === 0
      );
    }),
  );
});

t.test('what is withheld stands in the text in its place', async (t) => {
  const text = '🚤 Anna Miller and Miller, A. met Ms. Miller.';
  t.strictSame(withoutNames(text, privateNamesIn(names, text)), {
    text: '🚤 [name withheld] and [name withheld]. met Ms. [name withheld].',
    withheld: [
      { start: 2, end: 17 },
      { start: 22, end: 37 },
      { start: 47, end: 62 },
    ],
  });
});

t.test('two people of one name are both told, and how the name is written', async (t) => {
  const both = indexPrivateNames([
    { party: 'one', name: 'Anna Miller', aliases: [] },
    { party: 'other', name: 'Miller, Anna', aliases: ['Annie Miller'] },
  ]);
  t.strictSame(
    privateNamesIn(both, 'Annie Miller, Anna Miller and A. Miller').map(({ party, how }) => [party, how]),
    [
      ['other', 'name'],
      ['one', 'name'],
      ['other', 'name'],
      ['one', 'initials'],
      ['other', 'initials'],
    ],
  );
});

t.test('many names make the search in a text no longer', async (t) => {
  const syllables = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'so', 'ti', 'va', 'ze'];
  const word = (number: number, length: number) => {
    const made = Array.from({ length }, (_, place) => syllables[Math.floor(number / 10 ** place) % 10]).join('');
    return `${made.charAt(0).toUpperCase()}${made.slice(1)}`;
  };
  const many = Array.from({ length: 10_000 }, (_, number) => ({
    party: `p${number}`,
    name: `${word(number, 2)} ${word(number, 4)}`,
    aliases: [],
  }));
  const text =
    `The harbour office said on Tuesday that ${many[1234]?.name} and two of its guards had stopped the boat near Hollin. `.repeat(180);
  const index = indexPrivateNames(many);
  const found = privateNamesIn(index, text);
  t.equal(found.length, 180);
  // How many names share a surname is what a search takes beside its text.
  t.equal(Math.max(...[...index.bySurname.values()].map(({ length }) => length)), 1);
  const started = process.cpuUsage();
  privateNamesIn(index, text);
  t.comment(`a text of ${text.length} characters against 10,000 names: ${(process.cpuUsage(started).user / 1000).toFixed(0)} ms of work`);
});
