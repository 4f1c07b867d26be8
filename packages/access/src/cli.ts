import {
  type Config,
  ConfigError,
  commandLine,
  createLogger,
  createPool,
  EmbeddedError,
  loadConfig,
  migrate,
  RightMissing,
  readServerKey,
  ServerKeyError,
  systemClock,
  systemRandom,
  withDatabase,
} from '@averment/platform';
import type { Pool } from 'pg';
import { migrations } from './index.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { AccessError, roles } from './roles.ts';
import { useServerKey } from './server-key.ts';

const usage = `npm run keys -- create --subject <name> --role <${roles.join('|')}>
npm run keys -- revoke <id>
npm run keys -- list
npm run keys -- use-server-key

Makes, revokes and lists the keys of the API; a key is shown once, when it is made, and only its hash is kept. \`use-server-key\` says that the server key of
SERVER_KEY_FILE is the right one from now on, though the database was used with another.`;

const { read, refuse } = commandLine('npm run keys', usage);

type Command = (pool: Pool, config: Config) => Promise<string>;

/** Turns the arguments into what to do. */
const readCommand = (): Command => {
  const { positionals, values } = read({ subject: { type: 'string' }, role: { type: 'string' } }, { positionals: 2 });
  const [name, id] = positionals;
  const { subject, role } = values;
  if (name === 'create' && positionals.length === 1 && subject !== undefined && role !== undefined) {
    return async (pool) => {
      const made = await createKey(pool, { subject, role }, { clock: systemClock, random: systemRandom });
      return `${made.key}\nThis is the only time that the key is shown. Its id, by which it can be revoked, is ${made.id}.`;
    };
  }
  if (name === 'revoke' && id !== undefined && positionals.length === 2) {
    return async (pool) => {
      if (!(await revokeKey(pool, id, systemClock))) throw new AccessError(`there is no key with the id ${id}`);
      return `revoked ${id}`;
    };
  }
  if (name === 'list' && positionals.length === 1) {
    return async (pool) => {
      const rows = await listKeys(pool);
      return rows
        .map(
          (row) =>
            `${row.id}  ${row.subject.padEnd(16)}  ${row.role.padEnd(11)}  made ${row.createdAt.toISOString()}${row.revokedAt === null ? '' : `  revoked ${row.revokedAt.toISOString()}`}`,
        )
        .join('\n');
    };
  }
  if (name === 'use-server-key' && positionals.length === 1) {
    return async (pool, { serverKeyFile }) => {
      const fingerprint = await useServerKey(pool, await readServerKey(serverKeyFile), systemClock);
      return `from now on the server key is that of ${serverKeyFile}, with the fingerprint ${fingerprint}. Rows that were made with another one stay until: npm run rebuild -- all`;
    };
  }
  return refuse('what to do is create, with --subject and --role, revoke, with an id, list, or use-server-key');
};

const command = readCommand();
try {
  const config = loadConfig(process.env, { serverKey: process.argv.includes('use-server-key') });
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'keys' });
  const said = await withDatabase(config, { name: 'keys', logger }, async (databaseUrl) => {
    await migrate(databaseUrl, migrations);
    const pool = createPool({ databaseUrl, name: 'averment keys', logger, max: 1 });
    try {
      return await command(pool, config);
    } finally {
      await pool.end();
    }
  });
  console.log(said);
} catch (error) {
  const isKnown = [ConfigError, EmbeddedError, AccessError, RightMissing, ServerKeyError].some((each) => error instanceof each);
  console.error(isKnown ? `averment: ${(error as Error).message}` : error);
  process.exitCode = 1;
}
