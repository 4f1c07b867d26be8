import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import canonicalize from 'canonicalize';
import t, { type Test } from 'tap';
import { digestOf } from '../src/disclosure.ts';
import type { Skew } from '../src/eventstoredb/skew.ts';
import { sweepAttempts } from '../src/index.ts';
import { follow } from './contract/suite.ts';
import { decoded, event, mark, newStream, note } from './events.ts';
import { newWire } from './eventstore-stand-in/wire.ts';
import { newTestStore, storeUnderTest, type TestStore } from './eventstoredb.ts';
import { databases, poolOf } from './postgres.ts';

const { server } = await databases(t);
const url = await storeUnderTest(t);
const newStore = (t: Test): Promise<TestStore> => newTestStore(t, server, url);

/** Another application that uses the store. */
const stranger = (t: Test) => {
  const client = EventStoreDBClient.connectionString(url);
  t.teardown(() => client.dispose());
  const append = (stream: string, data: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) =>
    client.appendToStream(stream, jsonEvent({ type: 'Strange', id: randomUUID(), data, metadata }));
  return { client, append };
};

t.test('an event lies in the store as JSON without its texts, and its bytes are restored exactly', async (t) => {
  const { open, prefix } = await newStore(t);
  const log = await open();
  const stream = newStream();
  const keys = { 10: 'integer keys', 9: 'are not in this order in JavaScript', é: 1e21, '\u2028': -0, '"': 'quoted' };
  await log.append(stream, -1, [note('A secret title', { n: 1 }), event('MarkSet', keys)]);
  const stored = await log.readStored(stream, 0);
  const seen = [];
  for await (const { event } of stranger(t).client.readStream(prefix + stream)) seen.push(event);
  t.same(
    seen.map((each) => [each?.isJson, canonicalize(each?.data)]),
    stored.map(({ canonical }) => [true, canonical]),
  );
  t.match(seen[0], { id: stored[0]?.id, type: 'NoteTaken', data: { stream, data: { n: 1, _sd: [String] } }, metadata: { last: 1 } });
  t.notOk(JSON.stringify(seen, (_, value) => (typeof value === 'bigint' ? `${value}` : value)).includes('secret'));
  t.same(decoded((await log.readStream(stream, 1))[0]).data, keys);
});

t.test('what other applications write is passed over', async (t) => {
  const { open, prefix } = await newStore(t);
  const log = await open();
  const strange = stranger(t);
  await strange.append(`other-${prefix}`);
  t.equal(await log.head(), 0n);
  t.same(await log.readAll(0n, 10), []);
  await log.append(newStream(), -1, [mark(1)]);
  await strange.append(`other-${prefix}`);
  await log.append(newStream(), -1, [mark(2)]);
  await strange.append(`other-${prefix}`);
  const read = await follow(log, 0n, 1);
  t.same(
    read.map(({ data }) => data.n),
    [1, 2],
  );
  t.equal(await log.head(), read[1]?.position);
  t.equal(await (await open()).head(), read[1]?.position, 'also for a process that has seen nothing yet');
});

t.test('what the store itself writes among our streams is passed over, and is not the end', async (t) => {
  const { open, prefix } = await newStore(t);
  const log = await open();
  const { client } = stranger(t);
  const deletion = () => client.appendToStream(prefix + newStream(), jsonEvent({ type: '$streamDeleted', data: {} }));
  await deletion();
  t.equal(await log.head(), 0n);
  await log.append(newStream(), -1, [mark(1)]);
  for (let n = 0; n < 3; n += 1) await deletion();
  await log.append(newStream(), -1, [mark(2)]);
  await deletion();
  for (const page of [1, 2, 10]) {
    const read = await follow(log, 0n, page);
    t.same(
      read.map(({ data }) => data.n),
      [1, 2],
    );
    t.equal(await (await open()).head(), read[1]?.position);
  }
  t.same(await log.readAll(await log.head(), 10), []);
});

t.test('a process that was at the head hears of what others append later', async (t) => {
  const { open, prefix } = await newStore(t);
  const [log, other] = [await open(), await open()];
  const strange = stranger(t);
  await log.append(newStream(), -1, [mark(0)]);
  for (let n = 1; n <= 3; n += 1) {
    const head = await log.head();
    t.same(await log.readAll(head, 10), []);
    await strange.append(`other-${prefix}`);
    t.equal(await log.head(), head);
    t.same(await log.readAll(head, 10), []);
    await other.append(newStream(), -1, [mark(n)]);
    const [next] = await log.readAll(head, 10);
    t.equal(decoded(next).data.n, n);
    t.equal(await log.head(), next?.position);
  }
});

t.test('an event of another program in a stream of the log is corrupt, and hides nothing else', async (t) => {
  const { open, prefix } = await newStore(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [mark(1)]);
  await stranger(t).append(prefix + stream, { n: 2 });
  await stranger(t).append(prefix + stream, { n: 3 }, { last: 2, sha256: 'none', attempt: '' });
  t.match(await log.append(stream, 2, [mark(4)]), { outcome: 'written', revision: 3 });
  const read = await log.readStream(stream, 0);
  t.match(read, [
    { revision: 0, data: { n: 1 } },
    { undecodable: 'corrupt', type: 'Strange', revision: 1, last: 1 },
    { undecodable: 'corrupt', type: 'Strange', revision: 2, last: 2 },
    { revision: 3, data: { n: 4 } },
  ]);
  t.same(await log.readAll(0n, 10), read);
});

t.test('reading goes on from events alone', async (t) => {
  const { open } = await newStore(t);
  const log = await open();
  await log.append(newStream(), -1, [mark(1), mark(2)]);
  const [first, second] = await follow(log);
  const [at, next] = [first?.position ?? 0n, second?.position ?? 0n];
  t.match(await log.readAll(at - 1n, 10), [{ position: at }, { position: next }]);
  t.match(await log.readAll(at, 10), [{ position: next }]);
  for (const beyond of [next + 1_000_000_000n, 2n ** 63n - 1n])
    t.same(await log.readAll(beyond, 10), [], 'beyond the end there is nothing');
  await t.rejects(log.readAll(at + 1n, 10), { name: 'UnknownPosition' });
});

t.test('an append that a page cuts has one stamp nonetheless', async (t) => {
  const { open } = await newStore(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [mark(), mark(), mark()]);
  const stamps = async (limit: number) => (await follow(log, 0n, limit)).map(({ recordedAt }) => recordedAt);
  const [stamp] = await stamps(3);
  t.same(await stamps(3), [stamp, stamp, stamp]);
  t.same(await stamps(1), [stamp, stamp, stamp]);
  t.equal(decoded((await log.readStream(stream, 1, { to: 1 }))[0]).recordedAt, stamp);
});

t.test('a page that is read in parts is as one that is not', async (t) => {
  const { open } = await newStore(t);
  const log = await open();
  const [first, long] = [newStream(), newStream()];
  const notes = (count: number) => Array.from({ length: count }, (_, n) => note(`note ${n}`, { n }));
  await log.append(first, -1, notes(150));
  // Neither the parts nor this page end with an append.
  await log.append(long, -1, notes(450));
  const [stored] = await log.readStored(first, 3, { to: 3 });
  const digest = digestOf(stored?.disclosures[0] ?? '');
  await log.append(first, 149, [event('TextErased', { items: [{ revision: 3, digest }] })]);
  for (let n = 1; n <= 30; n += 1) await log.append(newStream(), -1, notes(n));
  const inOne = await log.readAll(0n, 1000);
  t.equal(inOne.length, 1000);
  const parts = [];
  for (let at = 0n; parts.length < 1000; at = parts.at(-1)?.position ?? 0n) parts.push(...(await log.readAll(at, 50)));
  const erased = ({ stream, revision }: { stream: string; revision: number }) => stream === first && revision === 3;
  t.same(
    inOne.filter((each) => !erased(each)),
    parts.filter((each) => !erased(each)),
  );
  t.same(decoded(inOne.find(erased)).data, { n: 3 }, 'and has no text that it erases');
  for (const limit of [199, 200, 201, 400, 599, 600]) {
    const page = await log.readAll(0n, limit, { texts: false });
    t.same(
      page.map(({ position, recordedAt }) => [position, recordedAt]),
      inOne.slice(0, limit).map(({ position, recordedAt }) => [position, recordedAt]),
    );
  }
  t.equal((await follow(log, inOne.at(-1)?.position, 1000)).length, 150 + 450 + 1 + 465 - 1000);
});

t.test('where long texts fill a page, it ends with the append that fills it', async (t) => {
  const { open } = await newStore(t);
  const log = await open();
  const long = 'x'.repeat(7_000_000);
  await log.append(newStream(), -1, [note(long), note(long)]);
  await log.append(newStream(), -1, [note(long), mark(), note(long)]);
  await log.append(newStream(), -1, [mark()]);
  const pages = [];
  for (let at = 0n; ; ) {
    const page = (await log.readAll(at, 10)).map(decoded);
    at = page.at(-1)?.position ?? 0n;
    if (page.length === 0) break;
    pages.push(page);
  }
  t.same(
    pages.map((page) => page.length),
    [2, 3, 1],
  );
  t.ok(pages.flat().every(({ type, data }) => type === 'MarkSet' || data.title === long));
  t.equal((await log.readAll(0n, 10, { texts: false })).length, 6);

  const source = newStream().replace('incident', 'source');
  await log.append(source, -1, [note('kept')]);
  const others = (await log.readAll(0n, 10, { texts: ['source_'] })).map(decoded);
  t.equal(others.length, 7, 'texts that are not wanted fill no page');
  t.equal(others.at(-1)?.data.title, 'kept');
});

t.test('texts are in the vault before anything is sent, and go a day after it did not arrive', async (t) => {
  const { open, pool } = await newStore(t);
  const log = await open();
  const [kept, lost] = [newStream(), newStream()];
  await log.append(kept, -1, [note('kept')]);
  const wire = await newWire(t, url);
  const cut = await open({ url: wire.url, deadline: 100 });
  await cut.head();
  wire.refuse();
  await t.rejects(cut.append(lost, -1, [note('lost')]), { name: 'LogUnavailable' });
  const rows = async () => (await pool.query('SELECT stream FROM vault.texts ORDER BY stream')).rows.map(({ stream }) => stream);
  t.same(await rows(), [kept, lost].sort());
  await pool.query("UPDATE vault.texts SET attempted_at = now() - interval '23 hours'");
  t.equal(await sweepAttempts({ pool, log }), 0);
  await pool.query("UPDATE vault.texts SET attempted_at = now() - interval '25 hours'");
  t.same((await Promise.all([sweepAttempts({ pool, log }), sweepAttempts({ pool, log })])).sort(), [0, 1], 'by several workers at once');
  t.same(await rows(), [kept]);
  t.match(await log.append(lost, -1, [note('again')]), { outcome: 'written' });
});

t.test('nothing is sent without its texts in the vault', async (t) => {
  const { open, databaseUrl } = await newStore(t);
  const log = await open();
  const wire = await newWire(t, databaseUrl);
  const separate = await open({ pool: poolOf(t, wire.url) });
  const hasty = await open({ pool: poolOf(t, wire.url), deadline: 300 });
  const stream = newStream();
  t.match(await separate.append(stream, -1, [mark(1)]), { outcome: 'written' });
  const lost = wire.loseNextAnswer();
  t.match(await separate.append(stream, 0, [note('two')]), { outcome: 'written' }, 'a lost answer of the vault is asked for again');
  await lost;
  const restore = wire.refuse();
  await t.rejects(hasty.append(stream, 1, [note('three')]), { name: 'LogUnavailable' });
  restore();
  t.equal((await log.readStream(stream, 0)).length, 2);
});

t.test('closing waits for what is in flight', async (t) => {
  const { open } = await newStore(t);
  const log = await open();
  const reader = await open();
  const appends = Array.from({ length: 50 }, (_, n) => log.append(newStream(), -1, [note('a'), mark(n)]));
  await log.close();
  for (const outcome of await Promise.all(appends)) t.match(outcome, { outcome: 'written' });
  await t.rejects(log.append(newStream(), -1, [mark()]), { name: 'LogUnavailable' });
  await t.rejects(log.head(), { name: 'LogUnavailable' });
  t.equal((await follow(reader)).length, 100);
});

t.test('a connection string with several nodes finds the leader', async (t) => {
  const { open } = await newStore(t);
  const several = `${url.replace(/^[a-z+]+:\/\/(?:[^@/?#]*@)?/, (before) => `${before}127.0.0.1:1,`)}${url.includes('?') ? '&' : '?'}gossipTimeout=1`;
  const log = await open({ url: several });
  t.match(await log.append(newStream(), -1, [mark()]), { outcome: 'written' });
  t.equal((await follow(log)).length, 1);
});

t.test('of calls that append the same ids, one is told that it wrote them', async (t) => {
  const { open } = await newStore(t);
  const logs = await Promise.all([open(), open(), open()]);
  const first = mark(1);
  for (const bodies of [
    [[first], [first], [first]],
    [[mark(1)], [note('a text')], [mark(2), note('another')]],
    [[note('a'), mark(1)], [mark(1), note('b')], [note('a')]],
  ]) {
    const stream = newStream();
    const ids = [first.id, mark().id];
    const sent = bodies.map((events) => events.map((each, index) => ({ ...each, id: ids[index] ?? '' })));
    const outcomes = await Promise.all(logs.map((log, index) => log.append(stream, -1, sent[index] ?? [])));
    const stored = (await logs[0]?.readStream(stream, 0))?.map(decoded);
    const told = outcomes.map(({ outcome }) => outcome);
    t.equal(told.filter((outcome) => outcome === 'written').length, 1);
    t.same(
      stored?.map(({ type, data }) => [type, data]),
      sent[told.indexOf('written')]?.map(({ type, data }) => [type, data]),
      'namely the one that did',
    );
  }
});

t.test('clocks that differ too much are told of', async (t) => {
  const { open } = await newStore(t);
  const shifted = async (by: number) => {
    const told: Skew[] = [];
    const log = await open({ clock: { now: () => new Date(Date.now() + by) }, onSkew: (skew) => told.push(skew) });
    const { head } = await log.now();
    const outcome = await log.append(newStream(), -1, [mark()]);
    await log.readAll(head, 10);
    return { told: told.map(({ position }) => position), position: outcome.outcome === 'wrong_revision' ? undefined : outcome.position };
  };
  const within = await shifted(2_000);
  t.same(within.told, []);
  for (const by of [-3_600_000, 3_600_000]) {
    const { told, position } = await shifted(by);
    t.same(told, [position]);
  }
});
