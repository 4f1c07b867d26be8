import { randomUUID } from 'node:crypto';
import { createLogger, systemClock } from '@averment/platform';
import { EventStoreDBClient } from '@eventstore/db-client';
import t, { type Test } from 'tap';
import { eraseTexts, openLog, sweepAttempts, verifyLog } from '../src/index.ts';
import { catalogue, mark, newStream, note, random, type TestEvent } from './events.ts';
import { storeUnderTest } from './eventstoredb.ts';
import { databases } from './postgres.ts';

const { newDatabase } = await databases(t);
const eventLogUrl = await storeUnderTest(t);
const logger = createLogger({ level: 'silent', name: 'test' });

/** A log with one stream, of which an acknowledged append is known, and a client with which somebody else harms it. */
const filled = async (t: Test) => {
  const settings = { eventLogUrl, eventLogName: `t${randomUUID().replaceAll('-', '').slice(1)}` };
  const { pool } = await newDatabase(t);
  const open = async () => {
    const opened = await openLog<TestEvent>({ settings, pool, catalogue, clock: systemClock, random, logger });
    t.teardown(() => opened.log.close());
    return opened;
  };
  const { log, erase } = await open();
  const stream = newStream();
  const sent = [note('A title'), mark(1), mark(2)];
  await log.append(stream, -1, sent);
  const client = EventStoreDBClient.connectionString(eventLogUrl);
  t.teardown(() => client.dispose());
  return { pool, settings, open, log, erase, stream, name: `${settings.eventLogName}-${stream}`, sent, client };
};
type Filled = Awaited<ReturnType<typeof filled>>;

const harms: [string, (given: Filled) => Promise<unknown>][] = [
  ['soft-deleted', ({ client, name }) => client.deleteStream(name)],
  ['tombstoned', ({ client, name }) => client.tombstoneStream(name)],
];

for (const [harm, run] of harms) {
  t.test(`a ${harm} stream is unreadable for good, and takes nothing`, async (t) => {
    const given = await filled(t);
    const { open, log, stream, sent } = given;
    const before = await log.readAll(0n, 10);
    await run(given);
    for (const each of [log, (await open()).log]) {
      const unreadable = { name: 'StreamUnreadable', event: { stream, undecodable: 'missing' } };
      for (const from of [0, 2, 3]) await t.rejects(each.readStream(stream, from), unreadable, `from ${from}`);
      await t.rejects(each.readStored(stream, 0), unreadable);
      await t.rejects(each.endOf(stream), unreadable);
      await t.rejects(each.append(stream, -1, sent), unreadable, 'a repeat of what was acknowledged is not a success');
      await t.rejects(each.append(stream, -1, [mark(3)]), unreadable, 'it does not begin anew');
      t.same(await each.readAll(0n, 10), before, 'the log has what it had');
      t.match(await each.append(newStream(), -1, [mark(4)]), { outcome: 'written' });
      before.push(...(await each.readAll(before.at(-1)?.position ?? 0n, 10)));
    }
  });
}

t.test('a repeat that the store takes without a place is not a success', async (t) => {
  const given = await filled(t);
  const { log, stream, sent, client, name } = given;
  await log.append(stream, 2, [mark(3)]);
  await client.deleteStream(name);
  await t.rejects(log.append(stream, 1, sent.slice(2)), { name: 'StreamUnreadable' });
});

t.test('a stream of which only the newest events are kept is not told in part', async (t) => {
  const { log, stream, client, name } = await filled(t);
  await client.setStreamMetadata(name, { maxCount: 2 });
  await t.rejects(log.readStream(stream, 0), { name: 'StreamUnreadable', event: { revision: 0, undecodable: 'missing' } });
  t.match(await log.readStream(stream, 1), [{ revision: 1 }, { revision: 2 }]);
});

t.test('what was deleted keeps its texts, stops no erasure, and is named by verify', async (t) => {
  const { pool, settings, log, erase, stream, client, name } = await filled(t);
  const other = newStream();
  await log.append(other, -1, [note('Jane Roe')]);
  await client.deleteStream(name);
  await pool.query("UPDATE vault.texts SET attempted_at = now() - interval '3 days'");
  t.equal(await sweepAttempts({ pool, log }), 0, 'it may be mended');
  const request = {
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  };
  await t.rejects(eraseTexts(log, { stream, fields: [{ revision: 0, pointer: '/title' }], ...request }), { name: 'StreamUnreadable' });
  await eraseTexts(log, { stream: other, fields: [{ revision: 0, pointer: '/title' }], ...request });
  await erase();
  t.match(await log.readStream(other, 0, { to: 0 }), [{ data: {} }]);
  const found = [];
  for await (const finding of verifyLog({ pool, settings })) found.push([finding.what, finding.stream]);
  t.same(found, [['revision_gap', stream]]);
});
