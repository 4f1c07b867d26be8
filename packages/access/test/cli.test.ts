import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger, createPool, makeServerKey, openEmbedded, systemClock, systemRandom } from '@averment/platform';
import { patience, testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';
import { createAuthenticator, requireServerKey } from '../src/index.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const logger = createLogger({ level: 'silent', name: 'test' });

type Answer = { code: number; stdout: string; stderr: string };

const keys = async (env: Record<string, string>, ...args: string[]): Promise<Answer> => {
  try {
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { env: { PATH: process.env.PATH, ...env } });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Answer;
  }
};

/** Makes a key, sees it work and listed, revokes it. */
const lifeOfAKey = async (t: Test, env: Record<string, string>): Promise<void> => {
  const made = await keys(env, 'create', '--subject', 'desk', '--role', 'reviewer');
  t.match(made, { code: 0, stdout: /^avk_[A-Za-z0-9_-]{43}\n/ });
  const id = /([0-9a-f-]{36})\.$/m.exec(made.stdout)?.[1] ?? '';
  t.match(await keys(env, 'list'), { code: 0, stdout: new RegExp(`${id}  desk +reviewer`) });
  t.match(await keys(env, 'revoke', id), { code: 0, stdout: `revoked ${id}\n` });
  t.match(await keys(env, 'list'), { code: 0, stdout: /revoked 20/ });
  t.match(await keys(env, 'revoke', 'nothing'), { code: 1, stderr: /there is no key with the id nothing/ });
  t.match(await keys(env, 'create', '--subject', 'desk', '--role', 'owner'), { code: 1, stderr: /there is no role "owner"/ });
};

t.test("against a database of one's own", async (t) => {
  const server = await testServer(t);
  const databaseUrl = await server.createDatabase();
  await lifeOfAKey(t, { DATABASE_URL: databaseUrl });
  const made = await keys({ DATABASE_URL: databaseUrl }, 'create', '--subject', 'app', '--role', 'app');
  const pool = createPool({ databaseUrl, name: 'test', logger, max: 1, connectTimeout: patience });
  t.teardown(() => pool.end());
  t.match(await createAuthenticator(pool)(made.stdout.split('\n')[0] ?? ''), { subject: 'app', role: 'app' });
});

t.test('a server key is told to the database', async (t) => {
  const server = await testServer(t);
  const databaseUrl = await server.createDatabase();
  const file = join(await testFolder(t), 'server.key');
  t.match(await keys({ DATABASE_URL: databaseUrl }, 'use-server-key'), { code: 1, stderr: /SERVER_KEY_FILE has to be set/ });
  const env = { DATABASE_URL: databaseUrl, SERVER_KEY_FILE: file };
  t.match(await keys(env, 'use-server-key'), { code: 1, stderr: /^averment: the server key .* is not there/ });
  const key = await makeServerKey(file, systemRandom);
  t.match(await keys(env, 'use-server-key'), { code: 0, stdout: /with the fingerprint [0-9a-f]{32}\. .*npm run rebuild -- all/ });
  const pool = createPool({ databaseUrl, name: 'test', logger, max: 1, connectTimeout: patience });
  t.teardown(() => pool.end());
  await requireServerKey(pool, key, systemClock);
  await t.rejects(requireServerKey(pool, Buffer.alloc(32), systemClock), { name: 'ServerKeyError' });
});

t.test('against the embedded database, whether its server runs or not', async (t) => {
  const dataDir = await testFolder(t);
  const env = { DATA_DIR: dataDir };
  t.match(await keys(env, 'list'), { code: 1, stderr: /there is no data in .* yet: run npm start first/ });
  const embedded = await openEmbedded({ dataDir, name: 'test', logger });
  t.teardown(() => embedded.stop());
  await lifeOfAKey(t, env);
  await embedded.stop();
  t.match(await keys(env, 'list'), { code: 0, stdout: /desk/ });
});

t.test('what makes no sense is refused in one line', async (t) => {
  for (const args of [[], ['create'], ['create', '--subject', 'x'], ['list', 'more'], ['make'], ['list', '--what'], ['revoke']]) {
    t.match(
      await keys({}, ...args),
      { code: 2, stderr: /^averment: [^\n]+ \(npm run keys -- --help says how it is used\)\n$/ },
      args.join(' '),
    );
  }
  t.match(await keys({ DATABASE_URL: 'http://x' }, 'list'), { code: 1, stderr: /DATABASE_URL: its value is not the address/ });
});
