import pg, { type Pool } from 'pg';
import { among } from '../among.ts';
import { type Catalogue, createCodec } from '../codec.ts';
import type { Random } from '../disclosure.ts';
import { decodeAll } from '../erased.ts';
import { type EventLog, OtherLog, type Place, placeOf } from '../port.ts';
import { createSeen, type Seen, whileSame } from '../seen.ts';
import { otherLogState } from './append-batch.ts';
import { available } from './errors.ts';
import { createHints, type HintOptions, hintDefaults } from './hints.ts';
import { createReader } from './reader.ts';
import { plain } from './rows.ts';
import { requireSuitable } from './suitable.ts';
import { createWriter, type WriterOptions, writerDefaults } from './writer.ts';

export type PostgresLogOptions = {
  /** Used for reads, best with `logSessions`. Listening has a connection of its own, writing one or two, made with the pool's options. */
  pool: Pool;
  catalogue: Catalogue;
  random: Random;
} & Partial<WriterOptions & HintOptions>;

/** Settings for the sessions of the pool: its statements stay prepared, and a plan made while a table is small would scan all of it once it has grown. */
export const logSessions = { enable_seqscan: 'off' } as const;

/**
 * The event log on PostgreSQL, with the texts in the schema `vault` of the same database, whose migrations must have run.
 * Rejects with `UnsuitableServer` for one that would acknowledge what it has not flushed, with `LogUnavailable` if it cannot be reached.
 */
export const createPostgresLog = async <E extends object>(options: PostgresLogOptions): Promise<EventLog<E>> => {
  const { pool } = options;
  await requireSuitable(pool);

  const codec = createCodec<E>(options);
  const reader = createReader(pool);
  const seen = createSeen(reader.holds);
  const writer = createWriter(pool, { ...writerDefaults, ...options, seen: seen.certain });
  const head = () => headOf(reader, seen);
  const hints = createHints(pool, head, { ...hintDefaults, ...options });

  const log: EventLog<E> = {
    append: async (stream, expected, events) => {
      const encoded = codec.encode(stream, expected, events);
      const { recordedAt, ...outcome } = await writer
        .append({ stream, expected, events: encoded })
        .catch((error) => otherwise(error, seen));
      if (outcome.outcome === 'written') seen.appended({ position: outcome.position, sha256: encoded.at(-1)?.sha256 ?? '' });
      if (outcome.outcome !== 'written' || recordedAt === undefined) return outcome;
      const { position } = outcome;
      // The positions of an append follow one another.
      const placed = ({ last, revision }: Pick<Place, 'last' | 'revision'>) => ({
        position: position - BigInt(last - revision),
        recordedAt,
      });
      return { ...outcome, written: () => encoded.map((event) => codec.handBack(event, placed(event))) };
    },
    readStream: async (stream, from, options = {}) => {
      const events = await reader.readStream(stream, from, options);
      seen.read(events);
      return decodeAll(codec, events, options, reader);
    },
    readAll: async (after, limit, options = {}) => {
      const page = await reader.readAll(after, limit, options.texts);
      seen.read(page);
      return decodeAll(codec, page, options, reader);
    },
    endOf: async (stream) => {
      const last = await reader.last(stream);
      seen.read(last ? [last] : []);
      return last ? placeOf(last) : null;
    },
    readStored: async (stream, from, options = {}) => (await reader.readStream(stream, from, options)).filter(among(options)),
    head,
    now: () =>
      seen.end(
        () => available(() => momentOf(pool)),
        ({ head }) => head,
      ),
    holds: reader.holds,
    requireSame: seen.check,
    subscribe: hints.subscribe,
    sizeOf: codec.sizeOf,
    close: async () => {
      await hints.close();
      await writer.close();
    },
  };
  return whileSame(log, seen);
};

const headOf = async ({ headMark }: ReturnType<typeof createReader>, seen: Seen): Promise<bigint> => {
  const mark = await seen.end(headMark, ({ position }) => position);
  seen.read([mark]);
  return mark.position;
};

/** If the server says that the log is not the one that was seen (`log.require_event`), this finds out why, in the log's own words. */
const otherwise = async (error: unknown, seen: Seen): Promise<never> => {
  if (!(error instanceof pg.DatabaseError) || error.code !== otherLogState) throw error;
  await seen.check();
  throw new OtherLog(error.message, { cause: error });
};

const momentOf = async (pool: Pool): Promise<{ head: bigint; now: Date }> => {
  const { rows } = await pool.query<{ head: bigint; now: string }>({ text: 'SELECT head, now FROM log.moment()', types: plain });
  const [moment] = rows;
  if (!moment) throw new TypeError('log.moment() answered nothing');
  // A Date has milliseconds only: the microseconds are cut off, so that nothing is stamped at or before it later.
  return { head: moment.head, now: new Date(`${moment.now.slice(0, -4)}Z`) };
};
