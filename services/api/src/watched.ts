import { AppendTooLarge, type EventLog, LogUnavailable, type Place } from '@averment/event-log';
import type { Jobs } from '@averment/jobs';
import { createReading, type createRegistry, type Samples, showGauge } from '@averment/platform';
import type { Runner, Status } from '@averment/read-models';
import { Histogram } from '@prometheus-io/client';
import type { Pool } from 'pg';
import type { Streams } from './streams.ts';

type Registry = ReturnType<typeof createRegistry>;

/** The same log, whose appends are counted and timed by what became of them. */
export const timedAppends = <E extends object>(log: EventLog<E>, register: Registry): EventLog<E> => {
  const seconds = new Histogram({
    name: 'averment_append_duration_seconds',
    help: 'Time from handing an append to the log until its outcome was known',
    labelNames: ['outcome'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  });
  return {
    ...log,
    append: async (...append) => {
      const begun = performance.now();
      let outcome = 'failed';
      try {
        const answer = await log.append(...append);
        outcome = answer.outcome;
        return answer;
      } catch (error) {
        if (error instanceof LogUnavailable) outcome = 'unavailable';
        else if (error instanceof AppendTooLarge) outcome = 'too_large';
        throw error;
      } finally {
        seconds.observe({ outcome }, (performance.now() - begun) / 1000);
      }
    },
  };
};

export type Watched = {
  pool: Pick<Pool, 'query'>;
  log: Pick<EventLog<Place>, 'head' | 'readAll'>;
  runner: Pick<Runner, 'projections' | 'status' | 'parked'>;
  jobs: Pick<Jobs, 'counts'>;
};

type Lag = { positions: number; seconds: number };

/**
 * Shows how the stores stand, read anew at most once a second. What cannot be read within two seconds is left out, and `averment_dependency_up` says so:
 * a scrape never waits longer, whatever hangs.
 */
export const watchStores = (register: Registry, { pool, log, runner, jobs }: Watched): void => {
  const names = runner.projections.map(({ name }) => name);
  const models = createReading(async () => {
    const [status, parked, erased] = await Promise.all([
      runner.status(names),
      runner.parked(),
      pool.query<{ position: string }>('SELECT position::text FROM vault.checkpoint'),
    ]);
    return { parked, positions: positionsOf(status, erased.rows[0]?.position) };
  });
  const head = createReading(() => log.head());
  const lag = createReading(async () => {
    const [read, end] = await Promise.all([models(), head()]);
    const each =
      read === null || end === null ? [] : [...read.positions].map(async ([name, at]) => [name, await lagOf(log, at, end)] as const);
    return await Promise.all(each);
  });
  const counts = createReading(() => jobs.counts());

  const lagBy = (what: keyof Lag) => async () =>
    ((await lag()) ?? []).map(([projection, behind]) => [{ projection }, behind[what]] as const);
  showGauge(register, {
    name: 'averment_projection_lag_positions',
    help: "How far a projection is behind the log's head, in positions: events in PostgreSQL, bytes of the log in EventStoreDB",
    labelNames: ['projection'],
    samples: lagBy('positions'),
  });
  showGauge(register, {
    name: 'averment_projection_lag_seconds',
    help: 'Age of the oldest event that a projection has not passed, 0 where there is none',
    labelNames: ['projection'],
    samples: lagBy('seconds'),
  });
  showGauge(register, {
    name: 'averment_parked_events',
    help: 'Events that a projection could not take: those whose streams wait, and those that were skipped',
    labelNames: ['projection', 'state'],
    samples: async () => {
      const { parked = null } = (await models()) ?? {};
      if (parked === null) return [];
      const count = (projection: string, state: string) =>
        parked.filter((one) => one.projection === projection && one.state === state).length;
      return names.flatMap((projection) =>
        ['parked', 'skipped'].map((state) => [{ projection, state }, count(projection, state)] as const),
      );
    },
  });
  showGauge(register, {
    name: 'averment_jobs',
    help: 'Jobs in a queue, of all processes together',
    labelNames: ['queue', 'state'],
    samples: async () =>
      Object.entries((await counts()) ?? {}).flatMap(([queue, states]) =>
        Object.entries(states).map(([state, count]) => [{ queue, state }, count] as const),
      ),
  });
  showGauge(register, {
    name: 'averment_dependency_up',
    help: 'Whether what this process stands on answered when it was last asked',
    labelNames: ['dependency'],
    samples: async (): Promise<Samples<'dependency'>> => {
      const read = await Promise.all([models(), head(), counts()]);
      return ['database', 'event_log', 'jobs'].map((dependency, index) => [{ dependency }, read[index] === null ? 0 : 1] as const);
    },
  });
};

/** A model that is still being built stands nowhere yet. */
const positionsOf = (status: ReadonlyMap<string, Status>, erased: string | undefined): Map<string, bigint> => {
  const positions = new Map<string, bigint>();
  for (const [name, { position }] of status) if (position !== null) positions.set(name, position);
  if (erased !== undefined) positions.set('erasures', BigInt(erased));
  return positions;
};

const lagOf = async (log: Watched['log'], at: bigint, head: bigint): Promise<Lag> => {
  if (at >= head) return { positions: 0, seconds: 0 };
  const [next] = await log.readAll(at, 1, { texts: false });
  const age = next === undefined ? 0 : Date.now() - new Date(next.recordedAt).getTime();
  return { positions: Number(head - at), seconds: Math.max(0, age) / 1000 };
};

/** Counts event streams. */
export const watchStreams = (register: Registry, { counts }: Pick<Streams, 'counts'>): void => {
  showGauge(register, {
    name: 'averment_event_streams',
    help: 'Event streams that are open, and that were cut off because their client took too slowly',
    labelNames: ['state'],
    samples: async () => [
      [{ state: 'open' }, counts().open],
      [{ state: 'cut_off' }, counts().dropped],
    ],
  });
};
