import t from 'tap';
import { passagesOf } from '../src/erasure/passages.ts';
import { originalHolds } from '../src/index.ts';

const find = [passagesOf('Réna Quillstorm')];
const encoded = (text: string, encoding: BufferEncoding = 'utf8'): string => Buffer.from(text, encoding).toString('base64');
const filler = (units: number): string => 'lorem ipsum '.repeat(Math.ceil(units / 12)).slice(0, units);

t.test('words are found in bytes of the usual encodings, wherever they stand, and not within others', async (t) => {
  const name = '<p>RENA Quill\u00adStorm</p>';
  t.ok(originalHolds(encoded(name), find));
  t.ok(originalHolds(encoded('<p>Réna Quillstorm</p>', 'latin1'), find));
  t.ok(originalHolds(encoded(`\ufeff${name}`, 'utf16le'), find));
  t.ok(originalHolds(Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0xd8]), Buffer.from(name, 'utf16le')]).toString('base64'), find));
  for (const before of [999_990, 999_998, 999_999, 1_000_000, 1_000_001, 1_000_003])
    t.ok(originalHolds(encoded(`${filler(before)} ${name}`), find), String(before));
  t.notOk(originalHolds(encoded('<p>Brena Quillstorms</p>'), find));
  for (let before = 999_990; before < 1_000_006; before += 1) t.notOk(originalHolds(encoded(`${filler(before)}Brena Quillstorm`), find));
  t.notOk(originalHolds(encoded(''), find));
});
