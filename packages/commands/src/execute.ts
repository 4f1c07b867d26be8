import { type CommandTrace, type DomainEvent, eventId, type NewEvent } from '@averment/domain';
import { AppendTooLarge, type EventLog, type EventToAppend } from '@averment/event-log';
import type { Clock, InTurn } from '@averment/platform';
import { type CommandResult, refused } from './errors.ts';
import { type Fold, type Folds, readEvents } from './folds.ts';
import type { Caller, Identity } from './identity.ts';

/**
 * How often a decision is made anew after a definite wrong revision. Another process that writes to the same stream need not read before its next command, so
 * it is the quicker one until its own line is empty.
 */
export const tries = 32;

/** Where a command's events lie: its answer follows from the fold up to `last`, now and on every repeat. */
export type Done = {
  edit: number | null;
  first: number;
  last: number;
  position: bigint;
  /** What was decided and written now; null on a repeat. */
  decided: readonly NewEvent[] | null;
};

/** What a command's state has at least: where the events of each command lie, by which a repeat finds itself. */
type Traced = { commands: ReadonlyMap<string, CommandTrace> };

export type Steps<S extends Traced, T> = {
  stream: string;
  /** Decides on the state as it is now; reads whatever facts it needs. Called anew after every wrong revision. */
  decide(fold: Fold<S>): Promise<CommandResult<readonly NewEvent[]>>;
  /** Builds the answer from the fold up to the command's last event. */
  answer(state: S, done: Done): Promise<T>;
};

export type Execute = <S extends Traced, T>(
  folds: Folds<S>,
  caller: Caller,
  identity: Identity,
  steps: Steps<S, T>,
) => Promise<CommandResult<T>>;

/** The events of a decision as the log takes them. */
export const eventsToAppend = (
  events: readonly NewEvent[],
  { actor, command, request, correlation }: Pick<EventToAppend, 'actor' | 'command' | 'request' | 'correlation'>,
  now: Date,
  idOf = eventId,
): EventToAppend[] => {
  const at = now.toISOString();
  return events.map(({ type, edit, data }, index) => ({
    id: idOf(command, index),
    type,
    at,
    actor,
    edit,
    command,
    request: index === 0 ? request : null,
    correlation,
    data,
  }));
};

/**
 * Load, look for the command's own events, decide, append. The same command again is answered as the first time, before anything else is looked at; so is
 * one that loses against its own repeat. A refusal is checked against the stream's end if it was decided on a fold from memory, or beside a repeat of the
 * same command. Rejects with `LogUnavailable` (the outcome is unknown: send the same command again) or `StreamUnreadable`.
 */
export const createExecute = (deps: {
  log: EventLog<DomainEvent>;
  clock: Clock;
  serial: InTurn;
  onAppended: (position: bigint) => void;
}): Execute => {
  const { log, clock, serial, onAppended } = deps;

  const positionOf = async (stream: string, revision: number): Promise<bigint> => {
    const [event] = await readEvents(log, stream, revision, { to: revision, texts: false });
    if (!event) throw new RangeError(`${stream} has no revision ${revision}`);
    return event.position;
  };

  return (folds, caller, identity, steps) =>
    serial(steps.stream, async () => {
      const { stream } = steps;
      const by = { ...identity, actor: caller.subject, correlation: caller.correlation };
      const answer = async (done: Done) => ({
        ok: true as const,
        value: await steps.answer((await folds.at(stream, done.last)).state, done),
      });
      const traceOf = ({ commands }: Traced) =>
        commands.get(identity.command) ?? identity.former.map((command) => commands.get(command)).find((trace) => trace !== undefined);
      const repeat = async (trace: CommandTrace) => {
        if (trace.request !== identity.request) {
          return refused(
            'IdempotencyKeyReused',
            'This Idempotency-Key was used for another body. Send a new key, or the first body again.',
          );
        }
        const { edit, first, last } = trace;
        return answer({ edit, first, last, position: await positionOf(stream, last), decided: null });
      };

      let fold = folds.held(stream) ?? (await folds.fresh(stream));
      for (let tried = 0; tried < tries; tried += 1) {
        const trace = traceOf(fold.state);
        if (trace) return repeat(trace);
        const expected = fold.revision;
        const decision = await steps.decide(fold);
        if (!decision.ok) {
          fold = await folds.fresh(stream);
          if (fold.revision === expected) return decision;
          continue;
        }
        const outcome = await append(log, stream, expected, eventsToAppend(decision.value, by, clock.now()));
        if (outcome === 'too_large') return refused('EditTooLarge', 'The edit is larger than the log takes in one append. Divide it.');
        // Also after `written`: the state that answers is folded from what was stored.
        fold = outcome.written ? folds.add(stream, fold, outcome.written()) : await folds.fresh(stream);
        if (outcome.outcome === 'written') {
          onAppended(outcome.position);
          const decided = decision.value;
          const edit = decided[0]?.edit ?? null;
          return answer({ edit, first: expected + 1, last: outcome.revision, position: outcome.position, decided });
        }
      }
      return refused('Busy', 'Others keep writing here. Nothing was recorded; send the request again.');
    });
};

const append = async (log: EventLog<DomainEvent>, stream: string, expected: number, events: readonly EventToAppend[]) => {
  try {
    return await log.append(stream, expected, events);
  } catch (error) {
    if (error instanceof AppendTooLarge) return 'too_large';
    throw error;
  }
};
