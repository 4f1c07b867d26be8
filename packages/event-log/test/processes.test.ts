import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { AppendOutcome } from '../src/index.ts';
import { follow } from './contract/suite.ts';
import type { TestEvent } from './events.ts';
import { planned } from './plan.ts';
import { databases } from './postgres.ts';

type Acknowledged = { n: number; outcome: AppendOutcome['outcome']; revision: number; position: string };

const { server, newDatabase } = await databases(t);
const program = fileURLToPath(new URL('./writer-process.ts', import.meta.url));

const startWriter = (t: Test, url: string, writer: string, count: number) => {
  const child: ChildProcess = fork(program, [url, writer, String(count)]);
  const acknowledged = new Map<number, Acknowledged>();
  // Not at `exit`: what it told may still be on its way then.
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  let told = (_: number) => {};
  child.on('message', (message: Acknowledged) => {
    acknowledged.set(message.n, message);
    told(acknowledged.size);
  });
  t.teardown(() => void child.kill('SIGKILL'));
  const acknowledgedAtLeast = (count: number) =>
    new Promise<void>((resolve) => {
      told = (size) => size >= count && resolve();
      told(acknowledged.size);
    });
  return { child, acknowledged, ended, acknowledgedAtLeast };
};

const eventsOf = (writer: string, count: number) =>
  Array.from({ length: count }, (_, n) => planned(writer, n)).flatMap(({ events }) => events);
const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id).sort();

t.test('a reader that follows several writer processes misses nothing, and sees appends whole and in order', async (t) => {
  const { url, open } = await newDatabase(t);
  const log = await open();
  const count = 150;
  const names = ['one', 'two', 'three'];
  const writers = names.map((name) => startWriter(t, url, name, count));
  let running: number = writers.length;
  for (const { ended } of writers) void ended.then(() => (running -= 1));

  let wake = () => {};
  const stop = log.subscribe(() => wake());
  const seen: TestEvent[] = [];
  for (let done = false; !done; ) {
    const hint = new Promise<void>((resolve) => (wake = resolve));
    done = running === 0;
    const before = seen.length;
    seen.push(...(await follow(log, seen.at(-1)?.position ?? 0n, 50)));
    if (!done && seen.length === before) await Promise.race([hint, ...writers.map(({ ended }) => ended)]);
  }
  stop();
  for (const { ended } of writers) t.same(await ended, { code: 0, signal: null });

  t.same(idsOf(seen), idsOf(names.flatMap((name) => eventsOf(name, count))), 'each event once');
  t.same(seen, await follow(log, 0n, 1000), 'in the order in which it stands there');
  for (const [index, each] of seen.entries()) {
    const after = seen[index + 1];
    if (each.revision !== each.last && !(after?.stream === each.stream && after.revision === each.revision + 1)) t.fail('an append is cut');
    if (after && after.position <= each.position) t.fail('a position does not rise');
  }
  for (const [index, { acknowledged }] of writers.entries()) {
    for (const { n, position } of acknowledged.values()) {
      const { events } = planned(names[index] ?? '', n);
      const last = seen.find(({ id }) => id === events.at(-1)?.id);
      if (String(last?.position) !== position) t.fail('a position was told that the event does not have');
    }
  }
});

t.test('what another process appended is repeated, not appended again', async (t) => {
  const { url, open } = await newDatabase(t);
  const writer = startWriter(t, url, 'other', 30);
  t.same(await writer.ended, { code: 0, signal: null });
  const log = await open();
  for (const { n, revision, position } of writer.acknowledged.values()) {
    const { stream, events } = planned('other', n);
    t.same(await log.append(stream, -1, events), { outcome: 'repeated', revision, position: BigInt(position) });
  }
  t.equal((await follow(log)).length, eventsOf('other', 30).length);
});

t.test(
  'a process killed in the middle of a batch loses nothing that it acknowledged, and a repeat of the rest makes nothing twice',
  async (t) => {
    const { url, open } = await newDatabase(t);
    const log = await open();
    const count = 700;
    for (const [round, after] of [40, 333].entries()) {
      const name = `killed${round}`;
      const writer = startWriter(t, url, name, count);
      await writer.acknowledgedAtLeast(after);
      writer.child.kill('SIGKILL');
      t.equal((await writer.ended).signal, 'SIGKILL');
      const unacknowledged = Array.from({ length: count }, (_, n) => n).filter((n) => !writer.acknowledged.has(n));
      t.ok(unacknowledged.length > 0, 'it was killed before it was done');

      const found = new Set((await follow(log, 0n, 1000)).map(({ id }) => id));
      for (const n of writer.acknowledged.keys()) {
        if (!planned(name, n).events.every(({ id }) => found.has(id))) t.fail(`append ${n} was acknowledged and is not there`);
      }
      const outcomes = await Promise.all(
        unacknowledged.map((n) => {
          const { stream, events } = planned(name, n);
          return log.append(stream, -1, events);
        }),
      );
      t.ok(outcomes.every(({ outcome }) => outcome !== 'wrong_revision'));
      const own = (await follow(log, 0n, 1000)).filter(({ stream }) => stream.startsWith(`incident_${name}_`));
      t.same(idsOf(own), idsOf(eventsOf(name, count)), 'each event is there once');
    }
  },
);

t.test('a server that crashes under load loses nothing that was acknowledged; the writer recovers by itself', async (t) => {
  const { url, open } = await newDatabase(t);
  const writer = startWriter(t, url, 'steady', 1500);
  await writer.acknowledgedAtLeast(100);
  await server.crash();
  await server.start();
  t.same(await writer.ended, { code: 0, signal: null }, 'it repeated what it did not know the outcome of, and went on');
  t.equal(writer.acknowledged.size, 1500);
  const log = await open();
  t.same(idsOf(await follow(log, 0n, 1000)), idsOf(eventsOf('steady', 1500)), 'each event is there once');
});
