import {
  commandId,
  type DomainEvent,
  evolveIncident,
  type Incident,
  initialIncident,
  isTypeId,
  type NewEvent,
  type Returned,
  receiving,
  returning,
} from '@averment/domain';
import { decoded, type EventLog, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from '../execute.ts';
import { createFolds, readEvents, readToFold } from '../folds.ts';
import type { Deciding } from './noting.ts';
import { createPartyMerging } from './parties.ts';

/** Who appends what follows. */
const actor = 'worker';

/**
 * Brings what was decided on the stream of an incident to the streams of its survivors: of `into`, and of those into which that is merged in turn. Each append
 * has an id that follows from the deciding event and the survivor, so that doing it twice, or two at once, is doing it once.
 */
export const createMerging = ({ log, clock }: { log: EventLog<DomainEvent>; clock: Clock }) => {
  const parties = createPartyMerging({ log, clock });
  const incidents = createFolds({ log, initial: initialIncident, evolve: evolveIncident, budget: 10_000 });
  const stateOf = async (stream: string): Promise<Incident> => (await incidents.fresh(stream)).state;

  /** Appends unless the command did so before. `decide` is asked anew where others have written meanwhile. */
  const append = async (
    stream: string,
    key: string,
    decide: (state: Incident) => Promise<readonly NewEvent[]> | readonly NewEvent[],
  ): Promise<void> => {
    const command = commandId({ subject: actor, method: 'POST', path: `/merges/${stream}`, key });
    for (let tried = 0; tried < tries; tried += 1) {
      const { state, revision } = await incidents.fresh(stream);
      if (state.commands.has(command)) return;
      const events = await decide(state);
      if (events.length === 0) return;
      const by = { actor, command, request: null, correlation: null };
      const outcome = await log.append(stream, revision, eventsToAppend(events, by, clock.now()));
      if (outcome.outcome !== 'wrong_revision') return;
    }
    throw new LogUnavailable(`others keep writing to ${stream}`);
  };

  /** Whether the incident's merge closes a circle with earlier ones that count: then it does not count as long as they last. */
  const isCut = async (incident: string): Promise<boolean> => {
    const { mergedAt, mergedInto } = await stateOf(incident);
    let at = mergedInto;
    for (const seen = new Set<string>(); at !== null && mergedAt !== null && !seen.has(at); ) {
      if (at === incident) return true;
      seen.add(at);
      const next = await stateOf(at);
      if (next.mergedAt === null || next.mergedAt.position > mergedAt.position || (await isCut(at))) return false;
      at = next.mergedInto;
    }
    return false;
  };

  /** The survivors of an incident, the nearest first, each with the one by way of which it is one. */
  async function* survivorsFrom(first: string, incident: string): AsyncGenerator<{ survivor: string; via: string | null }> {
    const seen = new Set([incident]);
    for (let [at, via]: [string | null, string | null] = [first, null]; at !== null && !seen.has(at); ) {
      seen.add(at);
      yield { survivor: at, via };
      [via, at] = [at, (await stateOf(at)).mergedInto];
    }
  }

  const eventAt = async ({ stream, revision }: Deciding): Promise<DomainEvent | undefined> =>
    (await readEvents(log, stream, revision, { to: revision, texts: false }))[0];

  const absorb = async (incident: string, { id, revision, into }: { id: string; revision: number; into: string }): Promise<void> => {
    for await (const { survivor, via } of survivorsFrom(into, incident)) {
      const absorbed: NewEvent = { type: 'IncidentAbsorbed', edit: null, data: { from: incident, revision, via } };
      await append(survivor, id, () => [absorbed]);
    }
  };

  /** The incident's own merge, as the event that decided it. */
  const ownMerge = async (stream: string): Promise<{ id: string; revision: number; into: string } | null> => {
    const { mergedAt } = await stateOf(stream);
    const event = mergedAt && (await eventAt({ stream, revision: mergedAt.revision }));
    return event?.type === 'IncidentMerged' ? { id: event.id, revision: event.revision, into: event.data.into } : null;
  };

  const absorbUnlessCut = async (incident: string): Promise<void> => {
    const own = await ownMerge(incident);
    if (own !== null && !(await isCut(incident))) await absorb(incident, own);
  };

  /** What of a survivor's changes the incident was given since this revision. */
  const returnedFrom = async (incident: string, survivor: string, since: number): Promise<Returned> => {
    const events = await readEvents(log, incident, since, { texts: false });
    const own = events.flatMap((event) => (event.type === 'ChangesReturned' && event.data.from === survivor ? [event] : []));
    return {
      after: Math.max(-1, ...own.map(({ data }) => data.through)),
      made: own.flatMap(({ data }) => data.made),
      // They follow at once, in this order.
      at: new Map(own.flatMap(({ data, revision: at }) => data.revisions.map((was, index) => [was, at + 1 + index] as const))),
    };
  };

  /** What was written about the incident's things before the survivor let them go, and was not returned when the merge was taken back. */
  const returnRest = async (incident: string, survivor: string, { id, revision }: DomainEvent): Promise<void> => {
    const all = await readToFold(log, survivor, 0, { texts: true });
    const end = all.findIndex(
      (event) => event.type === 'IncidentReleased' && event.data.from === incident && event.data.revision === revision,
    );
    const events = all.slice(0, Math.max(0, end));
    for (let before = await returnedFrom(incident, survivor, revision); ; ) {
      const key = `${id} ${survivor} ${before.after}`;
      const command = commandId({ subject: actor, method: 'POST', path: `/merges/${incident}`, key });
      const rest = returning(events, { from: incident, command, edit: null, before });
      if (rest.length <= 1) return;
      await append(incident, key, () => rest);
      before = await returnedFrom(incident, survivor, revision);
    }
  };

  const release = async (event: DomainEvent<'IncidentUnmerged'>): Promise<void> => {
    const { id, stream: incident, revision } = event;
    const earlier = await readEvents(log, incident, 0, { to: revision, texts: false });
    const merged = earlier.findLast((one) => one.type === 'IncidentMerged');
    if (merged?.type !== 'IncidentMerged') return;
    const passed: string[] = [];
    for await (const { survivor } of survivorsFrom(merged.data.into, incident)) {
      passed.push(survivor);
      await append(survivor, id, () => [{ type: 'IncidentReleased', edit: null, data: { from: incident, revision } }]);
      await returnRest(incident, survivor, event);
    }
    // A merge that closed a circle with this one counts now.
    for (const survivor of passed) await absorbUnlessCut(survivor);
  };

  /** Into what an incident was merged at that position of the log, or itself: whoever asks, whenever, is told the same. */
  const survivorAt = async (incident: string, position: bigint): Promise<string> => {
    const seen = new Set<string>();
    for (let at = incident; ; ) {
      seen.add(at);
      const ends = decoded(await log.readStream(at, 0, { texts: false, types: new Set(['IncidentMerged', 'IncidentUnmerged']) }));
      const last = ends.findLast((event) => event.position < position);
      if (last?.type !== 'IncidentMerged' || seen.has(last.data.into)) return at;
      at = last.data.into;
    }
  };

  /** Brings a claim to the incident that it was moved to. Where that was merged meanwhile, its survivors take the claim too. */
  const receive = async (event: DomainEvent<'ClaimMoved'>): Promise<void> => {
    const { claim, to, received } = event.data;
    const held = (await stateOf(event.stream)).claims.get(claim);
    if (held === undefined) return;
    const wholeOf = (stream: string) => readToFold(log, stream, 0, { texts: true, absorbedTexts: true });
    const own = await wholeOf(event.stream);
    const origin = held.incident === event.stream ? [] : await wholeOf(held.incident);
    const there = await survivorAt(to, event.position);
    await append(there, received, ({ streamRevision }) => receiving({ own, origin }, event, streamRevision + 1));
    const { claims, mergedAt, mergedInto } = await stateOf(there);
    const revision = claims.get(received)?.addedAtRevision ?? -1;
    if (mergedAt !== null && mergedInto !== null && mergedAt.revision < revision && !(await isCut(there)))
      await absorb(there, { id: received, revision, into: mergedInto });
  };

  /** Follows one decision. Rejects with `LogUnavailable`, and with `StreamUnreadable` where a stream cannot be read that it needs. */
  const follow = async (place: Deciding): Promise<void> => {
    if (isTypeId('party', place.stream)) return parties.follow(place);
    const event = await eventAt(place);
    if (event?.type === 'ClaimMoved') await receive(event);
    if (event?.type === 'IncidentUnmerged') await release(event);
    if (event?.type !== 'IncidentMerged') return;
    const current = await ownMerge(place.stream);
    // One that is over is followed too: its end comes next.
    if (current?.revision !== event.revision || !(await isCut(place.stream)))
      await absorb(place.stream, { id: event.id, revision: event.revision, into: event.data.into });
  };

  return { follow };
};
