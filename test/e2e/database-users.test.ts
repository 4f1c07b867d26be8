import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, type DomainEvent, publicShare, standardVocabulary, tagCases } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { createPostgresLog } from '@averment/event-log/testing';
import { createLogger, createPool, databaseRoles, findEmbedded, loadConfig, systemRandom } from '@averment/platform';
import { patience, testFolder, testServer } from '@averment/platform/testing';
import { createProjections } from '@averment/read-models';
import t from 'tap';
import { open } from '../../services/api/src/open.ts';
import { articleText, proposal } from '../faults/work.ts';
import { type Client, client, expectStatus, type Json } from './client.ts';
import { as, type Connection, databaseUsers } from './database-users.ts';
import { type Program, runCommand, startProgram, stopPrograms } from './processes.ts';
import { startServer } from './server.ts';

// The service on a PostgreSQL with the two users of docs/operations.md: one api and one worker, each as its own user.
const server = await testServer(t);
const users = await databaseUsers(server);
const folder = await testFolder(t);
const serverKey = randomBytes(32);
await writeFile(join(folder, 'server.key'), serverKey.toString('hex'), { mode: 0o600 });
const logger = createLogger({ level: 'silent', name: 'test' });
const settingsOf = (user: keyof typeof users) => ({ DATABASE_URL: users[user], SERVER_KEY_FILE: join(folder, 'server.key'), PORT: '0' });
const startApi = () => startProgram(t, 'services/api/src/main.ts', settingsOf('api'));
const startWorker = () => startProgram(t, 'services/worker/src/main.ts', settingsOf('worker'));
const command = (file: string, ...args: string[]) => runCommand(file, settingsOf('worker'), ...args);

const openApi = () =>
  open({
    databaseUrl: users.api,
    settings: { eventLogUrl: null, eventLogName: 'averment' },
    jobsStore: { databaseUrl: users.api },
    serverKey,
    keysTwoAdmins: false,
    tokens: null,
    auditReads: false,
    tipRetention: 1,
    webhooks: loadConfig({}).webhooks,
    reviewLease: 60_000,
    streamLimit: 1,
    exports: { atOnce: 1, time: 60_000 },
    quotas: { sourceBytes: null, openEdits: null },
    share: publicShare,
    vocabulary: standardVocabulary,
    logger,
    wait: 0,
  });

let api: Program;
let worker: Program;
const clients: Partial<Record<string, Client>> = {};
const asked = (subject: string): Client => {
  const found = clients[subject];
  if (found === undefined) throw new Error(`nobody is called ${subject}`);
  return found;
};
const register = async (name: string) =>
  expectStatus(await asked('contributor').send('POST', '/v1/parties', { kind: 'agency', name }), 201) as { id: string; position: string };

t.test('before a worker has been there the api says what is lacking, and waits for it', async (t) => {
  await t.rejects(openApi(), {
    name: 'RightMissing',
    message:
      /^the user averment_api of DATABASE_URL lacks the schema access, .*the schema work\. A worker makes the tables when it starts, and grants these rights to averment_api/,
  });
  const starting = startApi();
  worker = await startWorker();
  api = await starting;
  for (const role of ['contributor', 'reviewer', 'reviewer2', 'app', 'auditor', 'admin']) {
    const made = await command('services/worker/src/keys.ts', 'create', '--subject', role, '--role', role.replace(/\d$/, ''));
    t.equal(made.code, 0, made.out);
    clients[role] = client(api.url, made.out.split('\n')[0] ?? '');
  }
});

let incident = '';
t.test('the whole api works with the rights of its user', async (t) => {
  const contributor = asked('contributor');
  const source = expectStatus(
    await contributor.send('POST', '/v1/sources', { kind: 'article', title: 'Shots', language: 'en', text: articleText }),
    201,
  );
  const police = await register('Harbour Police');
  const scene = { source: String(source.id), police: police.id, city: police.id };
  const proposed = expectStatus(
    await contributor.send('POST', '/v1/incidents', proposal(scene, 'Harbour Police fire at a car in Porto Novo')),
    201,
  );
  incident = `/v1/incidents/${proposed.incidentId}`;
  const reviewer = asked('reviewer');
  const edit = `${incident}/edits/1`;
  expectStatus(await reviewer.get(`${edit}/preview?minPosition=${proposed.position}`), 200);
  expectStatus(await reviewer.send('POST', `${edit}/lease`), 200);
  expectStatus(await asked('reviewer2').send('POST', `${edit}/lease`, { break: true, reason: 'It is urgent.' }), 200);
  expectStatus(await reviewer.send('POST', `${edit}/lease`), 200);
  expectStatus(await reviewer.send('DELETE', `${edit}/lease`), 200);
  const decision = { decision: 'approve', reason: 'Checked.' };
  const decided = expectStatus(await reviewer.send('POST', `${edit}/decision`, decision, { 'if-match': String(proposed.etag) }), 200);
  const anybody = client(api.url, null);
  const now = `minPosition=${decided.position}`;
  for (const path of [
    incident,
    `${incident}/comparison`,
    `${incident}/events`,
    '/v1/incidents',
    '/v1/claims',
    '/v1/parties',
    '/v1/sources',
  ])
    expectStatus(await anybody.get(`${path}?${now}`), 200);
  expectStatus(await anybody.get(`${incident}?asOfRevision=${decided.appliedRevision}`), 200);
  expectStatus(await anybody.get(`/v1/incidents?asOfPosition=${decided.position}`), 200);
  expectStatus(await anybody.get(`${incident}/diff?from=${decided.appliedRevision}&to=${decided.appliedRevision}`), 200);
  expectStatus(await anybody.get(`${incident}?asOf=${new Date().toISOString()}`).then(orLater(anybody)), 200);
  const { items } = expectStatus(await asked('app').get('/v1/events?after=0'), 200) as { items: Json[] };
  t.ok(items.length > 0, 'the feed');
  const app = asked('app');
  const hook = expectStatus(await app.send('POST', '/v1/webhooks', { url: 'https://newsroom.invalid/' }, { 'idempotency-key': 'a' }), 201);
  const hookPath = `/v1/webhooks/${hook.id}`;
  for (const path of ['/v1/webhooks', hookPath, `${hookPath}/deliveries`]) expectStatus(await app.get(path), 200);
  for (const what of ['rotate', 'enable']) expectStatus(await app.send('POST', `${hookPath}/${what}`), 200);
  expectStatus(await app.send('POST', `${hookPath}/replay`, { from: '0' }), 200);
  expectStatus(await app.send('DELETE', hookPath), 204);
  expectStatus(await asked('reviewer').get(`/v1/reviews/stats?${now}`), 200);
  t.same(expectStatus(await anybody.get('/readyz'), 200), { status: 'ok', reasons: [], warnings: [] });
  t.notMatch((await anybody.get('/metrics')).text, /^averment_dependency_up\{.*\} 0$/m);
});

/** The log's clock is that of this machine, so what is asked for has passed a moment later. */
const orLater = (anybody: Client) => async (answer: Awaited<ReturnType<Client['get']>>) =>
  answer.status === 400 ? anybody.get(`${incident}?asOf=${new Date(Date.now() - 1).toISOString()}`) : answer;

t.test('an admin retries and skips what is parked', async (t) => {
  t.same(await stopPrograms([worker]), [0]);
  const parties = [await register('City of Porto Novo'), await register('County of Porto Novo')];
  const ids = parties.map(({ id }) => id);
  const superuser = (sql: string, values?: unknown[]) => as(users.superuser, (connection) => connection.query(sql, values));
  await superuser(`CREATE TABLE public.kept AS SELECT * FROM vault.texts WHERE stream IN ('${ids.join("','")}')`);
  await superuser('DELETE FROM vault.texts WHERE stream = ANY($1)', [ids]);
  worker = await startWorker();
  const admin = asked('admin');
  const parked = async () => {
    const { items } = expectStatus(await admin.get('/v1/parked'), 200) as { items: { id: string; stream: string; state: string }[] };
    return items.filter(({ state }) => state === 'parked');
  };
  while ((await parked()).length < 2 * ids.length);
  await superuser('INSERT INTO vault.texts TABLE public.kept');
  const of = async (stream: string | undefined) => (await parked()).filter((one) => one.stream === stream);
  for (const { id } of await of(ids[0]))
    t.match(expectStatus(await admin.send('POST', `/v1/parked/${id}/retry`), 200), { outcome: 'applied' });
  for (const { id } of await of(ids[1])) expectStatus(await admin.send('POST', `/v1/parked/${id}/skip`), 200);
  t.same(await parked(), []);
  expectStatus(await asked('contributor').get(`/v1/parties/${ids[0]}`), 200);
});

t.test('an api that starts erases first, without a worker', async (t) => {
  t.same(await stopPrograms([api, worker]), [0, 0]);
  const { rows } = await as(users.superuser, (one) =>
    one.query("SELECT stream FROM log.events WHERE type = 'PartyRegistered' ORDER BY position LIMIT 1"),
  );
  const stream: string = rows[0].stream;
  const pool = createPool({ databaseUrl: users.api, name: 'test', logger, connectTimeout: patience });
  const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
  const erasing = {
    stream,
    fields: [{ revision: 0, pointer: '/name' }],
    reasonCode: 'personal_data',
    actor: 'tester',
    at: '2026-01-01T00:00:00.000Z',
  };
  const erased = await eraseTexts(log, { ...erasing, command: randomUUID(), idOf: () => randomUUID() });
  t.equal(erased.outcome, 'written');
  await log.close();
  await pool.end();
  const listed = () =>
    as(users.superuser, (one) => one.query('SELECT FROM vault.erasures WHERE stream = $1', [stream])).then(({ rowCount }) => rowCount);
  t.equal(await listed(), 0);
  api = await startApi();
  t.ok(((await listed()) ?? 0) > 0);
  t.same(await stopPrograms([api]), [0]);
});

t.test('the commands work as the owner, rebuild to the last file, and as the api they say who has to run them', async (t) => {
  const rebuilt = await command('services/worker/src/rebuild.ts', 'all');
  t.equal(rebuilt.code, 0, rebuilt.out);
  // This server keeps its old segments, as it was started without the setting; the right to remove them is there.
  t.notMatch(rebuilt.out, /may not switch/);
  t.equal((await command('services/worker/src/verify.ts')).code, 0);
  const refused = await runCommand('services/worker/src/rebuild.ts', settingsOf('api'), 'all');
  t.equal(refused.code, 1);
  t.match(
    refused.out,
    /^averment rebuild: the user of DATABASE_URL may not bring the schema vault forward: permission denied .* It takes the user who owns/,
  );
  t.notMatch(refused.out, /\n\s+at /, 'without a trace');
});

t.test('a right that is taken away is named, and a worker gives it back', async (t) => {
  await as(users.superuser, (one) =>
    one.query('REVOKE SELECT ON log.events FROM averment_api; REVOKE UPDATE, DELETE ON record_v21.incidents FROM averment_api'),
  );
  await t.rejects(openApi(), {
    message:
      /^the user averment_api of DATABASE_URL lacks DELETE on record_v21\.incidents, SELECT on log\.events, UPDATE on record_v21\.incidents\. /,
  });
  worker = await startWorker();
  const opened = await openApi();
  await opened.close();
  await as(users.superuser, (one) => one.query("DELETE FROM log.migrations WHERE name = '0003_a-writer-names-what-it-has-seen'"));
  await t.rejects(openApi(), { message: /lacks the migration 0003_a-writer-names-what-it-has-seen of the schema log\. / });
  t.same(await stopPrograms([worker]), [0]);
});

t.test('the api has these rights in the database, and none besides', async (t) => {
  const { rows } = await as(users.superuser, (one) =>
    one.query<{ schema: string; name: string; has: string }>(
      `SELECT table_schema AS schema, table_name AS name, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS has
         FROM information_schema.table_privileges WHERE grantee = $1 GROUP BY 1, 2`,
      [databaseRoles.api],
    ),
  );
  const [rowsOf, models] = [
    'DELETE INSERT SELECT UPDATE',
    createProjections({ vocabulary: standardVocabulary, tagCase: tagCases(Buffer.alloc(32)) }),
  ];
  const whole = ['bullmq', ...models.map(({ name, version }) => `${name}_v${version}`)];
  t.ok(rows.length > 30);
  for (const { schema, has, name } of rows.filter((row) => whole.includes(row.schema))) t.equal(has, rowsOf, `${schema}.${name}`);
  t.same(Object.fromEntries(rows.filter((row) => !whole.includes(row.schema)).map(({ schema, name, has }) => [`${schema}.${name}`, has])), {
    'access.keys': 'INSERT SELECT UPDATE',
    'access.reads': 'INSERT',
    'access.server_key': 'INSERT SELECT',
    'access.subjects': 'INSERT SELECT UPDATE',
    'access.users': 'INSERT SELECT',
    'access.uses': 'INSERT SELECT UPDATE',
    'ledger.checkpoint': 'SELECT',
    'ledger.followed': 'SELECT',
    'ledger.keys': 'SELECT',
    'ledger.leaves': 'SELECT',
    'ledger.migrations': 'SELECT',
    'ledger.stamps': 'SELECT',
    'ledger.tiles': 'SELECT',
    'log.events': 'SELECT',
    'log.head': 'SELECT',
    'runner.counted': 'DELETE INSERT SELECT',
    'runner.parked': rowsOf,
    'runner.skipped': rowsOf,
    'vault.checkpoint': 'SELECT UPDATE',
    'vault.erasures': 'INSERT SELECT',
    'vault.log': 'SELECT',
    'vault.texts': rowsOf,
    'webhooks.deliveries': 'SELECT UPDATE',
    'webhooks.events': 'SELECT',
    'webhooks.lines': 'SELECT UPDATE',
    'webhooks.requests': 'INSERT SELECT UPDATE',
    'webhooks.webhooks': rowsOf,
    'work.leases': rowsOf,
    'work.views': rowsOf,
    'work.tips': rowsOf,
    'work.submitted': rowsOf,
    'work.uploads': rowsOf,
    'work.written': rowsOf,
    ...Object.fromEntries(['access', 'log', 'runner', 'vault', 'webhooks', 'work'].map((schema) => [`${schema}.migrations`, 'SELECT'])),
  });
});

const ofNobody = [
  'ALTER ROLE averment_api SUPERUSER',
  "ALTER ROLE averment PASSWORD 'x'",
  'CREATE ROLE another',
  'SELECT rolpassword FROM pg_authid',
  'SELECT * FROM pg_shadow',
  "COPY (SELECT 1) TO 'copied'",
  "COPY (SELECT 1) TO PROGRAM 'true'",
  "SELECT pg_read_file('PG_VERSION')",
  "SELECT pg_ls_dir('.')",
  "SELECT lo_export(1, 'exported')",
  'CREATE EXTENSION file_fdw',
  'CREATE FUNCTION public.f() RETURNS int LANGUAGE internal AS $$int4pl$$',
  'ALTER SYSTEM SET fsync = off',
  "SET session_replication_role = 'replica'",
  'CREATE DATABASE another',
];
const ofTheOwner = [
  ...['public', 'log', 'record_v21', 'bullmq'].map((schema) => `CREATE TABLE ${schema}.another (n int)`),
  'CREATE TEMPORARY TABLE another (n int)',
  'CREATE SCHEMA another',
  'CREATE FUNCTION log.another() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
  'ALTER FUNCTION log.moment() SECURITY INVOKER',
  'SET ROLE averment_worker',
  'ALTER DATABASE CURRENT SET fsync = off'.replace('CURRENT', new URL(users.api).pathname.slice(1)),
  'CHECKPOINT',
  'SELECT pg_switch_wal()',
  ...['log.events', 'log.head', 'vault.texts', 'record_v21.incidents'].flatMap((table) => [
    `DROP TABLE ${table}`,
    `ALTER TABLE ${table} ADD COLUMN another int`,
    `TRUNCATE ${table}`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
  ]),
  'LOCK TABLE log.events IN SHARE MODE',
  'DROP SCHEMA log CASCADE',
  'INSERT INTO log.events SELECT position + 1000, stream, revision + 1000, last + 1000, id, type, recorded_at, sha256, canonical FROM log.events',
  "UPDATE log.events SET type = 'Another'",
  'DELETE FROM log.events',
  'UPDATE log.head SET position = 0',
  'UPDATE vault.log SET restores = 7',
  'DELETE FROM vault.erasures',
  "UPDATE access.subjects SET role = 'admin'",
  'DELETE FROM access.keys',
  'SELECT FROM access.reads',
  'DELETE FROM access.reads',
  "UPDATE access.keys SET kind = 'machine'",
  'UPDATE access.keys SET revoked_at = now(); UPDATE access.keys SET revoked_at = NULL',
  "UPDATE access.server_key SET fingerprint = ''",
  'DELETE FROM access.server_key',
  'DELETE FROM log.migrations',
];

/** The state that PostgreSQL refuses it with; null where it is done, and then undone. */
const refusal = async (connection: Connection, sql: string): Promise<string | null> => {
  await connection.query('BEGIN').catch(() => undefined);
  const state = await connection.query(sql).then(
    () => null,
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
  await connection.query('ROLLBACK');
  return state;
};

t.test('what its user may not do', async (t) => {
  // Some need a moment without a transaction, and say so first.
  const hasNoTransaction = /^(ALTER SYSTEM|CREATE DATABASE)/;
  for (const user of ['api', 'worker'] as const) {
    await as(users[user], async (connection) => {
      for (const sql of [...ofNobody, ...(user === 'api' ? ofTheOwner : [])]) {
        if (hasNoTransaction.test(sql)) await t.rejects(connection.query(sql), { code: '42501' }, `${user}: ${sql}`);
        else t.equal(await refusal(connection, sql), '42501', `${user}: ${sql}`);
      }
    });
    const { rows } = await as(users.superuser, (one) =>
      one.query('SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1', [
        databaseRoles[user],
      ]),
    );
    t.same(rows, [{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, rolbypassrls: false }]);
  }
  // Nor does it get anywhere through what it may call: the functions write where they were made to, whatever the caller's path says.
  await as(users.api, async (connection) => {
    await connection.query('SET search_path = record_v21, pg_catalog');
    t.equal(
      await refusal(connection, 'CREATE FUNCTION record_v21.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$SELECT now()$$'),
      '42501',
    );
  });
});

t.test('the data of an earlier version, all of which its superuser made, comes up with two users', async (t) => {
  const first = await startServer(t, { SAMPLES: 'off' });
  const party = { kind: 'agency', name: 'Harbour Police' };
  const before = expectStatus(await client(first.url, first.keys.contributor).send('POST', '/v1/parties', party), 201);
  const superuserOf = async () => {
    const password = (await readFile(join(first.dataDir, 'postgres', 'password'), 'utf8')).trim();
    return Object.assign(new URL((await findEmbedded(first.dataDir)) ?? ''), { username: 'averment', password }).href;
  };
  await as(await superuserOf(), async (one) => {
    // The service still runs, and what it has locked may be in the way: then PostgreSQL ends one of the two.
    const undone = () =>
      one.query(
        'REASSIGN OWNED BY averment_worker TO averment; DROP OWNED BY averment_worker, averment_api; GRANT ALL ON DATABASE averment TO PUBLIC; DROP ROLE averment_worker, averment_api',
      );
    const isDeadlock = (error: Error & { code?: string }) => error.code === '40P01';
    while (
      await undone().then(
        () => false,
        (error) => isDeadlock(error) || Promise.reject(error),
      )
    );
  });
  t.equal(await first.stop(), 0);

  const second = await startServer(t, { SAMPLES: 'off', DATA_DIR: first.dataDir });
  const contributor = client(second.url, second.keys.contributor);
  expectStatus(await contributor.get(`/v1/parties/${before.id}`), 200);
  const { id, position } = expectStatus(await contributor.send('POST', '/v1/parties', { ...party, name: 'City of Porto Novo' }), 201);
  expectStatus(await contributor.get(`/v1/parties/${id}?minPosition=${position}`), 200);
  const { rows } = await as(await superuserOf(), (one) =>
    one.query<{ name: string }>(
      "SELECT DISTINCT usename AS name FROM pg_stat_activity WHERE datname = 'averment' AND pid <> pg_backend_pid() ORDER BY 1",
    ),
  );
  t.same(rows, [{ name: 'averment_api' }, { name: 'averment_worker' }], 'no superuser works in it');
});
