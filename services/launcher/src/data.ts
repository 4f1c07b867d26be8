import { makeLedgerKey, newOrigin } from '@averment/ledger';
import {
  type Config,
  clusterExists,
  clusterFolder,
  type DatabaseRole,
  type Embedded,
  type Logger,
  makeDataDir,
  makeServerKey,
  openEmbedded,
  readServerKey,
  type Shutdown,
  systemRandom,
} from '@averment/platform';
import { wantSamples } from './samples.ts';
import type { createSteps } from './steps.ts';

/** The database that everything runs on. */
type Data = {
  databaseUrl(role: DatabaseRole): string;
  /** Whether it is the embedded one. */
  embedded: boolean;
  /** Tells a second start where this one can be reached. */
  noteAddress(url: string): Promise<void>;
};

/**
 * Opens the database: that of `DATABASE_URL`, or the embedded one of the data directory, which is made first where it is new.
 * `onMoved` is called when the embedded server had to be restarted at another address.
 */
type Opening = { config: Config; logger: Logger; shutdown: Shutdown; steps: ReturnType<typeof createSteps>; onMoved: () => void };

export const openData = async (options: Opening): Promise<Data> => {
  const { config, logger, shutdown, steps } = options;
  if (config.databaseUrl !== null) {
    const { databaseUrl } = config;
    await readServerKey(config.serverKeyFile);
    return { databaseUrl: () => databaseUrl, embedded: false, noteAddress: async () => undefined };
  }

  await makeDataDir(config.dataDir);
  if (config.ledger.keyFile !== null) await makeLedgerKey(config.ledger.keyFile, config.ledger.origin ?? newOrigin(systemRandom));
  const isNew = !(await clusterExists(clusterFolder(config.dataDir)));
  if (!isNew) {
    await readServerKey(config.serverKeyFile);
  } else {
    // Before the database, so that there is never one whose key was lost by a crash.
    await makeServerKey(config.serverKeyFile, systemRandom);
    if (config.samples) await wantSamples(config.dataDir);
  }

  const step = isNew ? steps('Making the database', 'The database is made') : steps('Starting the database', 'The database runs');
  let known: string | undefined;
  const opening = openEmbedded({
    dataDir: config.dataDir,
    name: 'averment',
    logger,
    onRestart: (databaseUrl) => {
      if (databaseUrl !== known) options.onMoved();
      known = databaseUrl;
    },
    onLost: (error) => {
      process.stderr.write(`averment: ${error.message}\n`);
      void shutdown.begin('another process took the data directory', 1);
    },
  });
  shutdown.add('database', async () => {
    const embedded = await opening.catch(() => null);
    await embedded?.stop();
  });
  const embedded: Embedded = await opening.catch((error) => {
    step.end('The database does not run');
    throw error;
  });
  step.end();
  known = embedded.databaseUrl();
  return { databaseUrl: embedded.databaseUrl, embedded: true, noteAddress: (url) => embedded.noteAddress(url) };
};
