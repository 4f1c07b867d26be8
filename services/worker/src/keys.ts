import { userInfo } from 'node:os';
import { migrations as accessMigrations, listReads, revokeKey, roles, useServerKey } from '@averment/access';
import { type CommandResult, createKeyCommands, type KeyCommands, type KeyItem, type KeyMade } from '@averment/commands';
import { catalogue, type DomainEvent, idOfUuid, isTypeId, keyKinds, sentKey, uuidOf } from '@averment/domain';
import { connectLog, migrations as logMigrations } from '@averment/event-log';
import {
  type Config,
  commandLine,
  createLogger,
  createPool,
  loadConfig,
  migrate,
  readServerKey,
  systemClock,
  systemRandom,
  withDatabase,
} from '@averment/platform';
import { complain } from './complain.ts';

const usage = `npm run keys -- create --subject <name> --role <${roles.join('|')}> [--kind <${keyKinds.join('|')}>] [--name <text>] [--expires <time>] [--by <name>]
npm run keys -- rotate <id> [--by <name>]
npm run keys -- confirm <id> [--by <name>]
npm run keys -- revoke <id> [--by <name>]
npm run keys -- list
npm run keys -- reads --since <time>
npm run keys -- use-server-key

Makes, rotates, confirms, revokes and lists the keys of the API; a key is shown once, when it is made or rotated, and only its hash is kept. What is done is an
event of the log. \`reads\` lists what reviewers and auditors read, where AUDIT_READS is on. \`use-server-key\` says that the server key of SERVER_KEY_FILE is the right one from now on, though the database was used with another.
  --subject  whom it speaks for: a short name that says nothing about a person, for it stands in every event
  --kind     whose hands it is in; person unless it is said
  --name     what it is called here
  --expires  until when it is valid, like 2027-01-31T00:00:00Z
  --since    from when on, like 2026-11-30T00:00:00Z
  --by       who does so; by default the name of the account that runs this`;

const { read, refuse } = commandLine('npm run keys', usage);

type Pool = ReturnType<typeof createPool>;

/** What is said, or why nothing was done. */
type Said = { text: string; isDone: boolean };
/** `revoked`: the id of a key that is valid no more, whatever becomes of the rest. */
type Task = { revoked?: string; run: (keys: KeyCommands) => Promise<Said> };

/** Ids of keys were UUIDs before they had streams. */
const idFrom = (text: string): string => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? idOfUuid('key', text) : text);

const said = async <T>(result: Promise<CommandResult<T>>, text: (value: T) => string): Promise<Said> => {
  const { ok, ...told } = await result;
  return ok
    ? { text: text((told as { value: T }).value), isDone: true }
    : { text: (told as { error: { detail: string } }).error.detail, isDone: false };
};
const shown = ({ id, key, state }: KeyMade): string =>
  `${key}\nThis is the only time that the key is shown. Its id, by which it can be rotated and revoked, is ${id}.${
    state === 'waiting' ? ' It works once another admin has confirmed it.' : ''
  }`;
const lineOf = ({ id, subject, role, kind, name, state, createdAt, expiresAt, lastUsedAt, revokedAt }: KeyItem): string =>
  [
    `${id}  ${subject.padEnd(16)}  ${role.padEnd(11)}  ${kind.padEnd(7)}  ${state.padEnd(7)}  made ${createdAt}`,
    ...(lastUsedAt === null ? [] : [`used ${lastUsedAt}`]),
    ...(expiresAt === null ? [] : [`expires ${expiresAt}`]),
    ...(revokedAt === null ? [] : [`revoked ${revokedAt}`]),
    ...(name === null ? [] : [name]),
  ].join('  ');

/** Turns the arguments into what to do. */
const readTask = (): Task | { since: Date } | 'use-server-key' => {
  const text = { type: 'string' } as const;
  const { positionals, values } = read(
    { subject: text, role: text, kind: text, name: text, expires: text, since: text, by: { ...text, default: userInfo().username } },
    { positionals: 2 },
  );
  const [name = '', id] = positionals;
  const { by, expires, since = '', ...given } = values;
  const caller = (method: 'POST' | 'DELETE', body?: unknown) =>
    ({ subject: by, role: 'admin', method, path: `keys ${name}`, idempotencyKey: null, body, correlation: null }) as const;
  if (name === 'create' && positionals.length === 1 && given.subject !== undefined && given.role !== undefined) {
    const parsed = sentKey.safeParse({ ...given, ...(expires !== undefined && { expiresAt: expires }) });
    const [issue] = parsed.error?.issues ?? [];
    const sent = parsed.data ?? refuse(`--${String(issue?.path[0]).replace('expiresAt', 'expires')} ${issue?.message}`);
    return { run: (keys) => said(keys.create(caller('POST', sent), sent), shown) };
  }
  if (name === 'list' && positionals.length === 1)
    return { run: async (keys) => ({ text: (await keys.list({ after: null, limit: null })).map(lineOf).join('\n'), isDone: true }) };
  if (name === 'use-server-key' && positionals.length === 1) return name;
  if (name === 'reads' && positionals.length === 1) {
    const from = new Date(since);
    return Number.isNaN(from.getTime()) ? refuse('--since has to be a time, like 2026-11-30T00:00:00Z') : { since: from };
  }
  if (['rotate', 'confirm', 'revoke'].includes(name) && id !== undefined && positionals.length === 2) {
    const key = idFrom(id);
    if (!isTypeId('key', key)) return { run: async () => ({ text: `there is no key with the id ${id}`, isDone: false }) };
    if (name === 'rotate') return { run: (keys) => said(keys.rotate(caller('POST'), key), shown) };
    if (name === 'confirm') return { run: (keys) => said(keys.confirm(caller('POST'), key), () => `confirmed ${key}`) };
    return { revoked: key, run: (keys) => said(keys.revoke(caller('DELETE'), key), () => `revoked ${key}`) };
  }
  return refuse('what to do is create, with --subject and --role, rotate, confirm or revoke, with an id, list, reads, or use-server-key');
};

const onKeys = async (pool: Pool, config: Config, logger: ReturnType<typeof createLogger>, task: Task): Promise<Said> => {
  const tools = { clock: systemClock, random: systemRandom };
  if (task.revoked !== undefined) await revokeKey(pool, uuidOf(task.revoked), systemClock.now());
  // Erasures are left to the other programs, which show texts.
  const log = await connectLog<DomainEvent>({ settings: config, pool, catalogue, ...tools, logger });
  try {
    const identify = () => ({ command: systemRandom.uuid(), request: null, former: [] });
    return await task.run(createKeyCommands({ log, pool, ...tools, identify, twoAdmins: config.keysTwoAdmins }));
  } finally {
    await log.close();
  }
};

const useOwnServerKey = async (pool: Pool, { serverKeyFile }: Config): Promise<Said> => {
  const fingerprint = await useServerKey(pool, await readServerKey(serverKeyFile), systemClock);
  const text = `from now on the server key is that of ${serverKeyFile}, with the fingerprint ${fingerprint}. Rows that were made with another one stay until: npm run rebuild -- all`;
  return { text, isDone: true };
};

const showReads = async (pool: Pool, since: Date): Promise<Said> => {
  const reads = await listReads(pool, since);
  const lines = reads.map(({ at, subject, role, operation, path }) => `${at.toISOString()}  ${subject}  ${role}  ${operation}  ${path}`);
  return { text: lines.join('\n'), isDone: true };
};

const task = readTask();
try {
  const config = loadConfig(process.env, { serverKey: task === 'use-server-key' });
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'keys' });
  const { text, isDone } = await withDatabase(config, { name: 'keys', logger }, async (databaseUrl) => {
    for (const each of [...logMigrations, accessMigrations]) await migrate(databaseUrl, each);
    const pool = createPool({ databaseUrl, name: 'averment keys', logger, max: 4 });
    try {
      if (task === 'use-server-key') return await useOwnServerKey(pool, config);
      return 'since' in task ? await showReads(pool, task.since) : await onKeys(pool, config, logger, task);
    } finally {
      await pool.end();
    }
  });
  (isDone ? process.stdout : process.stderr).write(isDone ? `${text}\n` : `averment: ${text}\n`);
  if (!isDone) process.exitCode = 1;
} catch (error) {
  complain('keys', error);
  process.exitCode = 1;
}
