import t, { type Test } from 'tap';
import { type EventLog, LogUnavailable } from '../src/index.ts';
import { follow } from './contract/suite.ts';
import { decoded, mark, newStream, note, type TestEvent } from './events.ts';
import { type AppendFault, newStandInLog, type StandIn, startStandIn } from './eventstore-stand-in/server.ts';
import { newWire } from './eventstore-stand-in/wire.ts';
import { newTestStore, skipOnReal, storeUnderTest } from './eventstoredb.ts';
import { databases } from './postgres.ts';

const { server } = await databases(t);

/** Milliseconds: what is silent for so long is given up. */
const impatient = { answerWithin: 300, lookEvery: 50, reconnectAfter: 10 };

/** What a log without patience gives up is tried again: the machine may be busy. */
const insisting = async <T>(run: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
};

/** A log whose way to the store can break. */
const overWire = async (t: Test) => {
  const wire = await newWire(t, await storeUnderTest(t));
  const { open } = await newTestStore(t, server, wire.url);
  return { wire, open };
};

/** A log on a stand-in of its own. */
const onStandIn = async (t: Test) => {
  const standIn = await startStandIn(t);
  const { open } = await newTestStore(t, server, standIn.url);
  return { standIn, open };
};

/** Resolves when the log has told of something that a reader then finds. */
const hearing = (log: EventLog<TestEvent>) => {
  let seen = 0n;
  let wake = () => {};
  const stop = log.subscribe(() => wake());
  return {
    stop,
    next: async (): Promise<TestEvent> => {
      for (;;) {
        const told = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const [event] = await log.readAll(seen, 1);
        if (event) {
          seen = event.position;
          return decoded(event);
        }
        await told;
      }
    },
  };
};

t.test('an answer that is lost after the write makes no second event', async (t) => {
  const { wire, open } = await overWire(t);
  const log = await open();
  await log.append(newStream(), -1, [mark()]);
  const stream = newStream();
  const lost = wire.loseNextAnswer();
  t.match(await log.append(stream, -1, [note('once'), mark()]), { outcome: 'written', revision: 1 });
  await lost;
  t.same((await follow(log)).length, 3);
});

t.test('through broken connections every append arrives once', async (t) => {
  const { wire, open } = await overWire(t);
  const log = await open();
  const streams = Array.from({ length: 20 }, newStream);
  let acknowledged = 0;
  const write = async (stream: string) => {
    for (let n = 0; n < 10; n += 1) {
      t.match(await log.append(stream, n - 1, [note(`${n}`)]), { outcome: 'written', revision: n });
      acknowledged += 1;
      if (acknowledged % 30 === 0) wire.cut();
    }
  };
  await Promise.all(streams.map(write));
  const read = await follow(log, 0n, 50);
  t.equal(read.length, 200);
  t.equal(new Set(read.map(({ id }) => id)).size, 200);
});

t.test('reads go on after a broken connection', async (t) => {
  const { wire, open } = await overWire(t);
  const log = await open();
  const stream = newStream();
  await log.append(stream, -1, [note('read'), mark()]);
  for (const read of [() => log.readStream(stream, 0), () => log.readAll(0n, 10)]) {
    const lost = wire.loseNextAnswer();
    t.equal((await read()).length, 2);
    await lost;
  }
});

t.test('a store that is silent is given up after the deadline, and the same append can be repeated', async (t) => {
  const { wire, open } = await overWire(t);
  const log = await open({ ...impatient, deadline: 500 });
  const [first, stream, before, sent] = [newStream(), newStream(), [mark()], [note('later')]];
  await insisting(() => log.append(first, -1, before));
  const restore = wire.stall();
  await t.rejects(log.append(stream, -1, sent), { name: 'LogUnavailable' });
  await t.rejects(log.readStream(stream, 0), { name: 'LogUnavailable' });
  restore();
  t.match(await (await open()).append(stream, -1, sent), { revision: 0 });
  t.equal((await follow(log)).length, 2);
});

t.test('a store that is not there is told of', async (t) => {
  const { wire, open } = await overWire(t);
  const log = await open({ deadline: 3000 });
  const restore = wire.refuse();
  await t.rejects(log.append(newStream(), -1, [mark()]), { name: 'LogUnavailable' });
  for (const read of [() => log.readStream(newStream(), 0), () => log.readAll(0n, 1), log.head, log.now])
    await t.rejects(Promise.resolve(read()), { name: 'LogUnavailable' });
  restore();
  t.match(await insisting(() => log.append(newStream(), -1, [mark()])), { outcome: 'written' });
});

t.test('who subscribed hears again after the connection broke', async (t) => {
  const { wire, open } = await overWire(t);
  const [log, other] = [await open({ reconnectAfter: 10 }), await open()];
  const { next, stop } = hearing(log);
  for (let n = 0; n < 3; n += 1) {
    const told = next();
    await other.append(newStream(), -1, [mark(n)]);
    t.equal((await told).data.n, n);
    wire.cut();
  }
  stop();
});

const skip = skipOnReal('misbehave in this way');

for (const fault of ['lost', 'ignored', 'timeout', 'not_ready', 'twice', 'ended'] satisfies AppendFault[]) {
  t.test(`an append that meets the fault "${fault}" is written once`, { skip }, async (t) => {
    const { standIn, open } = await onStandIn(t);
    const log = await open(impatient);
    const beside = Array.from({ length: 5 }, () => log.append(newStream(), -1, [note('beside')]));
    await Promise.all(beside);
    standIn.nextAppend(fault);
    const stream = newStream();
    t.match(await log.append(stream, -1, [note('once'), mark()]), { outcome: 'written', revision: 1 });
    t.equal((await log.readStream(stream, 0)).length, 2);
    t.match(await log.append(stream, 1, [mark()]), { outcome: 'written', revision: 2 }, 'and the next as well');
    t.equal((await follow(log)).length, 8);
  });
}

t.test('an append that the store will never take is not repeated', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const log = await open();
  standIn.nextAppend('denied');
  await t.rejects(log.append(newStream(), -1, [note('a')]), { name: 'StoreRefused', message: /AccessDenied/ });
  t.equal(standIn.counts.appends, 1);
  t.match(await log.append(newStream(), -1, [note('b')]), { outcome: 'written' });
});

/** Sends the append, and resolves once it has come to the server; `outcome` tells what became of it. */
const sendingTo = async <T>(standIn: StandIn, send: () => Promise<T>): Promise<{ outcome: Promise<T> }> => {
  const before = standIn.counts.appends;
  const outcome = send();
  while (standIn.counts.appends === before) await new Promise((resolve) => setImmediate(resolve));
  return { outcome };
};

t.test('an append whose answer is lost is found again after others have gone on', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const [log, other] = [await open(impatient), await open()];
  const stream = newStream();
  standIn.nextAppend('lost');
  const { outcome } = await sendingTo(standIn, () => log.append(stream, -1, [note('first')]));
  t.match(await other.append(stream, 0, [mark()]), { outcome: 'written', revision: 1 });
  t.match(await outcome, { outcome: 'written', revision: 0 });
});

t.test('an append that was not written before others went on never will be', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const [log, other] = [await open(impatient), await open()];
  const stream = newStream();
  standIn.nextAppend('ignored');
  const { outcome } = await sendingTo(standIn, () => log.append(stream, -1, [note('first')]));
  t.match(await other.append(stream, -1, [mark()]), { outcome: 'written', revision: 0 });
  t.same(await outcome, { outcome: 'wrong_revision', actual: 0 });
});

t.test('a node that is not the leader sends on to the one that is', { skip }, async (t) => {
  const shared = newStandInLog();
  const [first, second] = [await startStandIn(t, shared), await startStandIn(t, shared)];
  const { open } = await newTestStore(t, server, first.url);
  const log = await open();
  const { next, stop } = hearing(log);
  t.match(await log.append(newStream(), -1, [mark(1)]), { outcome: 'written' });
  t.equal((await next()).data.n, 1);
  for (const [n, [leader, follower]] of [[second, first] as const, [first, second] as const].entries()) {
    follower.follow(leader);
    leader.follow(undefined);
    const appends = Array.from({ length: 10 }, () => log.append(newStream(), -1, [note('a'), mark(n)]));
    for (const outcome of await Promise.all(appends)) t.match(outcome, { outcome: 'written' });
    t.equal((await follow(log)).length, 1 + 20 * (n + 1));
    t.ok(await next());
  }
  stop();
});

t.test('a server that hangs is given up, and what it had in hand is not written twice', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const log = await open({ ...impatient, deadline: 400 });
  const [first, stream, before, sent] = [newStream(), newStream(), [mark()], [note('in hand')]];
  await insisting(() => log.append(first, -1, before));
  const release = standIn.hang();
  await t.rejects(log.append(stream, -1, sent), { name: 'LogUnavailable' });
  release();
  t.match(await insisting(() => log.append(stream, -1, sent)), { revision: 0 });
  t.equal((await follow(log)).length, 2);
});

t.test('a subscription that ends or falls silent keeps nobody waiting', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const [log, other] = [await open(impatient), await open()];
  const { next, stop } = hearing(log);
  const append = (n: number) => other.append(newStream(), -1, [mark(n)]);
  await append(0);
  t.equal((await next()).data.n, 0);
  standIn.endSubscriptions();
  await append(1);
  t.equal((await next()).data.n, 1, 'ended');
  standIn.mute();
  await append(2);
  t.equal((await next()).data.n, 2, 'silent');
  await append(3);
  t.equal((await next()).data.n, 3);
  stop();
});

t.test('an append that begins a stream of which the vault knows nothing asks the store nothing else', { skip }, async (t) => {
  const { standIn, open } = await onStandIn(t);
  const log = await open();
  await log.append(newStream(), -1, [mark()]);
  const before = standIn.counts.reads;
  const streams = Array.from({ length: 5 }, newStream);
  for (const stream of streams) t.match(await log.append(stream, -1, [mark(), note('a')]), { outcome: 'written' });
  t.equal(standIn.counts.reads, before);
  for (const stream of streams) t.match(await log.append(stream, -1, [mark()]), { outcome: 'wrong_revision' });
  t.equal(standIn.counts.reads, before + 5, 'of a stream that was tried before it asks whether it was deleted');
});

t.test('what others wrote is passed over once', { skip }, async (t) => {
  const shared = newStandInLog();
  const standIn = await startStandIn(t, shared);
  const { open } = await newTestStore(t, server, standIn.url);
  const log = await open();
  await log.append(newStream(), -1, [mark()]);
  const strange = { id: crypto.randomUUID(), type: 'Strange', data: Buffer.from('{}'), metadata: Buffer.from(''), isJson: true };
  for (let n = 0; n < 3000; n += 1) shared.append(`strange-${n}`, 'no_stream', [strange]);
  const head = await log.head();
  const before = standIn.counts.looked;
  for (let n = 0; n < 20; n += 1) {
    t.equal(await log.head(), head);
    t.same(await log.readAll(head, 10), []);
  }
  t.ok(standIn.counts.looked - before < 100, 'and not 20 times');
});
