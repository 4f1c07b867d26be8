import t from 'tap';
import { editTag, evolveIncident, initialIncident, outdatedOf } from '../src/index.ts';
import { addClaim, citations, claim, incidentId, outcome, partyId, proposal, scene } from './scene.ts';

const published = () => {
  const s = scene();
  s.published(claim('c1'));
  return s;
};
const ruling = (s: ReturnType<typeof scene>) => ({
  kind: 'record_ruling',
  ref: 'r1',
  court: partyId('court'),
  finality: 'final',
  basis: 'report',
  summary: 'The § court found it so',
  citations,
  effects: [{ claim: s.id('c1'), effect: 'upholds', citations }],
});

t.test('a proposal is edit 1 and is published by its approval, in one append', async (t) => {
  const s = scene();
  t.equal(outcome(s.propose(proposal([claim('c1'), claim('c2')]))), 'EditSubmitted');
  t.match({ status: s.state.status, revision: s.state.recordRevision }, { status: 'proposed', revision: null });
  t.equal(outcome(s.vote(1, 'approve', 'reviewer')), 'EditApproved EditApplied IncidentReported ClaimAdded ClaimAdded');
  t.match(
    { status: s.state.status, revision: s.state.recordRevision, applied: s.state.edits.get(1)?.appliedRevision },
    { status: 'published', revision: 5, applied: 5 },
  );
});

t.test('an incident that exists is not proposed again', async (t) => {
  const s = published();
  t.equal(outcome(s.propose(proposal([]))), 'IncidentState');
});

t.test('an unpublished incident takes no further edits, its proposal can be revised and rejected', async (t) => {
  const s = scene();
  t.equal(outcome(s.submit([addClaim('c1')])), 'NotFound');
  s.propose(proposal([claim('c1')]));
  t.equal(outcome(s.submit([addClaim('c2')])), 'IncidentState');
  t.equal(outcome(s.vote(1, 'reject', 'reviewer')), 'EditRejected');
  t.equal(s.state.status, 'proposed');
  t.equal(outcome(s.vote(1, 'approve', 'reviewer2')), 'EditState');
});

t.test('four eyes', async (t) => {
  const s = published();
  s.submit([addClaim('c2')]);
  for (const decision of ['approve', 'reject', 'request_changes'] as const) t.equal(outcome(s.vote(2, decision, 'author')), 'SelfApproval');
  t.equal(outcome(s.breakLease(2, 'author', 'reviewer')), 'SelfApproval');
  s.vote(2, 'request_changes', 'reviewer');
  s.revise(2, [addClaim('c2')]);
  t.equal(outcome(s.vote(2, 'approve', 'author')), 'SelfApproval', 'in later versions too');
});

t.test('an edit has at most 50 versions', async (t) => {
  const s = published();
  s.submit([addClaim('c2')]);
  for (let version = 2; version <= 50; version += 1) t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditRevised');
  t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditState');
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded', 'the last one can be decided');
});

t.test('votes', async (t) => {
  t.test('the same vote on the same version again is refused, another one counts instead', async (t) => {
    const s = published();
    s.submit([ruling(s)]);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'VoteRepeated');
    t.equal(outcome(s.vote(2, 'request_changes', 'reviewer')), 'EditChangesRequested');
    t.equal(s.state.edits.get(2)?.state, 'changes_requested');
  });
  t.test('two reviewers decide what needs two', async (t) => {
    const s = published();
    s.submit([ruling(s)]);
    s.vote(2, 'approve', 'reviewer');
    t.equal(s.state.edits.get(2)?.state, 'submitted');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer2')), 'EditApproved EditApplied CourtRulingRecorded');
    t.same(
      s.state.edits.get(2)?.votes.map(({ needed, policy }) => [needed, policy]),
      [
        [2, 4],
        [2, 4],
      ],
    );
  });
  t.test('approvals lapse when the edit is revised', async (t) => {
    const s = published();
    s.submit([ruling(s)]);
    s.vote(2, 'approve', 'reviewer');
    s.revise(2, [ruling(s)]);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer2')), 'EditApproved');
    t.equal(
      outcome(s.vote(2, 'approve', 'reviewer')),
      'EditApproved EditApplied CourtRulingRecorded',
      'a vote on another version is no repeat',
    );
  });
  t.test('what is needed follows the parties as they are at the vote', async (t) => {
    const s = published();
    s.submit([addClaim('c2', { speaker: partyId('witness'), capacity: 'eyewitness' })]);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved');
    const witness = s.facts.parties.get(partyId('witness'));
    if (witness) s.facts.parties.set(witness.id, { ...witness, private: false, publicRole: 'author' });
    s.facts.reviewed.add(partyId('witness'));
    t.equal(outcome(s.vote(2, 'approve', 'reviewer2')), 'EditApproved EditApplied ClaimAdded');
    t.same(
      s.state.edits.get(2)?.votes.map(({ needed }) => needed),
      [2, 1],
    );
  });
  t.test('a rejection and a request for changes say why', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    t.equal(outcome(s.vote(2, 'reject', 'reviewer', { reason: null })), 'InvalidChange /reason');
    t.equal(outcome(s.vote(2, 'request_changes', 'reviewer', { reason: null })), 'InvalidChange /reason');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer', { reason: null })), 'EditApproved EditApplied ClaimAdded');
  });
  t.test('nothing is decided on an edit that is decided, sent back, or not there', async (t) => {
    const s = published();
    t.equal(outcome(s.vote(1, 'approve', 'reviewer')), 'EditState');
    t.equal(outcome(s.vote(9, 'approve', 'reviewer')), 'NotFound');
    s.submit([addClaim('c2')]);
    s.vote(2, 'request_changes', 'reviewer');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer2')), 'EditState');
  });
});

t.test('the ETag changes with versions, votes and state, and protects them', async (t) => {
  const s = published();
  s.submit([ruling(s)]);
  const before = editTag(s.state, 2);
  t.match(before, /^"[^"]+"$/);
  s.vote(2, 'approve', 'reviewer');
  t.not(editTag(s.state, 2), before);
  t.equal(outcome(s.vote(2, 'approve', 'reviewer2', { ifMatch: before })), 'EtagMismatch');
  t.equal(outcome(s.revise(2, [addClaim('c2')], { ifMatch: before })), 'EtagMismatch');
  t.equal(outcome(s.withdraw(2, 'author', before)), 'EtagMismatch');
  const now = editTag(s.state, 2);
  s.breakLease(2, 'reviewer2', 'reviewer');
  s.submit([addClaim('c3')]);
  t.equal(editTag(s.state, 2), now, 'leases and other edits do not change it');
  t.equal(editTag(s.state, 9), '');
});

t.test('another edit that comes to stand at the same revision has another ETag: the log may come back from a backup', async (t) => {
  const [before, after] = [published(), published()];
  for (const s of [before, after]) s.submit([addClaim('c2')]);
  const [submitted] = after.events.filter((event) => event.type === 'EditSubmitted' && event.edit === 2);
  const state = after.events.reduce(
    (folded, event) => evolveIncident(folded, event === submitted ? { ...event, at: '2026-03-02T12:00:00.001Z' } : event),
    initialIncident(),
  );
  t.not(editTag(state, 2), editTag(before.state, 2));
});

t.test('revising and withdrawing', async (t) => {
  t.test('only the author revises and withdraws', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    t.equal(outcome(s.revise(2, [addClaim('c2')], { by: 'other' })), 'NotAuthor');
    t.equal(outcome(s.withdraw(2, 'reviewer')), 'NotAuthor');
  });
  t.test('from every open state, and from no other', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditRevised');
    s.vote(2, 'request_changes', 'reviewer');
    t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditRevised');
    t.equal(s.state.edits.get(2)?.state, 'submitted');
    t.equal(outcome(s.withdraw(2)), 'EditWithdrawn');
    t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditState');
    t.equal(outcome(s.withdraw(2)), 'EditState');
    s.submit([addClaim('c2')]);
    s.vote(3, 'request_changes', 'reviewer');
    t.equal(outcome(s.withdraw(3, 'author', editTag(s.state, 3))), 'EditWithdrawn');
  });
  t.test('a ref keeps its id in later versions', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    const first = s.id('c2');
    s.revise(2, [addClaim('c3'), addClaim('c2')]);
    t.equal(s.id('c2'), first);
    t.same(Object.keys(s.state.edits.get(2)?.refs ?? {}).sort(), ['c2', 'c3']);
  });
  t.test('a claim without a ref is another one in a later version', async (t) => {
    const s = published();
    s.submit([addClaim('c2', { ref: null })]);
    s.revise(2, [addClaim('c2', { ref: null })]);
    const [one, two] = (s.state.edits.get(2)?.versions ?? []).map(({ changes }) => changes[0]);
    t.not(one?.kind === 'add_claim' && one.claim.id, two?.kind === 'add_claim' && two.claim.id);
  });
});

t.test('a lease is broken by another reviewer, of an edit under review', async (t) => {
  const s = published();
  s.submit([addClaim('c2')]);
  t.equal(outcome(s.breakLease(2, 'reviewer2', 'reviewer')), 'ReviewLeaseBroken');
  t.equal(outcome(s.breakLease(2, 'reviewer', 'reviewer')), 'RecordState');
  t.equal(outcome(s.breakLease(1, 'reviewer2', 'reviewer')), 'EditState');
  t.equal(outcome(s.breakLease(7, 'reviewer2', 'reviewer')), 'NotFound');
});

t.test('conflicts', async (t) => {
  const retract = (s: ReturnType<typeof scene>) => ({ kind: 'retract_claim', claim: s.id('c1'), reason: 'It § is wrong' });
  t.test('an edit on what has changed is refused when it is approved, with the events between, and goes in once rebased', async (t) => {
    const s = published();
    s.submit([{ kind: 'rank_claim', claim: s.id('c1'), rank: 'preferred', reason: '§' }]);
    s.applied({ kind: 'correct_claim', claim: s.id('c1'), set: { statement: 'Another § sentence' }, reason: 'It was § wrong.', citations });
    const refused = s.vote(2, 'approve', 'reviewer');
    t.equal(outcome(refused), 'EditOutdated');
    t.match(!refused.ok && refused.error.events, [{ type: 'ClaimCorrected', revision: s.state.recordRevision }]);
    s.revise(2, [{ kind: 'rank_claim', claim: s.id('c1'), rank: 'preferred', reason: '§' }]);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimRanked');
  });
  t.test('… and already when it is submitted on an old base', async (t) => {
    const s = published();
    const base = s.state.recordRevision;
    s.applied({ kind: 'correct_claim', claim: s.id('c1'), set: { lang: 'es' }, reason: 'It was § wrong.', citations });
    t.equal(outcome(s.submit([retract(s)], { base })), 'EditOutdated');
    t.equal(outcome(s.submit([addClaim('c2')], { base })), 'EditSubmitted', 'edits that touch other things go through');
  });
  t.test('an outdated edit can be rejected and sent back', async (t) => {
    for (const decision of ['reject', 'request_changes'] as const) {
      const s = published();
      s.submit([{ kind: 'rank_claim', claim: s.id('c1'), rank: 'preferred', reason: '§' }]);
      s.applied({ kind: 'correct_claim', claim: s.id('c1'), set: { lang: 'es' }, reason: 'It was § wrong.', citations });
      t.equal(outcome(s.vote(2, decision, 'reviewer')), decision === 'reject' ? 'EditRejected' : 'EditChangesRequested');
    }
  });
  t.test('the base is no later than the record', async (t) => {
    const s = published();
    t.equal(outcome(s.submit([addClaim('c2')], { base: (s.state.recordRevision ?? 0) + 1 })), 'InvalidChange /baseRevision');
  });
});

t.test('merged and retracted incidents', async (t) => {
  const merge = { kind: 'merge_incident', into: '', reason: 'The § same' };
  t.test('a merged one takes nothing but its unmerging, then a rebase', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    const old = s.state.edits.get(2)?.versions[0]?.baseRevision ?? 0;
    s.applied({ ...merge, into: incidentId('other') });
    t.match({ status: s.state.status, into: s.state.mergedInto }, { status: 'merged', into: incidentId('other') });
    t.equal(outcome(s.submit([addClaim('c3')])), 'IncidentState');
    t.equal(outcome(s.revise(2, [addClaim('c2')])), 'IncidentState');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'IncidentState');
    t.equal(outcome(s.submit([{ kind: 'unmerge_incident', reason: '§' }, addClaim('c3')])), 'IncidentState');
    s.applied({ kind: 'unmerge_incident', reason: 'Another § after all' });
    t.match({ status: s.state.status, into: s.state.mergedInto }, { status: 'published', into: null });
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditOutdated');
    t.equal(outcome(s.submit([addClaim('c3')], { base: old })), 'EditOutdated');
    s.revise(2, [addClaim('c2')]);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded');
  });
  t.test('a merged one can still be rejected and withdrawn', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    s.submit([addClaim('c3')]);
    s.submit([{ ...merge, into: incidentId('other') }]);
    s.approve(4);
    t.equal(outcome(s.vote(2, 'reject', 'reviewer')), 'EditRejected');
    t.equal(outcome(s.withdraw(3)), 'EditWithdrawn');
  });
  t.test('a retracted one takes none', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    s.applied({ kind: 'retract_incident', reason: '§' });
    t.equal(s.state.status, 'retracted');
    t.equal(outcome(s.submit([addClaim('c3')])), 'IncidentState');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'IncidentState');
    t.equal(outcome(s.vote(2, 'request_changes', 'reviewer')), 'EditChangesRequested');
  });
});

t.test('an edit that cannot be approved as it is says why', async (t) => {
  const correction = (s: ReturnType<typeof scene>, set: object, carry: string[] = []) => ({
    kind: 'correct_claim',
    claim: s.id('c1'),
    set,
    carry,
    reason: 'It was § wrong.',
    citations,
  });
  const why = (s: ReturnType<typeof scene>, edit = 2) => {
    const found = s.state.edits.get(edit);
    return found && outdatedOf(s.state, found);
  };
  t.test('another edit of the same claim was approved', async (t) => {
    const s = published();
    s.submit([correction(s, { statement: 'One § sentence' })]);
    s.submit([correction(s, { statement: 'Another § sentence' })]);
    t.equal(why(s), null);
    s.approve(3);
    const outdated = why(s);
    t.match(outdated, { problem: 'edit-outdated', events: [{ type: 'ClaimCorrected', revision: s.state.recordRevision }] });
    s.applied(addClaim('c2'));
    t.same(why(s), outdated, 'and it stays so, whatever else enters the record');
    t.equal(why(s, 3), null, 'the one that is applied is closed');
    s.revise(2, [correction(s, { statement: 'One § sentence' })]);
    t.equal(why(s), null, 'its author has rebased it');
  });
  t.test('the time zone in which it names a local time was corrected', async (t) => {
    const s = published();
    const zone = (timeZone: string) => ({
      kind: 'correct_incident',
      set: { occurred: { timeZone } },
      citations,
      reason: 'The § reason why',
    });
    s.applied(zone('America/Phoenix'));
    s.submit([addClaim('c2', { saidAt: '2026-03-08T02:30' })]);
    const edit = s.state.edits.size;
    t.equal(why(s, edit), null);
    s.applied(zone('America/Chicago'));
    t.match(why(s, edit), { problem: 'local-time-unclear', detail: /left out in America\/Chicago/, events: [] });
    t.equal(outcome(s.vote(edit, 'approve', 'reviewer')), 'LocalTimeUnclear /changes/0/claim/saidAt');
    s.applied(zone('America/Phoenix'));
    t.equal(why(s, edit), null, 'that stands against it no longer');
  });
  t.test('changes were requested of it, and the record went on', async (t) => {
    const s = published();
    s.submit([correction(s, { statement: 'One § sentence' })]);
    s.vote(2, 'request_changes', 'reviewer');
    s.applied(correction(s, { lang: 'es' }));
    t.match(why(s), { problem: 'edit-outdated' });
  });
  t.test('the incident was merged, un-merged, retracted', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    s.applied({ kind: 'merge_incident', into: incidentId('other'), reason: 'The § same' });
    t.match(why(s), { problem: 'incident-state', detail: new RegExp(incidentId('other')), events: [{ type: 'IncidentMerged' }] });
    s.applied({ kind: 'unmerge_incident', reason: 'Another § after all' });
    t.match(why(s), { problem: 'edit-outdated', events: [{ type: 'IncidentMerged' }, { type: 'IncidentUnmerged' }] });
    s.revise(2, [addClaim('c2')]);
    s.applied({ kind: 'retract_incident', reason: '§' });
    t.match(why(s), { problem: 'incident-state', events: [{ type: 'IncidentRetracted' }] });
    t.equal(outcome(s.vote(2, 'reject', 'reviewer')), 'EditRejected', 'to reject it is possible');
    t.equal(why(s), null);
  });
  t.test('a text of its current version was erased', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    s.revise(2, [addClaim('c2')]);
    s.erase({ revision: s.events.length - 2, pointer: '/rationale' });
    t.equal(why(s), null, 'of an earlier version');
    s.erase({ revision: s.events.length - 2, pointer: '/rationale' });
    t.match(why(s), { problem: 'text-erased', events: [] });
  });
  t.test('a dispute names a claim of which it corrects what is said', async (t) => {
    const s = published();
    s.submit([correction(s, { value: { kind: 'boolean', value: false } })]);
    const dispute = { kind: 'dispute_claim', ref: 'd1', claim: s.id('c1'), basis: 'stated', by: partyId('city'), grounds: '§', citations };
    s.applied(dispute);
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'CarryNeeded /changes/0/carry');
    t.match(why(s), { problem: 'carry-needed', detail: new RegExp(s.id('d1')), events: [] });
    s.applied({ kind: 'withdraw_dispute', dispute: s.id('d1'), reason: '§' });
    t.equal(why(s), null);
  });
});

t.test('an edit with an erased text can only be revised, rejected or withdrawn', async (t) => {
  const erased = () => {
    const s = published();
    s.submit([addClaim('c2')]);
    s.erase({ revision: s.events.length - 1, pointer: '/changes/0/claim/statement' });
    return s;
  };
  t.test('approval and changes are refused, also when the texts come along', async (t) => {
    const s = erased();
    t.equal(outcome(s.vote(2, 'approve', 'reviewer', { erased: true })), 'TextErased');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'TextErased');
    t.equal(outcome(s.vote(2, 'request_changes', 'reviewer')), 'TextErased');
  });
  t.test('rejected', async (t) => t.equal(outcome(erased().vote(2, 'reject', 'reviewer')), 'EditRejected'));
  t.test('withdrawn', async (t) => t.equal(outcome(erased().withdraw(2)), 'EditWithdrawn'));
  t.test('revised, and then approved', async (t) => {
    const s = erased();
    t.equal(outcome(s.revise(2, [addClaim('c2')])), 'EditRevised');
    t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded');
  });
  t.test('the erasure changes what reads of the edit serve, so the ETag', async (t) => {
    const s = published();
    s.submit([addClaim('c2')]);
    const before = editTag(s.state, 2);
    s.erase({ revision: s.events.length - 1, pointer: '/rationale' });
    t.not(editTag(s.state, 2), before);
  });
});

t.test('the same command again yields nothing', async (t) => {
  const s = scene();
  s.propose(proposal([claim('c1')]), { key: 'once' });
  t.equal(outcome(s.propose(proposal([claim('c1')]), { key: 'once' })), '');
  s.approve(1);
  s.submit([addClaim('c2')], { key: 'twice' });
  t.equal(outcome(s.submit([addClaim('c2')], { key: 'twice' })), '');
  t.equal(s.state.edits.size, 2);
});

t.test('changes are applied in their order, those that act on something made later after it', async (t) => {
  const s = published();
  s.submit([{ kind: 'rank_claim', claim: 'c2', rank: 'preferred', reason: '§' }, addClaim('c3'), addClaim('c2')]);
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded ClaimAdded ClaimRanked');
  t.equal(s.state.claims.get(s.id('c2'))?.rank, 'preferred');
  t.same([...s.state.claims.keys()], [s.id('c1'), s.id('c3'), s.id('c2')]);
});
