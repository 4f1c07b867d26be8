import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  type Change,
  editBody,
  normalisedQuotes,
  type ProposalBody,
  proposalBody,
  proposalChanges,
  resolveChanges,
  type Warning,
  warningsOf,
} from '../src/index.ts';
import { hasNegation, numbersIn } from '../src/rules/telling.ts';
import data from '../src/rules/telling-words.json' with { type: 'json' };
import { tagCase } from './given.ts';
import { type Body, claim, proposal, sourceId } from './scene.ts';

const cite = (exact: string) => [{ source: sourceId('article'), quote: { exact } }];
const shots = (value: string, more: Body = {}): Body => ({
  aspect: 'shots_fired',
  about: null,
  value: { kind: 'quantity', value, unit: 'shot', comparator: 'exact' },
  ...more,
});

const told = (warnings: readonly Warning[]): string[] => warnings.map(({ code, pointer }) => `${code} ${pointer}`);

/** What is told of claims that a proposal brings, each with what is quoted for it. */
const ofClaims = (...claims: Body[]): string[] => {
  const text = claims.map((body) => (body.citations as ReturnType<typeof cite>)[0]?.quote.exact).join('\n| ');
  const body: ProposalBody = proposalBody.parse(proposal(claims));
  const resolved = proposalChanges(body, { command: 'x', editCommand: 'x', sourceText: () => text, tagCase });
  if (!resolved.ok) throw new Error(resolved.error.detail);
  return told(warningsOf(resolved.value.changes, () => undefined));
};
const ofClaim = (more: Body, statement: string, quote: string): string[] =>
  ofClaims(claim('c1', { statement, citations: cite(quote), ...more }));

/** What is told of changes to a record of this one claim. */
const ofChanges = (own: Body, text: string, ...changes: ((claim: string) => Body)[]): string[] => {
  const body = proposalBody.parse(proposal([own]));
  const context = {
    command: '0b1e1f52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
    editCommand: '0b1e1f52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
    sourceText: () => text,
    tagCase,
  };
  const made = proposalChanges(body, context);
  if (!made.ok) throw new Error(made.error.detail);
  const added = made.value.changes.find((change): change is Extract<Change, { kind: 'add_claim' }> => change.kind === 'add_claim');
  const sent = editBody.parse({ baseRevision: 1, rationale: 'x', changes: changes.map((change) => change(added?.claim.id ?? '')) });
  const resolved = resolveChanges(sent.changes, { ...context, pointer: '/changes' });
  if (!resolved.ok) throw new Error(resolved.error.detail);
  return told(warningsOf(resolved.value.changes, (id) => (id === added?.claim.id ? added.claim : undefined)));
};

t.test('a claim whose value, statement and quote agree is told nothing of', async (t) => {
  t.same(ofClaim(shots('3'), 'The police say that an officer fired three times.', 'one of them fired three times'), []);
  t.same(ofClaim(shots('3'), 'The police say that an officer fired 3 times.', 'fired thrice'), []);
  const third: Body = {
    ...shots('3'),
    aspect: 'series_count',
    value: { kind: 'quantity', value: '3', unit: 'count', comparator: 'exact' },
  };
  t.same(
    ofClaim(third, 'The county says that it was the third death in two years.', 'the third death in two years'),
    [],
    'an ordinal does',
  );
  t.same(ofClaim(shots('2'), 'An officer fired on 3 March 2026 at 18:50, twice.', 'fired twice'), [], 'days and times are no such numbers');
  t.same(ofClaim(shots('2'), 'The officer fired.', 'the officer fired'), [], 'nor is a number missed where there is none');
  t.same(ofClaim(shots('0'), 'The police say that no shots were fired.', 'no shots were fired'), [], 'none is zero');
  t.same(ofClaim(shots('1300'), 'The police say 1,300 rounds.', 'thirteen hundred rounds'), []);
  t.same(
    ofClaim(
      shots('2', { value: { kind: 'quantity', value: '2', upper: '4', unit: 'shot', comparator: 'range' } }),
      'Two to four.',
      '2–4 shots',
    ),
    [],
  );
  t.same(ofClaim({}, 'The department says that the car moved.', 'the car moved'), []);
  t.same(ofClaim({ value: { kind: 'boolean', value: false } }, 'The car did not move.', 'it never moved'), []);
  t.same(ofClaim({ aspect: 'weapon', value: { kind: 'none' } }, 'The driver was unarmed.', 'he had no gun'), []);
  t.same(
    ofClaim({ stance: 'denies' }, 'A fisherman says that the boat was drifting.', 'the boat was drifting'),
    [],
    'a denial negates in words of its own',
  );
  t.same(ofClaim({ stance: 'cannot_confirm' }, 'The city has not confirmed it.', 'declined to comment'), []);
  t.same(ofClaim({ flags: ['negation_unclear'] }, 'It did not move.', 'it moved'), []);
  t.same(ofClaim(shots('3', { lang: 'el' }), 'Πυροβόλησε τρεις φορές.', 'όχι'), [], 'of a language without a list digits alone count');
});

t.test('numbers that differ are told where they stand', async (t) => {
  const three = 'An officer fired three times.';
  t.same(ofClaim(shots('2'), three, 'who fired three rounds'), ['number_differs /claims/0/value', 'number_differs /claims/0/value']);
  t.same(ofClaim(shots('2'), three, 'who fired 2 rounds'), ['number_differs /claims/0/value', 'number_differs /claims/0/statement']);
  t.same(ofClaim(shots('3'), three, 'who fired twice'), ['number_differs /claims/0/value', 'number_differs /claims/0/statement']);
  t.same(ofClaim(shots('3', { lang: 'el' }), 'Πυροβόλησε 2 φορές.', '3'), [
    'number_differs /claims/0/value',
    'number_differs /claims/0/statement',
  ]);
  t.same(ofClaim({}, 'Two officers say that the car moved.', 'three officers said so'), ['number_differs /claims/0/statement']);
  t.same(
    ofClaims(claim('c1', { citations: cite('it moved') }), claim('c2', { ...shots('1'), statement: three, citations: cite('fired') })),
    ['number_differs /claims/1/value'],
  );
});

t.test('a number in a weak word is told where a text has no other', async (t) => {
  const differs = ['number_differs /claims/0/value'];
  for (const statement of [
    'An officer fired once.',
    'An officer fired one shot.',
    'An officer fired a shot.',
    'A single shot was fired.',
    'Both officers fired.',
    'A pair of shots was fired.',
    'A dozen shots were fired.',
  ])
    t.same(ofClaim(shots('3'), statement, 'the officer fired'), differs, statement);
  t.same(ofClaim(shots('10'), 'The dozen shots were heard.', 'shots'), differs);
  t.same(ofClaim(shots('24'), 'Two dozen shots were heard.', 'two dozen'), []);
  t.same(ofClaim(shots('6'), 'Half a dozen shots were heard.', 'half a dozen'), []);
  t.same(ofClaim(shots('3'), 'Shots were fired.', 'he fired once'), differs);
  t.same(ofClaim({}, 'The police say that three cars moved.', 'one car moved'), ['number_differs /claims/0/statement']);
  for (const [lang, statement] of [
    ['es', 'Disparó una vez.'],
    ['fr', 'Il a tiré une fois.'],
    ['de', 'Er schoss einmal.'],
    ['de', 'Es fiel ein Schuss.'],
  ] as const)
    t.same(ofClaim(shots('3', { lang }), statement, 'x'), differs, statement);
  for (const statement of ['One of the officers fired.', 'Once the car stopped, shots were fired.', 'The second officer fired.'])
    t.same(ofClaim(shots('3'), statement, 'the officer fired'), [], statement);
  t.same(ofClaim(shots('3', { lang: 'de' }), 'Ein Beamter schoss.', 'schoss'), [], 'an article says nothing sure');
  t.same(ofClaim(shots('1'), 'An officer fired once.', 'fired one shot'), []);
  t.same(ofClaim(shots('2'), 'A shot was fired, and then another.', 'a shot'), differs, 'of the quote alone');
});

t.test('times of the day that differ are told', async (t) => {
  const at = (value: string): Body => ({ aspect: 'time', about: null, value: { kind: 'time', value } });
  const both = ['number_differs /claims/0/value', 'number_differs /claims/0/value'];
  t.same(ofClaim(at('2026-01-14T19:50'), 'It was at 18:50.', 'at 6:50 p.m.'), both);
  t.same(ofClaim(at('19:50'), 'It was in the evening.', 'about 18.50 Uhr'), both.slice(0, 1));
  t.same(ofClaim(at('18:50'), 'It was at 18:50.', 'at 19:50'), [both[0], 'number_differs /claims/0/statement']);
  for (const [value, statement] of [
    ['18:50', 'It was at 6:50 p.m.'],
    ['18:50', 'It was at 6:50.'],
    ['18:50', 'C’était à 18h50.'],
    ['18:00/19:00', 'It was between 6 and 7 p.m.'],
    ['2026-01-14', 'It was at 10:50.'],
    ['00:10', 'It was at 12:10 a.m.'],
  ] as const)
    t.same(ofClaim(at(value), statement, 'it was so'), [], `${value}: ${statement}`);
});

t.test('negations that differ are told', async (t) => {
  const value = (it: boolean) => ({ value: { kind: 'boolean', value: it } });
  t.same(ofClaim(value(true), 'The car did not move.', 'it did not move'), ['negation_differs /claims/0/value']);
  t.same(ofClaim(value(false), 'The car moved.', 'it moved'), ['negation_differs /claims/0/value']);
  t.same(ofClaim(value(true), 'The car moved.', "it didn't move"), ['negation_differs /claims/0/statement']);
  t.same(ofClaim(value(false), 'The car didn’t move.', 'it moved'), ['negation_differs /claims/0/statement']);
});

const record = claim('c1', { ...shots('3'), statement: 'An officer fired three times.', citations: cite('fired three rounds') });
const text = 'He is the one who fired three rounds. No one fired twice. An officer fired two rounds.';
const set =
  (fields: Body, more: Body = {}) =>
  (id: string) => ({
    kind: 'correct_claim',
    claim: id,
    set: fields,
    reason: 'The note says so.',
    citations: cite('An officer fired two rounds'),
    ...more,
  });

t.test('a correction that contradicts itself is told of', async (t) => {
  const { value } = shots('2');
  const two = 'An officer fired two times.';
  t.same(ofChanges(record, text, set({ value, statement: two })), []);
  t.same(
    ofChanges(record, text, set({ value, statement: 'An officer fired three rounds.' }, { citations: cite('who fired three rounds') })),
    ['number_differs /changes/0/set/value', 'number_differs /changes/0/set/value'],
  );
  t.same(ofChanges(record, text, set({ value })), [
    'statement_stays /changes/0/set/value',
    'number_differs /changes/0/set/value',
    'number_differs /changes/0/set/value',
  ]);
  t.same(ofChanges(record, text, set({ statement: two })), [
    'number_differs /changes/0/set/statement',
    'number_differs /changes/0/set/statement',
  ]);
  t.same(ofChanges(record, text, set({ stance: 'alleges' })).slice(0, 1), ['statement_stays /changes/0/set/stance']);
  t.same(ofChanges(record, text, set({ lang: 'es' })), [], 'what says nothing else is not looked at');
  t.same(
    ofChanges(record, text, (claim) => ({ kind: 'add_citation', claim, citations: cite('No one fired twice') })),
    ['number_differs /changes/0/citations', 'number_differs /changes/0/citations', 'negation_differs /changes/0/citations'],
    'so is a further quote',
  );
  t.same(ofChanges(record, text, set({ value, statement: two }), set({ value: shots('4').value, statement: two })), [
    'number_differs /changes/1/set/value',
    'number_differs /changes/1/set/value',
  ]);
});

t.test('an editorial correction that changes more than typing is told of', async (t) => {
  const editorial = { basis: 'editorial', citations: [] };
  t.same(ofChanges(record, text, set({ statement: 'An officer fired 3 times.' }, editorial)), []);
  t.ok(
    ofChanges(record, text, set({ statement: 'An officer fired four times.' }, editorial)).includes(
      'more_than_typing /changes/0/set/statement',
    ),
  );
  t.ok(
    ofChanges(record, text, set({ statement: 'No officer fired three times.' }, editorial)).includes(
      'more_than_typing /changes/0/set/statement',
    ),
  );
});

t.test('a time of the day is more than typing', async (t) => {
  const timed = claim('c1', {
    aspect: 'time',
    value: { kind: 'time', value: '18:50' },
    statement: 'It was at 18:50.',
    citations: cite('fired three rounds'),
  });
  const editorial = { basis: 'editorial', citations: [] };
  t.same(ofChanges(timed, text, set({ statement: 'It was at 6:50 p.m.' }, editorial)), []);
  t.ok(ofChanges(timed, text, set({ statement: 'It was at 19:50.' }, editorial)).includes('more_than_typing /changes/0/set/statement'));
});

t.test('numbers of a text', async (t) => {
  const cases: [string, string, number[], number[]?][] = [
    ['two hundred and fifty-one', 'en', [251]],
    ['three, four and five', 'en', [3, 4, 5]],
    ['twenty-one, ninety', 'en', [21, 90]],
    ['two thousand three hundred', 'en', [2300]],
    ['1.5 million, 2 hundred', 'en', [1500000, 200]],
    ['1,300 and 1.300', 'en', [1300, 1.3]],
    ['1.300 und 1,5', 'de', [1300, 1.5], [1.3]],
    ['1\u202f300, 1’300', 'fr', [1300]],
    ['12,5 and 3.75', 'en', [12.5, 3.75]],
    ['twice and thrice', 'en', [2, 3]],
    ['the second officer, the 3rd, 9mm', 'en', []],
    ['one of them, once, both, a dozen', 'en', [], [1, 2, 12]],
    ['on March 3, 2026 at 18:50, 2026-03-03', 'en', [], [3, 2026]],
    ['a 25-year-old', 'en', [25]],
    ['treinta y dos, once, veintidós', 'es', [32, 11, 22]],
    ['vingt et un, quatre-vingt-dix, soixante-dix, deux cents', 'fr', [21, 90, 70, 200]],
    ['einundzwanzig, zwölf, dreihundert, fünf', 'de-AT', [21, 12, 300, 5]],
    ['drei', 'en', []],
    ['3 τρεις', 'el', [3]],
  ];
  for (const [of, language, sure, more = []] of cases) {
    const found = numbersIn(of, language);
    t.same([...found.sure], sure, of);
    for (const number of [...sure, ...more]) t.ok(found.all.has(number), `${of}: maybe ${number}`);
  }
});

t.test('negations of a text', async (t) => {
  for (const [of, language] of [
    ['It didn’t move', 'en'],
    ['Nobody fired', 'en-GB'],
    ['Él no disparó', 'es'],
    ['Il n’a pas tiré', 'fr'],
    ['Er schoss nicht', 'de'],
  ] as const)
    t.ok(hasNegation(of, language), of);
  for (const [of, language] of [
    ['It moved, No. 14', 'en'],
    ['a notable knot', 'en'],
    ['no', 'el'],
  ] as const)
    t.notOk(hasNegation(of, language), of);
});

t.test('quotes that are stored otherwise than they were sent are named', async (t) => {
  const article = 'The officer’s car, which did not stop, moved. It was so.';
  const one = (exact: string, more: Body = {}) => ({ source: sourceId('article'), quote: { exact, ...more } });
  const claims = [
    claim('c1', { citations: [one('It was so.'), one("The officer's car")] }),
    claim('c2', { citations: [one('The officer’s ... moved'), { source: sourceId('article'), position: { start: 0, end: 3 } }] }),
  ];
  const context = { command: 'x', editCommand: 'x', sourceText: () => article, tagCase };
  const body = proposalBody.parse(proposal(claims));
  const made = proposalChanges(body, context);
  t.same(made.ok && normalisedQuotes(body, made.value.changes), ['/claims/0/citations/1/quote', '/claims/1/citations/0/quote']);
  t.match(made.ok && made.value.changes[2], {
    claim: { citations: [{ quote: { exact: 'The officer’s car, which did not stop, moved' } }, {}] },
  });
  const effects = [{ claim: 'c3', effect: 'upholds', citations: [one('It  was so.')] }];
  const edit = editBody.parse({
    baseRevision: 1,
    rationale: 'x',
    changes: [
      { kind: 'add_claim', claim: claim('c3', { citations: [one('It was so.', { prefix: 'moved.  ' })] }) },
      { kind: 'dispute_claim', claim: 'c3', basis: 'inferred', counterClaim: 'c3', grounds: 'x', citations: [one('It was  so.')] },
      { kind: 'record_ruling', ref: 'r1', finality: 'final', basis: 'report', summary: 'x', citations: [one('It was so.')], effects },
      { kind: 'correct_claim', claim: 'c3', set: { citations: [one('It was\nso.')] }, reason: 'It was wrong.', citations: [one('moved')] },
    ],
  });
  const resolved = resolveChanges(edit.changes, { ...context, pointer: '/changes' });
  t.same(resolved.ok && normalisedQuotes(edit, resolved.value.changes), [
    '/changes/0/claim/citations/0/quote',
    '/changes/1/citations/0/quote',
    '/changes/2/effects/0/citations/0/quote',
    '/changes/3/set/citations/0/quote',
  ]);
});

t.test('the page of warnings has every word that is known', async (t) => {
  const page = readFileSync(new URL('../../../docs/warnings.md', import.meta.url), 'utf8');
  const rows = new Map<string, string>();
  let code = '';
  for (const line of page.split('\n')) {
    code = /^\| `(..)` \| words/.exec(line)?.[1] ?? code;
    const [, name, words] = /^\| (\w[\w ]*) \| (.+) \|$/.exec(line) ?? [];
    if (name) rows.set(`${code} ${name}`, words ?? '');
  }
  const listed = (words: object) => (Array.isArray(words) ? words : Object.entries(words).map((entry) => entry.join(' '))).join(', ');
  for (const [language, { and, ...lists }] of Object.entries(data)) {
    t.equal(rows.get(`${language} joined by`), and);
    for (const [name, words] of Object.entries(lists)) t.equal(rows.get(`${language} ${name}`), listed(words), `${language} ${name}`);
  }
  for (const code of ['statement_stays', 'number_differs', 'negation_differs', 'more_than_typing'])
    t.ok(page.includes(`| \`${code}\` |`), code);
});
