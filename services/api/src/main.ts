import { createHmac, createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createDesk } from '@averment/desk';
import { loadVocabulary } from '@averment/domain';
import { LogUnavailable, OtherLog, StoreRefused, StreamUnreadable, UnsuitableServer } from '@averment/event-log';
import {
  ConfigError,
  commandLine,
  configExit,
  createLogger,
  createShutdown,
  DatabaseAway,
  EmbeddedError,
  findEmbedded,
  loadConfig,
  namingStore,
  providerOf,
  RightMissing,
  readServerKey,
  ServerKeyError,
  type Shutdown,
  serve,
  settingsHelp,
  systemRandom,
  trusting,
} from '@averment/platform';
import { createApp } from './app.ts';
import { openLimitStore } from './limit-store.ts';
import { open } from './open.ts';

const { version }: { version: string } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

const usage = `npm run api

Serves the HTTP API until it is told to end (SIGTERM, Ctrl-C). Settings, from the environment:
${settingsHelp()}`;

// The API as a process: the launcher's, or one of its own beside others on one database.
commandLine('npm run api', usage).read({});
let shutdown: Shutdown | undefined;
try {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, name: 'api' });
  const databaseUrl = config.databaseUrl ?? (await findEmbedded(config.dataDir, 'api'));
  if (databaseUrl === null) throw new EmbeddedError(`no PostgreSQL runs in ${config.dataDir}: npm start starts one, and an api with it`);
  const serverKey = await readServerKey(config.serverKeyFile);

  shutdown = createShutdown({ logger });
  const { begin } = shutdown;
  const jobsStore = config.redisUrl === null ? { databaseUrl } : { redisUrl: config.redisUrl };
  const { close, ...opened } = await open({
    databaseUrl,
    settings: config,
    jobsStore,
    serverKey,
    reviewLease: config.reviewLease,
    keysTwoAdmins: config.keysTwoAdmins,
    tokens: config.tokens,
    auditReads: config.auditReads,
    tipRetention: config.tipRetention,
    webhooks: config.webhooks,
    exports: config.exports,
    streamLimit: config.streamLimit,
    quotas: { sourceBytes: config.sourceQuota, openEdits: config.openEditQuota },
    share: { percent: config.quotedShare, length: config.quotedLength },
    vocabulary: loadVocabulary(config.vocabulary),
    logger,
    onRestored: () => void begin('the event log was restored', 1),
  });
  shutdown.add('stores', close);
  const counts = config.redisUrl === null ? null : openLimitStore(config.redisUrl);
  if (counts !== null) shutdown.add('counts of requests', counts.close);
  const logKey = createSecretKey(serverKey);
  const { app, load } = await createApp({
    ...opened,
    publicRead: config.publicRead,
    securityContacts: config.securityContacts,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    limits: { requests: config.rateLimit, wrongKeys: config.wrongKeyLimit, tips: config.tipLimit, ...(counts && { redis: counts.redis }) },
    // Subjects are short names: a plain hash of one could be guessed.
    requestLog: {
      level: config.requestLog,
      hashOf: (subject) => createHmac('sha256', logKey).update(subject).digest('hex').slice(0, 16),
    },
    logger,
    random: systemRandom,
    version,
    ...(config.pages && {
      pages: (send) =>
        createDesk({
          send,
          serverKey,
          origin: config.desk.origin,
          trustProxy: trusting(config.trustProxy),
          oidc: providerOf(config),
          logger,
          random: systemRandom,
        }),
    }),
  });
  const server = await serve(app, config, load.stop);
  shutdown.add('server', server.stop);
  process.send?.({ ready: true, url: server.url });
  logger.info({ url: server.url }, 'the api serves');
} catch (thrown) {
  const error = namingStore(thrown);
  // Being told to stop in the middle of a start is no failure.
  if (!shutdown?.signal.aborted) {
    const settings = [ConfigError, ServerKeyError, OtherLog, UnsuitableServer];
    const known = [...settings, EmbeddedError, DatabaseAway, RightMissing, LogUnavailable, StoreRefused, StreamUnreadable].some(
      (kind) => error instanceof kind,
    );
    const said = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`averment api: ${said}\n`);
    process.exit(settings.some((kind) => error instanceof kind) ? configExit : 1);
  }
}
