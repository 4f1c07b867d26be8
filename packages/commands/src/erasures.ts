import { seesIncident } from '@averment/access';
import {
  type DomainEvent,
  decideErasure,
  type Erasure,
  type ErasureBody,
  type ErasureState,
  type ErasureVote,
  evolveErasure,
  initialErasure,
  isTypeId,
  listed,
  type NewEvent,
  type Place,
  placesOf,
  pointersOf,
  proposersOf,
  type Restrictions,
  recordEvents,
  refuseFor,
  restrictedOf,
  type StoredTarget,
  targetsOf,
  textKey,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { CommandResult } from './errors.ts';
import type { Execute } from './execute.ts';
import type { FactReader } from './facts.ts';
import { createFolds, readEvents } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import type { Making } from './making.ts';
import type { ReadPeople } from './people.ts';

export type ErasureRequested = { id: string; state: ErasureState; places: number; position: string };
export type ErasureDecided = { id: string; state: ErasureState; position: string };

type Tools = {
  log: EventLog<DomainEvent>;
  execute: Execute;
  facts: Pick<FactReader, 'incidents'>;
  making: Making;
  readPeople: ReadPeople;
  identify: (caller: Caller) => Identity;
  budget: number;
};

/** What a target names, as its events are now, with the places of it that are kept from sight. */
type Target = { events: DomainEvent[]; restricted: Restrictions };

/** Makes the function that reads what a target names; null where the caller may not see that there is anything. */
const createReadTarget =
  ({ log, facts }: Pick<Tools, 'log' | 'facts'>) =>
  async ({ id, revision }: StoredTarget, caller: Caller): Promise<Target | null> => {
    if (!isTypeId('incident', id)) {
      const events = await readEvents(log, id, 0, { texts: true });
      return events.length === 0 ? null : { events, restricted: restrictedOf(events) };
    }
    const { state } = await facts.incidents.fresh(id);
    if (state.status === 'none' || !seesIncident(caller, { published: state.status !== 'proposed', authors: proposersOf(state) }))
      return null;
    const events = await readEvents(log, id, revision ?? 0, { texts: true, ...(revision !== null && { to: revision }) });
    const isSeen = ({ type, actor }: DomainEvent) => caller.role !== 'contributor' || recordEvents.has(type) || actor === caller.subject;
    return { events: revision === null ? events : events.filter(isSeen), restricted: state.restricted };
  };

/** Asking for erasures, and deciding them. What follows an approval is the worker's. */
export const erasureCommands = (tools: Tools) => {
  const { log, execute, making, identify, readPeople } = tools;
  const erasures = createFolds({ log, initial: initialErasure, evolve: evolveErasure, budget: tools.budget });
  const readTarget = createReadTarget(tools);

  /** The places that a target names, of its events; what is wrong with it goes to `report`. */
  const placesAt = (
    target: StoredTarget,
    read: Target | null,
    kind: ErasureBody['kind'],
    report: (pointer: string, message: string) => void,
  ): Place[] => {
    if (read === null) {
      report('', `names ${target.id}, which is not there, or which you may not see`);
      return [];
    }
    const { events, restricted } = read;
    const all = placesOf(target, events);
    const found = kind === 'lift' ? all.filter((place) => restricted.has(textKey(place))) : all;
    if (all.length > 0 && found.length === 0) report('', 'names no text that is kept from sight');
    if (target.pointers === null) {
      if (all.length === 0) report('', 'names no text: there is none, or it was erased');
      return found;
    }
    const there = pointersOf(target, events);
    for (const [at, one] of target.pointers.entries()) {
      const isThere = there.includes(one) && placesOf({ ...target, pointers: [one] }, events).length > 0;
      if (!isThere) report(`/pointers/${at}`, `names no text that is there: there are ${there.join(', ') || 'none'}`);
    }
    return found;
  };

  const placesNamed = async (body: ErasureBody, caller: Caller): Promise<CommandResult<Place[]>> => {
    const wrong: { code: 'InvalidChange'; pointer: string; message: string }[] = [];
    const reportOf = (index: number) => (pointer: string, message: string) =>
      void wrong.push({ code: 'InvalidChange', pointer: `/targets/${index}${pointer}`, message });
    for (const [index, target] of body.targets.entries())
      if (body.kind !== 'erase' && 'value' in target)
        reportOf(index)('', 'must name an incident, a source or a party: words are looked for to be erased alone');
    const places: Place[] = [];
    for (const { index, target } of targetsOf(body).named)
      places.push(...placesAt(target, await readTarget(target, caller), body.kind, reportOf(index)));
    const [first, ...more] = wrong;
    const unique = [...new Map(places.map((place) => [`${place.stream} ${place.revision} ${place.pointer}`, place])).values()];
    return first === undefined ? { ok: true, value: unique } : refuseFor([first, ...more]);
  };

  const request = async (caller: Caller, body: ErasureBody): Promise<CommandResult<ErasureRequested>> => {
    const { identity, stream } = await making(caller, 'erasure');
    const { named, values } = targetsOf(body);
    const { kind, ground, request: by, reason } = body;
    return execute(erasures, caller, identity, {
      stream,
      decide: async () => {
        const { head } = await log.now();
        const places = await placesNamed(body, caller);
        if (!places.ok) return places;
        const requested: NewEvent = {
          type: 'ErasureRequested',
          edit: null,
          data: {
            kind,
            targets: named.map(({ target }) => target),
            values: values.length === 0 ? null : values,
            ground,
            request: by,
            reason,
          },
        };
        const isWhole = values.length === 0;
        return { ok: true, value: [requested, ...listed(places.value, isWhole ? head : 0n, isWhole)] };
      },
      answer: async ({ state, places }, { position }) => ({
        id: stream,
        state: state as ErasureState,
        places: places.length,
        position: String(position),
      }),
    });
  };

  const decide = (
    caller: Caller,
    { id, decision, reason }: { id: string; decision: ErasureVote['decision']; reason: string | null },
  ): Promise<CommandResult<ErasureDecided>> =>
    execute(erasures, caller, identify(caller), {
      stream: id,
      decide: async ({ state }) =>
        decideErasure(state, {
          actor: caller.subject,
          personOf: await readPeople(),
          role: caller.role === 'admin' ? 'admin' : 'reviewer',
          decision,
          reason,
        }),
      answer: async (state: Erasure, { position }) => ({ id, state: state.state as ErasureState, position: String(position) }),
    });

  return {
    /** Refusals: `InvalidChange`, `IdempotencyKeyReused`, `EditTooLarge`, `Busy`. */
    requestErasure: request,
    /** Refusals: those of the domain's `decideErasure`, `IdempotencyKeyReused`, `Busy`. */
    decideErasure: decide,
  };
};
