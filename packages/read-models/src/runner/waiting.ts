import { type Listening, type Logger, listen, shared } from '@averment/platform';
import type { Pool } from 'pg';
import { isMissing, type Model, quoted } from './model.ts';

/** The channel on which a model's move is hinted at when its transaction commits. */
const channel = 'averment_models';

/** The statement that hints, at the transaction's commit, that the model has reached a position or that what is parked in it has changed. */
export const moveHint = ({ schema }: Model, position: bigint): string =>
  `SELECT pg_notify('${channel}', '${schema} ${position}') FROM ${quoted(schema)}.checkpoint WHERE position = ${position}`;

/** How far a model is: null where it does not exist; `parked` are the streams that are not complete in it. */
export type Status = { position: bigint | null; parked: ReadonlySet<string> };

type Waiting = {
  /** How far the models are, by schema. Calls of the same turn are one statement. */
  status(): Promise<ReadonlyMap<string, Status>>;
  /**
   * Resolves to true as soon as each of the models has reached the position, in whatever process it was advanced, and to false after `timeout` milliseconds
   * or when the signal aborts. From the first call on it has a connection of its own beside the pool.
   */
  reached(models: readonly Model[], position: bigint, timeout: number, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
};

type Waiter = { schemas: Set<string>; position: bigint; done: (reached: boolean) => void };

/** How often a waiter looks for itself, in milliseconds, in case the hints cannot be heard. */
const interval = 250;

/** Follows the models that live in a database. */
export const createWaiting = (options: { pool: Pool; models: readonly Model[]; logger: Logger }): Waiting => {
  const { pool, models, logger } = options;
  const waiters = new Set<Waiter>();
  /** The last positions that were hinted at, by schema, while hints can be heard. After a lost connection the models may be further back. */
  let heard: Map<string, bigint> | undefined;
  let listening: Listening | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const status = shared(() =>
    readStatus(
      pool,
      models.map(({ schema }) => schema),
    ),
  );

  const hear = (schema: string, position: bigint): void => {
    heard?.set(schema, position);
    for (const waiter of waiters) {
      if (position < waiter.position || !waiter.schemas.delete(schema)) continue;
      if (waiter.schemas.size === 0) waiter.done(true);
    }
  };

  const look = async (): Promise<void> => {
    for (const [schema, { position }] of await status()) if (position !== null) hear(schema, position);
  };

  const lookQuietly = () => void look().catch((error: Error) => logger.debug({ error: error.message }, 'the models could not be asked'));

  const startListening = (): Listening =>
    listen(pool, channel, {
      // What was committed before is found by asking now, what comes later is heard: nothing is missed in between.
      onBegin: () => {
        heard = new Map();
        lookQuietly();
      },
      onHint: (payload) => {
        const [schema = '', position = ''] = payload.split(' ');
        hear(schema, BigInt(position));
      },
      onLost: (why) => {
        heard = undefined;
        logger.debug({ error: why.message }, 'the hints cannot be heard');
      },
    });

  const reached = (wanted: readonly Model[], position: bigint, timeout: number, signal?: AbortSignal): Promise<boolean> => {
    return new Promise<boolean>((resolve) => {
      const done = (result: boolean) => {
        waiters.delete(waiter);
        clearTimeout(limit);
        signal?.removeEventListener('abort', aborted);
        if (waiters.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        resolve(result);
      };
      const aborted = () => done(false);
      const limit = setTimeout(aborted, timeout);
      const schemas = wanted.map(({ schema }) => schema).filter((schema) => (heard?.get(schema) ?? -1n) < position);
      const waiter: Waiter = { schemas: new Set(schemas), position, done };
      waiters.add(waiter);
      if (closed || signal?.aborted || schemas.length === 0) return done(schemas.length === 0);
      signal?.addEventListener('abort', aborted, { once: true });
      timer ??= setInterval(lookQuietly, interval);
      listening ??= startListening();
      // Whoever hears the hints need not ask: the checkpoints before them were read when listening began.
      if (heard === undefined) lookQuietly();
    });
  };

  return {
    status,
    reached,
    close: async () => {
      closed = true;
      for (const waiter of waiters) waiter.done(false);
      await listening?.close();
    },
  };
};

const readStatus = async (pool: Pool, schemas: readonly string[]): Promise<Map<string, Status>> => {
  try {
    const checkpoints = schemas.map((schema) => `SELECT '${schema}' AS schema, position::text FROM ${quoted(schema)}.checkpoint`);
    const text = `
      SELECT schema, position, (SELECT array_agg(stream) FROM runner.parked WHERE model = schema) AS parked
        FROM (${checkpoints.join(' UNION ALL ')}) AS models`;
    const { rows } = await pool.query({ name: `status ${schemas.join(' ')}`, text });
    return new Map(
      rows.map(({ schema, position, parked }) => [schema, { position: BigInt(position), parked: new Set<string>(parked ?? []) }]),
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
    // One model that is not there must not hide the others.
    if (schemas.length === 1) return new Map(schemas.map((schema) => [schema, { position: null, parked: new Set<string>() }]));
    const each = await Promise.all(schemas.map((schema) => readStatus(pool, [schema])));
    return new Map(each.flatMap((one) => [...one]));
  }
};
