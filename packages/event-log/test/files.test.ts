import { randomBytes, randomUUID } from 'node:crypto';
import t from 'tap';
import { eraseTexts, eraseToHead, purgeErased } from '../src/index.ts';
import { decoded, newStream, note } from './events.ts';
import { databases, poolOf } from './postgres.ts';
import { filesWith, tracesOf } from './traces.ts';

const { server, newDatabase } = await databases(t);

/** Said again and again, so that one time at least is not cut by the end of a page. */
const canary = (times: number) => {
  const word = randomBytes(18).toString('base64url');
  return { text: word.repeat(times), traces: tracesOf(word) };
};

t.test('an erased text leaves the files of the database, in a row of its own or in TOAST', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  // Compression would hide it from the search.
  await pool.query('ALTER TABLE vault.texts ALTER COLUMN disclosures SET STORAGE EXTERNAL');
  const words = [canary(10), canary(1000)];
  const kept = canary(10);
  const stream = newStream();
  await log.append(stream, -1, [...words.map(({ text }) => note(text)), note(kept.text)]);
  await pool.query('CHECKPOINT');
  for (const { traces } of words)
    t.ok((await filesWith(server.folder, traces)).length > 1, 'it is in the table and in the write-ahead log');

  await eraseTexts(log, {
    stream,
    fields: words.map((_, revision) => ({ revision, pointer: '/title' })),
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  });
  await eraseToHead({ pool, log });

  // Somebody else looks at the database as it was before, for as long as they like.
  const old = await pool.connect();
  await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await old.query('SELECT FROM pg_class');

  await pool.query('VACUUM (FULL) vault.texts');
  await pool.query('CHECKPOINT');
  for (const { traces } of words) t.ok((await filesWith(server.folder, traces)).length > 0, 'a vacuum leaves it');

  t.same(await purgeErased(pool), [], 'nothing is kept by the server');
  for (const { traces } of words) t.same(await filesWith(server.folder, traces), []);
  await old.query('COMMIT');
  old.release();

  t.ok((await filesWith(server.folder, kept.traces)).length > 0, 'what was not erased is found, so the search finds');
  const read = (await log.readStream(stream, 0)).map(decoded);
  t.same(
    read.slice(0, 3).map(({ data }) => data),
    [{}, {}, { title: kept.text }],
  );
  t.equal((await log.append(stream, 3, [note('and on')])).outcome, 'written');
});

t.test('what the server keeps is said', async (t) => {
  const { pool, url } = await newDatabase(t);
  await pool.query("SELECT pg_create_physical_replication_slot('standby', true)");
  t.same(await purgeErased(pool), [{ what: 'write-ahead log', why: 'replication slot standby' }]);
  await pool.query("SELECT pg_drop_replication_slot('standby')");

  await pool.query("CREATE ROLE owner LOGIN PASSWORD 'owner'; ALTER TABLE vault.texts OWNER TO owner; GRANT ALL ON SCHEMA vault TO owner");
  const own = new URL(url);
  own.username = 'owner';
  own.password = 'owner';
  t.match(await purgeErased(poolOf(t, own.href)), [{ what: 'write-ahead log', why: /may not/ }]);
});
