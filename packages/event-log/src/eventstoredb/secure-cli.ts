import { ConfigError, commandLine, loadConfig } from '@averment/platform';
import { prefixOf } from '../open.ts';
import { LogUnavailable } from '../port.ts';
import { secureStore } from './secure.ts';
import { StoreRefused, StoreUnavailable } from './store.ts';

/**
 * `npm run eventstore:secure`. Passwords come from the environment, since arguments are seen by everybody on the machine. Ends with 0; with 1 where it
 * failed or something is still open.
 */
const usage = `npm run eventstore:secure

Gives the user of EVENT_LOG_URL the least rights that the event log needs in EventStoreDB, and takes from all others what everybody may do there by default.
  EVENT_LOG_URL             as the service uses it: esdb://averment:PASSWORD@host:2113?tls=true&tlsCAFile=/path; the user is made if there is none
  EVENTSTORE_ADMIN_PASSWORD the password of an admin of EventStoreDB
  EVENTSTORE_ADMIN_USER     the name of that admin; admin by default`;

const main = async (env: NodeJS.ProcessEnv): Promise<number> => {
  const config = loadConfig(env, { serverKey: false });
  const { eventLogUrl } = config;
  const { EVENTSTORE_ADMIN_PASSWORD: password, EVENTSTORE_ADMIN_USER: name = 'admin' } = env;
  if (eventLogUrl === null || !password)
    throw new ConfigError(`${eventLogUrl === null ? 'EVENT_LOG_URL' : 'EVENTSTORE_ADMIN_PASSWORD'} has to be set`);
  const { done, open } = await secureStore({ url: eventLogUrl, prefix: prefixOf(config), admin: { name, password } });
  for (const line of done) process.stdout.write(`${line}\n`);
  for (const line of open) process.stdout.write(`still open: ${line}\n`);
  return open.length === 0 ? 0 : 1;
};

commandLine('npm run eventstore:secure', usage).read({});
try {
  process.exitCode = await main(process.env);
} catch (error) {
  const known = [ConfigError, LogUnavailable, StoreRefused, StoreUnavailable].some((kind) => error instanceof kind);
  process.stderr.write(`averment eventstore:secure: ${known ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
