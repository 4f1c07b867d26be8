import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import t from 'tap';
import { takeDataLock } from '../src/postgres/lock.ts';
import { testServer } from '../src/testing.ts';

const url = await (await testServer(t)).createDatabase();
const holding = async (name: string, at = url): Promise<pg.Client> => {
  const holder = new pg.Client({ connectionString: at, application_name: name });
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock($1, $2)', [0x41_76_65_72, 0x6d_65_6e_74]);
  return holder;
};

t.test('a holder that lives is named', async (t) => {
  const holder = await holding(`averment ${process.pid} http://127.0.0.1:8080`);
  t.match(await takeDataLock(url, 'next'), { name: 'averment', pid: process.pid, url: 'http://127.0.0.1:8080', since: Date });
  await holder.end();
});

t.test('a holder that is dead is waited for until the database has noticed', async (t) => {
  const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(dead, 'exit');
  const holder = await holding(`averment ${dead.pid}`);
  const taking = takeDataLock(url, 'next');
  const asked = new Set<string>();
  while (asked.size < 20) {
    const { rows } = await holder.query<{ begun: string }>(
      "SELECT query_start::text AS begun FROM pg_stat_activity WHERE application_name LIKE 'next %'",
    );
    if (rows.length === 0 && asked.size > 0) break;
    for (const { begun } of rows) if (begun !== null) asked.add(begun);
  }
  await holder.end();
  const lock = await taking;
  t.ok('release' in lock, 'then it is free');
  if ('release' in lock) await lock.release();
});

t.test('a holder that goes between two looks is nobody to name', async (t) => {
  // On each of many databases the holder goes at another time, so that some go between the look at the lock and the look for its holder.
  const server = await testServer(t);
  const urls: string[] = [];
  for (let n = 0; n < 12; n += 1) urls.push(await server.createDatabase());
  const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(dead, 'exit');
  const locks = await Promise.all(
    urls.map(async (each) => {
      const holder = await holding(`averment ${dead.pid}`, each);
      const taking = takeDataLock(each, 'next');
      await holder.query('SELECT pg_sleep(0.6 + random() * 0.2)');
      await holder.end();
      return taking;
    }),
  );
  for (const lock of locks) {
    t.ok('release' in lock);
    if ('release' in lock) await lock.release();
  }
});
