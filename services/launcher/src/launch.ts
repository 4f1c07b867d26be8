import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { firstKeys, migrations } from '@averment/access';
import {
  AlreadyRunning,
  type Config,
  clusterFolder,
  createPool,
  type DatabaseRole,
  embeddedHolder,
  type Logger,
  migrate,
  type Shutdown,
  systemClock,
  systemRandom,
  tryPort,
} from '@averment/platform';
import { openData } from './data.ts';
import { loadSamples, samplesWanted } from './samples.ts';
import type { createSteps } from './steps.ts';
import { type Supervised, supervise } from './supervise.ts';

/** The files that the launcher runs as processes of their own. */
export type Programs = { api: string; worker: string; samples: string };

type Launch = {
  config: Config;
  logger: Logger;
  shutdown: Shutdown;
  programs: Programs;
  steps: ReturnType<typeof createSteps>;
  print: (text: string) => void;
};

/**
 * Brings everything up in order: the database, the first keys, worker and api, the samples, then says where all of it is. Each part is registered with `shutdown` before it
 * is started, so that a signal at any moment leaves nothing behind. Resolves when all is up; rejects with what kept it from coming up.
 */
export const launch = async ({ config, logger, shutdown, programs, steps, print }: Launch): Promise<void> => {
  await requirePort(config);
  const children: Supervised[] = [];
  const data = await openData({
    config,
    logger,
    shutdown,
    steps,
    // The children know the address from their environment.
    onMoved: () => {
      for (const child of children) child.restart();
    },
  });
  shutdown.signal.throwIfAborted();

  const keysFile = await prepareKeys(config, data.databaseUrl('worker'), logger);
  shutdown.signal.throwIfAborted();

  const starting = steps('Starting the worker and the API', 'The worker and the API run');
  let port = config.port;
  const environment = (role: DatabaseRole) => ({
    DATA_DIR: config.dataDir,
    DATABASE_URL: data.databaseUrl(role),
    SERVER_KEY_FILE: config.serverKeyFile,
    ...(config.ledger.keyFile !== null && { LEDGER_KEY_FILE: config.ledger.keyFile }),
    ...(config.erasureListFile !== null && { ERASURE_LIST_FILE: config.erasureListFile }),
    HOST: config.host,
    PORT: String(port),
    // What is said here is read in a terminal: a line for each request would be all that is seen.
    REQUEST_LOG: process.env.REQUEST_LOG?.trim() || 'debug',
  });
  const giveUp = (name: string, why: string) => {
    process.stderr.write(`averment: ${name} ${why}; what it said is above\n`);
    void shutdown.begin(`${name} does not start`, 1);
  };
  for (const [name, file] of [
    ['worker', programs.worker],
    ['api', programs.api],
  ] as const) {
    const child = supervise({ name, file, environment: () => environment(name), logger, giveUp: (why) => giveUp(name, why) });
    shutdown.add(name, () => child.stop());
    children.push(child);
  }
  const [, url] = await Promise.all(children.map((child) => child.ready));
  if (typeof url !== 'string') throw new Error('the api did not say at which address it serves');
  // When the api is started again it comes back where its users know it, though the port was a free one.
  port = Number(new URL(url).port) || port;
  await serving(url, shutdown.signal, logger);
  await data.noteAddress(url);
  starting.end();
  if (data.embedded && config.samples && keysFile !== null && (await samplesWanted(config.dataDir))) {
    await loadSamples({ file: programs.samples, url, keysFile, dataDir: config.dataDir, logger, shutdown, steps });
  }
  shutdown.signal.throwIfAborted();
  print(greeting(url, keysFile, data.embedded ? await placeOf(config.dataDir) : 'in the database that DATABASE_URL names'));
};

/** Tries the port before anything is made or started, and says who has it where it is a launcher on the same data. */
const requirePort = async ({ host, port, dataDir, databaseUrl }: Config): Promise<void> => {
  try {
    await tryPort({ host, port });
  } catch (error) {
    const found = databaseUrl === null ? await embeddedHolder(dataDir) : null;
    throw found?.holder ? new AlreadyRunning(dataDir, found.holder) : error;
  }
};

/** Brings the keys' tables forward, and makes the first keys of an embedded database. Answers the file that holds them, if it is there. */
const prepareKeys = async (config: Config, databaseUrl: string, logger: Logger): Promise<string | null> => {
  await migrate(databaseUrl, migrations);
  if (config.databaseUrl !== null) return null;
  const pool = createPool({ databaseUrl, name: 'averment launcher', logger, max: 1 });
  try {
    return await firstKeys(pool, config.dataDir, { clock: systemClock, random: systemRandom });
  } finally {
    await pool.end();
  }
};

/** Waits until the api says that it and what it depends on can serve. */
const serving = async (url: string, signal: AbortSignal, logger: Logger): Promise<void> => {
  for (let looks = 1; ; looks += 1) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer?.status === 200) return;
    if (looks % 100 === 0) logger.warn({ status: answer?.status ?? null }, 'the api is not ready yet');
    await delay(100, undefined, { signal });
  }
};

/** Where the data is. The cluster of root may lie elsewhere, where the server's own user can enter; the data directory has a link to it then. */
const placeOf = async (dataDir: string): Promise<string> => {
  const own = clusterFolder(await realpath(dataDir));
  const real = await realpath(own);
  return real === own ? dataDir : `${dataDir}, the database itself in ${real}`;
};

const greeting = (url: string, keysFile: string | null, place: string): string => {
  const lines = [
    `Averment is running (process ${process.pid})`,
    `  api   ${url}`,
    `  docs  ${url}/docs   how programs use it`,
    `  keys  ${keysFile ?? 'npm run keys -- list'}   who reviews or contributes signs in with one of these`,
    `  data  ${place}`,
    'Ctrl-C stops it.',
    `Open this in a browser: ${url}/`,
  ];
  return `\n${lines.join('\n')}\n`;
};
