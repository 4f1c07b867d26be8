import pg from 'pg';
import t from 'tap';
import { testServer } from '../src/testing.ts';

t.test('a test server holds databases, survives a crash, and is set as the embedded one is', async (t) => {
  const server = await testServer(t);
  const url = await server.createDatabase();
  t.not(url, await server.createDatabase());

  const ask = async (sql: string): Promise<unknown> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows[0];
    } finally {
      await client.end();
    }
  };
  t.same(
    await ask(
      "SELECT current_setting('fsync') AS fsync, current_setting('wal_recycle') AS recycle, current_setting('data_checksums') AS sums",
    ),
    {
      fsync: 'on',
      recycle: 'off',
      sums: 'on',
    },
  );
  await ask('CREATE TABLE kept AS SELECT 1 AS one');
  await server.crash();
  await t.rejects(ask('SELECT 1'));
  await server.start();
  t.same(await ask('SELECT one FROM kept'), { one: 1 });
});
