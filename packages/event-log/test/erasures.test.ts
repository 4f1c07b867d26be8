import { randomUUID } from 'node:crypto';
import { catalogue as domainCatalogue, feedOperations, type TextPlace } from '@averment/domain';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { type EventLog, eraseTexts, eraseToHead, type Logged, StreamUnreadable, sweepAttempts } from '../src/index.ts';
import { advanceErasures } from '../src/vault/erasures.ts';
import { catalogue, decoded, event, mark, newStream, note, type TestEvent } from './events.ts';
import { databases } from './postgres.ts';
import { samples } from './samples.ts';
import { tablesWith, tracesOf } from './traces.ts';

const { newDatabase } = await databases(t);

const erase = (log: EventLog<TestEvent>, stream: string, fields: TextPlace[]) =>
  eraseTexts(log, {
    stream,
    fields,
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  });

const title = { revision: 0, pointer: '/title' };

t.test('a word in every text of every event type is found nowhere in the log, and is read back', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open({ catalogue: domainCatalogue });
  const word = { text: 'Zanzibarius', number: 41.9172635 };
  const stream = newStream();
  const sent = samples(word);
  for (const [index, { type, data }] of sent.entries()) {
    await log.append(stream, index - 1, [event(type, data, { actor: 'contributor' })]);
  }
  const traces = [word.text, String(word.number)].flatMap(tracesOf);
  t.same(await tablesWith(pool, traces), ['vault.texts'], 'the vault has it, the log has not');
  const read = (await log.readStream(stream, 0)).map(decoded);
  t.same(
    read.map(({ type, data }) => ({ type, data })),
    sent,
  );
});

t.test('an erased value is in no table, the event is as it was', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  const traces = tracesOf('Jane Roe of Elm Street');
  await log.append(stream, -1, [note('Jane Roe of Elm Street', { n: 1, items: [{ text: 'kept' }] }), note('Jane Roe of Elm Street')]);
  const before = await log.readStored(stream, 0, { texts: false });
  t.same(await tablesWith(pool, traces), ['vault.texts']);
  t.match(await erase(log, stream, [title]), { outcome: 'written', items: [{ revision: 0 }, { revision: 1 }] });
  t.same(await eraseToHead({ pool, log }), { streams: [stream] });
  t.same(await tablesWith(pool, traces), []);
  t.same(await log.readStored(stream, 0, { to: 1, texts: false }), before);
  t.same(decoded((await log.readStream(stream, 0))[0]).data, { n: 1, items: [{ text: 'kept' }] });
  t.same(await eraseToHead({ pool, log }), { streams: [] }, 'and there is nothing more to do');
});

t.test('an erasure that cannot be read holds up all, unless an admin passes over it, and comes when it can be read again', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open({ catalogue: { ...domainCatalogue, ...catalogue } });
  const [one, other] = [newStream(), newStream()];
  const traces = tracesOf('Jane Roe of Elm Street');
  for (const stream of [one, other]) await log.append(stream, -1, [note('Jane Roe of Elm Street')]);
  await erase(log, one, [title]);
  await erase(log, other, [title]);
  const state = { damaged: true };
  const damage = (event: Logged<TestEvent>): Logged<TestEvent> =>
    state.damaged && event.stream === one && event.type === 'TextErased'
      ? { ...event, undecodable: 'corrupt', error: 'a bit flipped' }
      : event;
  const read: EventLog<TestEvent> = { ...log, readAll: async (...args) => (await log.readAll(...args)).map(damage) };
  await t.rejects(eraseToHead({ pool, log: read }), StreamUnreadable);
  t.ok((await tablesWith(pool, traces)).length > 0);

  const place = { position: String((await log.readStream(one, 1))[0]?.position), stream: one, revision: 1 };
  await log.append(feedOperations, -1, [event('FeedEventSkipped', { ...place, why: 'corrupt', reason: 'A bit flipped.' })]);
  t.same(await eraseToHead({ pool, log: read }), { streams: [other] }, 'what comes after it is erased');
  t.ok((await tablesWith(pool, traces)).length > 0, 'its own text is still there');

  state.damaged = false;
  t.same(await eraseToHead({ pool, log: read }), { streams: [] });
  await log.append(feedOperations, 0, [event('FeedEventMended', place)]);
  t.same(await eraseToHead({ pool, log: read }), { streams: [one] });
  t.same(await tablesWith(pool, traces), []);
});

t.test('of two that follow at once one does it', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [note('Jane Roe')]);
  await erase(log, stream, [title]);
  const results = await Promise.all([1, 2, 3].map(() => advanceErasures({ pool, log })));
  t.same(
    results.flatMap(({ streams }) => streams),
    [stream],
  );
  t.same(decoded((await log.readStream(stream, 0))[0]).data, {});
});

t.test('following goes to the head, however far it is', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [note('Jane Roe')]);
  for (let n = 0; n < 3; n += 1) await log.append(newStream(), -1, Array.from({ length: 400 }, mark));
  await erase(log, stream, [title]);
  t.same(await eraseToHead({ pool, log }), { streams: [stream] });
  t.same(decoded((await log.readStream(stream, 0))[0]).data, {});
});

t.test('a missing text is absent if the list or the stream says that it was erased, else it is missing', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const [erased, lost] = [newStream(), newStream()];
  for (const stream of [erased, lost]) await log.append(stream, -1, [note('Jane Roe', { n: 1 }), mark()]);
  await erase(log, erased, [title]);
  // The list does not know of the erasure yet.
  await pool.query('DELETE FROM vault.texts');
  t.same(decoded((await log.readStream(erased, 0))[0]).data, { n: 1 });
  const read = await log.readStream(lost, 0);
  t.match(read, [{ undecodable: 'text_missing', stream: lost, revision: 0, last: 1 }, { type: 'MarkSet' }]);
  t.match(
    (await log.readAll(0n, 10)).map((each) => 'undecodable' in each),
    [false, false, true, false, false],
  );
  t.same(decoded((await log.readStream(lost, 0, { texts: false }))[0]).data, { n: 1 }, 'the structure needs no vault');
  await eraseToHead({ pool, log });
  t.same(decoded((await log.readStream(erased, 0))[0]).data, { n: 1 }, 'the list says the same');
});

t.test('a text that was altered in the vault is missing, not believed', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [note('as it was written')]);
  const [stored] = await log.readStored(stream, 0);
  const [salt] = JSON.parse(Buffer.from(stored?.disclosures[0] ?? '', 'base64url').toString()) as string[];
  const forged = Buffer.from(JSON.stringify([salt, 'title', 'as somebody wanted it'])).toString('base64url');
  await pool.query('UPDATE vault.texts SET disclosures = $1', [forged]);
  t.match(await log.readStream(stream, 0), [{ undecodable: 'text_missing' }]);
});

/** What a backup of the vault holds. */
const backUp = async (t: Test, pool: Pool) => {
  const { rows: texts } = await pool.query('SELECT * FROM vault.texts');
  const { rows: erasures } = await pool.query('SELECT * FROM vault.erasures');
  const { rows: checkpoint } = await pool.query('SELECT * FROM vault.checkpoint');
  t.ok(texts.length > 0);
  return async () => {
    await pool.query('TRUNCATE vault.texts, vault.erasures, vault.checkpoint');
    for (const [table, rows] of Object.entries({ texts, erasures, checkpoint })) {
      await pool.query(`INSERT INTO vault.${table} SELECT * FROM jsonb_populate_recordset(NULL::vault.${table}, $1)`, [
        JSON.stringify(rows.map(asJson)),
      ]);
    }
  };
};
const asJson = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : typeof value === 'bigint' ? String(value) : value,
    ]),
  );

t.test('a vault restored from before an erasure is erased again at the start', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  const traces = tracesOf('Jane Roe of Elm Street');
  await log.append(stream, -1, [note('Jane Roe of Elm Street', { items: [{ text: 'kept' }] })]);
  await eraseToHead({ pool, log });
  const restore = await backUp(t, pool);
  await erase(log, stream, [title]);
  await eraseToHead({ pool, log });
  t.same(await tablesWith(pool, traces), []);

  await restore();
  t.same(await tablesWith(pool, traces), ['vault.texts'], 'the backup has it still');
  t.same(await eraseToHead({ pool, log }), { streams: [stream] });
  t.same(await tablesWith(pool, traces), []);
  t.same(decoded((await log.readStream(stream, 0))[0]).data, { items: [{ text: 'kept' }] });
});

const attempt = (pool: Pool, stream: string, revision: number, age: string) =>
  pool.query(
    `INSERT INTO vault.texts (stream, revision, sha256, disclosures, attempted_at)
     VALUES ($1, $2, sha256(convert_to(random()::text, 'UTF8')), 'attempted', now() - $3::interval)`,
    [stream, revision, age],
  );
const attempts = async (pool: Pool) =>
  (
    await pool.query<{ stream: string; revision: number }>(
      "SELECT stream, revision FROM vault.texts WHERE disclosures = 'attempted' ORDER BY stream, revision",
    )
  ).rows;

t.test("an erasure deletes the stream's unmatched attempts, but for those that may be on their way", async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const [stream, other] = ['incident_a', 'incident_b'];
  await log.append(stream, -1, [note('Jane Roe'), note('else')]);
  await log.append(other, -1, [mark()]);
  for (const revision of [0, 1, 3]) await attempt(pool, stream, revision, '1 minute');
  await attempt(pool, other, 0, '1 minute');
  await erase(log, stream, [title]);
  await eraseToHead({ pool, log });
  t.same(await attempts(pool), [
    { stream, revision: 3 },
    { stream: other, revision: 0 },
  ]);
  t.same(decoded((await log.readStream(stream, 1))[0]).data, { title: 'else' });
});

t.test('attempts that never reached the log are swept after their time, texts of events stay', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const streams = Array.from({ length: 30 }, (_, n) => `incident_${n}`);
  for (const stream of streams) await log.append(stream, -1, [note('first'), mark(), note('third')]);
  await pool.query("UPDATE vault.texts SET attempted_at = now() - interval '3 days'");
  await attempt(pool, 'incident_3', 0, '2 days');
  await attempt(pool, 'incident_3', 1, '2 days');
  await attempt(pool, 'incident_3', 9, '2 days');
  await attempt(pool, 'incident_none', 0, '2 days');
  await attempt(pool, 'incident_3', 2, '1 hour');
  t.equal(await sweepAttempts({ pool, log }), 4);
  t.same(await attempts(pool), [{ stream: 'incident_3', revision: 2 }]);
  for (const stream of streams) {
    const read = (await log.readStream(stream, 0)).map(decoded);
    t.same(
      read.map(({ data }) => data.title),
      ['first', undefined, 'third'],
    );
  }
  t.equal(await sweepAttempts({ pool, log }), 0);
});
