import { existsSync, readdirSync, readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import t from 'tap';
import { canonicalReference } from './canonical-reference.ts';

/** What events are hashed as (RFC 8785): a table of our own, and a second opinion on whatever a generator makes. */

const numbers: readonly [number, string][] = [
  [0, '0'],
  [-0, '0'],
  [1, '1'],
  [-1, '-1'],
  [10, '10'],
  [-10.5, '-10.5'],
  [0.1, '0.1'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1 / 3, '0.3333333333333333'],
  [2 / 3, '0.6666666666666666'],
  [100, '100'],
  [123456789, '123456789'],
  [4.35, '4.35'],
  [4.349999999999999, '4.349999999999999'],
  [0.001, '0.001'],
  // The point moves into the number down to six places behind it, and no further.
  [0.00001, '0.00001'],
  [0.000001, '0.000001'],
  [0.00000123, '0.00000123'],
  [0.0000001, '1e-7'],
  [0.00000012, '1.2e-7'],
  [-0.000000999, '-9.99e-7'],
  // And up to 21 places before it.
  [1e20, '100000000000000000000'],
  [123456789012345680000, '123456789012345680000'],
  [999999999999999900000, '999999999999999900000'],
  [1e21, '1e+21'],
  [-1e21, '-1e+21'],
  [1.5e21, '1.5e+21'],
  [1e22, '1e+22'],
  [1e23, '1e+23'],
  [1e100, '1e+100'],
  // Whole numbers that a double holds no longer: the next one that it does.
  [9007199254740991, '9007199254740991'],
  [9007199254740992, '9007199254740992'],
  [Number('9007199254740993'), '9007199254740992'],
  [9007199254740994, '9007199254740994'],
  [-9007199254740992, '-9007199254740992'],
  [Number('295147905179352830000'), '295147905179352830000'],
  [2 ** 53, '9007199254740992'],
  // Half way between two of 17 digits: the even one.
  [7543754273854607 / 4, '1885938568463651.8'],
  [2 ** 63, '9223372036854776000'],
  [2 ** 64, '18446744073709552000'],
  [2 ** 70, '1.1805916207174113e+21'],
  // The ends of what there is.
  [5e-324, '5e-324'],
  [-5e-324, '-5e-324'],
  [1e-323, '1e-323'],
  [1.5e-323, '1.5e-323'],
  [2.225073858507201e-308, '2.225073858507201e-308'],
  [2.2250738585072014e-308, '2.2250738585072014e-308'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [-1.7976931348623157e308, '-1.7976931348623157e+308'],
  [1 + 2 ** -52, '1.0000000000000002'],
  [1 - 2 ** -53, '0.9999999999999999'],
  [2 ** -1074, '5e-324'],
  [2 ** -1022, '2.2250738585072014e-308'],
];

t.test('numbers are written as ECMAScript writes them', async (t) => {
  for (const [number, written] of numbers) {
    t.equal(canonicalize(number), written, written);
    t.equal(canonicalReference(number), written, `${written}, by the rules`);
  }
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) t.throws(() => canonicalize({ none }), String(none));
});

t.test('texts are escaped where they must be, and nowhere else', async (t) => {
  const escaped: Record<string, string> = {
    '"': '\\"',
    '\\': '\\\\',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\u0000': '\\u0000',
    '\u0001': '\\u0001',
    '\u000b': '\\u000b',
    '\u000e': '\\u000e',
    '\u001b': '\\u001b',
    '\u001f': '\\u001f',
  };
  for (const [char, written] of Object.entries(escaped)) t.equal(canonicalize(`a${char}b`), `"a${written}b"`, written);
  const plain = [
    ' ',
    '/',
    "'",
    '<',
    '>',
    '&',
    '\u007f',
    '\u0080',
    '\u00a0',
    'é',
    'e\u0301',
    '\u200e',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '🚢',
    '\u{10ffff}',
  ];
  for (const char of plain) t.equal(canonicalize(`a${char}b`), `"a${char}b"`, `code point ${char.codePointAt(0)?.toString(16)} stays`);
  for (const lone of ['\ud83d', '\udea2', 'a\ud83db', '\udea2\ud83d']) {
    t.throws(() => canonicalize([lone]), 'half a pair is no text');
    t.throws(() => canonicalize({ [lone]: 1 }), 'nor a name');
  }
});

t.test('members are in the order of their code units, whatever order they came in', async (t) => {
  // A pair of surrogates goes before what lies behind the surrogates, though its code point is higher.
  const near = ['', '\u0000', '\n', ' ', '"', '-1', '0', '10', '2', 'A', 'Aa', 'B', 'a', 'aa', 'ab', 'b', '\u0080', 'Ä', 'ß', 'ä'];
  const far = ['Ω', '€', '\u{10000}', '🚢', '\u{10ffff}', '\ue000', '\ufb00', '\uffff'];
  const sorted = [...near, ...far];
  const written = `{${sorted.map((name) => `${canonicalReference(name)}:1`).join(',')}}`;
  for (const mixed of [sorted, sorted.toReversed(), [...far, ...near]]) {
    t.equal(canonicalize(Object.fromEntries(mixed.map((name) => [name, 1]))), written);
  }
  t.equal(
    canonicalize({ b: [3, 1, { z: null, y: [] }], a: {}, c: [true, false] }),
    '{"a":{},"b":[3,1,{"y":[],"z":null}],"c":[true,false]}',
  );
  t.equal(canonicalize({ ab: 1, a: 2, 'a\u0308': 3 }), '{"a":2,"ab":1,"a\u0308":3}', 'the beginning of a name goes before it');
});

t.test('any double is written as exact arithmetic has it', async (t) => {
  const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((each) => new Float64Array(new BigUint64Array([each]).buffer)[0] ?? 0);
  const near = fc
    .tuple(fc.integer({ min: -1074, max: 1023 }), fc.constantFrom(-1, 0, 1))
    .map(([power, step]) => 2 ** power * (1 + step * 2 ** -52));
  const decimal = fc
    .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: -330, max: 302 }))
    .map(([n, e]) => Number(`${n}e${e}`));
  fc.assert(
    fc.property(
      fc.oneof(bits.filter(Number.isFinite), near, decimal, fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      (number) => {
        const written = canonicalize(number);
        return written === canonicalReference(number) && Object.is(JSON.parse(written ?? ''), number === 0 ? 0 : number);
      },
    ),
    { numRuns: 3000 },
  );
  t.pass('3000 of them');
});

t.test('any value is written by the rules, and its text is that of what it is read as', async (t) => {
  const name = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && text !== '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(tie('value')),
      fc.dictionary(name, tie('value'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (value) => {
      const written = canonicalize(value) ?? '';
      return written === canonicalReference(value) && canonicalize(JSON.parse(JSON.stringify(value))) === written;
    }),
    { numRuns: 500 },
  );
  t.pass('500 of them');
});

t.test('the vectors of a public project, where they are there', async (t) => {
  const vectors = new URL('../../../../shared/vectors/jcs/', import.meta.url);
  const names = existsSync(vectors) ? readdirSync(new URL('input/', vectors)) : [];
  t.comment(`${names.length} vectors`);
  for (const name of names) {
    const canonical = canonicalize(JSON.parse(readFileSync(new URL(`input/${name}`, vectors), 'utf8'))) ?? '';
    t.equal(canonical, readFileSync(new URL(`output/${name}`, vectors), 'utf8').trimEnd(), name);
    const hex = readFileSync(new URL(`outhex/${name.replace('.json', '.txt')}`, vectors), 'utf8').replaceAll(/\s/g, '');
    t.equal(Buffer.from(canonical).toString('hex'), hex, `${name}, byte by byte`);
  }
});
