import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A text, and whether a parser of JSON (RFC 8259) has to take it, has to refuse it, or may do either. */
type JsonText = { name: string; bytes: Buffer; verdict: 'must' | 'must not' | 'may' };

const nested = (depth: number, inside = '') => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;
const nest = (depth: number): unknown => (depth === 1 ? [] : [nest(depth - 1)]);

/** What has to be taken, and what it says. */
export const must: readonly [string, unknown][] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['0', 0],
  ['-0', -0],
  ['7', 7],
  ['-7', -7],
  ['10', 10],
  ['0.5', 0.5],
  ['-0.5', -0.5],
  ['0.0', 0],
  ['10.010', 10.01],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1e+3', 1000],
  ['1E-3', 0.001],
  ['1e00', 1],
  ['12.5e1', 125],
  ['0e9', 0],
  ['-0e-9', -0],
  ['9007199254740991', 9007199254740991],
  ['-9007199254740991', -9007199254740991],
  ['""', ''],
  ['"a"', 'a'],
  ['" "', ' '],
  ['"\\""', '"'],
  ['"\\\\"', '\\'],
  ['"\\/"', '/'],
  ['"/"', '/'],
  ['"\\b\\f\\n\\r\\t"', '\b\f\n\r\t'],
  ['"\\u0041"', 'A'],
  ['"\\u00e9\\u00E9"', 'éé'],
  ['"\\u20aC"', '€'],
  ['"\\ud83d\\uDEA2"', '🚢'],
  ['"🚢"', '🚢'],
  ['"\\u0001\\u001f"', '\u0001\u001f'],
  ['"\u007f\u0085"', '\u007f\u0085'],
  ['"\u2028\u2029"', '\u2028\u2029'],
  ['"\ufeff"', '\ufeff'],
  ['"e\\u0301"', 'e\u0301'],
  ['"\\u005Cn"', '\\n'],
  ['"\\\\u0041"', '\\u0041'],
  ['"a\\\\"', 'a\\'],
  ['"/* no comment */ // none"', '/* no comment */ // none'],
  ['"[1,{}]"', '[1,{}]'],
  ['[]', []],
  ['[ ]', []],
  ['[[],[[]]]', [[], [[]]]],
  ['[1,2]', [1, 2]],
  ['[null,true,false,"",0,{},[]]', [null, true, false, '', 0, {}, []]],
  [' \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n', [1, 2]],
  [nested(32), nest(32)],
  ['{}', {}],
  ['{ }', {}],
  ['{"a":1}', { a: 1 }],
  ['\n{\t"a"\r: 1 , "b" :2}', { a: 1, b: 2 }],
  ['{"":0}', { '': 0 }],
  ['{"a":{"a":{"a":1}}}', { a: { a: { a: 1 } } }],
  ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['{"\\u0061\\n":1}', { 'a\n': 1 }],
  ['{"a":1,"A":2,"á":3,"a\\u0301":4}', { a: 1, A: 2, á: 3, 'a\u0301': 4 }],
  ['{"10":1,"9":2}', { 9: 2, 10: 1 }],
  ['{"constructor":1,"length":2}', { constructor: 1, length: 2 }],
];

const inWords = ['', ' ', '\n', 'nul', 'nulll', 'Null', 'TRUE', 'truefalse', 'undefined', 'None', 'a', 'new Date()'];
const inNumbers = [
  'NaN',
  '-NaN',
  'Infinity',
  '-Infinity',
  '+1',
  '-',
  '--1',
  '- 1',
  '01',
  '-01',
  '00',
  '1.',
  '.5',
  '-.5',
  '1.e3',
  '1e',
  '1e+',
]
  .concat(['1E-', 'e1', '1e1.5', '1ee1', '1e1e1', '1.5.5', '0x1F', '0b1', '0o7', '1_000', '1,000', '1 000', '1n', '1f', '١', '１', '½'])
  .concat(['[-]', '[1.]', '[.1]', '[01]', '[0e]', '[+1]', '{"a":.1}', '{"a":-}']);
const inStrings = [
  '"',
  '"a',
  "'a'",
  '`a`',
  '“a”',
  '"\\"',
  '"\\x41"',
  '"\\u"',
  '"\\u004"',
  '"\\u00g0"',
  '"\\u 041"',
  '"\\U0041"',
  '"\\u{41}"',
]
  .concat([
    '"\\a"',
    '"\\0"',
    '"\\\'"',
    '"\\ "',
    '"\\\n"',
    '"\n"',
    '"\r"',
    '"\t"',
    '"\b"',
    '"\u0000"',
    '"\u0001"',
    '"\u001f"',
    '"a""b"',
    '"a" "b"',
  ])
  .concat(['"\\ud83d\\u"', '"\\', '\\u0022a"', '"a"b']);
const inArrays = [
  '[',
  ']',
  '[[]',
  '[]]',
  '[1',
  '[1,',
  '[1,]',
  '[,1]',
  '[,]',
  '[1,,2]',
  '[1 2]',
  '[1;2]',
  '[1:2]',
  '["a":1]',
  '[1}',
  '(1)',
  '[...]',
  '[1,2,...]',
].concat(['["a', '[tru', '[nul]', '[{"a":1}', '[1]]', `${'['.repeat(1000)}1`, '['.repeat(100_000)]);
const inObjects = [
  '{',
  '}',
  '{]',
  '{}}',
  '{"a"}',
  '{"a":}',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{,"a":1}',
  '{,}',
  '{"a":1,,"b":2}',
  '{"a" 1}',
  '{"a"::1}',
]
  .concat([
    '{"a"=1}',
    '{"a":1 "b":2}',
    '{"a":1;"b":2}',
    '{a:1}',
    "{'a':1}",
    '{1:1}',
    '{null:1}',
    '{[]:1}',
    '{"a":1:2}',
    '{"a","b":1}',
    '{"a":undefined}',
  ])
  .concat(['{"a', '{"a":"', '{"a":[}', '{"a":{"b":1}', '{:1}', '{""}', '{"a":1}{"b":2}', '{"a":'.repeat(1000)]);
const around = [
  '1 2',
  '[] []',
  'null null',
  '1;',
  '1,',
  ',1',
  '/* */1',
  '1//',
  '[1/* */]',
  '#1',
  '<!-- -->1',
  'json(1)',
  '\u00a01',
  '\u20281',
  '1\u2003',
].concat(['\v1', '\f1', '\u200b1', '1\u0000', '\u0000', '\u001b1', '\ufeff', '[1\u00a0]', '{"a"\u2003:1}', '{} // end', '---\n1']);

/** What has to be refused. */
export const mustNot: readonly string[] = [...inWords, ...inNumbers, ...inStrings, ...inArrays, ...inObjects, ...around];

/** How this service does what a parser may do either way: it takes the text for that value, or refuses it. */
type Choice = { is: unknown } | { refused: 'MalformedJson' | 'UnacceptableJson' };
const unacceptable: Choice = { refused: 'UnacceptableJson' };
const malformed: Choice = { refused: 'MalformedJson' };
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

export const may: readonly [string | Buffer, Choice][] = [
  // Numbers that a double holds, or nearly.
  ['5e-324', { is: 5e-324 }],
  ['2.2250738585072011e-308', { is: 2.225073858507201e-308 }],
  ['1.0000000000000002', { is: 1.0000000000000002 }],
  ['0.1000000000000000055511151231257827021181583404541015625', { is: 0.1 }],
  ['9007199254740990.5', { is: 9007199254740990 }],
  ['1e-400', { is: 0 }],
  ['-1e-400', { is: -0 }],
  ['9007199254740992', unacceptable],
  ['9007199254740993', unacceptable],
  ['-9007199254740992', unacceptable],
  ['1e21', unacceptable],
  ['100000000000000000000.0', unacceptable],
  ['1.7976931348623157e308', unacceptable],
  ['1e400', unacceptable],
  ['-1e400', unacceptable],
  ['[9e999999999999]', unacceptable],
  // Members that one reader sees and another does not.
  ['{"a":1,"a":1}', unacceptable],
  ['{"a":1,"\\u0061":2}', unacceptable],
  ['{"x":[{"a":1,"b":{},"a":{}}]}', unacceptable],
  ['{"":1,"":2}', unacceptable],
  ['{"__proto__":1}', unacceptable],
  ['{"\\u005f\\u005fproto__":{"a":1}}', unacceptable],
  // Characters that are none, or that a database does not keep.
  ['"\\ud83d"', unacceptable],
  ['"\\udea2"', unacceptable],
  ['"\\udea2\\ud83d"', unacceptable],
  ['"\\ud83d\\u0041"', unacceptable],
  ['"\\ud83d\\ud83d\\udea2"', unacceptable],
  ['["\\ud83d","\\udea2"]', unacceptable],
  ['{"\\ud83d":1}', unacceptable],
  ['"\\u0000"', unacceptable],
  ['{"a\\u0000":1}', unacceptable],
  ['"\uffff\ufdd0\\uffff"', { is: '\uffff\ufdd0\uffff' }],
  ['"\\udbff\\udfff"', { is: '\u{10ffff}' }],
  // Depth.
  [nested(33), unacceptable],
  [nested(10_000, '1'), unacceptable],
  [`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, unacceptable],
  // Bytes that are no UTF-8, and a mark in front.
  ['\ufeff{}', malformed],
  ['\ufeff1', malformed],
  [Buffer.from([0x22, 0xff, 0x22]), malformed],
  [Buffer.from([0x22, 0xc3, 0x22]), malformed],
  [Buffer.from([0x22, 0x80, 0x22]), malformed],
  [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), malformed],
  [Buffer.from([0x22, 0xe0, 0x80, 0xaf, 0x22]), malformed],
  [Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0xed, 0xba, 0xa2, 0x22]), malformed],
  [Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]), malformed],
  [Buffer.from([0x22, 0xf0, 0x9f, 0x9a, 0x22]), malformed],
  [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('{"a":1}')]), malformed],
  [Buffer.concat([Buffer.from([0xfe, 0xff]), utf16('[1]').swap16()]), malformed],
];

/** A name for a text, in plain letters. */
export const short = (given: string | Buffer): string => {
  const plain = given
    .toString('utf8')
    .slice(0, 60)
    .replaceAll(/[^ -~]/gu, (char) => `<${char.codePointAt(0)?.toString(16)}>`);
  return given.length > 60 ? `${plain}... (${given.length})` : plain;
};
const textOf = (verdict: JsonText['verdict'], given: string | Buffer): JsonText => ({
  name: short(given),
  bytes: Buffer.from(given),
  verdict,
});

/** Our own texts, of all three kinds. */
export const ownTexts: readonly JsonText[] = [
  ...must.map(([text]) => textOf('must', text)),
  ...mustNot.map((text) => textOf('must not', text)),
  ...may.map(([text]) => textOf('may', text)),
];

const folder = fileURLToPath(new URL('../../../../../shared/vectors/json', import.meta.url));
const verdicts = { y: 'must', n: 'must not', i: 'may' } as const;

/** The texts of a public test suite, which are not copied: a second opinion where they lie beside the checkout, else none. */
export const textsBeside: readonly JsonText[] = existsSync(folder)
  ? readdirSync(folder).map((name) => ({
      name,
      bytes: readFileSync(join(folder, name)),
      verdict: verdicts[name[0] as keyof typeof verdicts],
    }))
  : [];
