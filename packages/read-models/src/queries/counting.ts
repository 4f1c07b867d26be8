import { type DomainEvent, documentEvents, onlySets } from '@averment/domain';
import { decoded, type EventLog, missing } from '@averment/event-log';
import type { Pool } from 'pg';

/**
 * Which events of a record count at a moment: all but those whose place a later one has taken (`onlySets` of the domain). The record folded from these
 * alone is the same, so of the others no text is read. They are told from the structure, and noted now and then, so that nobody reads a long stream from
 * its beginning twice (docs/decisions, 64).
 */
type Counting = { staying: Set<number>; setting: Map<string, number> };
/** What was noted, up to which event. */
type Noted = Counting & { revision: number; position: bigint; sha256: string };

export type Stores = { pool: Pool; log: EventLog<DomainEvent> };

/** Of `onlySets`. Another rule needs another number: then everything is counted anew. */
const version = 2;
/** How many events are read at once, and how many there are at least between two notes. */
const steps = { chunk: 1000, every: 1000 };

type Read = DomainEvent & { sha256?: string };

const nothing = (): Counting => ({ staying: new Set(), setting: new Map() });
const revisionsOf = ({ staying, setting }: Counting): Set<number> => new Set([...staying, ...setting.values()]);

const count = ({ staying, setting }: Counting, event: DomainEvent): void => {
  const set = onlySets(event);
  if (set === null) staying.add(event.revision);
  else setting.set(set, event.revision);
};

const notedSql = `
  SELECT revision, position::text, sha256, staying, setting FROM runner.counted
  WHERE stream = $1 AND version = ${version} AND position <= $2 ORDER BY revision DESC LIMIT 1`;

const noteSql = `
  WITH older AS (DELETE FROM runner.counted WHERE stream = $1 AND version < ${version})
  INSERT INTO runner.counted (stream, version, revision, position, sha256, staying, setting) VALUES ($1, ${version}, $2, $3, $4, $5, $6)
  ON CONFLICT DO NOTHING`;

const notedBefore = async (pool: Pool, stream: string, until: bigint): Promise<Noted | null> => {
  const { rows } = await pool.query(notedSql, [stream, String(until)]);
  const [row] = rows;
  if (row === undefined) return null;
  const setting = new Map(Object.entries<number>(row.setting));
  return { revision: row.revision, position: BigInt(row.position), sha256: row.sha256, staying: new Set(row.staying), setting };
};

/** The record events of a stream from a revision on, up to a position, without their texts. */
const structureFrom = async (log: Stores['log'], stream: string, from: number, until: bigint, chunk: number): Promise<Read[]> => {
  const found: Read[] = [];
  for (let first = from; ; first += chunk) {
    const last = first + chunk - 1;
    // The last one whatever it is: without it nothing comes after.
    const page = await log.readStream(stream, first, { to: last, until, types: documentEvents, revisions: new Set([last]), texts: false });
    found.push(...decoded(page.filter(({ type }) => documentEvents.has(type))));
    if (page.at(-1)?.revision !== last) return found;
  }
};

/** The events of whole appends. What ends the last one may be of another type, or come later: then nothing of it is there yet. */
export const wholeAppends = async <E extends DomainEvent>(
  log: Stores['log'],
  stream: string,
  events: readonly E[],
  until: bigint,
): Promise<readonly E[]> => {
  const tail = events.at(-1);
  if (tail === undefined || tail.revision === tail.last) return events;
  const end = await log.readStream(stream, tail.last, { to: tail.last, until, texts: false });
  return end.length > 0 ? events : events.filter(({ last }) => last !== tail.last);
};

/** Makes the function that reads the events of a record that count at a position, with their texts. Throws `StreamUnreadable`. */
export const createCounting = (
  { pool, log }: Stores,
  { chunk, every } = steps,
): ((stream: string, until: bigint) => Promise<DomainEvent[]>) => {
  const note = (stream: string, { revision, position, sha256 = '' }: Read, { staying, setting }: Counting) => {
    const values = [stream, revision, String(position), sha256, [...staying], JSON.stringify(Object.fromEntries(setting))];
    // Nobody waits for it, nor fails with it.
    pool.query(noteSql, values).catch(() => undefined);
  };

  const counted = async (stream: string, until: bigint, from: Noted | null): Promise<Counting> => {
    const read = await structureFrom(log, stream, from?.revision ?? 0, until, chunk);
    const [first] = read;
    if (from !== null && (first?.position !== from.position || first.sha256 !== from.sha256)) {
      await pool.query('DELETE FROM runner.counted WHERE stream = $1', [stream]);
      return counted(stream, until, null);
    }
    const counting: Counting = from ?? nothing();
    let noted = from?.revision ?? 0;
    for (const event of await wholeAppends(log, stream, from === null ? read : read.slice(1), until)) {
      count(counting, event);
      if (event.revision !== event.last || event.revision - noted < every) continue;
      note(stream, event, counting);
      noted = event.revision;
    }
    return counting;
  };

  return async (stream, until) => {
    const revisions = revisionsOf(await counted(stream, until, await notedBefore(pool, stream, until)));
    if (revisions.size === 0) return [];
    const events = await log.readStream(stream, 0, { until, types: new Set(), revisions });
    const found = new Set(events.map(({ revision }) => revision));
    for (const revision of revisions) if (!found.has(revision)) throw missing(stream, revision, 'it was there a moment ago');
    return decoded(events);
  };
};
