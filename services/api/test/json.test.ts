import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { parseJson } from '../src/http/json.ts';
import { Refusal } from '../src/problems/problem.ts';
import { may, must, mustNot, short, textsBeside } from './support/json-texts.ts';

/** What the door says to a text: the value, or the code of the refusal. */
const said = (text: string | Buffer): { is: unknown } | { refused: string } => {
  try {
    return { is: parseJson(Buffer.from(text)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: error.code };
  }
};

t.test('texts that must parse say what they say', async (t) => {
  for (const [text, value] of must) t.ok(isDeepStrictEqual(said(text), { is: value }), short(text));
});

t.test('texts that must not parse are refused', async (t) => {
  for (const text of mustNot) t.ok('refused' in said(text), short(text));
});

t.test('texts that may parse are taken where nothing of them is lost, and else refused', async (t) => {
  for (const [text, choice] of may) t.ok(isDeepStrictEqual(said(text), choice), `${short(text)}: ${JSON.stringify(said(text))}`);
});

t.test('the texts of a public suite, where they are there', async (t) => {
  t.comment(`${textsBeside.length} texts`);
  for (const { name, bytes, verdict } of textsBeside) {
    const answer = said(bytes);
    if (verdict === 'must not') t.ok('refused' in answer, name);
    else t.ok('is' in answer || answer.refused === 'UnacceptableJson' || verdict === 'may', name);
  }
});

/**
 * Whether a text is JSON, told in another way than by parsing it: its tokens are put in a row, a letter for each, and whatever is an array or an object of
 * finished things becomes one finished thing, until nothing changes any more.
 */
const isJson = (text: string): boolean => {
  const token =
    /[ \t\r\n]*(?:(?<string>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<value>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)|(?<mark>[[\]{},:]))[ \t\r\n]*/y;
  let row = '';
  while (token.lastIndex < text.length) {
    const groups = token.exec(text)?.groups;
    if (groups === undefined) return false;
    row += groups.mark ?? (groups.string === undefined ? 'v' : 's');
  }
  for (let before = ''; before !== row; ) {
    before = row;
    row = row.replaceAll(/\[(?:[vs](?:,[vs])*)?\]|\{(?:s:[vs](?:,s:[vs])*)?\}/g, 'v');
  }
  return row === 'v' || row === 's';
};

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, fc.constantFrom(null, true, false), number, text, tie('array'), tie('object')),
  array: fc.array(tie('value'), { maxLength: 6 }),
  object: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 6, noNullPrototype: true },
  ),
}));

/** Writes a value down in one of the many ways that there are, as `dice` falls: white space, escapes, forms of a number. */
const written = (value: unknown, dice: () => number): string => {
  const space = () => [' ', '\t', '\r', '\n', '', '', '', ''][dice() % 8] ?? '';
  const between = (open: string, items: string[], close: string) =>
    `${open}${space()}${items.join(`${space()},${space()}`)}${space()}${close}`;
  if (typeof value === 'string') return `"${[...value].map((char) => writtenChar(char, dice)).join('')}"`;
  if (Array.isArray(value))
    return between(
      '[',
      value.map((item) => written(item, dice)),
      ']',
    );
  if (value !== null && typeof value === 'object')
    return between(
      '{',
      Object.entries(value).map(([name, item]) => `${written(name, dice)}${space()}:${space()}${written(item, dice)}`),
      '}',
    );
  if (typeof value !== 'number') return String(value);
  // What ECMAScript writes of the negative nought has no sign.
  const sign = Object.is(value, -0) ? '-' : '';
  const plain = `${sign}${value}`;
  return [plain, plain.replace('e', 'E'), `${sign}${value.toExponential()}`, plain.includes('e') ? plain : `${plain}e0`][dice() % 4] ?? '';
};
const writtenChar = (char: string, dice: () => number): string => {
  const escaped = [...Array(char.length).keys()].map((at) => {
    const hex = char.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${dice() % 2 === 0 ? hex : hex.toUpperCase()}`;
  });
  const own: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  if (own[char] !== undefined) return dice() % 2 === 0 ? own[char] : escaped.join('');
  return char < ' ' || dice() % 4 === 0 ? escaped.join('') : char;
};
const dice = fc.infiniteStream(fc.nat(255)).map((stream) => () => Number(stream.next().value));

t.test('however a value is written, it is read as what it is', async (t) => {
  fc.assert(
    fc.property(anyValue, dice, (value, dice) => {
      const text = written(value, dice);
      return isJson(text) && isDeepStrictEqual(said(text), { is: value });
    }),
    { numRuns: 300 },
  );
  t.pass('300 values');
});

t.test('a text that is spoiled somewhere is taken only if it is JSON still', async (t) => {
  const spoil = fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.string({ unit: fc.constantFrom(...'[]{},:"\\u09.eE+- \n\u00a0tnf') }) });
  const seen = { json: 0, none: 0 };
  fc.assert(
    fc.property(anyValue, dice, fc.array(spoil, { minLength: 1, maxLength: 3 }), (value, dice, spoils) => {
      let text = written(value, dice);
      for (const { at, cut, put } of spoils) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + put + text.slice(place + cut);
      }
      // What is cut in two is no text of UTF-8 any more, but bytes are looked at before.
      if (!text.isWellFormed()) return;
      const answer = said(text);
      const right = isJson(text);
      seen[right ? 'json' : 'none'] += 1;
      t.ok(right ? 'is' in answer || answer.refused === 'UnacceptableJson' : 'refused' in answer, short(text));
    }),
    { numRuns: 1000 },
  );
  t.ok(seen.json > 20 && seen.none > 200, JSON.stringify(seen));
});
