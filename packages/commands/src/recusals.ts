import {
  aggregateOf,
  type DomainEvent,
  decideRecusal,
  decideRecusalEnd,
  type EditOf,
  evolveRecusals,
  type From,
  type Incident,
  incidentsNeeded,
  initialRecusals,
  meets,
  nobodyRecused,
  type PersonOf,
  partiesNamed,
  type Recusal,
  type Recusals,
  type Recused,
  type Review,
  recusalStream,
  recusalsOf,
  refuseFor,
} from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { seenIncident } from './access.ts';
import type { CommandResult } from './errors.ts';
import type { Execute } from './execute.ts';
import type { FactReader } from './facts.ts';
import { createFolds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import type { ReadPeople } from './people.ts';

export type RecusalDeclared = { id: string; subject: string; position: string };
/** Who declared it, and who ended it. */
export type RecusalItem = From & {
  id: string;
  subject: string;
  reason: string | null;
  declaredBy: string;
  declaredAt: string;
  ended: { by: string; at: string; reason: string | null } | null;
};

type Tools = {
  log: EventLog<DomainEvent>;
  facts: FactReader;
  execute: Execute;
  identify: (caller: Caller) => Identity;
  readPeople: ReadPeople;
};
type Edited = { stream: string; state: Review<unknown>; edit: EditOf<unknown> };

/** The parties and incidents that an edit is about: those that its incident has named, those that it names itself, and what it is of. */
const concernedBy = ({ stream, state, edit }: Edited) => {
  const changes = edit.versions.at(-1)?.changes ?? [];
  const { kind } = aggregateOf(stream);
  const named = partiesNamed(changes);
  if (kind !== 'incident') return { parties: kind === 'party' ? named.add(stream) : named, incidents: [] };
  const { id, fields, claims, disputes, proceedings, rulings, corrections } = state as Incident;
  partiesNamed([fields, claims, disputes, proceedings, rulings, corrections], named);
  return { parties: named, incidents: [id ?? stream, ...incidentsNeeded(changes as Parameters<typeof incidentsNeeded>[0])] };
};

/**
 * Who is recused from an edit: asked of those with a vote on it, and of the actor. As of the end of the log: whatever is decided afterwards knows it, in any
 * process. Rejects with `LogUnavailable` or `StreamUnreadable`.
 */
export type ReadRecused = (edited: Edited, asked: { actor: string; personOf: PersonOf }) => Promise<Recused>;

export const createReadRecused = ({ log, facts }: Pick<Tools, 'log' | 'facts'>): ReadRecused => {
  const folds = createFolds({ log, initial: initialRecusals, evolve: evolveRecusals, budget: 100_000 });

  /** These incidents with those into which each is merged. */
  const mergesOf = async (ids: Iterable<string>) => {
    const wanted = new Set(ids);
    const found = new Map<string, string | null>();
    for (const id of wanted) {
      const { mergedInto } = (await facts.incidents.fresh(id)).state;
      found.set(id, mergedInto);
      if (mergedInto !== null) wanted.add(mergedInto);
    }
    return (id: string) => found.get(id) ?? null;
  };

  return async (edited, { actor, personOf }) => {
    const { state } = await folds.fresh(recusalStream);
    const recusals = recusalsOf(state, personOf, [actor, ...edited.edit.votes.map(({ by }) => by)]);
    if (recusals.length === 0) return nobodyRecused;
    const concerned = concernedBy(edited);
    const ofParties = recusals.flatMap(({ party }) => party ?? []);
    const ofIncidents = recusals.flatMap(({ incident }) => incident ?? []);
    const [parties, mergedInto] = await Promise.all([
      ofParties.length === 0 ? () => undefined : facts.facing().partiesOf([...ofParties, ...concerned.parties]),
      ofIncidents.length === 0 ? () => null : mergesOf([...ofIncidents, ...concerned.incidents]),
    ]);
    const found = new Map<string, boolean>();
    return (subject) => {
      const person = personOf(subject);
      const own = () => recusals.filter((one) => personOf(one.subject) === person);
      const known = found.get(person) ?? meets(own(), concerned, parties, mergedInto);
      found.set(person, known);
      return known;
    };
  };
};

const itemOf = ({ id, subject, party, incident, reason, by, at, ended }: Recusal): RecusalItem => ({
  id,
  subject,
  party,
  incident,
  reason: reason ?? null,
  declaredBy: by,
  declaredAt: at,
  ended: ended && { ...ended, reason: ended.reason ?? null },
});

/** Declaring recusals, and ending them. */
export const recusalCommands = ({ log, facts, execute, identify, readPeople }: Tools) => {
  const folds = createFolds({ log, initial: initialRecusals, evolve: evolveRecusals, budget: 100_000 });
  const acted = (state: Recusals, id: string, { position }: { position: bigint }): RecusalDeclared => ({
    id,
    subject: state.all.get(id)?.subject ?? '',
    position: String(position),
  });

  /** Whether there is what it is from, and the caller may see that. An admin sees no proposal, and may be asked to keep somebody from one. */
  const isThere = async (caller: Caller, { party, incident }: From): Promise<boolean> => {
    if (party !== null) return (await facts.facing().partiesOf([party]))(party) !== undefined;
    const { state } = await facts.incidents.fresh(incident ?? '');
    return caller.role === 'admin' ? state.status !== 'none' : seenIncident(state, caller).ok;
  };

  return {
    /** Refusals: `InvalidChange`, `RecordState`, `IdempotencyKeyReused`, `Busy`. */
    declareRecusal: (
      caller: Caller,
      { subject, party, incident, reason }: From & { subject: string; reason: string },
    ): Promise<CommandResult<RecusalDeclared>> => {
      const identity = identify(caller);
      return execute(folds, caller, identity, {
        stream: recusalStream,
        decide: async ({ state }) => {
          if (!(await isThere(caller, { party, incident }))) {
            const message = 'names what is not there, or what you may not see';
            return refuseFor([{ code: 'InvalidChange', pointer: party === null ? '/incident' : '/party', message }]);
          }
          return decideRecusal(state, { command: identity.command, subject, party, incident, reason });
        },
        answer: async (state, done) => {
          const made = [...state.all.keys()].at(-1) ?? '';
          return acted(state, made, done);
        },
      });
    },
    /** Refusals: those of the domain's `decideRecusalEnd`, `IdempotencyKeyReused`, `Busy`. */
    endRecusal: (caller: Caller, { id, reason }: { id: string; reason: string }): Promise<CommandResult<RecusalDeclared>> =>
      execute(folds, caller, identify(caller), {
        stream: recusalStream,
        decide: async ({ state }) => decideRecusalEnd(state, { id, actor: caller.subject, reason, personOf: await readPeople() }),
        answer: async (state, done) => acted(state, id, done),
      }),
    /** Oldest first: those of the subject's person, or with null all. */
    listRecusals: async (subject: string | null): Promise<RecusalItem[]> => {
      const [events, personOf] = await Promise.all([log.readStream(recusalStream, 0), readPeople()]);
      const { all } = decoded(events).reduce(evolveRecusals, initialRecusals());
      return [...all.values()].filter((one) => subject === null || personOf(one.subject) === personOf(subject)).map(itemOf);
    },
    /** What the subject's person is recused from now. */
    recusedFrom: async (subject: string): Promise<{ parties: string[]; incidents: string[] }> => {
      const [{ state }, personOf] = await Promise.all([folds.fresh(recusalStream), readPeople()]);
      const recusals = recusalsOf(state, personOf, [subject]);
      return { parties: recusals.flatMap(({ party }) => party ?? []), incidents: recusals.flatMap(({ incident }) => incident ?? []) };
    },
  };
};
