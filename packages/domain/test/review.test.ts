import fc from 'fast-check';
import t from 'tap';
import { commandId, type Envelope } from '../src/index.ts';
import { conflictsBetween } from '../src/review/conflicts.ts';
import { type Asked, breakLease, decideEdit, type Rules, reviseEdit, submitEdit, withdrawEdit } from '../src/review/decide.ts';
import { contributors, countingVotes, editTag, initialReview, type Review } from '../src/review/edit.ts';
import type { NewReviewEvent, ReviewEvent } from '../src/review/events.ts';
import { evolveReview } from '../src/review/evolve.ts';
import { type Result, refuse } from '../src/values/errors.ts';
import { appended } from './stream.ts';

/** The review by itself, of something that is no incident: a row of shelves, of which a change puts a number on one. */

type Change = { shelf: string; number: number };
type Put = { type: 'Put'; edit: number; data: Change };
type Shelves = Review<Change> & { shelves: Map<string, number> };

const rulesOf = (state: Shelves, needed: number): Rules<Change, Put> => ({
  refuseChanges: (changes, base) => {
    const between = conflictsBetween(state, changes, base, ({ shelf }) => ({ reads: [shelf], writes: [shelf] }));
    return between.length === 0 ? null : refuse('EditOutdated', 'Look again.', { events: between });
  },
  needed: () => ({ needed, policy: 1 }),
  application: (edit, { version, changes, quotes }) => [
    { type: 'EditApplied', edit, data: { version, quotes } },
    ...changes.map((data): Put => ({ type: 'Put', edit, data })),
  ],
});

const evolve = (state: Shelves, event: Envelope & (NewReviewEvent<Change> | Put)) => {
  if (event.type === 'Put') {
    state.shelves.set(event.data.shelf, event.data.number);
    state.written.push({ revision: event.revision, type: event.type, keys: [event.data.shelf] });
  } else evolveReview(state, event as ReviewEvent<Change>);
  state.streamRevision = event.revision;
  state.commands.set(event.command, { request: null, type: event.type, edit: event.edit, first: event.revision, last: event.revision });
};

const started = () => {
  const state: Shelves = { ...initialReview<Change>(), shelves: new Map() };
  let commands = 0;
  const run = (actor: string, decide: (asked: Asked) => Result<(NewReviewEvent<Change> | Put)[]>) => {
    commands += 1;
    const asked = { command: commandId({ subject: actor, method: 'POST', path: '/', key: String(commands) }), actor };
    const decided = decide(asked);
    if (!decided.ok) return decided;
    const place = { stream: 'shelves', first: state.streamRevision + 1 };
    for (const event of appended(decided.value, { ...place, ...asked })) evolve(state, event);
    const again = decide(asked);
    if (!again.ok || again.value.length > 0) throw new Error('the same command again yields something');
    return decided;
  };
  const edit = { rationale: 'A reason', refs: {}, quotes: [] };
  return {
    state,
    submit: (by: string, changes: Change[], baseRevision = state.streamRevision) =>
      run(by, (asked) => submitEdit(state, { ...asked, ...edit, changes, baseRevision }, rulesOf(state, 1))),
    revise: (by: string, number: number, changes: Change[]) =>
      run(by, (asked) => {
        const command = { ...asked, ...edit, edit: number, ifMatch: editTag(state, number), changes, baseRevision: state.streamRevision };
        return reviseEdit(state, command, rulesOf(state, 1));
      }),
    vote: (by: string, number: number, decision: 'approve' | 'reject' | 'request_changes', needed: number) =>
      run(by, (asked) => {
        const version = state.edits.get(number)?.versions.at(-1) ?? null;
        const command = { ...asked, edit: number, ifMatch: editTag(state, number), decision, reason: 'Why', version };
        return decideEdit(state, command, rulesOf(state, needed));
      }),
    withdraw: (by: string, number: number) =>
      run(by, (asked) => withdrawEdit(state, { ...asked, edit: number, ifMatch: null, reason: null })),
    breakLease: (by: string, number: number, holder: string) =>
      run(by, (asked) => breakLease(state, { ...asked, edit: number, holder, reason: 'Why' })),
  };
};

const put = (shelf: string, number: number): Change => ({ shelf, number });

t.test('an edit goes its way', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  t.match(s.vote('ann', 1, 'approve', 2), { ok: false, error: { code: 'SelfApproval' } });
  s.vote('ben', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'submitted' });
  t.match(s.vote('ben', 1, 'approve', 2), { ok: false, error: { code: 'VoteRepeated' } });
  s.vote('cid', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'applied' });
  t.equal(s.state.shelves.get('a'), 1);

  const base = s.state.streamRevision;
  s.submit('ann', [put('a', 2)]);
  s.submit('ben', [put('b', 2)]);
  s.vote('cid', 2, 'approve', 1);
  t.match(s.submit('ann', [put('a', 3)], base), { ok: false, error: { code: 'EditOutdated', events: [{ type: 'Put', keys: ['a'] }] } });
  t.match(s.submit('ann', [put('b', 3)], base), { ok: true });
  t.match(s.withdraw('cid', 3), { ok: false, error: { code: 'NotAuthor' } });
  t.match(s.breakLease('cid', 3, 'ann'), { ok: true });
  t.match(s.withdraw('ben', 3), { ok: true });
});

t.test('whatever happens, what stands was approved by as many as it needed, none of whom wrote it', async (t) => {
  const people = fc.constantFrom('ann', 'ben', 'cid', 'dan');
  const step = fc.record({
    by: people,
    what: fc.constantFrom('submit', 'revise', 'approve', 'approve', 'approve', 'reject', 'request_changes', 'withdraw', 'breakLease'),
    edit: fc.integer({ min: 1, max: 4 }),
    shelf: fc.constantFrom('a', 'b'),
    number: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(1, 2), (steps, needed) => {
      const s = started();
      for (const { by, what, edit, shelf, number } of steps) {
        if (what === 'submit') s.submit(by, [put(shelf, number)]);
        else if (what === 'revise') s.revise(by, edit, [put(shelf, number)]);
        else if (what === 'withdraw') s.withdraw(by, edit);
        else if (what === 'breakLease') s.breakLease(by, edit, 'dan');
        else s.vote(by, edit, what as 'approve', needed);
      }
      for (const edit of s.state.edits.values()) {
        const approved = [...countingVotes(edit).values()].filter(({ decision }) => decision === 'approve');
        if (edit.votes.some(({ by, version }) => edit.versions.slice(0, version).some((own) => own.by === by))) return false;
        if (edit.state === 'applied' && (approved.length < needed || approved.some(({ by }) => contributors(edit).has(by)))) return false;
        if (edit.state !== 'applied' && approved.length >= needed && edit.state === 'submitted') return false;
      }
      return true;
    }),
  );
  t.pass();
});
