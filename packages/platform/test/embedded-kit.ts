import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Test } from 'tap';
import { clusterFolder, createLogger, type Embedded, openEmbedded } from '../src/index.ts';

export const logger = createLogger({ level: 'silent', name: 'test' });
export const asRoot = process.getuid?.() === 0;

export const open = async (t: Test, dataDir: string, more: { name?: string; onRestart?: () => void } = {}): Promise<Embedded> => {
  const embedded = await openEmbedded({ dataDir, name: 'test', logger, ...more });
  t.teardown(() => embedded.stop());
  return embedded;
};

export const ask = async <T extends pg.QueryResultRow>(url: string, sql: string): Promise<T | undefined> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results: pg.QueryResult<T> | pg.QueryResult<T>[] = await client.query<T>(sql);
    return [results].flat().at(-1)?.rows[0];
  } finally {
    await client.end();
  }
};

export const postmaster = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(clusterFolder(dataDir), 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** Kills a server the hard way, and waits until it is gone. */
export const kill = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL');
  for (let there = true; there; ) {
    try {
      process.kill(pid, 0);
      await new Promise((resolve) => setImmediate(resolve));
    } catch {
      there = false;
    }
  }
};
