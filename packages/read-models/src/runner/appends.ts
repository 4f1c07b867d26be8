import type { DomainEvent } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';

/** What one append wrote: projections take it whole or not at all. Positions and revisions rise. */
export type LoggedAppend = { stream: string; first: number; last: number; position: bigint; events: Logged<DomainEvent>[] };

/** Where reading the log got to: the appends after a position, the position of the last of them, and whether the page was full. */
export type Page = { appends: LoggedAppend[]; position: bigint; full: boolean };

type ReadAppends = {
  after: bigint;
  /** Nothing after this position is read; null: to the head. */
  until: bigint | null;
  /** About how many events; an append is never cut, so it may be more. */
  limit: number;
  /** Beginnings of the names of the streams whose texts are wanted. */
  texts: readonly string[];
  canonical: boolean;
};

/** Whether the name of the stream begins with one of these. */
export const isAmong = (beginnings: readonly string[], stream: string): boolean => beginnings.some((one) => stream.startsWith(one));

/** The next whole appends of the log; none when there is nothing (yet) between the two positions. */
export const readAppends = async (log: EventLog<DomainEvent>, { after, until, limit, texts, canonical }: ReadAppends): Promise<Page> => {
  if (until !== null && after >= until) return { appends: [], position: after, full: false };
  for (let size = limit; ; size *= 2) {
    const read = await log.readAll(after, size, { texts: texts.length > 0 && texts, ...(canonical && { canonical }) });
    const events = until === null ? read : read.filter((event) => event.position <= until);
    const appends = wholeAppends(events);
    const position = appends.at(-1)?.position ?? after;
    // A page that is full of one append that does not end in it says nothing about what comes after.
    const full = read.length >= size && events.length === read.length;
    if (appends.length > 0 || !full) return { appends, position, full };
  }
};

/** Groups events in log order by append; events of an append that is not at its end are left out. */
export const wholeAppends = (events: readonly Logged<DomainEvent>[]): LoggedAppend[] => {
  const appends: LoggedAppend[] = [];
  let open: Logged<DomainEvent>[] = [];
  for (const event of events) {
    open.push(event);
    if (event.revision !== event.last) continue;
    appends.push({
      stream: event.stream,
      first: open[0]?.revision ?? event.revision,
      last: event.last,
      position: event.position,
      events: open,
    });
    open = [];
  }
  return appends;
};
