import { type Clock, migrate } from '@averment/platform';
import { testPools, testServer } from '@averment/platform/testing';
import t from 'tap';
import { migrations, requireServerKey, useServerKey } from '../src/index.ts';

const server = await testServer(t);
const [own, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const clock: Clock = { now: () => new Date('2026-03-01T12:00:00.000Z') };

t.test('a database is used with one server key', async (t) => {
  const url = await server.createDatabase();
  await migrate(url, migrations);
  const { pool, end } = testPools(url);
  t.teardown(end);

  const outcomes = await Promise.allSettled([own, other, own, other].map((key) => requireServerKey(pool, key, clock)));
  const refused = outcomes.map(({ status }) => status === 'rejected');
  t.equal(refused[0], refused[2], 'those with one key are all taken or all refused');
  t.not(refused[0], refused[1], 'of two keys that come at once one is taken');
  const { rows } = await pool.query('SELECT * FROM access.server_key');
  t.equal(rows.length, 1);
  t.notMatch(JSON.stringify(rows), /(01){8}|(02){8}/, 'the key itself is not in it');

  const [taken, wrong] = refused[0] ? [other, own] : [own, other];
  await requireServerKey(pool, taken, clock);
  const since =
    /since 2026-03-01T12:00:00\.000Z: its fingerprint is [0-9a-f]{32}, that of the other [0-9a-f]{32}\..*use-server-key.*rebuild -- all/;
  await t.rejects(requireServerKey(pool, wrong, clock), { name: 'ServerKeyError', message: since });

  t.equal(await useServerKey(pool, wrong, clock), await useServerKey(pool, wrong, clock));
  await requireServerKey(pool, wrong, clock);
  await t.rejects(requireServerKey(pool, taken, clock), { name: 'ServerKeyError' });
});
