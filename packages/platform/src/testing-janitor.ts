// Outlives a test to clear up after it: when the test's process lets go of it or dies, it stops the servers in the folder and removes the folder.
import { readFile, rm } from 'node:fs/promises';
import { postgresAccount } from './postgres/account.ts';
import { postgresBinaries } from './postgres/binaries.ts';
import { clusterFolder } from './postgres/cluster.ts';
import { stopServer } from './postgres/server.ts';
import { redisPidFile } from './testing-redis.ts';

const folder = process.argv[2];
if (folder === undefined || process.channel === undefined) throw new Error('the janitor is started by a test, with the folder to clear');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', () => undefined);
process.once('disconnect', async () => {
  const account = await postgresAccount();
  await stopServer(clusterFolder(folder), await postgresBinaries(account), account, 'immediate');
  await endRedis(redisPidFile(folder));
  // A browser whose test was killed still writes while it ends.
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** One that has ended in order has taken its file with it. */
const endRedis = async (pidFile: string): Promise<void> => {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It was killed before.
  }
};
