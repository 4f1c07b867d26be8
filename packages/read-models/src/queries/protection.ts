import { seesConcealed, seesPrivateNames, seesWholeQuotes, type Viewer } from '@averment/access';
import {
  type ConcealedText,
  citationsIn,
  conceals,
  type DomainEvent,
  type LetOutOf,
  type PrivateNames,
  publicText,
  quotePlaces,
  servedData,
  tellingNames,
  withConcealed,
  withoutPrivateNames,
} from '@averment/domain';
import { isUndecodable, type Logged } from '@averment/event-log';
import { withoutConcealed } from '../projections/concealed.ts';
import { loadLetOut } from '../projections/quotes.ts';
import { loadConcealed } from '../projections/record/load.ts';
import { isIncident, itemOf } from './event-items.ts';
import type { Hands } from './hands.ts';
import type { Reading } from './index.ts';
import { namesOfIncidents } from './private-names.ts';
import type { Client, EventItem, Models } from './types.ts';

/** How events of the log are shown to a viewer: what the model says by now of their texts counts, whenever they were recorded. */
export type Protection = {
  /**
   * Whether the event is shown only once the model has reached it: who has read a concealing correction finds nowhere what it conceals, and what the public
   * reads of quotes is decided in the model.
   */
  awaits(event: Logged<DomainEvent>): boolean;
  /** Reads together what protects these events. */
  begin(events: readonly Logged<DomainEvent>[]): Promise<void>;
  /** The event as the viewer may see it. */
  itemOf(event: DomainEvent, hands: Hands): Promise<EventItem>;
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

  const names = new Map<string, PrivateNames | null>();
  const beginNames = async (events: readonly Logged<DomainEvent>[]) => {
    const streams = new Set(events.map(({ stream }) => stream).filter((stream) => isIncident(stream) && !names.has(stream)));
    if (seesPrivateNames(viewer) || streams.size === 0) return;
    const found = await namesOfIncidents(pool, record, [...streams]);
    for (const stream of streams) names.set(stream, found.get(stream) ?? null);
  };

  const begin: Protection['begin'] = async (events) => {
    await Promise.all([beginConcealed(events), beginQuotes(events), beginNames(events)]);
  };

  /** An item that carries an earlier event shows that event's quotes. */
  const quotes = (event: DomainEvent): boolean => event.type === 'FeedEventMended' || citationsIn(event.data).length > 0;

  const dataOf = async (event: DomainEvent): Promise<unknown> => {
    await begin([event]);
    const [left] = withoutConcealed([event], known);
    const [whole, shown] = [event, left ?? event].map((one) => servedData(one.data));
    const kept = left === undefined || left === event ? whole : withConcealed<unknown>(whole, shown);
    const data = withoutPrivateNames(kept, names.get(event.stream) ?? null);
    const found = letOut.get(event);
    return found === undefined ? data : publicText(data, found);
  };

  return {
    awaits: (event) =>
      !isUndecodable(event) && ((!seesConcealed(viewer) && conceals(event)) || (!seesWholeQuotes(viewer) && quotes(event))),
    begin,
    itemOf: async (event, hands) => {
      const item = itemOf(event, await dataOf(event), hands);
      return seesPrivateNames(viewer) ? item : tellingNames(item);
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
