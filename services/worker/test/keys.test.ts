import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createAuthenticator, createReadLog, requireServerKey } from '@averment/access';
import { createKey } from '@averment/access/testing';
import { createLogger, createPool, makeServerKey, openEmbedded, systemClock, systemRandom } from '@averment/platform';
import { patience, testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../src/keys.ts', import.meta.url));
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

const aKey = /^avk_[A-Za-z0-9_-]{43}\n/;
const idIn = ({ stdout }: Answer): string => /(key_[0-9a-z]{26})\./.exec(stdout)?.[1] ?? '';

/** Makes a key, sees it listed, rotates and revokes it. */
const lifeOfAKey = async (t: Test, env: Record<string, string>): Promise<void> => {
  const made = await keys(env, 'create', '--subject', 'desk', '--role', 'reviewer', '--name', 'The front desk', '--by', 'operator');
  t.match(made, { code: 0, stdout: aKey });
  const id = idIn(made);
  const rotated = await keys(env, 'rotate', id);
  t.match(rotated, { code: 0, stdout: aKey });
  t.equal(idIn(rotated), id);
  t.match(await keys(env, 'revoke', id), { code: 0, stdout: `revoked ${id}\n` });
  t.match(await keys(env, 'list'), { code: 0, stdout: new RegExp(`${id}  desk +reviewer +person +revoked .*revoked 20.*The front desk`) });
};

t.test("against a database of one's own, before anything else has run on it", async (t) => {
  const server = await testServer(t);
  const databaseUrl = await server.createDatabase();
  const env = { DATABASE_URL: databaseUrl };
  await lifeOfAKey(t, env);
  const pool = createPool({ databaseUrl, name: 'test', logger, max: 4, connectTimeout: patience });
  t.teardown(() => pool.end());
  const authenticate = createAuthenticator(pool);
  const keyIn = ({ stdout }: Answer) => stdout.split('\n')[0] ?? '';
  const made = await keys(env, 'create', '--subject', 'app', '--role', 'app', '--kind', 'machine');
  t.match(await authenticate(keyIn(made)), { subject: 'app', role: 'app', kind: 'machine' });

  const { rows } = await pool.query<{ canonical: string }>('SELECT canonical FROM log.events ORDER BY position');
  const events = rows.map(({ canonical }) => JSON.parse(canonical) as { type: string; actor: string; stream: string });
  t.same(
    events.map(({ type }) => type),
    ['KeyCreated', 'KeyRotated', 'KeyRevoked', 'KeyCreated'],
    'what was done is in the log',
  );
  t.equal(events[0]?.actor, 'operator');
  t.equal(events.at(-1)?.stream, idIn(made));
  t.notMatch(JSON.stringify(rows), /front desk|avk_/);

  const note = createReadLog(pool);
  await note({ subject: 'desk', role: 'reviewer', operation: 'listReviews', path: '/v1/reviews', at: new Date('2026-11-30T12:00:00Z') });
  t.match(await keys(env, 'reads', '--since', '2026-11-30T12:00:00Z'), {
    code: 0,
    stdout: '2026-11-30T12:00:00.000Z  desk  reviewer  listReviews  /v1/reviews\n',
  });

  const both = { ...env, KEYS_TWO_ADMINS: 'on' };
  const tools = { clock: systemClock, random: systemRandom };
  for (const subject of ['one', 'two']) await createKey(pool, { subject, role: 'admin' }, tools);
  const waits = await keys(both, 'create', '--subject', 'hall', '--role', 'reviewer', '--by', 'one');
  t.match(waits.stdout, 'It works once another admin has confirmed it');
  t.equal(await authenticate(keyIn(waits)), null);
  t.match(await keys(both, 'confirm', idIn(waits), '--by', 'one'), { code: 1, stderr: /another admin/ });
  t.match(await keys(both, 'confirm', idIn(waits), '--by', 'two'), { code: 0 });
  t.match(await authenticate(keyIn(waits)), { subject: 'hall' });
});

t.test('a server key is told to the database', async (t) => {
  const server = await testServer(t);
  const databaseUrl = await server.createDatabase();
  const file = join(await testFolder(t), 'server.key');
  const env = { DATABASE_URL: databaseUrl, SERVER_KEY_FILE: file };
  t.match(await keys(env, 'use-server-key'), { code: 1, stderr: /^averment keys: the server key .* is not there/ });
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
  t.match(await keys(env, 'create', '--subject', 'desk', '--role', 'reviewer'), { code: 0, stdout: aKey });
  await embedded.stop();
  t.match(await keys(env, 'list'), { code: 0, stdout: /desk/ });
});

t.test('what makes no sense is refused in one line', async (t) => {
  for (const args of [[], ['create', '--subject', 'A Person', '--role', 'admin', '--expires', 'soon']]) {
    t.match(
      await keys({}, ...args),
      { code: 2, stderr: /^averment: [^\n]+ \(npm run keys -- --help says how it is used\)\n$/ },
      args.join(' '),
    );
  }
  t.match(await keys({ DATABASE_URL: 'http://x' }, 'list'), { code: 1, stderr: /DATABASE_URL: its value is not the address/ });
});
