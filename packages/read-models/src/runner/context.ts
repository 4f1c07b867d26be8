import type { DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import type { PoolClient } from 'pg';
import type { ProjectionContext, StreamRange } from '../projection.ts';
import type { LoggedAppend } from './appends.ts';
import { type Model, quoted } from './model.ts';
import type { Unapplied } from './parked.ts';
import { CannotDecode } from './poison.ts';

/** What applying needs: an open transaction, the model and its checkpoint before the batch, and what is left unapplied. */
export type Applying = { tx: PoolClient; model: Model; log: EventLog<DomainEvent>; checkpoint: bigint; unapplied: Unapplied };

type Asked = Pick<StreamRange, 'texts' | 'revisions'>;
const noTypes: ReadonlySet<string> = new Set();

/**
 * What the projection may look at while it takes these appends: no event after the last of them (for a parked stream that is retried: after the
 * checkpoint, where the rows of other streams are already), none of a parked stream, none that is skipped. Otherwise rows would depend on how far the log
 * had got, or on how it was cut into batches.
 */
export const createContext = (applying: Applying, appends: readonly LoggedAppend[]): ProjectionContext => {
  const last = appends.at(-1)?.position ?? 0n;
  const until = last > applying.checkpoint ? last : applying.checkpoint;
  const own = Map.groupBy(
    appends.flatMap(({ events }) => events),
    ({ stream }) => stream,
  );

  const readRange = async ({ stream, from, to = Number.POSITIVE_INFINITY, ...asked }: StreamRange): Promise<DomainEvent[]> => {
    const end = Math.min(to, (applying.unapplied.parked.get(stream) ?? Number.POSITIVE_INFINITY) - 1);
    const isAsked = ({ revision }: { revision: number }) => revision >= from && revision <= end && asked.revisions?.has(revision) !== false;
    const atHand = (own.get(stream) ?? []).filter(isAsked);
    const first = atHand[0]?.revision ?? Number.POSITIVE_INFINITY;
    // Up to the end, so that the log leaves out what is erased at hand.
    const stored = from < first ? await readStored(stream, from, end, asked) : [];
    const events = [...stored.filter(({ revision }) => revision < first), ...atHand];
    return events.map((event) => {
      if (isUndecodable(event)) throw new CannotDecode(event);
      return event;
    });
  };

  const readStored = async (stream: string, from: number, end: number, asked: Asked): Promise<Logged<DomainEvent>[]> => {
    if (from > end) return [];
    const some = asked.revisions === undefined ? {} : { types: noTypes };
    const events = await applying.log.readStream(stream, from, { ...asked, ...some, ...(Number.isFinite(end) && { to: end }) });
    return withoutSkipped(
      events.filter(({ position }) => position <= until),
      applying.unapplied,
    );
  };

  return {
    schema: quoted(applying.model.schema),
    checkpoint: applying.checkpoint,
    log: applying.log,
    readStreams: async (wanted) => {
      const read = await Promise.all(wanted.map(readRange));
      const found = new Map<string, DomainEvent[]>();
      wanted.forEach(({ stream }, index) => {
        found.set(stream, [...(found.get(stream) ?? []), ...(read[index] ?? [])]);
      });
      return found;
    },
  };
};

/**
 * Leaves skipped events out. Where one was the last of its append, the append ends with the event before it, so that a projection which waits for
 * the end of an append still finds one.
 */
export const withoutSkipped = (events: readonly Logged<DomainEvent>[], { skipped }: Unapplied): Logged<DomainEvent>[] => {
  const isSkipped = ({ stream, revision }: { stream: string; revision: number }) => skipped.get(stream)?.has(revision) === true;
  const kept = events.filter((event) => !isSkipped(event));
  if (kept.length === events.length) return kept;
  return kept.map((event) => {
    let last = event.last;
    while (last > event.revision && isSkipped({ stream: event.stream, revision: last })) last -= 1;
    return last === event.last ? event : { ...event, last };
  });
};
