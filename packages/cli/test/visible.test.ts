import fc from 'fast-check';
import t from 'tap';
import { jsonLine, visible, visibleIn } from '../src/visible.ts';

/** All that a terminal must not get from a text, but for what ends a line of ours. */
const obeyed = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;

t.test('what a terminal obeys is shown, what people write stays', async (t) => {
  t.equal(
    visible('a\u001b[2Jb\u009bc\nd\u202ee\u2066f\u200bg\u{e0041}'),
    'a\\u{1b}[2Jb\\u{9b}c\\u{a}d\\u{202e}e\\u{2066}f\\u{200b}g\\u{e0041}',
  );
  for (const text of ['Müller’s “car”', 'می‌خواهم', '👩‍🚒 क्‍ष', '車 – 3 °C']) t.equal(visible(text), text);
  t.strictSame(visibleIn({ 'a\u0007': ['\r', 1, null, true, { b: '\t' }] }), { 'a\\u{7}': ['\\u{d}', 1, null, true, { b: '\\u{9}' }] });
});

t.test('of any text nothing that is obeyed gets through, and JSON still says the same', async (t) => {
  const texts = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(fc.property(texts, (text) => !obeyed.test(visible(text))));
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const line = jsonLine(value);
      t.notOk(obeyed.test(line) || line.includes('\n'));
      return JSON.stringify(JSON.parse(line)) === JSON.stringify(value);
    }),
    { numRuns: 300 },
  );
});
