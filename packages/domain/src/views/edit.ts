import { conflictsOf } from '../incident/conflicts.ts';
import { editTag } from '../incident/decide.ts';
import type { Edit, Incident, Parties, Vote } from '../incident/state.ts';
import { needed, type Policy } from '../policy.ts';
import { changeDocument } from './change.ts';
import type { EditDocument, VoteDocument } from './documents.ts';

/** A reviewer has one counting vote per version, the latest; votes on earlier versions lapsed when it was revised. */
const counts = (vote: Vote, { votes, versions }: Edit): boolean =>
  vote.version === versions.at(-1)?.version && !votes.some((later) => later.by === vote.by && later.revision > vote.revision);

/** What a decided edit needed is what its last vote recorded; what an open one needs follows from its changes and the parties as they are now. */
const approvalsOf = (edit: Edit, policy: Policy, parties: Parties): EditDocument['approvals'] => {
  const now = needed(policy, edit.versions.at(-1)?.changes ?? [], parties);
  const open = edit.state === 'submitted' || edit.state === 'changes_requested';
  const last = open ? undefined : edit.votes.at(-1);
  return {
    needed: last?.needed ?? now.needed,
    given: edit.votes.filter((vote) => vote.decision === 'approve' && counts(vote, edit)).length,
    why: now.why,
    policy: last?.policy ?? policy.version,
  };
};

/** The document of `GET /v1/incidents/{id}/edits/{n}`, without its lease, which is no part of the record. Undefined for an edit that there is not. */
export const editDocument = (input: { state: Incident; edit: number; parties: Parties; policy: Policy }): EditDocument | undefined => {
  const { state, parties, policy } = input;
  const edit = state.edits.get(input.edit);
  if (edit === undefined) return undefined;
  const refOf = new Map(Object.entries(edit.refs).map(([ref, id]) => [id, ref]));
  const current = edit.versions.at(-1);
  return {
    incidentId: state.id ?? '',
    edit: edit.edit,
    etag: editTag(state, edit.edit),
    state: edit.state,
    version: current?.version ?? 0,
    baseRevision: current?.baseRevision ?? null,
    author: edit.author,
    refs: { ...edit.refs },
    approvals: approvalsOf(edit, policy, parties),
    versions: edit.versions.map(({ version, submittedAt, by, rationale, changes }) => ({
      version,
      submittedAt,
      by,
      rationale: rationale ?? null,
      changes: changes.map((change) => changeDocument(change, refOf)),
    })),
    votes: edit.votes.map((vote): VoteDocument => {
      const { decision, by, at, version, reason } = vote;
      return { decision, by, at, version, reason: reason ?? null, lapsed: !counts(vote, edit) };
    }),
    conflicts: conflictsOf(state, edit.edit),
    appliedRevision: edit.appliedRevision,
    withdrawnReason: edit.withdrawnReason ?? null,
  };
};
