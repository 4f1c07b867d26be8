import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { differencesOf, reanchored } from '../src/index.ts';
import doubting from '../src/source/anchoring/doubting-words.json' with { type: 'json' };

/** Corrections as newspapers make them, in our own words: quotations stand in brackets, `[a:…]`, and where they should be afterwards; `[x:…]` must not be taken. */
type Case = { what: string; language: string; old: string; new: string; states: Record<string, string> };
const casesIn = (file: string): Case[] => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const corpora = {
  'quotations: what the rules were made with': casesIn('anchoring-corpus.json'),
  // No rule was changed by these.
  'quotations: written after the rules': casesIn('anchoring-unseen.json'),
};
const page = readFileSync(new URL('../../../docs/evidence.md', import.meta.url), 'utf8');

type Marked = { text: string; places: Map<string, { start: number; end: number }> };
const unmarked = (marked: string): Marked => {
  const places = new Map<string, { start: number; end: number }>();
  let text = '';
  for (const [, before = '', ref, exact = '', rest = ''] of marked.matchAll(/([^[]*)\[(\w):([^\]]*)\]|([^[]+)/gu)) {
    text += before;
    const start = [...text].length;
    text += exact + rest;
    if (ref !== undefined) places.set(ref, { start, end: start + [...exact].length });
  }
  return { text, places };
};
const anchorOf = (text: string, position: { start: number; end: number }) => ({
  quote: { exact: [...text].slice(position.start, position.end).join('') },
  position,
});

type Figures = { quotations: number; carried: number; right: number; should: number };
const countCase = (t: Test, { what, language, old, new: next, states }: Case, figures: Figures): void => {
  const [from, to] = [unmarked(old), unmarked(next)];
  const refs = Object.keys(states);
  const anchors = refs.map((ref) => anchorOf(from.text, from.places.get(ref) ?? { start: 0, end: 0 }));
  for (const [index, one] of reanchored(from.text, to.text, anchors, language).entries()) {
    const ref = refs[index] ?? '';
    const expected = to.places.get(ref);
    const place = one.state === 'gone' ? undefined : one.passage.position;
    const isRight = place !== undefined && place.start === expected?.start && place.end === expected.end;
    figures.quotations += 1;
    if (expected) figures.should += 1;
    if (place) figures.carried += 1;
    if (isRight) figures.right += 1;
    if (one.state !== states[ref] || isRight !== (place !== undefined))
      t.comment(`${what}, ${ref}: should be ${states[ref]}: ${JSON.stringify(one)}`);
  }
};

t.test(
  'no quotation is carried to a sentence that denies it or has another number or name, most others are; the page has the figures',
  async (t) => {
    for (const [title, cases] of Object.entries(corpora)) {
      const figures = { quotations: 0, carried: 0, right: 0, should: 0 };
      for (const one of cases) countCase(t, one, figures);
      const [precision, recall] = [figures.right / figures.carried, figures.right / figures.should];
      const row = `| ${title} | ${cases.length} | ${figures.quotations} | ${precision.toFixed(3)} | ${recall.toFixed(3)} |`;
      t.comment(row);
      t.ok(page.includes(row), row);
      t.equal(precision, 1, `${title}: none is carried over wrongly`);
    }
  },
);

t.test('what became of each quotation is told', async (t) => {
  for (const { what, language, old, new: next, states } of corpora['quotations: what the rules were made with']) {
    const from = unmarked(old);
    const anchors = Object.keys(states).map((ref) => anchorOf(from.text, from.places.get(ref) ?? { start: 0, end: 0 }));
    t.strictSame(
      reanchored(from.text, unmarked(next).text, anchors, language).map(({ state }) => state),
      Object.values(states),
      what,
    );
  }
});

/** Texts in our own words, and the articles where they lie beside the checkout. */
const standIns = new URL('../../../test/articles/stand-ins/', import.meta.url);
const beside = new URL('../../../../shared/articles/', import.meta.url);
const texts = [standIns, ...(existsSync(beside) ? [beside] : [])].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.txt') && !name.includes('entrevista'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8')),
);

/** The sentences of a text that come once in it, as quotations. */
const sentencesOf = (text: string) =>
  [...text.matchAll(/[^.!?\n]{30,}[.!?]/g)].flatMap(({ 0: found, index }) => {
    const exact = found.replace(/^[”\s]+/, '').trim();
    if (text.split(exact).length !== 2) return [];
    const start = [...text.slice(0, text.indexOf(exact, index))].length;
    return [{ quote: { exact }, position: { start, end: start + [...exact].length } }];
  });

t.test('a text as it was: each quotation is unchanged', async (t) => {
  for (const text of texts) {
    const anchors = sentencesOf(text);
    t.strictSame(
      reanchored(text, text, anchors, 'en').map((one) => [one.state, one.state !== 'gone' && one.passage]),
      anchors.map(({ quote, position }) => ['unchanged', { exact: quote.exact, position }]),
    );
  }
});

t.test('whatever is put before, behind and between paragraphs, each quotation keeps its words', async () => {
  const paragraph = fc.constantFrom(
    'A new paragraph stands here.',
    'The office did not answer at first.',
    'No. 14 was called.',
    '🚤',
    'He denied it in May 2014.',
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(20), paragraph), { maxLength: 6 }), (text, put) => {
      const paragraphs = text.split('\n\n');
      for (const [at, added] of put) paragraphs.splice(at % (paragraphs.length + 1), 0, added);
      const next = paragraphs.join('\n\n');
      const anchors = sentencesOf(text);
      return reanchored(text, next, anchors, 'en').every((one, index) => {
        if (one.state === 'gone') return false;
        const { exact, position } = one.passage;
        return exact === anchors[index]?.quote.exact && [...next].slice(position.start, position.end).join('') === exact;
      });
    }),
    { numRuns: 30 },
  );
});

t.test('a number, a name or a denial that comes, goes or is replaced in a quotation is never carried over, wherever it is', async () => {
  const telling = fc.constantFrom('not', 'never', '3', 'seven', 'Marrow', 'without', 'Hollin');
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(1000), fc.nat(1000), telling, fc.boolean(), (text, which, where, word, replaces) => {
      const anchors = sentencesOf(text);
      const anchor = anchors[which % anchors.length];
      if (anchor === undefined) return true;
      const words = anchor.quote.exact.split(' ');
      // Not in the place of the same word, or of another that denies. Before the first it is outside of what is quoted, where a number or a name that comes says nothing of it.
      const at = where % words.length;
      if (
        doubting.en.includes(words[at]?.replace(/\W+$/, '').toLowerCase() ?? '') ||
        /^(?:no|not|never|nobody|nothing|nowhere|none|neither|nor|un\w+|den\w+|refus\w+|fail\w*|lack\w*|cannot|without|\w+n['’]t)\W*$/i.test(
          words[at] ?? '',
        ) ||
        words[at]?.toLowerCase().includes(word.toLowerCase()) ||
        (at === 0 && !replaces && !['not', 'never', 'without'].includes(word))
      )
        return true;
      words.splice(at, replaces ? 1 : 0, word);
      const next = text.replace(anchor.quote.exact, () => words.join(' '));
      const [found] = reanchored(text, next, [anchor], 'en');
      return found?.state === 'gone';
    }),
    { numRuns: 150 },
  );
});

t.test('how a text is typed and set makes no other words of it', async () => {
  const set = fc.constantFrom<[RegExp, string]>(
    [/ /g, '\u00a0'],
    [/'|’/g, '’'],
    [/"/g, '”'],
    [/(\p{L}{4})(?=\p{L}{4})/gu, '$1\u00ad'],
    [/ /g, '\n'],
    [/fi/g, 'ﬁ'],
    [/ – /g, ' - '],
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), set, (text, [from, to]) => {
      const next = text.replace(from, to);
      return reanchored(text, next, sentencesOf(text), 'en').every(({ state }) => state === 'moved' || state === 'unchanged');
    }),
  );
});

t.test('differences put together are the one passage and the other', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('the', 'guard', 'fired', ' ', ', ', 'офицер', '’', '"', '警')),
      fc.array(fc.constantFrom('the', 'guards', 'fired', ' ', '. ', 'офицер', '警')),
      (one, other) => {
        const found = differencesOf(one.join(''), other.join(''));
        const without = (kind: string) =>
          found
            .filter((each) => each.kind !== kind)
            .map(({ text }) => text)
            .join('');
        return without('added') === one.join('') && without('removed') === other.join('');
      },
    ),
  );
});

t.test('a long text with many quotations, and one that is another text altogether, take little time', async (t) => {
  const long = Array.from({ length: 20 }, (_, index) => texts.map((text) => text.replace(/\n/g, ` ${index}\n`)).join('\n\n')).join('\n\n');
  const points = [...long];
  const anchors = Array.from({ length: 300 }, (_, index) => ({
    quote: { exact: points.slice(index * 500, index * 500 + 80).join('') },
    position: { start: index * 500, end: index * 500 + 80 },
  }));
  const next = long.replaceAll('fired', 'shot');
  t.equal(reanchored(long, next, anchors, 'en').length, 300);
  const other = Array.from({ length: 40_000 }, (_, index) => `w${index}`).join(' ');
  t.ok(reanchored(long, other, anchors.slice(0, 50), 'en').every(({ state }) => state === 'gone'));
});
