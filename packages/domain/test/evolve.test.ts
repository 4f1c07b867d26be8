import t from 'tap';
import { catalogue, commandId, evolveIncident, initialIncident } from '../src/index.ts';
import { addClaim, citations, claim, partyId, type Scene, scene } from './scene.ts';

const reason = { reason: 'The § reason why' };
const start = () => {
  const s = scene();
  s.published(claim('c1'), claim('c2', { speaker: partyId('city'), stance: 'denies' }));
  return s;
};

const revisionOf = (s: Scene, type: string, nth = 0) => s.events.filter((event) => event.type === type)[nth]?.revision ?? -1;

t.test('revisions count record events', async (t) => {
  const s = start();
  const { recordRevision: revision, recordedAt } = s.state;
  s.submit([addClaim('c3')]);
  s.breakLease(2, 'reviewer', 'reviewer2');
  t.match({ revision: s.state.recordRevision, recordedAt: s.state.recordedAt }, { revision, recordedAt }, 'review sets none');
  t.equal(s.state.streamRevision, s.events.length - 1);
  s.erase({ revision: 0, pointer: '/rationale' });
  t.equal(s.state.recordRevision, revision, 'nor does an erasure');
  s.approve(2);
  t.equal(s.state.recordRevision, s.events.length - 1);
});

t.test('a command is traced to its events', async (t) => {
  const s = scene();
  const [one, two] = ['1', '2'].map((key) => commandId({ subject: 'a', method: 'POST', path: '/', key })) as [string, string];
  s.append([{ type: 'EditWithdrawn', edit: 1, data: { version: 1, reason: null } }], { command: one, actor: 'a' }, 'hmac');
  s.append(
    [
      { type: 'EditApplied', edit: 1, data: { version: 1, quotes: [] } },
      { type: 'IncidentUnmerged', edit: 1, data: { reason: '§' } },
    ],
    { command: two, actor: 'a' },
    'other',
  );
  t.same(Object.fromEntries(s.state.commands), {
    [one]: { request: 'hmac', type: 'EditWithdrawn', edit: 1, first: 0, last: 0 },
    [two]: { request: 'other', type: 'EditApplied', edit: 1, first: 1, last: 2 },
  });
});

t.test('corrections hold what was and what is', async (t) => {
  const s = start();
  const correct = (set: object) => ({ kind: 'correct_claim', claim: s.id('c1'), set, citations, ...reason });
  s.applied(correct({ statement: 'Second §', lang: 'es' }));
  s.applied(correct({ statement: 'Third §', citations: [...citations, ...citations] }));
  s.applied({ kind: 'add_citation', claim: s.id('c1'), citations });
  const entry = s.state.claims.get(s.id('c1'));
  t.match(entry?.claim, { statement: 'Third §', lang: 'es', citations: { length: 3 } });
  t.same([...(entry?.correctedFields ?? [])], ['statement'], 'language and citations do not mark');
  t.match(s.state.corrections, [
    {
      target: s.id('c1'),
      reason: 'The § reason why',
      changes: [
        { field: 'statement', from: /^The department/, to: 'Second §' },
        { field: 'lang', from: 'en', to: 'es' },
      ],
    },
    {
      changes: [
        { field: 'statement', from: 'Second §', to: 'Third §' },
        { field: 'citations', from: { length: 1 }, to: { length: 2 } },
      ],
    },
  ]);
  s.applied({ kind: 'correct_incident', set: { occurred: { date: '2026-01-15' } }, citations, ...reason });
  t.match(s.state.fields?.occurred, { date: '2026-01-15' });
  t.match(s.state.corrections[2], {
    target: s.stream,
    changes: [{ field: 'occurred', from: { date: '2026-01-14' }, to: { date: '2026-01-15' } }],
  });
});

t.test('entries', async (t) => {
  const s = start();
  s.applied(
    { kind: 'dispute_claim', ref: 'd1', claim: s.id('c1'), basis: 'stated', by: partyId('city'), grounds: '§', citations },
    { kind: 'open_proceeding', ref: 'p1', type: 'charge', title: 'A § charge', status: 'open', citations },
    { kind: 'update_proceeding', proceeding: 'p1', status: 'dismissed', note: '§', on: '2026-02', citations },
  );
  s.applied(
    { kind: 'correct_entry', target: s.id('p1'), set: { title: 'Another §' }, citations, ...reason },
    { kind: 'retract_entry', target: s.id('d1'), ...reason },
  );
  t.match(s.state.disputes.get(s.id('d1')), {
    retracted: true,
    withdrawn: false,
    retraction: { reason: 'The § reason why' },
    dispute: { grounds: '§' },
  });
  t.match(s.state.proceedings.get(s.id('p1')), {
    proceeding: { title: 'Another §' },
    updates: [{ status: 'dismissed', on: '2026-02', note: '§' }],
  });
  t.match(s.state.corrections, [{ target: s.id('p1'), changes: [{ field: 'title', from: 'A § charge', to: 'Another §' }] }]);
});

t.test('an erasure', async (t) => {
  const erasing = () => {
    const s = start();
    const correct = (set: object) => ({ kind: 'correct_claim', claim: s.id('c1'), set, citations, ...reason });
    s.applied(correct({ statement: 'Second §' }));
    s.applied(correct({ statement: 'Third §', value: { kind: 'boolean', value: false } }));
    return s;
  };
  const statements = (s: Scene) => [
    ...s.state.corrections.flatMap(({ changes }) =>
      changes.filter(({ field }) => field === 'statement').flatMap(({ from, to }) => [from, to]),
    ),
    s.state.claims.get(s.id('c1'))?.claim.statement,
  ];
  t.test('takes the text out of everything that shows it, and nothing else', async (t) => {
    const first = erasing();
    first.erase({ revision: revisionOf(first, 'ClaimAdded'), pointer: '/claim/statement' });
    t.same(statements(first), [undefined, 'Second §', 'Second §', 'Third §', 'Third §']);
    const second = erasing();
    second.erase({ revision: revisionOf(second, 'ClaimCorrected'), pointer: '/set/statement' });
    t.same(statements(second), ['The department says § that the car moved.', undefined, undefined, 'Third §', 'Third §']);
    const third = erasing();
    third.erase({ revision: revisionOf(third, 'ClaimCorrected', 1), pointer: '/set/statement' });
    t.same(statements(third), ['The department says § that the car moved.', 'Second §', 'Second §', undefined, undefined]);
    t.same(
      [...(third.state.claims.get(third.id('c1'))?.correctedFields ?? [])].sort(),
      ['statement', 'value'],
      'what the corrections mark stays',
    );
  });
  t.test('of versions, votes and quotes', async (t) => {
    const s = erasing();
    s.erase(
      { revision: 0, pointer: '/rationale' },
      { revision: 0, pointer: '/changes/1/claim/citations/0/quote' },
      { revision: revisionOf(s, 'EditApproved'), pointer: '/reason' },
      { revision: revisionOf(s, 'ClaimAdded'), pointer: '/claim/citations/0/quote' },
    );
    const [version] = s.state.edits.get(1)?.versions ?? [];
    t.equal(version?.rationale, null);
    t.notMatch(JSON.stringify(version?.changes[1]), /the car moved"/);
    t.equal(s.state.edits.get(1)?.votes[0]?.reason, null);
    t.notOk('quote' in (s.state.claims.get(s.id('c1'))?.claim.citations[0] ?? {}));
    t.ok(s.state.erased.has(0));
  });
});

t.test('total: an event on what is not there leaves the rest as it is', async (t) => {
  const s = start();
  const other = start();
  other.applied({ kind: 'dispute_claim', ref: 'd1', claim: other.id('c1'), basis: 'stated', by: partyId('city'), grounds: '§', citations });
  other.applied(
    { kind: 'correct_claim', claim: other.id('c1'), set: { lang: 'es' }, citations, ...reason },
    { kind: 'correct_entry', target: other.id('d1'), set: { grounds: '§' }, citations, ...reason },
    { kind: 'add_citation', claim: other.id('c1'), citations },
    { kind: 'rank_claim', claim: other.id('c1'), rank: 'preferred', ...reason },
    { kind: 'withdraw_dispute', dispute: other.id('d1'), ...reason },
  );
  other.applied({ kind: 'retract_claim', claim: other.id('c1'), ...reason }, { kind: 'retract_entry', target: other.id('d1'), ...reason });
  const before = s.state.claims.size;
  for (const event of other.events) {
    if (event.type === 'ClaimAdded' || event.type === 'ClaimDisputed') continue;
    t.doesNotThrow(() => evolveIncident(s.state, { ...event, revision: s.state.streamRevision + 1 }), event.type);
    t.doesNotThrow(() => evolveIncident(initialIncident(), event), event.type);
  }
  t.equal(s.state.claims.size, before);
});

t.test('structure alone folds to the same record without its texts', async (t) => {
  const s = start();
  s.applied({ kind: 'correct_claim', claim: s.id('c1'), set: { statement: 'Second §' }, citations, ...reason });
  t.notMatch(JSON.stringify([...s.bare.claims.values()].map(({ claim }) => claim)), '§');
  t.same([...s.bare.claims.keys()], [...s.state.claims.keys()]);
  t.same(s.bare.claims.get(s.id('c1'))?.correctedFields, new Set(['statement']));
  t.same(s.bare.written, s.state.written);
});

t.test('every event type has its place in the catalogue', async (t) => {
  t.equal(Object.keys(catalogue).length, 83);
  for (const [type, { schema, upcast }] of Object.entries(catalogue)) {
    t.same(
      Object.keys(upcast).map(Number),
      Array.from({ length: schema - 1 }, (_, form) => form + 1),
      `${type}: every older form has its way to the next`,
    );
  }
});
