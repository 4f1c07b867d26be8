import { type Brought, broughtIntoConflict, conflictsBetween, conflictsOfEdit, touches } from '../review/conflicts.ts';
import { type Refusal, refuseApproval } from '../review/decide.ts';
import { isOpenEdit, type Written } from '../review/edit.ts';
import { policy } from '../rules/policy.ts';
import { type ErrorCode, refuse, refuseFor } from '../values/errors.ts';
import { type Change, keysOf } from './changes/index.ts';
import { checkChanges, takes } from './check.ts';
import type { Facts } from './draft.ts';
import type { Edit, Incident } from './state.ts';

/** What stands against the changes of an edit on the record as it is, as far as the incident's own stream says so. */

/** Record events after `baseRevision` (null: before the first) that wrote what one of the changes reads or writes, oldest first. */
export const conflicts = (state: Incident, changes: readonly Change[], baseRevision: number | null): Written[] =>
  conflictsBetween(state, changes, baseRevision, keysOf);
/** What an open edit conflicts with now; empty for an edit that is decided or withdrawn, and for one that there is not. */
export const conflictsOf = (state: Incident, edit: number): Written[] => conflictsOfEdit(state, edit, keysOf);
/** The open edits that the application of this one would bring into conflict. */
export const wouldConflict = (state: Incident, edit: number): Brought[] => broughtIntoConflict(state, edit, keysOf);
/** Whether the changes conflict with a record event that writes these keys after their base revision. */
export const conflictWith = (changes: readonly Change[], written: ReadonlySet<string>): boolean => touches(changes, written, keysOf);

/** Whether the incident takes such an edit at all. */
export const refuseStatus = (state: Incident, changes: readonly Change[]): Refusal | null => {
  if (changes.every((change) => takes(state.status, change))) return null;
  switch (state.status) {
    case 'merged':
      return refuse(
        'IncidentState',
        `This incident is merged into ${state.mergedInto}: edit that one, or submit an edit of nothing but unmerge_incident, or of corrections of what its changes say of themselves.`,
      );
    case 'retracted':
      return refuse(
        'IncidentState',
        'This incident was retracted: submit an edit of nothing but reinstate_incident, or of corrections that conceal or of what its changes say of themselves.',
      );
    default:
      return null;
  }
};

export const refuseConflicts = (state: Incident, changes: readonly Change[], baseRevision: number | null): Refusal | null => {
  const events = conflicts(state, changes, baseRevision);
  if (events.length === 0) return null;
  const detail = `The record has changed since revision ${baseRevision} in what this edit rests on. Look at the events named, and revise the edit with baseRevision ${state.recordRevision}.`;
  return refuse('EditOutdated', detail, { events });
};

/** The problems with which approval is refused until somebody else than a reviewer acts, as the API names them. */
const problems = {
  EditOutdated: 'edit-outdated',
  IncidentState: 'incident-state',
  AggregateState: 'aggregate-state',
  TextErased: 'text-erased',
  CarryNeeded: 'carry-needed',
  RecordState: 'record-state',
  ClaimNamed: 'claim-named',
  LocalTimeUnclear: 'local-time-unclear',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** Why an open edit cannot be approved as it is. `events`: those of the record that it conflicts with, oldest first. */
export type Outdated = { problem: (typeof problems)[keyof typeof problems]; detail: string; events: Written[] };

/** Facts that know nothing beside the stream: what is found wrong for want of them is a mistake of the edit, and left out. */
const noFacts: Facts = {
  vocabulary: { aspects: new Map(), units: new Map(), proceedingTypes: new Map(), proceedingStatuses: new Map() },
  policy,
  parties: () => undefined,
  privacyReviewed: () => false,
  sources: () => undefined,
  incidents: () => undefined,
};

const clashes: ReadonlySet<ErrorCode> = new Set(['CarryNeeded', 'RecordState', 'ClaimNamed', 'LocalTimeUnclear']);

/**
 * What the record as it is now has against the changes, though it wrote nothing that they rest on: a dispute of a claim that they correct, another time zone
 * in which they name a local time.
 */
export const refuseClash = (state: Incident, changes: readonly Change[]) => {
  const [first, ...others] = checkChanges(state, changes, noFacts).filter(({ code }) => clashes.has(code));
  return first ? refuseFor([first, ...others]) : null;
};

/**
 * Why approval of the edit would be refused as its incident's stream stands, whatever stands elsewhere; null where nothing stands against it, and for an
 * edit that is closed. Only its author, or another edit of the record, can change that. Reads no text. The same as long as nothing in the stream changes it.
 */
export const outdatedOf = (state: Incident, edit: Edit): Outdated | null => {
  const version = edit.versions.at(-1);
  if (!version || !isOpenEdit(edit) || edit.waitsFor !== null) return null;
  const refusal = refuseApproval(
    state,
    version,
    (changes, baseRevision) => refuseStatus(state, changes) ?? refuseConflicts(state, changes, baseRevision) ?? refuseClash(state, changes),
  );
  if (!refusal) return null;
  return outdatedBy(refusal, conflictsOf(state, edit.edit));
};

/** A refusal of an approval, as what stands against an edit says it. */
export const outdatedBy = ({ error: { code, detail, events: between } }: Refusal, events: Written[]): Outdated => ({
  problem: problems[code as keyof typeof problems],
  // The detail of a conflict names the revision as it is now, which moves on.
  detail: between === undefined ? detail : rebase,
  events,
});

const rebase = 'The record has changed since its base revision in what it rests on. Its author can revise it with a new baseRevision.';
