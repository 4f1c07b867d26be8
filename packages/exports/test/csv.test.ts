import fc from 'fast-check';
import t from 'tap';
import { csvOf, harmless } from '../src/formats/csv.ts';
import type { Column } from '../src/index.ts';

/** As docs/exports.md says. */
const asItWas = (text: string): string => text.replace(/^'('*[=+\-@\t\r\n＝＋－＠])/, '$1');

t.test('no text begins as a formula does, and each can be had again', async (t) => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1", "''-1"]) t.equal(harmless(text), `'${text}`);
  for (const text of ['', "'", "it's", 'a=b', ' =1', '1-2', "'quoted'"]) t.equal(harmless(text), text);
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('=', "'", '-', 'a', '\t', '＝') }), (text) => asItWas(harmless(text)) === text));
});

t.test('texts are quoted, numbers are not, and nothing is nothing', async (t) => {
  type Row = { text: string | null; number: number; decimal: string; flag: boolean; list: string[]; day: string };
  const columns: Column<Row>[] = [
    { name: 'text', type: 'text', about: '', of: ({ text }) => text },
    { name: 'number', type: 'number', about: '', of: ({ number }) => number },
    { name: 'decimal', type: 'decimal', about: '', of: ({ decimal }) => decimal },
    { name: 'flag', type: 'boolean', about: '', of: ({ flag }) => flag },
    { name: 'list', type: 'list', about: '', of: ({ list }) => list },
    { name: 'day', type: 'day', about: '', of: ({ day }) => day },
    { name: 'position', type: 'position', about: '', of: (_, position) => position },
  ];
  const rows = async function* () {
    yield [{ text: 'a "b",\nc', number: -93.27, decimal: '-0.100000', flag: false, list: ['x', 'y'], day: '-0044-03-15' }];
    yield [{ text: '', number: 0, decimal: '7', flag: true, list: [], day: '2026-01-14' }];
    yield [{ text: null, number: 1e21, decimal: '1', flag: true, list: [], day: '2026-01-14' }];
  };
  let text = '';
  for await (const chunk of csvOf(columns, rows(), 9_007_199_254_740_993n)) text += chunk;
  t.equal(
    text,
    [
      'text,number,decimal,flag,list,day,position',
      '"a ""b"",\nc",-93.27,-0.100000,false,"[""x"",""y""]",-0044-03-15,9007199254740993',
      '"",0,7,true,"[]",2026-01-14,9007199254740993',
      ',1e+21,1,true,"[]",2026-01-14,9007199254740993',
      '',
    ].join('\r\n'),
  );
});
