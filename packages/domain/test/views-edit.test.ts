import t from 'tap';
import {
  type Change,
  changeOf,
  type DomainEvent,
  diffDocuments,
  editDocument,
  editShape,
  editTag,
  type Incident,
  type Preview,
  policy,
  preview,
  previewShape,
  standardVocabulary,
} from '../src/index.ts';
import {
  asRead,
  bool,
  claim,
  correct,
  dispute,
  documentOf,
  fitting,
  fold,
  type Given,
  given,
  id,
  noMerges,
  none,
  on,
  parties,
  rank,
  reported,
  retract,
  ruling,
  tagCase,
  term,
} from './given.ts';

/** An event of the review. */
type Review = { type: string; by?: string; data: Record<string, unknown> };
/** The change that becomes this record event. */
const change = (event: Given): Change => {
  const found = changeOf(event);
  if (!found) throw new Error(`${event.type} applies no change`);
  return found;
};
const submitted = (events: Given[], refs: Record<string, string> = {}, by = 'author'): Review => ({
  type: 'EditSubmitted',
  by,
  data: { baseRevision: 1, rationale: 'why', refs, changes: events.map(change), machine: false, tally: null, reverts: null },
});
const revised = (version: number, events: Given[]): Review => ({
  type: 'EditRevised',
  by: 'author',
  data: { version, baseRevision: 1, rationale: 'why, again', refs: {}, changes: events.map(change), machine: false, tally: null },
});
const vote = (by: string, version = 1, type = 'EditApproved'): Review => ({
  type,
  by,
  data: { version, reason: null, needed: 2, policy: 1 },
});

/** A reported incident with these record events, then this review of edit 2. */
const underReview = (record: Given[], review: Review[]) => {
  const events = asRead([reported, ...record, ...(review as unknown as Given[])]);
  const named = events.map((event, index): DomainEvent => {
    const { by } = review[index - 1 - record.length] ?? {};
    return by === undefined ? event : { ...event, actor: by, edit: 2 };
  });
  return fold(named);
};
const privacyReviewed = () => true;
const fled = claim('c1', { by: 'bureau', aspect: 'fled', about: 'driver', stance: 'alleges' });
const editOf = (state: Incident) => {
  const shown = editDocument({ state, edit: 2, parties, privacyReviewed, policy });
  return shown && fitting(editShape, shown);
};
const edit = (review: Review[], record: Given[] = [fled]) => editOf(underReview(record, review));

t.test('an edit as a document, in the shapes in which its changes were sent', async (t) => {
  const refs = { c2: id('claim', 'c2'), d1: id('dispute', 'd1'), r1: id('ruling', 'r1') };
  const changes = [
    claim('c2', { by: 'city', aspect: 'fled', about: 'driver', value: bool(false) }),
    dispute('d1', { claim: 'c1', by: 'city', counterClaim: 'c2' }),
    ruling('r1', { effects: [on.claim('c1', 'not_established')] }),
    rank('c1', 'deprecated'),
    correct('c1', { statement: 'Repaired.' }),
    retract('c1'),
  ];
  const state = underReview([fled], [submitted(changes, refs)]);
  const shown = editOf(state);
  t.match(shown, {
    incidentId: id('incident', 'incident'),
    edit: 2,
    etag: editTag(state, 2),
    state: 'submitted',
    version: 1,
    baseRevision: 1,
    author: 'author',
    refs,
    approvals: { needed: 2, given: 0, policy: 4 },
    votes: [],
    conflicts: [],
    appliedRevision: null,
  });
  t.match(shown?.versions, [{ version: 1, by: 'author', rationale: 'why' }]);
  t.match(shown?.versions[0]?.changes, [
    {
      kind: 'add_claim',
      claim: { ref: 'c2', id: id('claim', 'c2'), value: { kind: 'boolean', value: false }, citations: [{ part: 'body' }] },
    },
    {
      kind: 'dispute_claim',
      ref: 'd1',
      id: id('dispute', 'd1'),
      claim: id('claim', 'c1'),
      counterClaim: id('claim', 'c2'),
      grounds: 'Grounds of d1.',
    },
    { kind: 'record_ruling', ref: 'r1', id: id('ruling', 'r1'), effects: [{ claim: id('claim', 'c1'), effect: 'not_established' }] },
    { kind: 'rank_claim', claim: id('claim', 'c1'), rank: 'deprecated' },
    { kind: 'correct_claim', claim: id('claim', 'c1'), set: { statement: 'Repaired.' }, carry: [], conceal: false },
    { kind: 'retract_claim', claim: id('claim', 'c1'), reason: 'recorded in error' },
  ]);
  t.same(JSON.parse(JSON.stringify(shown)), shown, 'it is plain JSON');
  t.equal(editDocument({ state, edit: 7, parties, privacyReviewed, policy }), undefined);
});

t.test('votes lapse when the edit is revised, and when the same reviewer votes again', async (t) => {
  const change2 = [rank('c1', 'deprecated')];
  const once = edit([submitted(change2), vote('one')]);
  t.match(once, { approvals: { given: 1 }, votes: [{ decision: 'approve', by: 'one', version: 1, lapsed: false }] });
  const again = edit([submitted(change2), vote('one'), revised(2, change2)]);
  t.match(again, { version: 2, state: 'submitted', approvals: { given: 0 }, votes: [{ lapsed: true }] });
  t.equal(again?.versions.length, 2, 'every version stays');
  const changedMind = edit([submitted(change2), vote('one'), vote('one', 1, 'EditChangesRequested')]);
  t.match(changedMind, {
    state: 'changes_requested',
    approvals: { given: 0 },
    votes: [{ lapsed: true }, { decision: 'request_changes', lapsed: false }],
  });
});

t.test('a vote that was taken back is shown and counts no more', async (t) => {
  const back: Review = { type: 'EditVoteWithdrawn', by: 'one', data: { version: 1, reason: 'Too soon.' } };
  t.match(edit([submitted([retract('c1')]), vote('one'), back]), {
    state: 'submitted',
    nextActor: 'reviewer',
    approvals: { given: 0 },
    votes: [{ decision: 'approve', by: 'one', lapsed: true, withdrawn: { reason: 'Too soon.' } }],
  });
  t.match(edit([submitted([retract('c1')]), vote('one'), back, vote('one')]), {
    approvals: { given: 1 },
    votes: [
      { lapsed: true, withdrawn: {} },
      { lapsed: false, withdrawn: null },
    ],
  });
});

t.test('what a decided edit needed is what its vote recorded', async (t) => {
  const rejected = edit([submitted([rank('c1', 'deprecated')]), vote('one', 1, 'EditRejected')]);
  t.match(rejected, { state: 'rejected', approvals: { needed: 2, policy: 1, why: 'Two approvals, as its last vote recorded.' } });
  t.match(edit([submitted([rank('c1', 'deprecated')])]), { approvals: { needed: 1 } });
});

t.test('what an edit conflicts with is shown while it is open', async (t) => {
  const state = underReview([fled, correct('c1', { statement: 'Repaired.' })], [submitted([rank('c1', 'deprecated')])]);
  const shown = editOf(state);
  t.match(shown?.conflicts, [{ type: 'ClaimCorrected', revision: 2 }]);
  t.match(
    shown,
    { state: 'submitted', nextActor: 'author', outdated: { problem: 'edit-outdated', events: shown?.conflicts } },
    'and with it that its author has to act',
  );
  t.match(edit([submitted([rank('c1', 'deprecated')]), vote('one', 1, 'EditRejected')]), { nextActor: null, outdated: null });
});

const previewOf = (record: Given[], changes: Given[]): Preview => {
  const state = underReview(record, [submitted(changes)]);
  const before = JSON.stringify(documentOf(state));
  const shown = preview({
    state,
    edit: 2,
    parties,
    sources: () => undefined,
    vocabulary: standardVocabulary,
    tagCase,
    merges: noMerges,
  });
  if (shown === undefined) throw new Error('there is such an edit');
  t.equal(JSON.stringify(documentOf(state)), before, 'the state itself is left as it was');
  return fitting(previewShape, shown);
};

t.test('a preview shows what approval would do', async (t) => {
  const denial = claim('c2', { by: 'lawyer', onBehalfOf: 'driver', capacity: 'lawyer', aspect: 'fled', about: 'driver', stance: 'denies' });
  const shown = previewOf([fled], [denial, dispute('d1', { claim: 'c1', by: 'driver' })]);
  t.equal(shown.before.claims.length, 1);
  t.equal(shown.after.claims.length, 2);
  t.same(shown.standing, [
    { claim: id('claim', 'c1'), from: 'standing', to: 'disputed' },
    { claim: id('claim', 'c2'), from: null, to: 'standing' },
  ]);
  t.same(shown.aspects, [{ aspect: 'fled', about: id('party', 'driver'), from: 'single_account', to: 'disputed' }]);
  t.same(shown.conflicts, []);
  const pointers = shown.changes.map(({ pointer }) => pointer);
  for (const pointer of ['/revision', '/claims/0/standing', '/claims/0/marks', '/claims/1', '/disputes/0', '/aspects/0/state'])
    t.ok(pointers.includes(pointer), pointer);
  t.notOk(pointers.includes('/recordedAt'), 'nothing is recorded yet');
});

t.test('a preview tells where a change contradicts itself', async (t) => {
  t.match(previewOf([fled], [correct('c1', { value: bool(false) })]).warnings, [
    { pointer: '/changes/0/set/value', code: 'statement_stays', message: /statement stays/ },
  ]);
  t.same(previewOf([fled], [rank('c1', 'preferred')]).warnings, []);
});

t.test('a preview tells what of a ruling would be listed and change nothing', async (t) => {
  const told = (...changes: Given[]) => previewOf([fled], changes).warnings.map(({ pointer, code, message }) => [pointer, code, message]);
  const provisional = ruling('r1', { effects: [on.claim('c1', 'contradicts')], provisional: true });
  t.same(told(provisional), [
    ['/changes/0', 'changes_nothing', 'The ruling will be listed and change nothing: the ruling is provisional.'],
  ]);
  t.same(told(ruling('r1', { effects: [on.claim('c1', 'contradicts')] })), [], 'what counts is told of in the standings');
});

t.test('a preview is what the record then says', async (t) => {
  const edits: Given[][] = [
    [retract('c1')],
    [correct('c1', { value: bool(false), stance: 'asserts' })],
    [
      ruling('r1', { effects: [on.claim('c1', 'contradicts')] }),
      claim('c3', { by: 'city', aspect: 'death', about: 'driver', value: none }),
    ],
    [rank('c1', 'preferred'), claim('c3', { by: 'city', aspect: 'injury', about: 'driver', value: term('leg') })],
  ];
  for (const changes of edits) {
    const { after } = previewOf([fled], changes);
    const then = documentOf(given(fled, ...changes).state);
    const facts = ({ aspects, claims, rulings }: typeof after) => ({
      aspects,
      claims: claims.map(({ addedAtRevision, retraction, ...rest }) => ({ ...rest, why: retraction?.reason })),
      rulings: rulings.map(({ addedAtRevision, ...rest }) => rest),
    });
    t.same(facts(after), facts(then));
  }
});

t.test('a preview of a proposal starts from nothing', async (t) => {
  const state = fold(
    asRead([{ ...submitted([reported, fled]), type: 'EditSubmitted' } as unknown as Given]).map((event) => ({ ...event, edit: 1 })),
  );
  const shown = preview({
    state,
    edit: 1,
    parties,
    sources: () => undefined,
    vocabulary: standardVocabulary,
    tagCase,
    merges: noMerges,
  });
  t.match(shown?.before, { status: 'proposed', title: null, claims: [] });
  t.match(shown?.after, { status: 'published', title: 'Officers fire at a vehicle', revision: 4 });
  t.same(shown?.aspects, [{ aspect: 'fled', about: id('party', 'driver'), from: null, to: 'single_account' }]);
});

t.test('differences are named by JSON pointers', async (t) => {
  t.same(diffDocuments({ a: 1, b: { c: [1, 2] } }, { a: 2, b: { c: [1, 3] } }), [
    { pointer: '/a', from: 1, to: 2 },
    { pointer: '/b/c', from: [1, 2], to: [1, 3] },
  ]);
  t.same(
    diffDocuments({ 'a/b': 1, 'm~n': 2 }, { 'a/b': 3, 'm~n': 4 }).map(({ pointer }) => pointer),
    ['/a~1b', '/m~0n'],
    'escaped as RFC 6901 says',
  );
  t.same(diffDocuments({ a: null }, {}), [], 'null is absent');
  t.same(diffDocuments({ a: 1 }, { a: [1] }), [{ pointer: '/a', from: 1, to: [1] }]);
  t.test('things in arrays are followed by their id', async (t) => {
    const one = { id: 'x', n: 1 };
    const two = { id: 'y', n: 1 };
    t.same(diffDocuments({ list: [one, two] }, { list: [two, one] }), [], 'a change of order is none');
    t.same(diffDocuments({ list: [one, two] }, { list: [{ ...two, n: 2 }] }), [
      { pointer: '/list/0', from: one, to: null },
      { pointer: '/list/0/n', from: 1, to: 2 },
    ]);
    t.same(diffDocuments({ list: [one] }, { list: [two, one] }), [{ pointer: '/list/0', from: null, to: two }]);
  });
  t.test('rows of aspects by aspect and party', async (t) => {
    const row = (about: string | null, state: string) => ({ aspect: 'fled', about, state });
    t.same(diffDocuments({ aspects: [row('a', 'unknown')] }, { aspects: [row(null, 'unknown'), row('a', 'agreed')] }), [
      { pointer: '/aspects/0', from: null, to: row(null, 'unknown') },
      { pointer: '/aspects/1/state', from: 'unknown', to: 'agreed' },
    ]);
  });
  t.test('a document does not differ from itself', async (t) => {
    const document = documentOf(given(fled, dispute('d1', { claim: 'c1', by: 'city' })).state);
    t.same(diffDocuments(document, structuredClone(document)), []);
  });
});
