import type { NewEvent } from '../log/events.ts';
import type { Parties } from '../party/shapes.ts';
import { type ReopenEdit, reopenEdit, type SplitEdit, splitEdit } from '../review/acts.ts';
import { conflictsSince } from '../review/conflicts.ts';
import {
  type Approved,
  type DecideEdit,
  decideEdit,
  type RebaseEdit,
  type Rebasing,
  type Refusal,
  type ReviseEdit,
  type Rules,
  rebaseEdit,
  reviseEdit,
  type SubmitEdit,
  submitEdit,
} from '../review/decide.ts';
import type { Vote } from '../review/edit.ts';
import type { NewReviewEvent } from '../review/events.ts';
import { needed, partiesTouched, partiesUsed } from '../rules/policy.ts';
import { quotesByPlace } from '../rules/share.ts';
import { ancestorsOf } from '../rules/voices.ts';
import { type Cited, citationsIn, isQuoted } from '../source/citation.ts';
import { accept, type Result, refuse, refuseFor } from '../values/errors.ts';
import { type Change, keysOf, kindOf, type SentChange, takeMergeBack } from './changes/index.ts';
import { applicationOrder, checkChanges } from './check.ts';
import type { Facts } from './draft.ts';
import { refuseConflicts, refuseStatus } from './outdated.ts';
import { madeElsewhere, splittingOf } from './splitting.ts';
import type { Incident } from './state.ts';

/**
 * Decisions on the changes of one incident. Each is a pure function of the stream's state, the command and the facts, and reads no text; a command whose
 * events are in the state already yields nothing.
 */

/** `refs`, `changes` and `quotes` come from `resolveChanges` or `proposalChanges`; `baseRevision` of a revised proposal is null; `asChanges`: it has the body of an edit. */
export type IncidentCommand =
  | ({ kind: 'propose' } & Omit<SubmitEdit<Change>, 'baseRevision'>)
  | ({ kind: 'submit' } & SubmitEdit<Change>)
  | ({ kind: 'revise'; asChanges?: boolean } & ReviseEdit<Change>)
  | ({ kind: 'rebase' } & RebaseEdit<Change>)
  | ({ kind: 'reopen' } & ReopenEdit<Change>)
  | ({ kind: 'split' } & SplitEdit<Change>)
  | ({ kind: 'decide' } & DecideEdit<Change>);
type NewIncidentEvent = NewReviewEvent<Change> | NewEvent;

/** The parties whose facts, with those of their ancestors, a decision on these changes needs: those used or touched, and those behind the claims corrected or replaced. */
export const partiesNeeded = (changes: readonly Change[], state: Incident): string[] => {
  const behind = changes
    .flatMap((change) => kindOf(change).claimsAsked(change, state))
    .flatMap((id) => {
      const claim = id === null || id === undefined ? undefined : state.claims.get(id)?.claim;
      if (!claim) return [];
      // Another aspect is asked of the value as it stands.
      return [claim.onBehalfOf ?? claim.speaker, ...(claim.value?.kind === 'party' ? [claim.value.value] : [])];
    });
  return [...new Set([...partiesTouched(changes, state), ...behind])];
};

/** The other incidents that a decision on these changes needs to know the status of. */
export const incidentsNeeded = (changes: readonly Change[]): string[] => [
  ...new Set(changes.flatMap((change) => kindOf(change).incidentsAsked(change))),
];

/** The sources that a decision on these changes, as sent or as stored, needs to know. */
export const sourcesCited = (changes: readonly Change[] | readonly SentChange[]): string[] => [
  ...new Set(citationsIn(changes).map(({ source }) => source)),
];

/** What reviewers are shown whole where it is not public yet: the parties that changes use, those above them, and the sources that they cite. */
export const partiesAndSources = (changes: readonly Change[], parties: Parties): Set<string> => {
  const used = [...new Set(changes.flatMap(partiesUsed))];
  return new Set([...used, ...used.flatMap((id) => ancestorsOf(id, parties)), ...sourcesCited(changes)]);
};

const application = (edit: number, { version, changes, quotes }: Approved<Change>): NewIncidentEvent[] => [
  { type: 'EditApplied', edit, data: { version, quotes: quotes ?? quotesByPlace(changes) } },
  ...applicationOrder(changes).flatMap((index) => {
    const change = changes[index];
    return change ? [kindOf(change).toEvent(edit, change)] : [];
  }),
];

/** What follows where a merge is taken back. */
const returnedBy = (changes: readonly Change[], { returned = [] }: Pick<Facts, 'returned'>): readonly NewEvent[] =>
  takeMergeBack(changes) ? returned : [];

const anyVote: Pick<Vote, 'reason' | 'needed' | 'policy' | 'despiteComments'> = {
  reason: null,
  needed: 1,
  policy: 1,
  despiteComments: null,
};
/** What the approval that decides appends: the vote, the edit's application, and one record event for each change. */
export const applicationEvents = (edit: number, version: Approved<Change>, vote = anyVote): NewIncidentEvent[] => [
  { type: 'EditApproved', edit, data: { version: version.version, ...vote } },
  ...application(edit, version),
];

/** Whether the changes may go in on the record as it is now. */
const refuseChanges = (
  state: Incident,
  changes: readonly Change[],
  baseRevision: number | null,
  facts: Facts,
  asChanges: boolean,
): Refusal | null => {
  const status = refuseStatus(state, changes);
  if (status) return status;
  if (baseRevision !== null && baseRevision > (state.recordRevision ?? -1)) {
    return refuseFor([
      { code: 'InvalidChange', pointer: '/baseRevision', message: `must be at most ${state.recordRevision}, the incident's revision` },
    ]);
  }
  const conflict = refuseConflicts(state, changes, baseRevision);
  if (conflict) return conflict;
  const [problem, ...problems] = checkChanges(state, changes, facts, asChanges);
  return problem ? refuseFor([problem, ...problems]) : refuseErased(state, changes, facts);
};

/** What would enter the record by quoting a text that was erased since: nobody could hold it against the text. What is on record stays. */
const refuseErased = (
  { claims, disputes, proceedings, rulings }: Incident,
  changes: readonly Change[],
  { sources }: Facts,
): Refusal | null => {
  const erased = citationsIn(changes).filter((cited) => isQuoted(cited) && sources(cited.source)?.erased?.has(cited.revision));
  if (erased.length === 0) return null;
  const keyOf = ({ source, revision, position }: Cited) => `${source} ${revision} ${position?.start} ${position?.end}`;
  const onRecord = new Set(citationsIn([claims, disputes, proceedings, rulings].flatMap((things) => [...things.values()])).map(keyOf));
  const [first] = erased.filter((cited) => !onRecord.has(keyOf(cited)));
  return first === undefined
    ? null
    : refuse('TextErased', `This edit quotes a text of ${first.source} that was erased: it can only be revised, rejected or withdrawn.`);
};

const refuseSubmitting = ({ status }: Incident): Refusal | null => {
  if (status === 'none') return refuse('NotFound', 'There is no such incident.');
  if (status !== 'proposed') return null;
  return refuse(
    'IncidentState',
    'This incident is not published yet and takes no further edits: its author can revise the proposal, edit 1.',
  );
};

/** Decides a command on an incident's changes. An empty list: its events are in the state already. */
export const decideIncident = (state: Incident, command: IncidentCommand, facts: Facts): Result<NewIncidentEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  const asChanges = command.kind === 'revise' ? command.asChanges === true : command.kind !== 'propose' && command.kind !== 'decide';
  const rules: Rules<Change, NewEvent> = {
    refuseChanges: (changes, baseRevision) => {
      const [problem, ...problems] = 'edit' in command ? madeElsewhere(state, command.edit, changes, asChanges) : [];
      return problem ? refuseFor([problem, ...problems]) : refuseChanges(state, changes, baseRevision, facts, asChanges);
    },
    needed: (version) => ({ needed: needed(facts.policy, version, { ...facts, record: state }).needed, policy: facts.policy.now.version }),
    application: (edit, version) => [...application(edit, version), ...returnedBy(version.changes, facts)],
  };
  const rebasing = (edit: number): Rebasing<Change> => ({
    ...rules,
    base: state.recordRevision,
    conflicts: conflictsSince(state, edit, keysOf),
  });
  switch (command.kind) {
    case 'propose':
      if (state.status !== 'none') return refuse('IncidentState', 'This incident exists already. Submit an edit to it.');
      return submitEdit(state, { ...command, baseRevision: null }, rules);
    case 'submit':
      return refuseSubmitting(state) ?? submitEdit(state, command, rules);
    case 'revise':
      return reviseEdit(state, command, rules);
    case 'rebase':
      return rebaseEdit(state, command, rebasing(command.edit));
    case 'reopen':
      return reopenEdit(state, command, rebasing(command.edit));
    case 'split':
      return splitEdit(state, command, splittingOf(state, command.edit));
    case 'decide':
      return decideEdit(state, command, rules);
    default:
      return command satisfies never;
  }
};
