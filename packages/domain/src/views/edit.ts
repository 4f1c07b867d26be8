import { type Change, type ChangeDocument, kindOf } from '../incident/changes/index.ts';
import { conflictsOf, type Outdated, outdatedOf } from '../incident/outdated.ts';
import type { Edit, Incident } from '../incident/state.ts';
import { eachItself } from '../people/people.ts';
import { approvalsInWords } from '../policy/rules.ts';
import { nobodyRecused } from '../recusal/recusal.ts';
import { approvers, countingVotes, type EditOf, editTag, isOpenEdit, openComments, type Review, type Written } from '../review/edit.ts';
import { beyondLimit, type Ground, needed, type PolicyInForce } from '../rules/policy.ts';
import type { BeyondLimit } from '../rules/share.ts';
import { aggregateOf } from '../values/ids.ts';
import { withConcealed } from './concealed.ts';
import type { EditDocument, VoteDocument } from './documents.ts';

/** Of an edit that is decided or withdrawn, what its last vote recorded: what it would need by now is nobody's question. */
const recorded = (edit: EditOf<unknown>, policy: PolicyInForce): Omit<EditDocument['approvals'], 'given'> => {
  const vote = edit.votes.at(-1);
  if (vote === undefined) return { needed: 1, why: 'Nobody voted on it.', policy: policy.at(edit.versions.at(-1)?.position ?? 0n).version };
  return {
    needed: vote.needed,
    why: `${approvalsInWords(vote.needed)}, as its last vote recorded.`,
    policy: vote.policy,
  };
};

type ToDocument<C> = (change: C, ref: (id: string) => string | null) => EditDocument['versions'][number]['changes'][number];

const versionDocuments = <C>({ versions, refs }: EditOf<C>, toDocument: ToDocument<C>): EditDocument['versions'] => {
  const refOf = new Map(Object.entries(refs).map(([ref, id]) => [id, ref]));
  return versions.map(({ version, submittedAt, by, machine, rationale, changes }) => ({
    version,
    submittedAt,
    by,
    machine,
    rationale: rationale ?? null,
    changes: changes.map((change) => toDocument(change, (id) => refOf.get(id) ?? null)),
  }));
};

const documentOfChange: ToDocument<Change> = (change, ref) => kindOf(change).document(change, ref) as ChangeDocument;

/** An edit's document for those who may not see concealed texts: `left` is the incident's state without them. */
export const editWithConcealed = <D extends EditDocument>(document: D, left: Incident): D => {
  const edit = left.edits.get(document.edit);
  return edit === undefined
    ? document
    : { ...document, versions: withConcealed(document.versions, versionDocuments(edit, documentOfChange)) };
};

/** Who has to act on it next: its author too where a reviewer could only reject it. */
const nextActorOf = ({ state, waitsFor }: EditOf<unknown>, outdated: Outdated | null): EditDocument['nextActor'] => {
  if (waitsFor !== null) return null;
  if (state === 'submitted') return outdated ? 'author' : 'reviewer';
  return state === 'changes_requested' ? 'author' : null;
};

const commentsOf = (edit: EditOf<unknown>): EditDocument['comments'] => ({
  open: openComments(edit).length,
  total: edit.comments.length,
  items: edit.comments.map(({ revision: _, resolved, ...comment }) => ({
    ...comment,
    resolved: resolved && { by: resolved.by, at: resolved.at },
  })),
});

/** What is said of an edit beside what its stream says of the review. */
export type EditStand<C> = {
  outdated: Outdated | null;
  conflicts: Written[];
  /** How many approvals it would need now; asked of an open edit alone. */
  needed(): { needed: number; why: string };
  quotesBeyondLimit: BeyondLimit[];
  policy: PolicyInForce;
  toDocument: ToDocument<C>;
};

/** The document of an edit, of whichever aggregate, without its lease, which is no part of the record. */
export const documentOfEdit = <C>(state: Review<C>, edit: EditOf<C>, stand: EditStand<C>): EditDocument => {
  const { outdated, conflicts, policy } = stand;
  const current = edit.versions.at(-1);
  const counting = countingVotes(edit);
  const given = approvers(edit, eachItself, nobodyRecused).size;
  const approvals = isOpenEdit(edit) ? { ...stand.needed(), policy: policy.now.version } : recorded(edit, policy);
  const of = aggregateOf(state.id ?? '');
  return {
    of,
    incidentId: of.kind === 'incident' ? of.id : null,
    edit: edit.edit,
    etag: editTag(state, edit.edit),
    state: edit.state,
    version: current?.version ?? 0,
    baseRevision: current?.baseRevision ?? null,
    author: edit.author,
    refs: { ...edit.refs },
    nextActor: nextActorOf(edit, outdated),
    outdated,
    approvals: { needed: approvals.needed, given, why: approvals.why, policy: approvals.policy },
    quotesBeyondLimit: stand.quotesBeyondLimit,
    versions: versionDocuments(edit, stand.toDocument),
    votes: edit.votes.map((vote): VoteDocument => {
      const { decision, by, at, version, reason, despiteComments, withdrawn } = vote;
      return {
        decision,
        by,
        at,
        version,
        reason: reason ?? null,
        lapsed: counting.get(by) !== vote,
        despiteComments,
        withdrawn: withdrawn && { at: withdrawn.at, reason: withdrawn.reason },
      };
    }),
    comments: commentsOf(edit),
    acts: edit.acts.map(({ revision: _, ...act }) => ({ ...act, reason: act.reason ?? null })),
    conflicts,
    appliedRevision: edit.appliedRevision,
    withdrawnReason: edit.withdrawnReason ?? null,
    reverts: edit.reverts,
    splitFrom: edit.splitFrom,
    splitInto: [...edit.splitInto],
    waitsFor: edit.waitsFor,
  };
};

/** The document of `GET /v1/incidents/{id}/edits/{n}`, without its lease. Undefined for an edit that there is not. */
export const editDocument = (
  input: { state: Incident; edit: number; policy: PolicyInForce } & Omit<Ground, 'record'>,
): EditDocument | undefined => {
  const { state, policy } = input;
  const edit: Edit | undefined = state.edits.get(input.edit);
  if (edit === undefined) return undefined;
  const current = edit.versions.at(-1);
  return documentOfEdit(state, edit, {
    outdated: outdatedOf(state, edit),
    conflicts: conflictsOf(state, edit.edit),
    needed: () => needed(policy, current ?? { changes: [] }, { ...input, record: state }),
    quotesBeyondLimit: current !== undefined && isOpenEdit(edit) ? beyondLimit(current, input) : [],
    policy,
    toDocument: documentOfChange,
  });
};
