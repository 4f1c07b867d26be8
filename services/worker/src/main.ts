import { loadVocabulary } from '@averment/domain';
import {
  commandLine,
  configExit,
  createLogger,
  createShutdown,
  EmbeddedError,
  findEmbedded,
  loadConfig,
  readServerKey,
  type Shutdown,
  settingsHelp,
} from '@averment/platform';
import { complain, isOfSettings } from './complain.ts';
import { openSigner } from './ledger.ts';
import { openStores } from './open.ts';
import { reasonsOf, serveWatched } from './watched.ts';
import { startWorker } from './worker.ts';

const usage = `npm run worker

Follows the event log: keeps the read models, erases, follows merges. It serves until it is told to end (SIGTERM, Ctrl-C). Settings, from the environment:
${settingsHelp()}`;

// The worker as a process: the launcher's, or one of its own beside others on one database.
commandLine('npm run worker', usage).read({});
let shutdown: Shutdown | undefined;
try {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, name: 'worker' });
  const databaseUrl = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (databaseUrl === null) throw new EmbeddedError(`no PostgreSQL runs in ${config.dataDir}: npm start starts one, and a worker with it`);

  shutdown = createShutdown({ logger });
  const { begin } = shutdown;
  const serverKey = await readServerKey(config.serverKeyFile);
  const stores = await openStores({
    databaseUrl,
    settings: config,
    serverKey,
    vocabulary: loadVocabulary(config.vocabulary),
    logger,
    onRestored: () => void begin('the event log was restored', 1),
  });
  shutdown.add('stores', stores.close);
  const store = config.redisUrl === null ? { databaseUrl } : { redisUrl: config.redisUrl };
  const signing = await openSigner(stores.pool, config.ledger, logger);
  const worker = await startWorker({ stores, store, webhooks: config.webhooks, serverKey, signing, logger });
  shutdown.add('worker', worker.close);
  if (config.metricsPort !== null) {
    const server = await serveWatched({
      host: config.host,
      port: config.metricsPort,
      register: worker.register,
      reasons: reasonsOf(stores),
    });
    shutdown.add('probes', server.close);
    logger.info({ url: server.url }, 'the probes and metrics are served');
  }
  await worker.ready;
  process.send?.({ ready: true });
  logger.info('the worker follows the log');
} catch (error) {
  // Being told to stop in the middle of a start is no failure.
  if (!shutdown?.signal.aborted) {
    complain('worker', error);
    process.exit(isOfSettings(error) ? configExit : 1);
  }
}
