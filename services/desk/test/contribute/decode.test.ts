import t from 'tap';
import { type Originals, proposalOf, submissionOf } from '../../src/pages/contribute/decode.ts';
import { encodeChanges } from '../../src/pages/contribute/encode.ts';
import { groupsOf, nextGroup, stateOf, without } from '../../src/pages/contribute/state.ts';

const nobody: Originals = () => undefined;
const claim = {
  aspect: 'shots_fired',
  value: { kind: 'quantity', value: '2', unit: 'shot', comparator: 'range', upper: '3' },
  about: 'party_a',
  speaker: 'party_b',
  capacity: 'spokesperson',
  stance: 'asserts',
  statement: 'The police say that two or three shots were fired.',
  citations: [
    { quote: { exact: 'two or three shots', prefix: 'at least' }, source: 'source_a', revision: 2, page: 4 },
    { source: 'source_b', scene: 'A flash is seen.', from: 1.5, to: 3 },
  ],
  saidAt: '2026-01-14T18:50',
  via: ['party_c', 'party_d'],
  ownReporting: true,
  flags: ['sense_unclear', 'attribution_unclear'],
  relatesTo: [{ claim: 'claim_a', as: 'answers' }],
  scope: { measure: 'shots', period: 'that day' },
};

t.test('a form is read into the proposal that it says', async (t) => {
  const { body } = proposalOf(
    stateOf([
      ['_csrf', 'x'],
      ['incident.title', ' Shots at the quay '],
      ['incident.occurred.date', '2026-03'],
      ['incident.occurred.approximate', 'yes'],
      ['incident.place.text', 'the quay'],
      ['incident.place.point.lat', '54.5'],
      ['incident.place.point.lon', 'west'],
      ['incident.place.precision', ''],
      ['incident.agencies.0', ''],
      ['incident.agencies.1', 'p1'],
      ['p1.name', 'Harbour police'],
      ['p1.kind', 'agency'],
      ['p1.private', 'false'],
      ['p1.aliases', 'The harbour\r\n\r\n HP '],
      ['c1.kind', 'add_claim'],
      ['c1.aspect', 'vehicle_motion'],
      ['c1.value.kind', 'boolean'],
      ['c1.value.boolean', 'false'],
      ['c1.citations.0.quote.exact', 'the boat\r\nlay still'],
      ['c1.citations.0.source', 'source_a@1'],
      ['c1.citations.1.quote.exact', ''],
      ['c1.citations.1.source', 'source_a@1'],
      ['c3.kind', 'dispute_claim'],
      ['c3.claim', 'c1'],
      ['c3.basis', 'stated'],
      ['c3.grounds', 'It did not.'],
      ['c4.kind', 'rank_claim'],
      ['rationale', 'It was told.'],
    ]),
  );
  t.strictSame(body, {
    occurred: { date: '2026-03', approximate: true },
    place: { text: 'the quay', point: { lat: 54.5, lon: 'west' } },
    title: 'Shots at the quay',
    agencies: ['p1'],
    parties: [{ name: 'Harbour police', kind: 'agency', private: false, aliases: ['The harbour', 'HP'], ref: 'p1' }],
    claims: [
      {
        aspect: 'vehicle_motion',
        value: { kind: 'boolean', value: false },
        citations: [{ quote: { exact: 'the boat\nlay still' }, source: 'source_a', revision: 1 }],
        ref: 'c1',
      },
    ],
    disputes: [{ claim: 'c1', basis: 'stated', grounds: 'It did not.', citations: [], ref: 'c3' }],
    proceedings: [],
    rulings: [],
    rationale: 'It was told.',
  });
});

t.test('an empty form is an empty proposal, of which the API says what is missing', async (t) => {
  t.strictSame(proposalOf(stateOf([['c1.kind', 'add_claim']])).body, {
    ...{ occurred: {}, place: null, parties: [], disputes: [], proceedings: [], rulings: [], rationale: '' },
    claims: [{ citations: [], ref: 'c1' }],
  });
});

t.test('what is wrong is told at the field that has it', async (t) => {
  const { fieldAt } = proposalOf(
    stateOf([
      ['c2.kind', 'add_claim'],
      ['c2.value.kind', 'boolean'],
      ['c2.citations.0.quote.exact', ''],
      ['c2.citations.1.quote.exact', 'a passage'],
      ['c2.citations.1.source', 'source_a@1'],
      ['c5.kind', 'add_claim'],
      ['p3.name', 'x'],
    ]),
  );
  t.equal(fieldAt('/title'), 'incident.title');
  t.equal(fieldAt('/occurred'), 'incident.occurred.date');
  t.equal(fieldAt('/agencies/0'), 'incident.agencies.0');
  t.equal(fieldAt('/claims/0/statement'), 'c2.statement');
  t.equal(fieldAt('/claims/0/value'), 'c2.value.kind');
  t.equal(fieldAt('/claims/0/value/value'), 'c2.value.boolean');
  t.equal(fieldAt('/claims/0/citations/0/quote'), 'c2.citations.1.quote.exact', 'rows in which nothing stands are not counted');
  t.equal(fieldAt('/claims/0/citations/0/revision'), 'c2.citations.1.source');
  t.equal(fieldAt('/claims/1/citations'), 'c5.citations.0.quote.exact', 'what is missing, where it would be written');
  t.equal(fieldAt('/claims/1/value'), 'c5.value.kind');
  t.equal(fieldAt('/parties/0/name'), 'p3.name');
  t.equal(fieldAt('/parties/0/aliases/2'), 'p3.aliases');
  t.equal(fieldAt('/header/idempotency-key'), null);
  const { fieldAt: ofEdit } = submissionOf(
    stateOf([
      ['c1.kind', 'retract_claim'],
      ['c2.kind', 'add_claim'],
    ]),
    3,
    nobody,
  );
  t.equal(ofEdit('/changes/0/reason'), 'c1.reason');
  t.equal(ofEdit('/changes/1/claim/speaker'), 'c2.speaker');
});

t.test('what is read of an edit fills the form, and is sent from it as it was', async (t) => {
  const changes = [
    { kind: 'add_claim', claim: { ...claim, id: 'claim_x', ref: 'c1' } },
    { kind: 'dispute_claim', claim: 'claim_x', basis: 'stated', by: 'party_a', grounds: 'No.', citations: [], id: 'dispute_x', ref: 'c2' },
    {
      kind: 'record_ruling',
      finality: 'final',
      basis: 'report',
      summary: 'Dismissed.',
      citations: [],
      id: 'ruling_x',
      ref: 'c3',
      effects: [
        { claim: 'claim_x', effect: 'contradicts', citations: [{ quote: { exact: 'no evidence' }, source: 'source_a', revision: 1 }] },
      ],
    },
    { kind: 'correct_change', target: 'claim_y', revision: 4, set: { reason: 'Another one.' }, reason: 'It was another reason.' },
    { kind: 'move_claim', claim: 'claim_z', to: 'incident_b', reason: 'It belongs there.' },
  ];
  const fields = encodeChanges(changes, nobody, ['c1', 'c2', 'c3']);
  const { body } = submissionOf(stateOf([...fields, ['rationale', 'As before.']]), 7, nobody);
  t.strictSame(body, { baseRevision: 7, rationale: 'As before.', changes });
});

t.test('a correction sends what is otherwise than on record', async (t) => {
  const originals: Originals = (target) => (target === 'claim_x' ? claim : undefined);
  const change = {
    kind: 'correct_claim',
    claim: 'claim_x',
    set: { stance: 'denies' },
    basis: 'editorial',
    reason: 'It was misread.',
    citations: [],
  };
  const fields = encodeChanges([change], originals, []);
  t.match(Object.fromEntries(fields), { 'c1.set.stance': 'denies', 'c1.set.capacity': 'spokesperson' }, 'the form is filled with both');
  const said = (more: [string, string][], less: string[] = []) => {
    const state = less.reduce(without, new Map([...stateOf(fields), ...stateOf(more)]));
    return (submissionOf(state, 7, originals).body.changes[0] as unknown as { set: object }).set;
  };
  t.strictSame(said([]), { stance: 'denies' });
  t.strictSame(
    said([
      ['c1.set.stance', 'asserts'],
      ['c1.set.value.upper', '4'],
    ]),
    { value: { ...claim.value, upper: '4' } },
  );
  t.strictSame(
    said(
      [
        ['c1.set.about', ''],
        ['c1.set.scope.measure', ''],
        ['c1.set.scope.period', ''],
      ],
      ['c1.set.flags', 'c1.set.ownReporting', 'c1.set.via'],
    ),
    {
      stance: 'denies',
      about: null,
      scope: null,
      flags: [],
      ownReporting: false,
      via: [],
    },
  );
});

t.test('groups keep their order, and a new one gets a name that nothing had', async (t) => {
  const state = stateOf([
    ['c7.kind', 'x'],
    ['c2.kind', 'x'],
    ['p1.name', 'x'],
    ['c', 'x'],
    ['case.x', 'x'],
    ['c2.claim', 'x'],
  ]);
  t.strictSame(groupsOf(state, 'c'), ['c7', 'c2']);
  t.equal(nextGroup(state, 'c'), 'c8');
  t.equal(nextGroup(state, 'c', ['c12', 'p40', 'claim']), 'c13');
  t.strictSame(groupsOf(without(state, 'c7'), 'c'), ['c2']);
});
