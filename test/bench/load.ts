import { commandId, type DomainEvent, eventId } from '@averment/domain';
import type { EventLog, EventToAppend } from '@averment/event-log';
import { parties, sources } from './cast.ts';
import { type Append, writeIncident } from './incidents.ts';

/** Appends in the log at the same time while data is loaded. */
const flight = 512;

const registered = (stream: string, type: string, data: object): Append => {
  const command = commandId({ subject: 'bench', method: 'POST', path: '/', key: stream });
  const event: EventToAppend = {
    ...{ id: eventId(command, 0), type, at: new Date().toISOString(), actor: 'author', edit: null, command },
    ...{ request: 'bench', correlation: null, data },
  };
  return { stream, expected: -1, events: [event] };
};

const write = async (log: EventLog<DomainEvent>, appends: readonly Append[]): Promise<number> => {
  let events = 0;
  for (const { stream, expected, events: own } of appends) {
    const { outcome } = await log.append(stream, expected, own);
    if (outcome !== 'written') throw new Error(`${stream} was not loaded: ${outcome}`);
    events += own.length;
  }
  return events;
};

/** Appends many streams at once, each in its order. Answers how many events there were. */
export const writeAll = async (
  log: EventLog<DomainEvent>,
  count: number,
  appendsOf: (index: number) => readonly Append[],
): Promise<number> => {
  let next = 0;
  let events = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      // Not `events += await …`, which would add to what it was before the wait.
      const written = await write(log, appendsOf(index));
      events += written;
    }
  };
  await Promise.all(Array.from({ length: Math.min(flight, count) }, lane));
  return events;
};

/** Registers the sources and parties that every incident of the bench uses. */
export const loadCast = async (log: EventLog<DomainEvent>): Promise<number> => {
  const cast = [
    ...[...parties].map(([id, body]) =>
      registered(id, 'PartyRegistered', { ...body, private: body.kind === 'described_role' && body.publicRole === null }),
    ),
    ...[...sources].map(([id, body]) => registered(id, 'SourceRegistered', body)),
  ];
  return writeAll(log, cast.length, (index) => cast.slice(index, index + 1));
};

export type Size = { seed: number; incidents: number; claims: number };

/** Proposes and publishes the incidents. */
export const loadIncidents = (log: EventLog<DomainEvent>, { seed, incidents, claims }: Size): Promise<number> =>
  writeAll(log, incidents, (index) => {
    const incident = writeIncident(seed, index);
    incident.report(claims);
    return incident.appends;
  });

/** Applies one more edit to every fifth incident, so that lists of the past differ from that of now. */
export const loadEdits = (log: EventLog<DomainEvent>, { seed, incidents, claims }: Size): Promise<number> =>
  writeAll(log, Math.floor(incidents / 5), (order) => {
    const incident = writeIncident(seed, order * 5);
    incident.report(claims);
    const known = incident.appends.length;
    const [claim] = incident.claims();
    incident.edit([{ kind: 'rank_claim', claim, rank: 'preferred', reason: 'The fuller account.' }]);
    return incident.appends.slice(known);
  });
