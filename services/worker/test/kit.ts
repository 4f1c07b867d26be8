import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { catalogue, type DomainEvent, derivedId, standardVocabulary } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createPostgresLog } from '@averment/event-log/testing';
import { createLogger, createPool, loadConfig, makeServerKey, systemRandom } from '@averment/platform';
import { patience, type TestServer, testFolder } from '@averment/platform/testing';
import t, { type Test } from 'tap';
import { openStores, type Stores } from '../src/open.ts';

export const logger = createLogger({ level: 'silent', name: 'test' });
const programs = new URL('../src/', import.meta.url);
const serverKeyFile = join(await testFolder(t), 'server.key');
export const serverKey = await makeServerKey(serverKeyFile, systemRandom);

/** What a worker takes for its webhooks. */
export const hooks = { webhooks: loadConfig({}).webhooks, serverKey };

/** The stores of an empty database, as the worker opens them, for the test's own use. */
export const stores = async (t: Test, server: TestServer): Promise<Stores & { databaseUrl: string }> => {
  const databaseUrl = await server.createDatabase();
  const opened = await openStores({
    databaseUrl,
    settings: { ...loadConfig({}), erasureListFile: null },
    serverKey,
    vocabulary: standardVocabulary,
    logger,
  });
  t.teardown(opened.close);
  return { ...opened, databaseUrl };
};

/** A worker as a process of its own; resolves when it says that it is ready. */
export const worker = async (t: Test, databaseUrl: string, settings: NodeJS.ProcessEnv = {}): Promise<ChildProcess> => {
  const child = fork(fileURLToPath(new URL('main.ts', programs)), [], {
    env: { ...environment(databaseUrl), ...settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  t.same(message, { ready: true });
  return child;
};

/** Runs a command line of this service to its end. */
export const run = async (
  program: 'main' | 'rebuild' | 'verify' | 'restored' | 'feed' | 'export',
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> => {
  const child = fork(fileURLToPath(new URL(`${program}.ts`, programs)), args, { env, silent: true });
  const { stdout, stderr } = child;
  const [out, err, [code]] = await Promise.all([stdout ? text(stdout) : '', stderr ? text(stderr) : '', once(child, 'exit')]);
  return { code, out, err };
};

export const environment = (databaseUrl: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  DATABASE_URL: databaseUrl,
  SERVER_KEY_FILE: serverKeyFile,
  LOG_LEVEL: 'error',
});

export const at = '2026-01-01T00:00:00.000Z';
/** An event as it is appended, of a command of its own. */
export const eventOf = (type: string, data: object, command: string = randomUUID()) => ({
  id: randomUUID(),
  type,
  at,
  actor: 'tester',
  edit: null,
  command,
  request: null,
  correlation: null,
  data,
});

/** Appends `count` parties, each a stream of its own with one event. Answers the last position. */
export const register = async (
  log: EventLog<DomainEvent>,
  count: number,
  name = 'an agency',
): Promise<{ position: bigint; streams: string[] }> => {
  const appended = await Promise.all(
    Array.from({ length: count }, async () => {
      const command = randomUUID();
      const stream = derivedId('party', command, 'party');
      const data = { kind: 'agency', name, aliases: [], private: false, publicRole: null, parent: null, distinctFrom: [], identifiers: [] };
      const outcome = await log.append(stream, -1, [eventOf('PartyRegistered', data, command)]);
      if (outcome.outcome === 'wrong_revision') throw new Error(outcome.outcome);
      return { position: outcome.position, stream };
    }),
  );
  return {
    position: appended.map(({ position }) => position).sort((one, other) => Number(other - one))[0] ?? 0n,
    streams: appended.map(({ stream }) => stream),
  };
};

/** A log of its own connections, for a test that goes on writing while the database restarts, or writes what this program does not know. */
export const writer = async (t: Test, databaseUrl: string, types = catalogue): Promise<EventLog<DomainEvent>> => {
  const pool = createPool({ databaseUrl, name: 'test writer', logger, connectTimeout: patience });
  const waits = { deadline: patience, answerWithin: patience };
  const log = await createPostgresLog<DomainEvent>({ pool, catalogue: types, random: systemRandom, ...waits });
  t.teardown(async () => {
    await log.close();
    await pool.end();
  });
  return log;
};
