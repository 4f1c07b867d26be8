import { seesConcealed, seesWholeQuotes, type Viewer } from '@averment/access';
import {
  type ConcealedText,
  citationsIn,
  conceals,
  type DomainEvent,
  type LetOutOf,
  publicText,
  quotePlaces,
  servedData,
  withConcealed,
} from '@averment/domain';
import { isUndecodable, type Logged } from '@averment/event-log';
import { withoutConcealed } from '../projections/concealed.ts';
import { loadLetOut } from '../projections/quotes.ts';
import { loadConcealed } from '../projections/record/load.ts';
import type { Reading } from './index.ts';
import type { Client, Models } from './types.ts';

/** How events of the log are shown to a viewer: what the model says by now of their texts counts, whenever they were recorded. */
export type Protection = {
  /**
   * Whether the event is shown only once the model has reached it: who has read a concealing correction finds nowhere what it conceals, and what the public
   * reads of quotes is decided in the model.
   */
  awaits(event: Logged<DomainEvent>): boolean;
  /** Reads together what protects these events. */
  begin(events: readonly Logged<DomainEvent>[]): Promise<void>;
  /** The event's data as the viewer may see them. */
  dataOf(event: DomainEvent): Promise<unknown>;
};

export const createProtection = ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>, viewer: Viewer): Protection => {
  const known = new Map<string, ConcealedText[]>();

  const letOut = new WeakMap<Logged<DomainEvent>, LetOutOf>();

  const beginConcealed = async (events: readonly Logged<DomainEvent>[]) => {
    const streams = new Set(events.map(({ stream }) => stream).filter((stream) => !known.has(stream)));
    if (seesConcealed(viewer) || streams.size === 0) return;
    const found = await loadConcealed(pool, record, [...streams]);
    for (const stream of streams) known.set(stream, found.get(stream) ?? []);
  };

  const beginQuotes = async (events: readonly Logged<DomainEvent>[]) => {
    const unknown = events.filter((event) => !letOut.has(event));
    if (seesWholeQuotes(viewer) || unknown.length === 0) return;
    const found = await loadLetOut(pool, record, quotePlaces(unknown.map((event) => (isUndecodable(event) ? null : event.data))));
    for (const event of unknown) letOut.set(event, found);
  };

  const begin: Protection['begin'] = async (events) => {
    await Promise.all([beginConcealed(events), beginQuotes(events)]);
  };

  /** An item that carries an earlier event shows that event's quotes. */
  const quotes = (event: DomainEvent): boolean => event.type === 'FeedEventMended' || citationsIn(event.data).length > 0;

  return {
    awaits: (event) =>
      !isUndecodable(event) && ((!seesConcealed(viewer) && conceals(event)) || (!seesWholeQuotes(viewer) && quotes(event))),
    begin,
    dataOf: async (event) => {
      await begin([event]);
      const [left] = withoutConcealed([event], known);
      const [whole, shown] = [event, left ?? event].map((one) => servedData(one.data));
      const data = left === undefined || left === event ? whole : withConcealed<unknown>(whole, shown);
      const found = letOut.get(event);
      return found === undefined ? data : publicText(data, found);
    },
  };
};

/** Waits until the model has reached the last of these events whose protection it decides. Rejects as `Models.reached` does. */
export const settled = async (
  events: readonly Logged<DomainEvent>[],
  protection: Protection,
  models: Models,
  client: Client,
): Promise<void> => {
  const last = events.findLast(protection.awaits);
  if (last !== undefined) await models.reached(['record'], last.position, client);
};
