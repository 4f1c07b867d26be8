import { join } from 'node:path';
import { configExit, makeServerKey, systemRandom } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, register, run, stores } from './kit.ts';

const server = await testServer(t);

t.test('rebuild says what it did, and only comparing changes nothing', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  await register(log, 3);
  await runner.ensure();
  const first = await run('rebuild', environment(databaseUrl), 'all');
  t.equal(first.code, 0, first.err);
  t.match(first.out, /^record: built from 3 events up to position 3/m);
  t.match(first.out, /^times: built/m);
  t.match(first.out, /parties: 3 rows, 3 compared, none differs/);
  t.match(first.out, /the rebuilt tables are in use now/);

  await pool.query('DELETE FROM times_v2.times');
  const compared = await run('rebuild', environment(databaseUrl), 'times', '--compare-only');
  t.equal(compared.code, 1, compared.err);
  t.match(compared.out, /times: 0 rows in use, \d+ rebuilt/);
  t.match(compared.out, /is only in the rebuilt tables/);
  t.match(compared.out, /nothing was changed/);
  t.same((await pool.query('SELECT FROM times_v2.times')).rowCount, 0);
  t.equal((await run('rebuild', environment(databaseUrl), 'times')).code, 0);
  t.ok((await pool.query('SELECT FROM times_v2.times')).rowCount);
});

t.test('rebuild explains itself', async (t) => {
  const { databaseUrl } = await stores(t, server);
  for (const wrong of [[], ['nothing'], ['record', 'times'], ['record', '--all']]) {
    const { code, err } = await run('rebuild', environment(databaseUrl), ...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, /^averment: [^\n]+ \(npm run rebuild -- --help says how it is used\)\n$/);
  }
  for (const [program, ...wrong] of [
    ['verify', '--model'],
    ['verify', 'record'],
    ['restored', '--at-least', '-1'],
    ['restored', 'now'],
  ] as const) {
    const { code, err } = await run(program, environment(databaseUrl), ...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, new RegExp(`^averment: [^\\n]+ \\(npm run ${program} -- --help says how it is used\\)\\n$`));
  }
  const unset = await run('verify', { PATH: process.env.PATH, DATABASE_URL: 'nonsense' });
  t.equal(unset.code, 1);
  t.match(unset.err, /DATABASE_URL/);
  const { pathname } = new URL(databaseUrl);
  for (const wrong of ['postgres://127.0.0.1:1/x', databaseUrl.replace(pathname, '/nowhere')]) {
    const { code, err } = await run('rebuild', environment(wrong), 'all');
    t.equal(code, 1);
    t.match(err, /^averment rebuild: a store cannot be had \([^\n]+\): look at DATABASE_URL [^\n]+\n$/);
  }
});

t.test('what derives standings needs the server key, and says so', async (t) => {
  const { databaseUrl } = await stores(t, server);
  const { SERVER_KEY_FILE: _, ...without } = environment(databaseUrl);
  t.equal((await run('verify', without)).code, 0, 'the log is verified without');
  for (const [program, ...args] of [['rebuild', 'all'], ['restored'], ['verify', '--models']] as const) {
    const unset = await run(program, without, ...args);
    t.match(unset, { code: 1, err: /^averment \w+: these settings cannot be used:\n {2}SERVER_KEY_FILE has to be set/ }, program);
    const gone = await run(program, { ...without, SERVER_KEY_FILE: '/nowhere/server.key' }, ...args);
    t.match(gone, { code: 1, err: /^averment \w+: the server key \/nowhere\/server\.key is not there\. Restore it/ }, program);
    t.notMatch(gone.err, /\bat .*\.ts:\d/, 'without a trace');
  }
});

t.test('a program with another server key than the database is used with ends and says so', async (t) => {
  const { databaseUrl } = await stores(t, server);
  const otherKey = join(await testFolder(t), 'server.key');
  await makeServerKey(otherKey, systemRandom);
  const env = { ...environment(databaseUrl), SERVER_KEY_FILE: otherKey };
  for (const [code, program, ...args] of [
    [configExit, 'main'],
    [1, 'rebuild', 'all'],
    [1, 'restored'],
    [1, 'verify', '--models'],
  ] as const) {
    const other = await run(program, env, ...args);
    t.match(other, { code, err: /^averment \w+: the server key is not the one that this database is used with since 20/ }, program);
    t.notMatch(other.err, /\bat .*\.ts:\d/, 'without a trace');
  }
  t.equal((await run('verify', env)).code, 0, 'the log is verified with whichever');
  t.equal((await run('rebuild', environment(databaseUrl), 'all')).code, 0);
});

t.test('restored counts on from whatever the models have heard of, where the vault has forgotten it, and from what is said', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  await register(log, 2);
  await runner.ensure();
  const name = async (...args: string[]) => {
    const { code, out, err } = await run('restored', environment(databaseUrl), ...args);
    t.equal(code, 0, err);
    return /is called (\S+) from/.exec(out)?.[1];
  };
  const id = String((await pool.query('SELECT id FROM vault.log')).rows[0]?.id);
  t.equal(await name(), `${id}.1`);
  await pool.query(`UPDATE times_v2.checkpoint SET log = '${id}.5'`);
  t.equal(await name(), `${id}.6`);
  t.equal(await name('--at-least', '9'), `${id}.9`);
  t.equal(await name(), `${id}.10`);
  t.same(await runner.off(), new Map(), 'no model has to be built for that');
});

t.test('verify ends with 1 where something is not as it was written, and names the place', async (t) => {
  const { databaseUrl, log, pool } = await stores(t, server);
  const { streams } = await register(log, 3);
  const well = await run('verify', environment(databaseUrl));
  t.equal(well.code, 0, well.err);
  t.match(well.out, /^3 events up to position 3: all is as it was written$/m);
  const unbuilt = await run('verify', environment(databaseUrl), '--models');
  t.match(unbuilt, { code: 1, out: /^model_off: the read model record is not there/m }, 'what was not looked at is not well');
  await pool.query('DELETE FROM vault.texts WHERE stream = $1', [streams[1]]);
  const ill = await run('verify', environment(databaseUrl));
  t.equal(ill.code, 1);
  t.match(ill.out, new RegExp(`^text_missing: ${streams[1]}, revision 0, position \\d+: `, 'm'));
  t.match(ill.out, /3 events up to position 3: \d+ findings/);
});
