import {
  ConfigError,
  commandLine,
  configExit,
  createLogger,
  createShutdown,
  loadConfig,
  providerOf,
  readServerKey,
  ServerKeyError,
  type Shutdown,
  serve,
  settingsHelp,
  systemRandom,
  trusting,
} from '@averment/platform';
import { createDesk } from './desk.ts';
import { reach } from './reach.ts';

const usage = `npm run desk

Answers browsers with pages of what the API at DESK_API_URL says, until it is told to end (SIGTERM, Ctrl-C). Settings, from the environment:
${settingsHelp()}`;

// The pages as a process of their own. Beside them the API needs none: PAGES=off.
commandLine('npm run desk', usage).read({});
let shutdown: Shutdown | undefined;
try {
  const config = loadConfig(process.env, { serverKey: false });
  const { host, desk: settings } = config;
  const logger = createLogger({ level: config.logLevel, name: 'desk' });
  shutdown = createShutdown({ logger });
  const desk = await createDesk({
    send: reach(settings.apiUrl),
    serverKey: await readServerKey(config.serverKeyFile),
    origin: settings.origin,
    trustProxy: trusting(config.trustProxy),
    oidc: providerOf(config),
    logger,
    random: systemRandom,
  });
  const server = await serve(desk.app, { host, port: settings.port, setting: 'DESK_PORT' });
  shutdown.add('server', server.stop);
  process.send?.({ ready: true, url: server.url });
  logger.info({ url: server.url, api: settings.apiUrl }, 'the desk serves');
} catch (error) {
  // Being told to stop in the middle of a start is no failure.
  if (!shutdown?.signal.aborted) {
    const isOfSettings = error instanceof ConfigError || error instanceof ServerKeyError;
    process.stderr.write(`averment desk: ${error instanceof Error ? (isOfSettings ? error.message : error.stack) : error}\n`);
    process.exit(isOfSettings ? configExit : 1);
  }
}
