import { readFile } from 'node:fs/promises';
import {
  ConfigError,
  createLogger,
  createShutdown,
  findEmbedded,
  loadConfig,
  readServerKey,
  ServerKeyError,
  systemRandom,
} from '@averment/platform';
import { createApp } from './app.ts';
import { open } from './open.ts';
import { serve } from './serve.ts';

const version: string = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')).version;

/** Serves the API until it is told to stop, or until its parent closes its channel. */
const main = async (): Promise<void> => {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, name: 'api' });
  const serverKey = await readServerKey(config.serverKeyFile);
  const databaseUrl = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (databaseUrl === null)
    throw new ConfigError(`DATABASE_URL is not set, and no embedded database runs in ${config.dataDir}: use npm start`);

  const shutdown = createShutdown({ logger });
  try {
    const { services, authenticate, reasons, close } = await open({ databaseUrl, serverKey, reviewLease: config.reviewLease, logger });
    shutdown.add('stores', close);
    const app = await createApp({ services, authenticate, publicRead: config.publicRead, reasons, logger, random: systemRandom, version });
    const server = await serve(app, config);
    shutdown.add('server', server.stop);
    logger.info({ url: server.url }, 'serving');
    process.send?.({ ready: true, url: server.url });
  } catch (error) {
    logger.fatal({ err: error }, 'the api could not start');
    await shutdown.begin('it could not start', 1);
  }
};

try {
  await main();
} catch (error) {
  const known = error instanceof ConfigError || error instanceof ServerKeyError;
  process.stderr.write(`averment: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
