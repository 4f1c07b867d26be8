import t from 'tap';
import {
  attributed,
  type Claim,
  comparison,
  comparisonShape,
  type IncidentDocument,
  type LetOut,
  listItemShape,
  listRow,
  partySummary,
  partySummaryShape,
  publicText,
  standardVocabulary,
} from '../src/index.ts';
import {
  asRead,
  bool,
  type ClaimWords,
  claim,
  correct,
  dispute,
  documentOf,
  fitting,
  fold,
  type Given,
  given,
  id,
  number,
  on,
  parties,
  proceeding,
  rank,
  reported,
  retract,
  retractEntry,
  ruling,
  source,
  term,
  text,
  update,
  who,
  withdrawDispute,
} from './given.ts';

const document = (...events: Given[]) => documentOf(given(...events).state);
const claimOf = (of: IncidentDocument, name: string) => of.claims.find((it) => it.id === id('claim', name));
const alleged: ClaimWords = { by: 'bureau', aspect: 'fled', about: 'driver', stance: 'alleges' };

t.test('an incident as a document', async (t) => {
  const shown = document(
    claim('c1', { ...alleged, via: ['outlet'], saidAt: '2026-01-14', scope: null }),
    claim('c2', { by: 'lawyer', onBehalfOf: 'driver', capacity: 'lawyer', aspect: 'fled', about: 'driver', stance: 'denies' }),
    dispute('d1', { claim: 'c1', by: 'driver', counterClaim: 'c2' }),
    proceeding('p1', { on: '2026-01' }),
    update('p1', 'pending', '2026-02'),
    ruling('r1', { effects: [on.claim('c1', 'contradicts'), on.proceeding('p1', 'dismissed')], on: '2026-03-01' }),
  );
  t.match(shown, {
    id: id('incident', 'incident'),
    revision: 6,
    status: 'published',
    mergedInto: null,
    mergedIntoStatus: null,
    mergedFrom: [],
    title: 'Officers fire at a vehicle',
    occurred: { date: '2026-01-14', dateText: null, time: '18:50', approximate: true, timeZone: 'America/Chicago' },
    place: { text: 'a street', locality: 'Springfield', point: null, precision: 'street' },
    agencies: [{ id: id('party', 'bureau'), name: 'bureau', kind: 'agency' }],
    recordedAt: '2026-01-15T00:06:00.000Z',
  });
  t.same(shown.aspects, [
    { aspect: 'fled', about: id('party', 'driver'), state: 'decided', voices: 2, claims: [id('claim', 'c1'), id('claim', 'c2')] },
  ]);
  t.match(claimOf(shown, 'c1'), {
    id: id('claim', 'c1'),
    incidentId: id('incident', 'incident'),
    aspect: 'fled',
    value: { kind: 'boolean', value: true },
    via: [id('party', 'outlet')],
    rank: 'normal',
    standing: 'contradicted',
    marks: ['contradicted', 'disputed'],
    voice: id('party', 'department'),
    attributed: 'Bureau (spokesperson; relayed by outlet) alleged that driver fled.',
    decision: 'contradicted by court, 2026-03-01',
    decidedBy: { ruling: id('ruling', 'r1'), court: id('party', 'court'), on: '2026-03-01', subjectToAppeal: false },
    disputes: [id('dispute', 'd1')],
    rulings: [id('ruling', 'r1')],
    corrections: [],
    addedAtRevision: 1,
  });
  t.match(shown.disputes, [{ id: id('dispute', 'd1'), basis: 'stated', grounds: 'Grounds of d1.', withdrawn: false, retracted: false }]);
  t.match(shown.proceedings, [
    { id: id('proceeding', 'p1'), status: 'dismissed', openedAs: 'open', ended: true, updates: [{ status: 'pending', revision: 5 }] },
  ]);
  t.match(shown.rulings, [
    { id: id('ruling', 'r1'), inForce: true, finality: 'final', effects: [{ effect: 'contradicts' }, { status: 'dismissed' }] },
  ]);
  t.test('it names every party that it uses, and the parents of those', async (t) => {
    const names = shown.parties.map(({ name }) => name);
    t.same(names, ['bureau', 'driver', 'outlet', 'lawyer', 'court', 'department']);
    t.equal(shown.parties.find(({ name }) => name === 'bureau')?.parent, id('party', 'department'));
  });
  t.test('it names every source that it cites, without texts', async (t) => {
    t.same(shown.sources, [source(id('source', 'article'))]);
  });
});

t.test('a proceeding says whether its status ends it', async (t) => {
  const ended = (status: string) => document(proceeding('p1', { status })).proceedings[0]?.ended;
  t.same(['open', 'hung_jury', 'expunged', 'sealed', 'one_that_is_gone'].map(ended), [false, false, true, null, null]);
});

t.test('what a court decided is shown as the court’s, and never as "false"', async (t) => {
  const decided = (effect: 'upholds' | 'contradicts' | 'not_established' | 'moots', words: { on?: string; appealable?: boolean } = {}) =>
    claimOf(document(claim('c1', alleged), ruling('r1', { effects: [on.claim('c1', effect)], ...words })), 'c1');
  t.equal(decided('contradicts', { on: '2026-03' })?.decision, 'contradicted by court, 2026-03');
  t.equal(decided('contradicts')?.decision, 'contradicted by court');
  t.equal(decided('contradicts', { on: '2026-03', appealable: true })?.decision, 'contradicted by court, 2026-03, subject to appeal');
  t.equal(decided('upholds')?.decision, 'upheld by court');
  t.equal(decided('not_established')?.decision, 'found not established by court');
  t.equal(decided('moots')?.decision, 'held moot by court');
  t.notMatch(JSON.stringify(decided('contradicts')?.marks), 'false');
  t.equal(claimOf(document(claim('c1', alleged)), 'c1')?.decision, null);
});

t.test('a provisional ruling is not in force, and each of its effects says why it does nothing', async (t) => {
  const [shown] = document(claim('c1', alleged), ruling('r1', { effects: [on.claim('c1', 'upholds')], provisional: true })).rulings;
  t.match(shown, { inForce: false, subjectToAppeal: false, effects: [{ applied: false, notApplied: { why: 'provisional', by: null } }] });
  const [counts] = document(claim('c1', alleged), ruling('r1', { effects: [on.claim('c1', 'upholds')], appealable: true })).rulings;
  t.match(counts, { inForce: true, subjectToAppeal: true, effects: [{ applied: true, notApplied: null }] });
});

t.test('corrections show the old value and the new, and detached disputes stay visible', async (t) => {
  const shown = document(
    claim('c1', alleged),
    dispute('d1', { claim: 'c1', by: 'driver' }),
    correct('c1', { value: bool(false), statement: 'Repaired.' }),
  );
  t.match(shown.corrections, [
    {
      target: id('claim', 'c1'),
      changes: [
        { field: 'value', from: { kind: 'boolean', value: true }, to: { kind: 'boolean', value: false } },
        { field: 'statement', from: 'Statement of c1.', to: 'Repaired.' },
      ],
      reason: 'the record misread the source',
      revision: 3,
    },
  ]);
  t.match(claimOf(shown, 'c1'), { statement: 'Repaired.', disputes: [], detached: [id('dispute', 'd1')], standing: 'corrected' });
  t.same(claimOf(shown, 'c1')?.corrections, [shown.corrections[0]?.id]);
});

t.test('parties that a correction took away are still named, since it shows them', async (t) => {
  const shown = document(claim('c1', { ...alleged, by: 'ministry' }), correct('c1', { speaker: id('party', 'city') }));
  t.ok(shown.parties.some(({ name }) => name === 'ministry'));
  t.match(shown.corrections[0]?.changes, [{ from: id('party', 'ministry'), to: id('party', 'city') }]);
});

t.test('a text that was erased reads null, wherever it stood', async (t) => {
  const events = asRead([
    reported,
    claim('c1', { ...alleged, aspect: 'intent', value: text('to flee') }),
    dispute('d1', { claim: 'c1', by: 'driver' }),
    proceeding('p1'),
    ruling('r1', { effects: [on.claim('c1', 'moots')] }),
    correct('c1', { statement: 'Repaired.' }),
  ]);
  const without = JSON.parse(
    JSON.stringify(events, (key, value) =>
      ['title', 'text', 'statement', 'quote', 'grounds', 'summary', 'reason', 'locality', 'alternatives'].includes(key)
        ? undefined
        : typeof value === 'bigint'
          ? 0
          : value,
    ),
  );
  delete without[1].data.claim.value.value;
  const shown = documentOf(fold(without));
  t.same([shown.title, shown.place?.text, shown.place?.locality], [null, null, null]);
  t.match(shown.claims, [
    { statement: null, attributed: null, value: { kind: 'text', value: null, alternatives: null }, citations: [{ quote: null }] },
  ]);
  t.match(shown.disputes, [{ grounds: null }]);
  t.match(shown.proceedings, [{ title: null }]);
  t.match(shown.rulings, [{ summary: null }]);
  t.match(shown.corrections, [{ reason: null, changes: [{ field: 'statement', from: null, to: null }] }]);
  t.equal(shown.claims[0]?.standing, 'moot', 'what is derived stays');
});

t.test('a proposed incident shows the fields of its proposal, and no claims', async (t) => {
  const changes = [
    { kind: 'report_incident', ...(reported.data as object) },
    { kind: 'add_claim', ...(claim('c1', alleged).data as object) },
  ];
  const submitted = { type: 'EditSubmitted', data: { baseRevision: null, rationale: 'why', refs: {}, changes } } as Given;
  const state = fold(asRead([submitted]).map((event) => ({ ...event, edit: 1 })));
  t.match(documentOf(state), {
    status: 'proposed',
    revision: null,
    title: 'Officers fire at a vehicle',
    claims: [],
    aspects: [],
    recordedAt: null,
  });
});

t.test('a comparison has aspects as rows and voices as columns', async (t) => {
  const shown = comparison(
    document(
      claim('c1', { by: 'bureau', aspect: 'injury', about: 'driver', value: term('leg') }),
      claim('c2', { by: 'city', aspect: 'injury', about: 'driver', value: term('head') }),
      claim('c3', { by: 'department', aspect: 'injury', about: 'driver', value: term('foot') }),
      claim('c4', { by: 'outlet', capacity: 'reporter', aspect: 'injury', about: 'driver', value: term('leg') }),
      claim('c5', { by: 'unnamedOfficial', capacity: 'anonymous', aspect: 'injury', about: 'driver', value: term('arm') }),
      claim('c6', { by: 'unnamedOfficial', capacity: 'anonymous', aspect: 'shots_fired', value: number('2') }),
      claim('c7', { by: 'city', aspect: 'death', about: 'driver', stance: 'cannot_confirm' }),
      claim('c8', { by: 'unnamedOfficial', capacity: 'official', aspect: 'response', value: text('no comment'), stance: 'no_response' }),
      retract('c3'),
    ),
  );
  fitting(comparisonShape, shown);
  const claims = (...names: string[]) => names.map((name) => id('claim', name));
  t.same(shown.aspects, [
    {
      aspect: 'injury',
      about: id('party', 'driver'),
      aboutName: 'driver',
      state: 'single_account',
      cells: [
        { voice: id('party', 'department'), claims: claims('c1') },
        { voice: id('party', 'city'), claims: claims('c2') },
        { voice: null, claims: claims('c4', 'c5') },
      ],
    },
    {
      aspect: 'shots_fired',
      about: null,
      aboutName: null,
      state: 'single_account',
      cells: [{ voice: id('party', 'unnamedOfficial'), claims: claims('c6') }],
    },
    {
      aspect: 'death',
      about: id('party', 'driver'),
      aboutName: 'driver',
      state: 'unknown',
      cells: [{ voice: id('party', 'city'), claims: claims('c7') }],
    },
    {
      aspect: 'response',
      about: null,
      aboutName: null,
      state: 'not_compared',
      cells: [{ voice: id('party', 'unnamedOfficial'), claims: claims('c8') }],
    },
  ]);
  t.same(
    shown.voices,
    ['department', 'city', 'unnamedOfficial'].map((name) => ({ id: id('party', name), name })),
  );
});

t.test('an item of a list counts what stands', async (t) => {
  const row = listRow(
    document(
      claim('c1', alleged),
      claim('c2', alleged),
      retract('c2'),
      dispute('d1', { claim: 'c1', by: 'driver' }),
      dispute('d2', { claim: 'c1', by: 'passenger' }),
      withdrawDispute('d2'),
      ruling('r1', { effects: [on.claim('c1', 'upholds')], provisional: true }),
      ruling('r2', { effects: [on.claim('c1', 'upholds')] }),
      retractEntry('ruling', 'r2'),
      correct('c1', { lang: 'es' }),
    ),
  );
  fitting(listItemShape, row);
  t.same(row.counts, { claims: 1, retractedClaims: 1, disputes: 1, rulings: 1, corrections: 1 });
  t.same(Object.keys(row).sort(), [
    'agencies',
    'counts',
    'firstRecordedAt',
    'id',
    'occurred',
    'place',
    'recordedAt',
    'revision',
    'status',
    'title',
  ]);
});

const cited = (exact: string, prefix: string | null = null, suffix: string | null = null, more: object = {}) => {
  const position = { start: 1000, end: 1000 + [...exact].length };
  return {
    claims: [{ citations: [{ source: 'source_a', revision: 1, quote: { exact, prefix, suffix, ...more }, position, part: 'body' }] }],
  };
};

t.test('the public gets quotes of at most 300 code points', async (t) => {
  const whole = () => ({ from: 0, to: 5000, shown: null });
  const long = '😀'.repeat(301);
  const shown = publicText(cited(long, 'before', 'after'), whole).claims[0]?.citations[0]?.quote;
  t.same(shown, { exact: '😀'.repeat(300), prefix: null, suffix: null, shortened: true }, 'what has no words is cut where it must be');
  const words = publicText(cited(`${'word '.repeat(59)}another and more`), whole).claims[0]?.citations[0]?.quote;
  t.same(words, { exact: 'word '.repeat(59).trim(), prefix: null, suffix: null, shortened: true }, 'and no word is cut through');
  t.same(publicText(cited('a'.repeat(290), 'b'.repeat(20)), whole), cited('a'.repeat(290)), 'the context goes first');
  const short = cited('a'.repeat(280), 'b'.repeat(20));
  t.equal(publicText(short, whole), short, 'what has nothing to cut is the same value');
  t.same(publicText({ quote: null, other: [1, 'two', null] }, whole), { quote: null, other: [1, 'two', null] });
});

t.test('of a quote that is not let out whole the public gets its first words, or none', async (t) => {
  const quoted = cited('He ran. He fell.', 'Then: ', ' The end.');
  const quote = (letOut: LetOut | undefined) => publicText(quoted, () => letOut).claims[0]?.citations[0]?.quote as object;
  t.same(quote({ from: 994, to: 1024, shown: 6 }), { exact: 'He ran', prefix: null, suffix: null, shortened: true });
  t.same(quote({ from: 994, to: 1024, shown: 0 }), { exact: '', prefix: null, suffix: null, shortened: true });
  t.same(quote(undefined), { exact: '', prefix: null, suffix: null, shortened: true }, 'nothing as long as nothing was decided');
  t.same(
    quote({ from: 1000, to: 1016, shown: null }),
    { exact: 'He ran. He fell.', prefix: null, suffix: null },
    'context that did not count',
  );
  t.equal(
    publicText(quoted, () => ({ from: 994, to: 1025, shown: null })),
    quoted,
  );
});

t.test('how the claims of a party fared', async (t) => {
  const bureau = parties(id('party', 'bureau'));
  const driver = parties(id('party', 'driver'));
  if (bureau === undefined || driver === undefined) throw new Error('both are in the cast');
  const counts = { incidents: 2, byStanding: new Map([['standing', 2] as const, ['contradicted', 1] as const]) };
  const summary = fitting(partySummaryShape.nullable(), partySummary(bureau, counts));
  t.match(summary, { party: { name: 'bureau' }, incidents: 2, claims: 3, links: { claims: `/v1/claims?speaker=${bureau.id}` } });
  t.same(
    summary?.byStanding.map(({ standing, claims: count }) => [standing, count]).filter(([, count]) => count !== 0),
    [
      ['standing', 2],
      ['contradicted', 1],
    ],
  );
  t.equal(
    summary?.byStanding.find(({ standing }) => standing === 'contradicted')?.links.claims,
    `/v1/claims?speaker=${bureau.id}&standing=contradicted`,
  );
  t.notOk(JSON.stringify(summary).includes('ratio'));
  t.equal(partySummary(driver, counts), null, 'nothing is summed up about a private party');
});

t.test('a speaker whose name was erased', async (t) => {
  const { claim: it } = claim('c1', { by: 'bureau', stance: 'alleges' }).data as { claim: Claim };
  t.equal(
    attributed(it, () => undefined, standardVocabulary),
    '(name erased) (spokesperson) alleged that somebody fled.',
  );
});

t.test('the rank of a claim and its reason are shown', async (t) => {
  t.match(claimOf(document(claim('c1', alleged), rank('c1', 'deprecated')), 'c1'), {
    rank: 'deprecated',
    rankReason: 'the body is fuller than the lead',
    standing: 'deprecated',
  });
});

t.test('a party as value is named too', async (t) => {
  t.ok(document(claim('c1', { by: 'city', aspect: 'shooter', value: who('office') })).parties.some(({ name }) => name === 'office'));
});
