import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type AppendCall, registerCast, writeIncident } from './incidents.ts';

/** Appends in the log at the same time while data is loaded. */
const flight = 512;

const write = async (log: EventLog<DomainEvent>, appends: readonly AppendCall[]): Promise<number> => {
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
  appendsOf: (index: number) => Promise<readonly AppendCall[]>,
): Promise<number> => {
  let next = 0;
  let events = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      // Not `events += await …`, which would add to what it was before the wait.
      const written = await write(log, await appendsOf(index));
      events += written;
    }
  };
  await Promise.all(Array.from({ length: Math.min(flight, count) }, lane));
  return events;
};

/** Registers the sources and parties that every incident of the bench uses. */
export const loadCast = async (log: EventLog<DomainEvent>): Promise<number> => {
  const { appends } = await registerCast();
  return writeAll(log, appends.length, async (index) => appends.slice(index, index + 1));
};

export type Size = { seed: number; incidents: number; claims: number };

/** Proposes and publishes the incidents. */
export const loadIncidents = (log: EventLog<DomainEvent>, { seed, incidents, claims }: Size): Promise<number> =>
  writeAll(log, incidents, async (index) => {
    const incident = await writeIncident(seed, index);
    await incident.report(claims);
    return incident.appends;
  });

/** Applies one more edit to every fifth incident, so that lists of the past differ from that of now. */
export const loadEdits = (log: EventLog<DomainEvent>, { seed, incidents, claims }: Size): Promise<number> =>
  writeAll(log, Math.floor(incidents / 5), async (order) => {
    const incident = await writeIncident(seed, order * 5);
    await incident.report(claims);
    const known = incident.appends.length;
    const [claim] = incident.claims;
    await incident.edit([{ kind: 'rank_claim', claim, rank: 'preferred', reason: 'The fuller account.' }]);
    return incident.appends.slice(known);
  });

/** So many edits of each incident of a desk are decided, its proposal among them, and one waits. */
export const decidedEach = 4;

/** The incidents of a desk: each was edited before, and has an edit that waits. */
export const loadDesk = (log: EventLog<DomainEvent>, { seed, incidents, claims }: Size): Promise<number> =>
  writeAll(log, incidents, async (index) => {
    const incident = await writeIncident(seed, index);
    await incident.report(claims);
    const [claim] = incident.claims;
    const ranked = (rank: string) => [{ kind: 'rank_claim', claim, rank, reason: 'The fuller account.' }];
    for (const rank of ['preferred', 'deprecated', 'normal']) await incident.edit(ranked(rank));
    await incident.wait(ranked('preferred'));
    return incident.appends;
  });
