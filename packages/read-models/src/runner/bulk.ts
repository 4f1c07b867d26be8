import { getHeapStatistics } from 'node:v8';
import type { DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Building, Folded, Group } from '../projection.ts';
import type { Append } from '../projections/appends.ts';
import { isAmong, type LoggedAppend } from './appends.ts';
import { decodableOf } from './apply.ts';
import { type Applying, withoutSkipped } from './context.ts';
import { type Followed, ModelOff, moveStatement, passed, whyOff } from './followed.ts';
import { groupsOf } from './groups.ts';
import { type Lanes, withLanes } from './lanes.ts';
import { type Model, quoted, withoutKeys } from './model.ts';
import { pagesOf } from './pages.ts';
import { noteMerges, tellParked, unappliedFrom, unappliedStatement } from './parked.ts';
import { CannotDecode } from './poison.ts';

type BulkOptions = {
  pool: Pool;
  /** A connection that is not in a transaction. */
  session: PoolClient;
  log: EventLog<DomainEvent>;
  logName: () => Promise<string>;
  logger: Logger;
  /** Models without rows, each of a projection that builds in bulk. */
  models: readonly Model[];
  /** Where the log ends for this build; the end of an append. Erasures up to there are in force. */
  until: bigint;
  /** Looked at every now and then. */
  stopped: () => boolean;
  /** About how many events are in one page of the log. */
  pageSize?: number;
  /** Whether more events may be kept from the first reading; by default, while there is memory. */
  isRoomy?: () => boolean;
};

/** The rebuild was told to stop, or the queries of others left no time for the swap. The live model is as it was. */
export class RebuildStopped extends Error {
  override readonly name = 'RebuildStopped';
}

type Build = { model: Model; building: Building; applying: Applying };

/** Streams and events that are read at once. */
const chunk = { streams: 400, events: 4000 };
/** Groups whose rows are made in one go: between them the connections to the database move on. */
const groupsAtOnce = 8;
/** Events are kept from the first reading of the log while less than this share of the memory that this process may have is in use. */
const share = 0.25;

/**
 * Builds models that are empty up to a position of the log, all from one reading: what every append says passes in the log's order, then each stream is taken whole,
 * folded once, and its rows are written once, as they are in the end; keys and indexes are made when all rows are there. Parks streams as `apply` would
 * where an event cannot be decoded. Answers how many events there were. Throws what else cannot be taken: then the models hold a part, and must be made anew.
 */
export const buildInBulk = async (options: BulkOptions): Promise<number> => {
  const { pool, session, log, logName, models } = options;
  const builds: Build[] = [];
  const keys: string[] = [];
  for (const model of models) {
    builds.push(await beginOf(options, model));
    keys.push(...(await withoutKeys(session, model)));
  }
  return await withLanes(pool, async (lanes) => {
    const read = await passLog(options, builds, lanes);
    await takeStreams(options, builds, lanes, read);
    for (const { model, building } of builds) await lanes.write(model, building.rest?.() ?? []);
    await lanes.run(keys);
    for (const { model, building } of builds) await building.finish?.(session, quoted(model.schema));
    for (const model of models) {
      const why = await whyOff(model, read.at, { log, logName });
      if (why !== null) throw new ModelOff(why);
      await session.query(moveStatement(model, { ...read.at, position: 0n }, read.at));
    }
    return read.events;
  });
};

const beginOf = async ({ session, log }: BulkOptions, model: Model): Promise<Build> => {
  const building = model.projection.bulk?.();
  if (building === undefined) throw new TypeError(`${model.projection.name} is not built in bulk`);
  const { rows } = await session.query(unappliedStatement(model));
  return { model, building, applying: { tx: session, model, log, checkpoint: 0n, unapplied: unappliedFrom(rows) } };
};

/** What the first reading has found: the streams that are to be taken, with their lengths, and those events that were kept, from the first of their streams on. */
type Read = { at: Followed; events: number; lengths: Map<string, number>; kept: Map<string, Logged<DomainEvent>[]> };

const passLog = async (options: BulkOptions, builds: readonly Build[], lanes: Lanes): Promise<Read> => {
  const { session, log, logName, logger, until, pageSize = 4000, isRoomy = isMemoryLeft } = options;
  const { first, after } = takenBy(builds);
  const kept = new Map<string, Logged<DomainEvent>[]>();
  const read: Read = { at: { position: 0n, log: await logName(), mark: null }, events: 0, lengths: new Map(), kept };
  /** What was read of these may hold texts that a later event erases. */
  const erased = new Set<string>();
  let keeping = true;
  const wanted = () => {
    keeping &&= isRoomy();
    return keeping ? after : [];
  };
  for await (const { appends, texts } of pagesOf(log, { until, limit: pageSize, wanted })) {
    goOn(options);
    const events = appends.flatMap((append) => append.events);
    read.events += events.length;
    read.at = passed(read.at, events, appends.at(-1)?.position ?? read.at.position, await logName());
    for (const { stream, last, events: own } of appends) {
      if (!isAmong(first, stream) && !isAmong(after, stream)) continue;
      read.lengths.set(stream, last + 1);
      if (own.some(({ type }) => type === 'TextErased')) erased.add(stream);
      if (isAmong(texts, stream)) kept.set(stream, [...(kept.get(stream) ?? []), ...own]);
    }
    for (const { model, building, applying } of builds) {
      const { decodable, parked } = await decodableOf(applying, appends);
      tellParked(logger, model, parked);
      await noteMerges(session, model, applying.unapplied, appends);
      await lanes.write(model, building.pass(decodable.map(countedOf)));
    }
  }
  for (const stream of erased) kept.delete(stream);
  return read;
};

/** What could not be decoded gets here only where the projection asked for places alone. */
const countedOf = ({ stream, position, events }: LoggedAppend): Append => ({
  stream,
  position: events.at(-1)?.position ?? position,
  events: events as DomainEvent[],
});

const takenBy = (builds: readonly Build[]): { first: string[]; after: string[] } => {
  const all = builds.flatMap(({ building: { takes } }) => takes ?? []);
  return { first: [...new Set(all.flatMap(({ first }) => first))], after: [...new Set(all.flatMap(({ after }) => after))] };
};

const isMemoryLeft = (): boolean => {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used < share * limit;
};

const goOn = ({ stopped }: BulkOptions): void => {
  if (stopped()) throw new RebuildStopped('the build was told to stop');
};

const takeStreams = async (options: BulkOptions, builds: readonly Build[], lanes: Lanes, read: Read): Promise<void> => {
  const { first, after } = takenBy(builds);
  const streams = [...read.lengths.keys()];
  const ties = builds.flatMap(({ building }) => building.ties?.() ?? []);
  const taken = [
    ...groupsOf(
      streams.filter((stream) => isAmong(first, stream)),
      [],
    ),
    ...groupsOf(
      streams.filter((stream) => isAmong(after, stream)),
      ties,
    ),
  ];
  const chunks = chunksOf(taken, read.lengths);
  let ahead = readWhole(options, read, chunks[0] ?? []);
  for (const [index, groups] of chunks.entries()) {
    const events = await ahead;
    ahead = readWhole(options, read, chunks[index + 1] ?? []);
    for (let from = 0; from < groups.length; from += groupsAtOnce) {
      goOn(options);
      await takeGroups(builds, lanes, groups.slice(from, from + groupsAtOnce), events);
    }
  }
};

/** Groups that are read together; what is first stays first. */
const chunksOf = (groups: readonly string[][], lengths: ReadonlyMap<string, number>): string[][][] => {
  const chunks: string[][][] = [];
  let [streams, events] = [Number.POSITIVE_INFINITY, 0];
  for (const group of groups) {
    if (streams >= chunk.streams || events >= chunk.events) {
      chunks.push([]);
      [streams, events] = [0, 0];
    }
    chunks.at(-1)?.push(group);
    streams += group.length;
    events += group.reduce((sum, stream) => sum + (lengths.get(stream) ?? 0), 0);
  }
  return chunks;
};

type Streams = ReadonlyMap<string, readonly Logged<DomainEvent>[]>;

/** All events of these groups' streams: those that were kept, and the rest from the log. */
const readWhole = ({ log, until }: BulkOptions, { kept, lengths }: Read, groups: readonly string[][]): Promise<Streams> => {
  const readStream = async (stream: string): Promise<[string, Logged<DomainEvent>[]]> => {
    const begun = kept.get(stream) ?? [];
    kept.delete(stream);
    if (begun.length === lengths.get(stream)) return [stream, begun];
    return [stream, [...begun, ...(await log.readStream(stream, begun.length, { until }))]];
  };
  const reading = Promise.all(groups.flat().map(readStream)).then((streams) => new Map(streams));
  // Its failure is reported when it is awaited.
  reading.catch(() => undefined);
  return reading;
};

const takeGroups = async (builds: readonly Build[], lanes: Lanes, groups: readonly string[][], events: Streams): Promise<void> => {
  const folded: Folded = new WeakMap();
  for (const build of builds) {
    const counted = groups.map((group) => groupOf(build, group, events)).filter(({ size }) => size > 0);
    await lanes.write(build.model, build.building.take?.(counted, folded) ?? []);
  }
};

const groupOf = ({ building: { takes }, applying }: Build, streams: readonly string[], events: Streams): Group => {
  const { parked, skipped } = applying.unapplied;
  const counts = (stream: string): readonly DomainEvent[] => {
    const whole = events.get(stream) ?? [];
    const end = parked.get(stream);
    // The same list for every model that leaves nothing out, so that they share its fold.
    const begun = end === undefined ? whole : whole.filter(({ revision }) => revision < end);
    return decoded(skipped.has(stream) ? withoutSkipped(begun, applying.unapplied) : begun);
  };
  const own = streams.filter((stream) => takes !== undefined && isAmong([...takes.first, ...takes.after], stream));
  return new Map(own.map((stream) => [stream, counts(stream)] as const).filter(([, counted]) => counted.length > 0));
};

const decoded = (events: readonly Logged<DomainEvent>[]): readonly DomainEvent[] => {
  const bad = events.find(isUndecodable);
  if (bad !== undefined) throw new CannotDecode(bad);
  return events as readonly DomainEvent[];
};
