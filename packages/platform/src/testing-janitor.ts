// Outlives a test to clear up after it: when the test's process lets go of it or dies, it stops the server in the folder and removes the folder.
import { rm } from 'node:fs/promises';
import { postgresAccount } from './postgres/account.ts';
import { postgresBinaries } from './postgres/binaries.ts';
import { clusterFolder } from './postgres/cluster.ts';
import { stopServer } from './postgres/server.ts';

const folder = process.argv[2];
if (folder === undefined || process.channel === undefined) throw new Error('the janitor is started by a test, with the folder to clear');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', () => undefined);
process.once('disconnect', async () => {
  const account = await postgresAccount();
  await stopServer(clusterFolder(folder), await postgresBinaries(account), account, 'immediate');
  await rm(folder, { recursive: true, force: true });
});
