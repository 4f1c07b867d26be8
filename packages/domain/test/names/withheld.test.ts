import t from 'tap';
import { indexPrivateNames, namesWithheldIn, publicText, tellingNames, withoutPrivateNames } from '../../src/index.ts';

const party = 'party_0000000000000000000000000a';
const names = indexPrivateNames([{ party, name: 'Ulla Vane-Hart', aliases: [] }]);

t.test('names are withheld wherever in JSON they stand', async (t) => {
  for (const [text, shown] of [
    ['Ulla Vane-Hart was shot', '[name withheld] was shot'],
    ['Police said that VANE-HART, ULLA fled', 'Police said that [name withheld] fled'],
    ['https://pier.example/2026/ulla-vane-hart-dies', 'https://pier.example/2026/[name withheld]-dies'],
    ['https://pier.example/2026/vane-hart-dies?by=app', 'https://pier.example/2026/[name withheld]-dies?by=app'],
    ['https://pier.example/?q=Ulla%20Vane-Hart', 'https://pier.example/?q=[name withheld]'],
    ['Hart Street, Vane County', 'Hart Street, Vane County'],
  ] as const) {
    t.strictSame(withoutPrivateNames({ deep: [{ text }] }, names), { deep: [{ text: shown }] });
  }
});

t.test('what names nobody is returned itself', async (t) => {
  const json = { title: 'Shots at the harbour', list: [{ n: 1, none: null }] };
  t.equal(withoutPrivateNames(json, names), json);
  t.equal(withoutPrivateNames(json, null), json);
  t.equal(tellingNames(json), json);
});

t.test('what parties are called is not looked at: the register says it', async (t) => {
  const json = { parties: [{ id: party, name: 'Ulla Vane-Hart', aliases: ['Ulla Vane-Hart'] }] };
  t.equal(withoutPrivateNames(json, names), json);
});

t.test('a name that begins in a quote and ends behind it is withheld in both parts', async (t) => {
  const quote = { prefix: 'The car of ', exact: 'Ulla Vane', suffix: '-Hart stood still.' };
  t.strictSame(withoutPrivateNames({ quote }, names), {
    quote: { prefix: 'The car of ', exact: '[name withheld]', suffix: '[name withheld] stood still.' },
  });
  const open = { prefix: null, exact: 'Ulla', suffix: ' Vane-Hart' };
  t.strictSame(withoutPrivateNames({ quote: open }, names), {
    quote: { prefix: null, exact: '[name withheld]', suffix: '[name withheld]' },
  });
});

t.test('the places are told in code points of what is shown', async (t) => {
  const shown = withoutPrivateNames({ 'a/b': ['𝒜 Ulla Vane-Hart and Ulla Vane-Hart'] }, names);
  t.strictSame(namesWithheldIn(shown), [
    {
      pointer: '/a~1b/0',
      spans: [
        { start: 2, end: 17 },
        { start: 22, end: 37 },
      ],
    },
  ]);
  t.strictSame(tellingNames(shown), { ...shown, namesWithheld: namesWithheldIn(shown) });
});

t.test('a cut leaves no half of what stands in place of a name', async (t) => {
  const exact = 'The father of Ulla Vane-Hart said that the car stood still';
  const citation = {
    source: 'source_0000000000000000000000000a',
    revision: 1,
    position: { start: 0, end: exact.length },
    quote: { prefix: null, exact, suffix: null },
  };
  const masked = withoutPrivateNames(citation, names);
  for (const [shown, left] of [
    [20, 'The father of'],
    [28, 'The father of'],
    [29, 'The father of [name withheld]'],
    [14, 'The father of '],
  ] as const)
    t.match(
      publicText(masked, () => ({ from: 0, to: exact.length, shown })),
      { quote: { exact: left, shortened: true } },
    );
});
