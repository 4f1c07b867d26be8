import { type ChangeDocument, kindOf } from '../incident/changes/index.ts';
import { conflictsOf, type Outdated, outdatedOf } from '../incident/outdated.ts';
import type { Edit, Incident } from '../incident/state.ts';
import { countingVotes, editTag, isOpenEdit, type Vote } from '../review/edit.ts';
import { beyondLimit, type Ground, needed, type Policy } from '../rules/policy.ts';
import { withConcealed } from './concealed.ts';
import type { EditDocument, VoteDocument } from './documents.ts';

/** Of an edit that is decided or withdrawn, what its last vote recorded: what it would need by now is nobody's question. */
const recorded = (vote: Vote | undefined, policy: Policy): Omit<EditDocument['approvals'], 'given'> => {
  if (vote === undefined) return { needed: 1, why: 'Nobody voted on it.', policy: policy.version };
  return {
    needed: vote.needed,
    why: `${vote.needed === 1 ? 'One approval' : 'Two approvals'}, as its last vote recorded.`,
    policy: vote.policy,
  };
};

/** What an open edit needs follows from its changes, and from the record and the parties as they are now. */
const approvalsOf = (edit: Edit, policy: Policy, ground: Ground): EditDocument['approvals'] => {
  const now = () => ({ ...needed(policy, edit.versions.at(-1) ?? { changes: [] }, ground), policy: policy.version });
  const given = [...countingVotes(edit).values()].filter(({ decision }) => decision === 'approve').length;
  const { needed: count, why, policy: version } = isOpenEdit(edit) ? now() : recorded(edit.votes.at(-1), policy);
  return { needed: count, given, why, policy: version };
};

const versionDocuments = ({ versions, refs }: Edit): EditDocument['versions'] => {
  const refOf = new Map(Object.entries(refs).map(([ref, id]) => [id, ref]));
  return versions.map(({ version, submittedAt, by, rationale, changes }) => ({
    version,
    submittedAt,
    by,
    rationale: rationale ?? null,
    changes: changes.map((change) => kindOf(change).document(change, (id) => refOf.get(id) ?? null) as ChangeDocument),
  }));
};

/** An edit's document for those who may not see concealed texts: `left` is the incident's state without them. */
export const editWithConcealed = <D extends EditDocument>(document: D, left: Incident): D => {
  const edit = left.edits.get(document.edit);
  return edit === undefined ? document : { ...document, versions: withConcealed(document.versions, versionDocuments(edit)) };
};

/** Who has to act on it next: its author too where a reviewer could only reject it. */
const nextActorOf = ({ state }: Edit, outdated: Outdated | null): EditDocument['nextActor'] => {
  if (state === 'submitted') return outdated ? 'author' : 'reviewer';
  return state === 'changes_requested' ? 'author' : null;
};

/** The document of `GET /v1/incidents/{id}/edits/{n}`, without its lease, which is no part of the record. Undefined for an edit that there is not. */
export const editDocument = (
  input: { state: Incident; edit: number; policy: Policy } & Omit<Ground, 'record'>,
): EditDocument | undefined => {
  const { state, policy } = input;
  const edit = state.edits.get(input.edit);
  if (edit === undefined) return undefined;
  const current = edit.versions.at(-1);
  const counting = countingVotes(edit);
  const outdated = outdatedOf(state, edit);
  return {
    incidentId: state.id ?? '',
    edit: edit.edit,
    etag: editTag(state, edit.edit),
    state: edit.state,
    version: current?.version ?? 0,
    baseRevision: current?.baseRevision ?? null,
    author: edit.author,
    refs: { ...edit.refs },
    nextActor: nextActorOf(edit, outdated),
    outdated,
    approvals: approvalsOf(edit, policy, { ...input, record: state }),
    quotesBeyondLimit: current !== undefined && isOpenEdit(edit) ? beyondLimit(current, input) : [],
    versions: versionDocuments(edit),
    votes: edit.votes.map((vote): VoteDocument => {
      const { decision, by, at, version, reason, withdrawn } = vote;
      return {
        decision,
        by,
        at,
        version,
        reason: reason ?? null,
        lapsed: counting.get(by) !== vote,
        withdrawn: withdrawn && { at: withdrawn.at, reason: withdrawn.reason },
      };
    }),
    conflicts: conflictsOf(state, edit.edit),
    appliedRevision: edit.appliedRevision,
    withdrawnReason: edit.withdrawnReason ?? null,
  };
};
