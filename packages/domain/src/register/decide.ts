import { reporter } from '../incident/draft.ts';
import type { NewEvent } from '../log/events.ts';
import { type Approvals, causeIn, kindIn, machineIn } from '../policy/rules.ts';
import { type ReopenEdit, reopenEdit, type SplitEdit, splitEdit } from '../review/acts.ts';
import { conflictsBetween, conflictsSince } from '../review/conflicts.ts';
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
import type { EditVersionOf, Review } from '../review/edit.ts';
import { counted } from '../rules/policy.ts';
import { citationsIn } from '../source/citation.ts';
import { type Problem, type Result, refuse, refuseFor } from '../values/errors.ts';
import type { RegisterFacts, Table } from './kind.ts';

/** Decisions on the edits of a source or a party: pure functions of its stream's state, the command and the facts, which read no text. */

/** `version` is 0 before it is registered. */
type State<C> = Review<C> & { version: number };
type Change = { kind: string };

export type EditCommand<C> =
  | ({ kind: 'submit' } & SubmitEdit<C>)
  | ({ kind: 'revise' } & ReviseEdit<C>)
  | ({ kind: 'rebase' } & RebaseEdit<C>)
  | ({ kind: 'reopen' } & ReopenEdit<C>)
  | ({ kind: 'split' } & SplitEdit<C>)
  | ({ kind: 'decide' } & DecideEdit<C>);

/** What is special to sources, or to parties. */
export type Reviewed<S, Sent, C> = {
  /** What it is, in words. */
  what: 'source' | 'party';
  table: Table<S, Sent, C>;
  /** Why it does not take these changes, whatever they say, in words; null where it does. */
  closed(state: S, changes: readonly C[]): string | null;
};

/** What a decision on these changes needs to know: parties with their ancestors, and sources. */
export const registerNeeds = <S, Sent, C extends Change>({ table }: Pick<Reviewed<S, Sent, C>, 'table'>, changes: readonly C[]) => {
  const asked = changes.map((change) => table.kindOf(change).asks(change));
  return {
    parties: [...new Set(asked.flatMap(({ parties }) => parties))],
    sources: [...new Set([...asked.flatMap(({ sources }) => sources), ...citationsIn(changes).map(({ source }) => source)])],
  };
};

/** Each kind once: what a change sets is set by no other one of the same edit. */
const checkTogether = <S, Sent, C extends Change>({ table }: Reviewed<S, Sent, C>, changes: readonly C[], problems: Problem[]) => {
  const seen = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const report = reporter({ problems }, `/changes/${index}`);
    if (seen.has(change.kind)) report('', `is a second ${change.kind}: an edit holds one of each kind`);
    else if (changes.length > 1 && table.kindOf(change).alone) report('', `stands alone: put ${change.kind} into an edit of its own`);
    seen.add(change.kind);
  }
};

/** What is wrong with the changes on the source or party as it is now. */
const problemsOf = <S, Sent, C extends Change>(
  of: Reviewed<S, Sent, C>,
  state: S,
  changes: readonly C[],
  facts: RegisterFacts,
): Problem[] => {
  const problems: Problem[] = [];
  checkTogether(of, changes, problems);
  for (const [index, change] of changes.entries())
    of.table.kindOf(change).check(state, reporter({ problems }, `/changes/${index}`), change, facts);
  return problems;
};

/** Why it takes such changes no more, or not from this version: what its own stream says, whatever stands elsewhere. */
export const refuseStanding = <S extends State<C>, Sent, C extends Change>(
  { what, table, closed }: Reviewed<S, Sent, C>,
  state: S,
  changes: readonly C[],
  baseRevision: number | null,
): Refusal | null => {
  const why = closed(state, changes);
  if (why !== null) return refuse('AggregateState', why);
  const events = conflictsBetween(state, changes, baseRevision, table.keysOf);
  if (events.length === 0) return null;
  const detail = `The ${what} has changed since version ${baseRevision} in what this edit rests on. Look at the events named, and revise the edit with baseRevision ${state.version}.`;
  return refuse('EditOutdated', detail, { events });
};

const refuseChanges = <S extends State<C>, Sent, C extends Change>(
  of: Reviewed<S, Sent, C>,
  state: S,
  { changes, baseRevision, facts }: { changes: readonly C[]; baseRevision: number | null; facts: RegisterFacts },
): Refusal | null => {
  if (baseRevision === null || baseRevision < 1 || baseRevision > state.version) {
    const message = `must be from 1 to ${state.version}, the version of the ${of.what}`;
    return refuseFor([{ code: 'InvalidChange', pointer: '/baseRevision', message }]);
  }
  const standing = refuseStanding(of, state, changes, baseRevision);
  if (standing) return standing;
  const [problem, ...problems] = problemsOf(of, state, changes, facts);
  return problem ? refuseFor([problem, ...problems]) : null;
};

/** How many approvals the version needs, and why, in words. */
export const neededFor = <S, Sent, C extends Change>(
  { table }: Reviewed<S, Sent, C>,
  state: S,
  version: Pick<EditVersionOf<C>, 'changes'> & Partial<Pick<EditVersionOf<C>, 'position' | 'machine' | 'tally'>>,
  { policy, privacyReviewed }: Pick<RegisterFacts, 'policy' | 'privacyReviewed'>,
): Approvals =>
  counted(policy, version, ({ rules }) => [
    ...version.changes.flatMap((change) => {
      const kind = table.kindOf(change);
      return [kindIn(rules, kind), ...kind.causes(change, state, privacyReviewed).map((cause) => causeIn(rules, cause))];
    }),
    ...(version.machine ? [machineIn(rules)] : []),
  ]);

/** What approval appends after its vote. Nothing of an edit's quotes is shown to the public. */
export const registerApplication = <S, Sent, C extends Change>(
  { table }: Reviewed<S, Sent, C>,
  state: S,
  edit: number,
  { version, changes }: Pick<Approved<C>, 'version' | 'changes'>,
): NewEvent[] => [
  { type: 'EditApplied', edit, data: { version, quotes: [] } },
  ...changes.map((change) => {
    const kind = table.kindOf(change);
    return { type: kind.event, edit, data: kind.data(change, state) } as unknown as NewEvent;
  }),
];

/** Decides a command on the edits of a source or party. An empty list: its events are in the state already. */
export const decideEdits = <S extends State<C>, Sent, C extends Change>(
  of: Reviewed<S, Sent, C>,
  state: S,
  command: EditCommand<C>,
  facts: RegisterFacts,
): Result<NewEvent[]> => {
  const rules: Rules<C, NewEvent> = {
    refuseChanges: (changes, baseRevision) => refuseChanges(of, state, { changes, baseRevision, facts }),
    needed: (version) => ({ needed: neededFor(of, state, version, facts).needed, policy: facts.policy.now.version }),
    application: (edit, version) => registerApplication(of, state, edit, version),
  };
  const rebasing = (edit: number): Rebasing<C> => ({
    ...rules,
    base: state.version,
    conflicts: conflictsSince(state, edit, of.table.keysOf),
  });
  if (state.version === 0) return refuse('NotFound', `There is no such ${of.what}.`);
  const decided = (() => {
    switch (command.kind) {
      case 'submit':
        return submitEdit(state, command, rules);
      case 'revise':
        return reviseEdit(state, command, rules);
      case 'rebase':
        return rebaseEdit(state, command, rebasing(command.edit));
      case 'reopen':
        return reopenEdit(state, command, rebasing(command.edit));
      case 'split':
        // Their changes make nothing and name nothing that another one makes, and of their quotes nothing is shown.
        return splitEdit(state, command, {
          waitsFor: null,
          problemsOf: () => [],
          partOf: (submitted, changes) => ({ ...submitted, changes }),
        });
      case 'decide':
        return decideEdit(state, command, rules);
      default:
        return command satisfies never;
    }
  })();
  // The review is told of changes as `C`, the catalogue of those of every aggregate.
  return decided as Result<NewEvent[]>;
};
