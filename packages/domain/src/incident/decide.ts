import { accept, type DomainError, type Result, refuse, refuseFor } from '../errors.ts';
import { type NewEvent, recordEventOf } from '../events.ts';
import { needed, partiesTouched, partiesUsed } from '../policy.ts';
import type { Resolved } from '../resolve.ts';
import type { Change, SentChange } from '../shapes.ts';
import { quotesByPlace } from '../share.ts';
import { ancestorsOf } from '../voices.ts';
import { checkChanges, takes } from './check.ts';
import { conflicts } from './conflicts.ts';
import { applicationOrder, type Facts } from './draft.ts';
import type { Edit, EditVersion, Incident, Parties, Vote } from './state.ts';

/**
 * Decisions on one incident: its record and its review. Each is a pure function of the stream's state, the command and the facts, and reads no text;
 * a command whose events are in the state already yields nothing.
 */

/** All but `rationale` comes from `resolveChanges` or `proposalChanges`. */
type Proposed = { rationale: string } & Resolved;
export type IncidentCommand = {
  /** The command's id, by which a repeat finds itself; the ids of its events derive from it. */
  command: string;
  /** The subject who asks. */
  actor: string;
} & (
  | ({ kind: 'propose' } & Proposed)
  | ({ kind: 'submit'; baseRevision: number } & Proposed)
  /** `baseRevision` is null for a proposal, which has none. */
  | ({ kind: 'revise'; edit: number; ifMatch: string; baseRevision: number | null } & Proposed)
  | {
      kind: 'decide';
      edit: number;
      ifMatch: string;
      decision: Vote['decision'];
      reason: string | null;
      /** The edit's current version with its texts, which an approval copies into the record; null if one of them is erased. */
      version: Pick<EditVersion, 'version' | 'changes' | 'quotes'> | null;
    }
  | { kind: 'withdraw'; edit: number; ifMatch: string | null; reason: string | null }
  | { kind: 'break_lease'; edit: number; holder: string; reason: string }
);
type Named<K extends IncidentCommand['kind']> = Extract<IncidentCommand, { kind: K }>;

/** The ETag of an edit, strong and opaque, with its quotes: it changes with the edit's versions, votes and state. Empty for an edit that there is not. */
export const editTag = (state: Incident, edit: number): string => {
  const found = state.edits.get(edit);
  return found ? `"${edit}-${found.changedAt}"` : '';
};

/** Everybody who wrote a version of the edit. None of them may lease or decide it. */
export const contributors = (edit: Edit): Set<string> => new Set(edit.versions.map(({ by }) => by));

/** The parties whose facts, with those of their ancestors, a decision on these changes needs: those used or touched, and those behind the claims corrected or replaced. */
export const partiesNeeded = (changes: readonly Change[], state: Incident): string[] => {
  const claims = changes.flatMap((change) => {
    if (change.kind === 'add_claim') return change.claim.replaces;
    return change.kind === 'correct_claim' ? [change.claim, change.set.replaces, state.claims.get(change.claim)?.claim.replaces] : null;
  });
  const behind = claims.flatMap((id) => {
    const claim = id === null || id === undefined ? undefined : state.claims.get(id)?.claim;
    if (!claim) return [];
    // Another aspect is asked of the value as it stands.
    return [claim.onBehalfOf ?? claim.speaker, ...(claim.value?.kind === 'party' ? [claim.value.value] : [])];
  });
  return [...new Set([...partiesTouched(changes, state), ...behind])];
};

/** The other incidents that a decision on these changes needs to know the status of. */
export const incidentsNeeded = (changes: readonly Change[]): string[] => [
  ...new Set(
    changes.flatMap((change) => {
      if (change.kind === 'merge_incident') return change.into;
      const value = change.kind === 'add_claim' ? change.claim.value : change.kind === 'correct_claim' ? change.set.value : undefined;
      return value?.kind === 'incident' ? value.value : [];
    }),
  ),
];

/** The sources that a decision on these changes, as sent or as stored, needs to know. */
export const sourcesCited = (changes: readonly Change[] | readonly SentChange[]): string[] => {
  const cited = new Set<string>();
  const look = (value: unknown) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'source' && typeof child === 'string') cited.add(child);
      else look(child);
    }
  };
  look(changes);
  return [...cited];
};

/** What reviewers are shown whole where it is not public yet: the parties that changes use, those above them, and the sources that they cite. */
export const partiesAndSources = (changes: readonly Change[], parties: Parties): Set<string> => {
  const used = [...new Set(changes.flatMap(partiesUsed))];
  return new Set([...used, ...used.flatMap((id) => ancestorsOf(id, parties)), ...sourcesCited(changes)]);
};

type VoteData = { reason: string | null; needed: number; policy: number };
/** What the approval that decides appends: the vote, the edit's application, and one record event for each change. */
export const applicationEvents = (
  edit: number,
  { version, changes, quotes }: Pick<EditVersion, 'version' | 'changes' | 'quotes'>,
  vote: VoteData = { reason: null, needed: 1, policy: 1 },
): NewEvent[] => [
  { type: 'EditApproved', edit, data: { version, ...vote } },
  { type: 'EditApplied', edit, data: { version, quotes: quotes ?? quotesByPlace(changes) } },
  ...applicationOrder(changes).flatMap((index) => recordEvent(edit, changes[index])),
];

const recordEvent = (edit: number, change: Change | undefined): NewEvent[] => {
  if (!change) return [];
  const { kind, ...data } = change;
  return [{ type: recordEventOf[kind], edit, data } as NewEvent];
};

type Refusal = { ok: false; error: DomainError };

/** Whether the incident takes such an edit at all. */
const refuseStatus = (state: Incident, changes: readonly Change[]): Refusal | null => {
  if (changes.every((change) => takes(state.status, change))) return null;
  switch (state.status) {
    case 'merged':
      return refuse(
        'IncidentState',
        `This incident is merged into ${state.mergedInto}: edit that one, or submit an edit of nothing but unmerge_incident.`,
      );
    case 'retracted':
      return refuse('IncidentState', 'This incident was retracted and takes no further edits but of nothing but corrections that conceal.');
    default:
      return null;
  }
};

/** Whether the changes may go in on the record as it is now. */
const refuseChanges = (state: Incident, changes: readonly Change[], baseRevision: number | null, facts: Facts): Refusal | null => {
  const status = refuseStatus(state, changes);
  if (status) return status;
  if (baseRevision !== null && baseRevision > (state.revision ?? -1)) {
    return refuseFor([
      { code: 'InvalidChange', pointer: '/baseRevision', message: `must be at most ${state.revision}, the incident's revision` },
    ]);
  }
  const between = conflicts(state, changes, baseRevision);
  if (between.length > 0) {
    const detail = `The record has changed since revision ${baseRevision} in what this edit rests on. Look at the events named, and revise the edit with baseRevision ${state.revision}.`;
    return refuse('EditOutdated', detail, { events: between });
  }
  const [problem, ...problems] = checkChanges(state, changes, facts);
  return problem ? refuseFor([problem, ...problems]) : null;
};

const propose = (state: Incident, { changes, rationale, refs, quotes }: Named<'propose'>, facts: Facts): Result<NewEvent[]> => {
  if (state.status !== 'none') return refuse('IncidentState', 'This incident exists already. Submit an edit to it.');
  const refusal = refuseChanges(state, changes, null, facts);
  return refusal ?? accept([{ type: 'EditSubmitted', edit: 1, data: { baseRevision: null, rationale, refs, changes, quotes } }]);
};

const submit = (state: Incident, { changes, rationale, refs, quotes, baseRevision }: Named<'submit'>, facts: Facts): Result<NewEvent[]> => {
  if (state.status === 'none') return refuse('NotFound', 'There is no such incident.');
  if (state.status === 'proposed') {
    return refuse(
      'IncidentState',
      'This incident is not published yet and takes no further edits: its author can revise the proposal, edit 1.',
    );
  }
  const refusal = refuseChanges(state, changes, baseRevision, facts);
  return (
    refusal ?? accept([{ type: 'EditSubmitted', edit: state.edits.size + 1, data: { baseRevision, rationale, refs, changes, quotes } }])
  );
};

const stale = () =>
  refuse(
    'EtagMismatch',
    'The edit has changed since you read it. Read it again, and send its new ETag as If-Match if you still want this.',
  );
const isOpen = ({ state }: Edit) => state === 'submitted' || state === 'changes_requested';
const closed = ({ state }: Edit) =>
  state === 'changes_requested'
    ? refuse('EditState', 'Changes were requested of this edit: it can be decided once its author has revised it.')
    : refuse('EditState', `This edit is ${state}, which is final. Submit a new one.`);

/** All versions of an edit are shown together, and are written anew with each change. */
const mostVersions = 50;

const revise = (state: Incident, edit: Edit, command: Named<'revise'>, facts: Facts): Result<NewEvent[]> => {
  const { actor, changes, rationale, refs, quotes, baseRevision } = command;
  if (actor !== edit.author) return refuse('NotAuthor', 'Only its author can revise an edit. Submit one of your own.');
  if (command.ifMatch !== editTag(state, edit.edit)) return stale();
  if (!isOpen(edit)) return closed(edit);
  if (edit.versions.length >= mostVersions)
    return refuse('EditState', `This edit has ${mostVersions} versions and takes no more. Withdraw it, and submit a new one.`);
  const refusal = refuseChanges(state, changes, baseRevision, facts);
  if (refusal) return refusal;
  const version = edit.versions.length + 1;
  return accept([{ type: 'EditRevised', edit: edit.edit, data: { version, baseRevision, rationale, refs, changes, quotes } }]);
};

/** The counting votes on the current version: each reviewer's latest. */
const countingVotes = (edit: Edit): Map<string, Vote> =>
  new Map(edit.votes.filter(({ version }) => version === edit.versions.length).map((vote) => [vote.by, vote]));

const hasErasedText = (state: Incident, { revision }: EditVersion): boolean =>
  state.erased.size > 0 && [...state.erased].some((key) => key.startsWith(`${revision}#`));

const approve = (
  state: Incident,
  edit: Edit,
  current: EditVersion,
  command: Named<'decide'>,
  vote: VoteData,
  facts: Facts,
): Result<NewEvent[]> => {
  const { version } = command;
  if (version === null) return refuse('TextErased', 'A text of this edit was erased: it can only be revised, rejected or withdrawn.');
  if (version.version !== current.version) return stale();
  const refusal = refuseChanges(state, current.changes, current.baseRevision, facts);
  if (refusal) return refusal;
  const given = new Set([...countingVotes(edit)].filter(([, { decision }]) => decision === 'approve').map(([by]) => by)).add(command.actor);
  const events = applicationEvents(edit.edit, version, vote);
  return accept(given.size >= vote.needed ? events : events.slice(0, 1));
};

const decisionEvent = { reject: 'EditRejected', request_changes: 'EditChangesRequested' } as const;

const decide = (state: Incident, edit: Edit, command: Named<'decide'>, facts: Facts): Result<NewEvent[]> => {
  const { actor, decision, reason } = command;
  if (contributors(edit).has(actor)) return refuse('SelfApproval', 'You contributed to this edit, so another reviewer has to decide it.');
  if (command.ifMatch !== editTag(state, edit.edit)) return stale();
  const current = edit.versions.at(-1);
  if (edit.state !== 'submitted' || !current) return closed(edit);
  if (countingVotes(edit).get(actor)?.decision === decision) {
    return refuse('VoteRepeated', 'You have cast this vote on this version before. Another reviewer has to decide, or you vote otherwise.');
  }
  const { policy } = facts;
  const vote: VoteData = { reason, needed: needed(policy, current, { ...facts, record: state }).needed, policy: policy.version };
  const erased = hasErasedText(state, current);
  if (decision === 'approve') return approve(state, edit, current, erased ? { ...command, version: null } : command, vote, facts);
  if (decision === 'request_changes' && erased) {
    return refuse('TextErased', 'A text of this edit was erased: it can only be revised, rejected or withdrawn.');
  }
  if (reason === null) {
    return refuseFor([{ code: 'InvalidChange', pointer: '/reason', message: 'must say why: its author and those after you need to know' }]);
  }
  return accept([{ type: decisionEvent[decision], edit: edit.edit, data: { version: current.version, ...vote } }]);
};

const withdraw = (state: Incident, edit: Edit, { actor, ifMatch, reason }: Named<'withdraw'>): Result<NewEvent[]> => {
  if (actor !== edit.author) return refuse('NotAuthor', 'Only its author can withdraw an edit. Reject it instead.');
  if (ifMatch !== null && ifMatch !== editTag(state, edit.edit)) return stale();
  if (!isOpen(edit)) return closed(edit);
  return accept([{ type: 'EditWithdrawn', edit: edit.edit, data: { version: edit.versions.length, reason } }]);
};

const breakLease = (edit: Edit, { actor, holder, reason }: Named<'break_lease'>): Result<NewEvent[]> => {
  if (contributors(edit).has(actor)) return refuse('SelfApproval', 'You contributed to this edit, so its leases are not yours to break.');
  if (holder === actor) return refuse('RecordState', 'This lease is your own: give it back instead.');
  if (edit.state !== 'submitted') return closed(edit);
  return accept([{ type: 'ReviewLeaseBroken', edit: edit.edit, data: { holder, reason } }]);
};

/** Decides a command on an incident. An empty list: its events are in the state already. */
export const decideIncident = (state: Incident, command: IncidentCommand, facts: Facts): Result<NewEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  if (command.kind === 'propose') return propose(state, command, facts);
  if (command.kind === 'submit') return submit(state, command, facts);
  const edit = state.edits.get(command.edit);
  if (!edit) return refuse('NotFound', 'There is no such edit.');
  switch (command.kind) {
    case 'revise':
      return revise(state, edit, command, facts);
    case 'decide':
      return decide(state, edit, command, facts);
    case 'withdraw':
      return withdraw(state, edit, command);
    case 'break_lease':
      return breakLease(edit, command);
    default:
      return command satisfies never;
  }
};
