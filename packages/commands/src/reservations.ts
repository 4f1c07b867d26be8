import {
  type DomainEvent,
  evolveReservation,
  initialReservation,
  type NameReservation,
  type NewEvent,
  partOf,
  type Reserved,
} from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from './execute.ts';
import { createFolds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';

/** Values of which each belongs to one thing. All reject with `LogUnavailable` or `StreamUnreadable`. */
export type Reservations = {
  /** Whose the value is; null for nobody's. The owner may not be written yet: then whoever asks for the value makes it, under that id. */
  ownerOf(value: Reserved): Promise<string | null>;
  /** Makes the value the owner's, unless it is another's, and answers whose it is. `released`: an owner that it is taken from. */
  reserve(value: Reserved, owner: string, by: { caller: Caller; identity: Identity }, released?: string | null): Promise<string>;
};

/** Reserving comes before what is reserved for: a crash in between leaves a reservation that shows nowhere, and the same id for whoever comes next. */
export const createReservations = ({
  log,
  clock,
  nameOf,
  onAppended,
  budget,
}: {
  log: EventLog<DomainEvent>;
  clock: Clock;
  nameOf: NameReservation;
  onAppended: (position: bigint) => void;
  budget: number;
}): Reservations => {
  const folds = createFolds({ log, initial: initialReservation, evolve: evolveReservation, budget });
  return {
    ownerOf: async (value) => (await folds.fresh(nameOf(value))).state.owner,
    reserve: async (value, owner, { caller, identity }, released = null) => {
      const stream = nameOf(value);
      const event: NewEvent = { type: 'ValueReserved', edit: null, data: { owner } };
      const by = { actor: caller.subject, command: partOf(identity.command, stream), request: null, correlation: caller.correlation };
      for (let tried = 0; tried < tries; tried += 1) {
        const { state, revision } = await folds.fresh(stream);
        if (state.owner === owner || (state.owner !== null && state.owner !== released)) return state.owner;
        const outcome = await log.append(stream, revision, eventsToAppend([event], by, clock.now()));
        if (outcome.outcome === 'wrong_revision') continue;
        onAppended(outcome.position);
        return owner;
      }
      throw new LogUnavailable(`others keep writing to ${stream}`);
    },
  };
};
