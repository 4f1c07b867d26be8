import { type ConcealedText, conceals, type DomainEvent, withConcealed } from '@averment/domain';
import { isUndecodable, type Logged } from '@averment/event-log';
import type { Pool } from 'pg';
import { withoutConcealed } from '../projections/erased.ts';
import { loadConcealed } from '../projections/record/load.ts';
import { isIncident } from './event-items.ts';
import type { Client, Models, Viewer } from './types.ts';
import { record, seesReview, shownTo } from './viewers.ts';

/** How events of the log are shown to a viewer: what the model says by now of their texts counts, whenever they were recorded. */
export type Protection = {
  /** Whether the event is shown only once the model has reached it: who has read a concealing correction finds nowhere what it conceals. */
  awaits(event: Logged<DomainEvent>): boolean;
  /** Reads together what protects these events. */
  begin(events: readonly Logged<DomainEvent>[]): Promise<void>;
  /** The event's data as the viewer may see them. */
  dataOf(event: DomainEvent): Promise<unknown>;
};

export const createProtection = (pool: Pool, viewer: Viewer): Protection => {
  const known = new Map<string, ConcealedText[]>();

  const begin: Protection['begin'] = async (events) => {
    const streams = new Set(events.map(({ stream }) => stream).filter((stream) => isIncident(stream) && !known.has(stream)));
    if (seesReview(viewer) || streams.size === 0) return;
    const found = await loadConcealed(pool, record, [...streams]);
    for (const stream of streams) known.set(stream, found.get(stream) ?? []);
  };

  return {
    awaits: (event) => !seesReview(viewer) && !isUndecodable(event) && conceals(event),
    begin,
    dataOf: async (event) => {
      await begin([event]);
      const [left] = withoutConcealed([event], known.get(event.stream));
      return shownTo(viewer, left === undefined || left === event ? event.data : withConcealed<unknown>(event.data, left.data));
    },
  };
};

/** Waits until the model has reached the last of these events that awaits it. Rejects as `Models.reached` does. */
export const settled = async (
  events: readonly Logged<DomainEvent>[],
  protection: Protection,
  models: Models,
  client: Client,
): Promise<void> => {
  const last = events.findLast(protection.awaits);
  if (last !== undefined) await models.reached(['record'], last.position, client);
};
