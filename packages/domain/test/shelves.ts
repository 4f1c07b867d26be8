import { commandId, type Envelope, eachItself, nobodyRecused, type PersonOf, type Recused } from '../src/index.ts';
import { handOverEdit, type ReopenEdit, reopenEdit, type Splitting, splitEdit } from '../src/review/acts.ts';
import { type CommentEdit, commentEdit, resolveComment } from '../src/review/comments.ts';
import { conflictsBetween, conflictsSince } from '../src/review/conflicts.ts';
import {
  type Asked,
  breakLease,
  decideEdit,
  type Rules,
  reviseEdit,
  submitEdit,
  withdrawEdit,
  withdrawVote,
} from '../src/review/decide.ts';
import { editTag, initialReview, type Review } from '../src/review/edit.ts';
import type { NewReviewEvent, ReviewEvent } from '../src/review/events.ts';
import { evolveReview } from '../src/review/evolve.ts';
import { type Notice, noticesOf } from '../src/review/notices.ts';
import { type Result, refuse } from '../src/values/errors.ts';
import { appended } from './stream.ts';

/** The review by itself, of something that is no incident: a row of shelves, of which a change puts a number on one. */

export type Change = { kind: 'shelf'; shelf: string; number: number };
export type Put = { type: 'Put'; edit: number; data: Change };
export type Shelves = Review<Change> & { shelves: Map<string, number> };

export const keysOf = ({ shelf }: Change) => ({ reads: [shelf], writes: [shelf] });
export const rulesOf = (state: Shelves, needed: number): Rules<Change, Put> => ({
  refuseChanges: (changes, base) => {
    const between = conflictsBetween(state, changes, base, keysOf);
    return between.length === 0 ? null : refuse('EditOutdated', 'Look again.', { events: between });
  },
  needed: () => ({ needed, policy: 1 }),
  application: (edit, { version, changes, quotes }) => [
    { type: 'EditApplied', edit, data: { version, quotes } },
    ...changes.map((data): Put => ({ type: 'Put', edit, data })),
  ],
});

export const evolve = (state: Shelves, event: Envelope & (NewReviewEvent<Change> | Put)) => {
  if (event.type === 'Put') {
    state.shelves.set(event.data.shelf, event.data.number);
    state.written.push({ revision: event.revision, type: event.type, keys: [event.data.shelf] });
  } else evolveReview(state, event as ReviewEvent<Change>);
  state.streamRevision = event.revision;
  state.commands.set(event.command, { request: null, type: event.type, edit: event.edit, first: event.revision, last: event.revision });
};

export const started = (personOf: PersonOf = eachItself, recused: Recused = nobodyRecused) => {
  const state: Shelves = { ...initialReview<Change>(), shelves: new Map() };
  const happened: { event: ReviewEvent<Change>; told: Notice[] }[] = [];
  let commands = 0;
  const run = (actor: string, decide: (asked: Asked) => Result<(NewReviewEvent<Change> | Put)[]>) => {
    commands += 1;
    const asked = { command: commandId({ subject: actor, method: 'POST', path: '/', key: String(commands) }), actor };
    const decided = decide(asked);
    if (!decided.ok) return decided;
    const place = { stream: 'shelves', first: state.streamRevision + 1 };
    const events = appended(decided.value, { ...place, ...asked });
    for (const event of events) evolve(state, event);
    const reviews = events.filter(({ type }) => type !== 'Put') as ReviewEvent<Change>[];
    for (const event of reviews) happened.push({ event, told: noticesOf(state, event) });
    const again = decide(asked);
    if (!again.ok || again.value.length > 0) throw new Error('the same command again yields something');
    return decided;
  };
  const edit = { rationale: 'A reason', refs: {}, quotes: [] };
  return {
    state,
    happened,
    submit: (by: string, changes: Change[], baseRevision = state.streamRevision, reverts: number | null = null) =>
      run(by, (asked) => submitEdit(state, { ...asked, ...edit, changes, baseRevision, reverts }, rulesOf(state, 1))),
    revise: (by: string, number: number, changes: Change[]) =>
      run(by, (asked) => {
        const command = { ...asked, ...edit, edit: number, ifMatch: editTag(state, number), changes, baseRevision: state.streamRevision };
        return reviseEdit(state, command, rulesOf(state, 1));
      }),
    vote: (
      by: string,
      number: number,
      decision: 'approve' | 'reject' | 'request_changes',
      needed: number,
      despiteComments: string | null = null,
    ) =>
      run(by, (asked) => {
        const version = state.edits.get(number)?.versions.at(-1) ?? null;
        const command = {
          ...asked,
          personOf,
          recused,
          edit: number,
          ifMatch: editTag(state, number),
          decision,
          reason: 'Why',
          despiteComments,
          version,
        };
        return decideEdit(state, command, rulesOf(state, needed));
      }),
    withdrawVote: (by: string, number: number, ifMatch = editTag(state, number)) =>
      run(by, (asked) => withdrawVote(state, { ...asked, edit: number, ifMatch, reason: null })),
    comment: (by: string, number: number, more: Partial<CommentEdit> = {}) => {
      const commented = run(by, (asked) =>
        commentEdit(state, { ...asked, edit: number, ifMatch: null, text: 'Why so?', change: null, inReplyTo: null, ...more }),
      );
      return { ...commented, id: state.edits.get(number)?.comments.at(-1)?.id ?? '' };
    },
    resolve: (by: string, number: number, comment: string) =>
      run(by, (asked) => resolveComment(state, { ...asked, edit: number, comment })),
    withdraw: (by: string, number: number) =>
      run(by, (asked) => withdrawEdit(state, { ...asked, edit: number, ifMatch: null, reason: null })),
    handOver: (by: string, number: number, to: string, ifMatch = editTag(state, number)) =>
      run(by, (asked) => handOverEdit(state, { ...asked, personOf, recused, edit: number, ifMatch, to, reason: 'Why' })),
    reopen: (by: string, number: number, more: Partial<ReopenEdit<Change>> = {}) =>
      run(by, (asked) => {
        const { changes = [] } = state.edits.get(number)?.versions.at(-1) ?? {};
        const command = {
          ...asked,
          personOf,
          recused,
          edit: number,
          ifMatch: editTag(state, number),
          reason: 'Why',
          submitted: { ...edit, changes, machine: false, tally: null },
        };
        const conflicts = conflictsSince(state, number, keysOf);
        return reopenEdit(state, { ...command, ...more }, { ...rulesOf(state, 1), base: state.streamRevision, conflicts });
      }),
    split: (by: string, number: number, indexes: number[]) =>
      run(by, (asked) => {
        const { changes = [] } = state.edits.get(number)?.versions.at(-1) ?? {};
        const command = { ...asked, personOf, recused, edit: number, ifMatch: editTag(state, number), reason: 'Why', mayReview: true };
        const splitting: Splitting<Change> = {
          waitsFor: null,
          problemsOf: () => [],
          partOf: (submitted, changes) => ({ ...submitted, changes }),
        };
        return splitEdit(state, { ...command, changes: indexes, submitted: { ...edit, machine: false, tally: null, changes } }, splitting);
      }),
    breakLease: (by: string, number: number, holder: string) =>
      run(by, (asked) => breakLease(state, { ...asked, personOf, recused, edit: number, holder, reason: 'Why' })),
  };
};

export const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('there is none');
  return value;
};
export const put = (shelf: string, number: number): Change => ({ kind: 'shelf', shelf, number });
