import { collectDefaultMetrics, Gauge, type LabelValues, Registry } from '@prometheus-io/client';
import type pg from 'pg';

/** What a gauge shows: a value for each set of labels. */
export type Samples<L extends string> = readonly (readonly [LabelValues<L>, number])[];

/** A registry of the process's own numbers: memory, CPU, event-loop lag, and how its pools of connections are used. */
export const createRegistry = (pools: Readonly<Record<string, pg.Pool>>): Registry => {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const ofEach = (value: (pool: pg.Pool) => number) => Object.entries(pools).map(([pool, own]) => [{ pool }, value(own)] as const);
  showGauge(register, {
    name: 'averment_pool_connections',
    help: 'Connections to PostgreSQL that the pool holds',
    labelNames: ['pool', 'state'],
    samples: async () =>
      Object.entries(pools).flatMap(([pool, { totalCount, idleCount }]) => [
        [{ pool, state: 'busy' }, totalCount - idleCount] as const,
        [{ pool, state: 'idle' }, idleCount] as const,
      ]),
  });
  showGauge(register, {
    name: 'averment_pool_connections_limit',
    help: 'Connections to PostgreSQL that the pool may hold',
    labelNames: ['pool'],
    samples: async () => ofEach(({ options }) => options.max),
  });
  showGauge(register, {
    name: 'averment_pool_waiting',
    help: 'Statements that wait for a connection of the pool',
    labelNames: ['pool'],
    samples: async () => ofEach(({ waitingCount }) => waitingCount),
  });
  return register;
};

/** A gauge that is read whenever the metrics are. What `samples` does not name is left out, also where it was shown before. It must not reject. */
export const showGauge = <L extends string>(
  register: Registry,
  { name, help, labelNames, samples }: { name: string; help: string; labelNames: readonly L[]; samples: () => Promise<Samples<L>> },
): void => {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [register],
    async collect() {
      const read = await samples();
      this.reset();
      for (const [labels, value] of read) this.set(labels, value);
    },
  });
};
