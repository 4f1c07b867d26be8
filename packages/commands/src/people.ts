import {
  type DomainEvent,
  decidePerson,
  evolvePeople,
  initialPeople,
  type People,
  type PersonOf,
  peopleStream,
  personIn,
  subjectsAlike,
  tagPeople,
} from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { personKeyOf } from '@averment/platform';
import { nothing } from './access.ts';
import type { CommandResult } from './errors.ts';
import type { Execute } from './execute.ts';
import { createFolds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';

/** Whom a subject is said to be; `subjects` are all who are said to be that person. */
export type PersonItem = { subject: string; person: string | null; subjects: string[]; setBy: string | null; setAt: string | null };
export type PersonSet = { subject: string; person: string | null; subjects: string[]; position: string };

/** Who subjects are, as of the end of the log: whatever is decided afterwards knows it, in any process. Rejects with `LogUnavailable` or `StreamUnreadable`. */
export type ReadPeople = () => Promise<PersonOf>;

export const createReadPeople = (log: EventLog<DomainEvent>): ReadPeople => {
  const folds = createFolds({ log, initial: initialPeople, evolve: evolvePeople, budget: 100_000 });
  return async () => personIn((await folds.fresh(peopleStream)).state);
};

type Tools = { log: EventLog<DomainEvent>; execute: Execute; identify: (caller: Caller) => Identity; serverKey: Buffer };

/** What admins say about who subjects are. */
export const peopleCommands = ({ log, execute, identify, serverKey }: Tools) => {
  const folds = createFolds({ log, initial: initialPeople, evolve: evolvePeople, budget: 100_000 });
  const tagOf = tagPeople(personKeyOf(serverKey));
  return {
    /** Says that a subject is this person, or with null that it stands for itself. Refusals: `IdempotencyKeyReused`, `Busy`. */
    setPerson: async (
      caller: Caller,
      { subject, person }: { subject: string; person: string | null },
    ): Promise<CommandResult<PersonSet>> => {
      const answer = async (state: People, { position }: { position: bigint }) => ({
        subject,
        person,
        subjects: subjectsAlike(state, subject),
        position: String(position),
      });
      const identity = identify(caller);
      const said = { subject, person, tag: person === null ? null : tagOf(person) };
      const { state } = await folds.fresh(peopleStream);
      // It is so already, and nothing of it has to be repeated.
      const isRepeat = [identity.command, ...identity.former].some((command) => state.commands.has(command));
      if (!isRepeat && decidePerson(state, said).length === 0) return { ok: true, value: await answer(state, state) };
      return execute(folds, caller, identity, {
        stream: peopleStream,
        // Another one may have said the same meanwhile: then it is said twice.
        decide: async () => ({ ok: true, value: [{ type: 'PersonSet', edit: null, data: said }] }),
        answer,
      });
    },
    /** What is said of a subject. Refusals: `NotFound`. */
    readPerson: async (subject: string): Promise<CommandResult<PersonItem>> => {
      const state = decoded(await log.readStream(peopleStream, 0)).reduce(evolvePeople, initialPeople());
      const said = state.said.get(subject);
      if (said === undefined) return nothing();
      const { person = null, by, at } = said;
      return { ok: true, value: { subject, person, subjects: subjectsAlike(state, subject), setBy: by, setAt: at } };
    },
  };
};
