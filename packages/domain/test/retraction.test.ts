import t from 'tap';
import { concealedTexts, withoutTexts } from '../src/index.ts';
import {
  asRead,
  claim,
  correct,
  correctChange,
  dispute,
  documentOf,
  fold,
  given,
  id,
  proceeding,
  rank,
  reinstate,
  reinstateEntry,
  reinstateIncident,
  reported,
  retract,
  retractEntry,
  retractIncident,
  update,
  withdrawDispute,
} from './given.ts';
import { addClaim, type Body, citations, claim as claimBody, incidentId, outcome, type Scene, scene, sourceId } from './scene.ts';

/** What is taken back, why, by what it is replaced; that it is put back; and that what changes say of themselves can be corrected. */

const fled = claim('fled', { by: 'bureau', aspect: 'fled', about: 'driver' });
const document = (...events: Parameters<typeof given>) => documentOf(given(...events).state);

t.test('a retracted incident says why, what replaces it and by which source; reinstated, it is as before', async (t) => {
  const before = document(fled);
  const retracted = document(fled, retractIncident);
  t.match(retracted, {
    status: 'retracted',
    retraction: { reason: 'did not happen', replacedBy: id('incident', 'replacing'), revision: 2, recordedAt: '2026-01-15T00:02:00.000Z' },
  });
  t.equal(retracted.retraction?.citations.length, 1);
  t.same(retracted.claims[0]?.marks, ['retracted']);
  const { revision: _, recordedAt: __, ...again } = document(fled, retractIncident, reinstateIncident);
  const { revision: ___, recordedAt: ____, ...first } = before;
  t.same(again, first);
  t.equal(before.retraction, null);
});

t.test('retracted claims and entries say why, until they are reinstated', async (t) => {
  const shown = document(
    fled,
    dispute('d1', { claim: 'fled', by: 'driver' }),
    proceeding('p1'),
    retract('fled'),
    withdrawDispute('d1'),
    retractEntry('proceeding', 'p1'),
  );
  t.match(shown.claims[0]?.retraction, { reason: 'recorded in error', replacedBy: null, citations: [], revision: 4 });
  t.match(shown.disputes[0], { withdrawal: { reason: 'taken back', revision: 5 }, retraction: null, reason: 'taken back' });
  t.match(shown.proceedings[0], { retracted: true, retraction: { reason: 'recorded in error', revision: 6 } });
  const again = document(
    fled,
    proceeding('p1'),
    retract('fled'),
    retractEntry('proceeding', 'p1'),
    reinstate('fled'),
    reinstateEntry('proceeding', 'p1'),
  );
  t.match(again.claims[0], { standing: 'standing', retraction: null });
  t.match(again.proceedings[0], { retracted: false, retraction: null });
});

t.test('the sources that a retraction cites are among those of the incident', async (t) => {
  t.same(
    document(retractIncident).sources.map((source) => source.id),
    [id('source', 'article')],
  );
});

t.test('when the incident was first recorded, and when last', async (t) => {
  t.match(document(fled), { firstRecordedAt: '2026-01-15T00:00:00.000Z', recordedAt: '2026-01-15T00:01:00.000Z' });
});

t.test('what a change says of itself is corrected wherever it is shown, and the correction says what it was', async (t) => {
  const claimId = id('claim', 'fled');
  const shown = document(
    fled,
    retract('fled'),
    correctChange(2, claimId, { reason: 'entered twice', replacedBy: id('claim', 'other') }),
    correctChange(3, id('correction', '2 {}'), { reason: 'a better reason for the correction' }),
    rank('fled', 'deprecated'),
    correctChange(5, claimId, { reason: 'the lead is wrong' }),
    proceeding('p1'),
    update('p1', 'closed', '2026-02'),
    correctChange(8, id('proceeding', 'p1'), { status: 'dismissed', note: 'by the judge' }),
  );
  t.match(shown.claims[0], { retraction: { reason: 'entered twice', replacedBy: id('claim', 'other') }, rankReason: 'the lead is wrong' });
  t.match(shown.proceedings[0], { status: 'dismissed', updates: [{ status: 'dismissed', note: 'by the judge', on: '2026-02' }] });
  t.match(shown.corrections, [
    {
      target: claimId,
      ofRevision: 2,
      reason: 'a better reason for the correction',
      changes: [
        { field: 'reason', from: 'recorded in error', to: 'entered twice' },
        { field: 'replacedBy', from: null, to: id('claim', 'other') },
      ],
    },
    { ofRevision: 3, changes: [{ field: 'reason', from: 'the reason was wrong', to: 'a better reason for the correction' }] },
    { target: claimId, ofRevision: 5 },
    { target: id('proceeding', 'p1'), ofRevision: 8 },
  ]);
  t.equal(shown.corrections[1]?.target, shown.corrections[0]?.id, 'that of a correction names it');
  t.notMatch(shown.claims[0]?.marks, ['corrected']);
});

t.test('what another change has taken the place of is shown no more, nor what corrected it', async (t) => {
  const claimId = id('claim', 'fled');
  const ranked = [fled, rank('fled', 'deprecated'), correctChange(2, claimId, { reason: 'the lead is wrong' })];
  const again = document(...ranked, correctChange(3, 'any', { reason: 'of the correction' }), rank('fled', 'normal'));
  t.match(again, { corrections: [], claims: [{ rankReason: 'the body is fuller than the lead' }] });
  t.equal(document(...ranked, correct('fled', { lang: 'es' }), rank('fled', 'normal')).corrections.length, 1, 'others stay');
  t.same(document(fled, retract('fled'), correctChange(2, claimId, { reason: 'twice' }), reinstate('fled')).corrections, []);
});

const published = (...more: Body[]) => {
  const s = scene();
  s.published(claimBody('c1'), ...more);
  return s;
};
const reason = { reason: 'It was § wrong' };
const ruling = (s: Scene, ref: string): Body => ({
  kind: 'record_ruling',
  ref,
  finality: 'final',
  basis: 'report',
  summary: 'The court § decided',
  citations,
  effects: [{ claim: s.id('c1'), effect: 'upholds', citations }],
});
const noSource = [{ source: sourceId('none'), quote: { exact: 'the car moved' } }];

t.test('an incident is reinstated by two, and then takes edits again', async (t) => {
  const s = published();
  const reinstated = { kind: 'reinstate_incident', ...reason };
  t.equal(outcome(s.submit([reinstated])), 'RecordState /changes/0', 'it is not retracted');
  s.submit([addClaim('c2')]);
  s.applied({ kind: 'retract_incident', replacedBy: incidentId('other'), citations, ...reason });
  t.equal(outcome(s.submit([reinstated, addClaim('c3')])), 'IncidentState', 'nothing goes with it');
  t.equal(outcome(s.submit([{ kind: 'reinstate_incident', citations: noSource, ...reason }])), 'SourceTextUnknown /changes/0/citations/0');
  const edit = s.last() + 1;
  t.equal(outcome(s.submit([reinstated])), 'EditSubmitted');
  t.equal(outcome(s.vote(edit, 'approve', 'reviewer')), 'EditApproved');
  t.equal(outcome(s.vote(edit, 'approve', 'reviewer2')), 'EditApproved EditApplied IncidentReinstated');
  t.match(s.state, { status: 'published', retraction: null });
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditOutdated', 'what was open before is rebased');
  t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditRevised');
  t.equal(outcome(s.submit([addClaim('c4')])), 'EditSubmitted');
});

t.test('what replaces a thing is another one of its kind that stands', async (t) => {
  const s = published(claimBody('c2'));
  s.applied(ruling(s, 'r1'), ruling(s, 'r2'));
  const retracted = (more: Body) => ({ kind: 'retract_claim', claim: s.id('c1'), ...reason, ...more });
  t.equal(outcome(s.submit([retracted({ replacedBy: s.id('c1') })])), 'InvalidChange /changes/0/replacedBy');
  t.equal(outcome(s.submit([retracted({ replacedBy: published(claimBody('c9')).id('c9') })])), 'InvalidChange /changes/0/replacedBy');
  t.equal(outcome(s.submit([retracted({ replacedBy: s.id('c2') })])), 'EditSubmitted');
  t.equal(outcome(s.submit([retracted({ replacedBy: 'c5' }), addClaim('c5')])), 'EditSubmitted', 'made by the same edit');
  const entry = (more: Body) => ({ kind: 'retract_entry', target: s.id('r1'), ...reason, ...more });
  t.equal(outcome(s.submit([entry({ replacedBy: s.id('r2'), citations })])), 'EditSubmitted');
  t.equal(outcome(s.submit([entry({ replacedBy: s.id('r1') })])), 'InvalidChange /changes/0/replacedBy');
  s.applied({ kind: 'retract_claim', claim: s.id('c2'), ...reason });
  t.equal(outcome(s.submit([retracted({ replacedBy: s.id('c2') })])), 'RecordState /changes/0/replacedBy');
  const whole = (replacedBy: string) => outcome(s.submit([{ kind: 'retract_incident', replacedBy, ...reason }]));
  t.equal(whole(incidentId('this')), 'InvalidChange /changes/0/replacedBy');
  t.equal(whole(incidentId('unpublished')), 'InvalidChange /changes/0/replacedBy');
  t.equal(whole(incidentId('merged')), 'RecordState /changes/0/replacedBy');
  t.equal(whole(incidentId('other')), 'EditSubmitted');
});

t.test('an entry is reinstated', async (t) => {
  const s = published();
  s.applied(ruling(s, 'r1'));
  const reinstated = { kind: 'reinstate_entry', target: s.id('r1'), ...reason };
  t.equal(outcome(s.submit([reinstated])), 'RecordState /changes/0/target');
  s.applied({ kind: 'retract_entry', target: s.id('r1'), ...reason });
  s.applied(reinstated);
  t.match(s.state.rulings.get(s.id('r1')), { retracted: false, retraction: null });
});

t.test('correct_change names a change, what it is about, and what it says of itself', async (t) => {
  const s = published();
  s.applied({ kind: 'retract_claim', claim: s.id('c1'), ...reason });
  const at = s.state.recordRevision ?? 0;
  const sent = (more: Body) =>
    outcome(
      s.submit([{ kind: 'correct_change', target: s.id('c1'), revision: at, set: { reason: 'Another § reason' }, ...reason, ...more }]),
    );
  t.equal(sent({}), 'EditSubmitted');
  t.equal(sent({ revision: at + 1 }), 'InvalidChange /changes/0/revision');
  t.equal(sent({ revision: 1 }), 'InvalidChange /changes/0/revision', 'an event of the review');
  t.equal(sent({ target: s.stream }), 'InvalidChange /changes/0/revision');
  t.equal(sent({ set: { note: 'A § note' } }), 'InvalidChange /changes/0/set/note');
  t.equal(sent({ set: { replacedBy: s.id('c1') } }), 'InvalidChange /changes/0/set/replacedBy');
  const added = [...s.state.claims.values()][0]?.addedAtRevision ?? 0;
  t.equal(sent({ revision: added }), 'InvalidChange /changes/0/set/reason', 'a claim gives no reason');
  s.applied({ kind: 'reinstate_claim', claim: s.id('c1'), ...reason });
  t.equal(sent({ conceal: true }), 'EditSubmitted', 'also one that is shown no more');
  s.applied({ kind: 'retract_incident', ...reason });
  const retractedAt = s.state.recordRevision ?? 0;
  t.equal(sent({ target: s.stream, revision: retractedAt }), 'EditSubmitted', 'also of what takes no other edits');
  s.applied({ kind: 'correct_change', target: s.stream, revision: retractedAt, set: { reason: 'It was § another day' }, ...reason });
  t.match(s.state.retraction, { reason: 'It was § another day' });
});

t.test('what a source says of a proceeding is quoted where its update is corrected', async (t) => {
  const s = published();
  s.applied(
    { kind: 'open_proceeding', ref: 'p1', type: 'charge', title: 'A § charge', status: 'open', citations },
    { kind: 'update_proceeding', proceeding: 'p1', on: '2026-03', status: 'dismissed', note: 'A § note', citations },
  );
  const revision = s.state.recordRevision;
  const sent = (set: Body, more: Body = {}) =>
    outcome(s.submit([{ kind: 'correct_change', target: s.id('p1'), revision, set, ...reason, ...more }]));
  for (const set of [{ status: 'convicted' }, { on: '2026-04' }, { on: null }]) {
    t.equal(sent(set), 'InvalidChange /changes/0/citations');
    t.equal(sent(set, { citations }), 'EditSubmitted');
  }
  t.equal(sent({ note: 'Another § note' }), 'EditSubmitted', 'a note is in our own words');
});

t.test('a reason is concealed in the event, in every version of its edit, and in what corrected it', async (t) => {
  const s = published();
  const retracting = (why: string) => [{ kind: 'retract_claim', claim: s.id('c1'), reason: why }];
  s.submit(retracting('Names § a first time'));
  s.revise(2, retracting('Names § a second time'));
  s.approve(2);
  const at = s.state.recordRevision ?? 0;
  const corrected = (why: string, conceal: boolean) =>
    s.applied({ kind: 'correct_change', target: s.id('c1'), revision: at, set: { reason: why }, conceal, reason: 'It § was wrong' });
  corrected('Names § a third time', false);
  t.same(concealedTexts(s.events), []);
  corrected('Harmless § at last', true);
  const concealed = concealedTexts(s.events);
  const left = JSON.stringify((withoutTexts(s.events, concealed) ?? []).map(({ data }) => data));
  t.notMatch(left, /Names §/);
  for (const kept of ['Harmless § at last', 'It § was wrong', 'Because § of the article']) t.match(left, kept);
  t.equal(concealed.length, 5, 'two versions, the event, and the correction proposed and applied');
  t.match(fold(asRead([reported])), { retraction: null });
});

t.test('erased reasons are null, and all else is as it was', async (t) => {
  const s = published();
  s.applied({ kind: 'retract_incident', citations, ...reason });
  s.erase({ revision: s.state.recordRevision ?? 0, pointer: '/reason' });
  t.match(s.state.retraction, { reason: null, citations: [{ source: sourceId('article') }] });
});
