import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { withSession } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { from } from 'pg-copy-streams';
import type { Rows } from '../projection.ts';
import { type Model, quoted } from './model.ts';
import { createTuples, type Tuples } from './tuples.ts';

/** Connections on which statements run beside one another, and beside this process. */
export type Lanes = {
  /** Adds rows to tables that are empty, or were filled by this alone. Resolves when there is room for more. */
  write(model: Model, rows: readonly Rows[]): Promise<void>;
  /** Runs the statements, in no certain order, once all that was given before is done. Resolves when they are. */
  run(statements: readonly string[]): Promise<void>;
};

/** So many bytes go into one table at once: small tables wait until it is worth it. */
const enough = 1024 * 1024;
/** So many bytes may wait. */
const most = 16 * 1024 * 1024;

type Job = (client: PoolClient, lane: number) => Promise<unknown>;

/**
 * Runs `work` with two connections for it: the database has work for no more while this process makes the rows. They are closed afterwards, whatever was done in
 * them.
 */
export const withLanes = async <T>(pool: Pool, work: (lanes: Lanes) => Promise<T>): Promise<T> =>
  await withSession(pool, (one) =>
    withSession(pool, async (other) => {
      const clients = [one, other];
      for (const client of clients) await client.query('SET synchronous_commit = off');
      return await work(createLanes(clients));
    }),
  );

type Table = { schema: string; rows: Omit<Rows, 'rows'>; tuples: Tuples };

const createLanes = (clients: readonly PoolClient[]): Lanes => {
  const jobs: Job[] = [];
  const busy = new Set<Promise<void>>();
  const idle = new Set(clients.keys());
  const tables = new Map<string, Table>();
  let waiting = 0;
  let failed: { error: unknown } | undefined;

  const begin = (): void => {
    for (const lane of idle) {
      const job = failed === undefined ? jobs.shift() : undefined;
      const client = clients[lane];
      if (job === undefined || client === undefined) return;
      idle.delete(lane);
      const running: Promise<void> = job(client, lane)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .then(() => {
          idle.add(lane);
          busy.delete(running);
          begin();
        });
      busy.add(running);
    }
  };
  const add = (job: Job): void => {
    jobs.push(job);
    begin();
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (failed === undefined && !isSo()) await Promise.race(busy);
    if (failed !== undefined) throw failed.error;
  };
  const done = (): Promise<void> => until(() => jobs.length === 0 && busy.size === 0);

  const send = (key: string, { schema, rows, tuples }: Table): void => {
    tables.delete(key);
    const bytes = tuples.size();
    waiting += bytes;
    const blocks = tuples.end();
    add(async (client, lane) => {
      await fill(client, { schema, ...rows, lane }, blocks);
      waiting -= bytes;
    });
  };
  const flush = async (): Promise<void> => {
    for (const [key, table] of tables) send(key, table);
    await done();
  };

  return {
    write: async ({ schema }, given) => {
      for (const { rows, ...table } of given) {
        if (rows.length === 0) continue;
        const key = `${schema} ${table.table}`;
        const known = tables.get(key) ?? { schema, rows: table, tuples: createTuples(stagedTypes(table.columns)) };
        tables.set(key, known);
        known.tuples.add(rows);
        if (known.tuples.size() >= enough) send(key, known);
      }
      // The connections move on only while nothing is computed here.
      await setImmediate();
      await until(() => waiting <= most);
    },
    run: async (statements) => {
      await flush();
      for (const statement of statements) add((client) => client.query(statement));
      await done();
    },
  };
};

/** What has no binary form of its own is given in one that has. */
const staged: Record<string, string> = { tsvector: 'text', jsonb: 'json' };
const stagedTypes = (columns: Rows['columns']): Rows['columns'] =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, staged[type] ?? type]));

type Filling = Omit<Rows, 'rows'> & { schema: string; lane: number };

const fill = async (client: PoolClient, { schema, table, columns, made, lane }: Filling, blocks: readonly Buffer[]): Promise<void> => {
  const names = Object.keys(columns).join(', ');
  const place = (name: string) => `${quoted(schema)}.${quoted(name)}`;
  const copy = (into: string) =>
    pipeline(Readable.from(blocks), client.query(from(`COPY ${place(into)} (${names}) FROM STDIN (FORMAT binary)`)));
  if (made === undefined) return await copy(table);
  // Through a table that is not logged, since COPY computes nothing.
  const beside = `${table}_${lane}`;
  const types = Object.entries(stagedTypes(columns)).map(([name, type]) => `${name} ${type}`);
  await client.query(`BEGIN; CREATE UNLOGGED TABLE ${place(beside)} (${types.join(', ')})`);
  await copy(beside);
  const values = Object.keys(columns).map((name) => made[name] ?? name);
  await client.query(
    `INSERT INTO ${place(table)} (${names}) SELECT ${values.join(', ')} FROM ${place(beside)}; DROP TABLE ${place(beside)}; COMMIT`,
  );
};
