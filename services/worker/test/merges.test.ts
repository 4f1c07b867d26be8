import { randomUUID } from 'node:crypto';
import { type DomainEvent, derivedId } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { startWorker } from '../src/worker.ts';
import { environment, eventOf, hooks, logger, run, stores, worker } from './kit.ts';

const server = await testServer(t);
const report = { title: 'Officers stop a car', occurred: {}, place: { country: 'US' }, agencies: [] };

type Log = EventLog<DomainEvent>;
const publish = async (log: Log): Promise<string> => {
  const stream = derivedId('incident', randomUUID(), 'incident');
  await log.append(stream, -1, [eventOf('IncidentReported', report)]);
  return stream;
};
/** Pairs of incidents, the first of each merged into the second. */
const merge = (log: Log, count: number): Promise<[string, string][]> =>
  Promise.all(
    Array.from({ length: count }, async (): Promise<[string, string]> => {
      const [absorbed, survivor] = [await publish(log), await publish(log)];
      await log.append(absorbed, 0, [eventOf('IncidentMerged', { into: survivor, reason: 'They are one.' })]);
      return [absorbed, survivor];
    }),
  );
const typesOf = async (log: Log, stream: string): Promise<string[]> => (await log.readStream(stream, 1)).map(({ type }) => type);
/** Waits until a condition holds; the runner of the tests ends what never comes. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

t.test('merges from before the worker are followed by two of them, killed again and again: each once', async (t) => {
  const { databaseUrl, log, pool, runner } = await stores(t, server);
  const pairs = await merge(log, 12);
  const toldAll = (count: number) => async () =>
    (await Promise.all(pairs.map(async ([, of]) => (await typesOf(log, of)).length >= count))).every(Boolean);
  const victim = await worker(t, databaseUrl);
  await until(async () => (await Promise.all(pairs.map(([, survivor]) => typesOf(log, survivor)))).some(({ length }) => length > 0));
  victim.kill('SIGKILL');
  await worker(t, databaseUrl);
  const second = await worker(t, databaseUrl);
  await until(toldAll(1));
  for (const [absorbed] of pairs) await log.append(absorbed, 1, [eventOf('IncidentUnmerged', { reason: 'They are two.' })]);
  second.kill('SIGKILL');
  await until(toldAll(2));
  await until(async () => (await pool.query('SELECT FROM work.merging')).rowCount === 0);
  for (const [absorbed, survivor] of pairs) {
    t.same(await typesOf(log, survivor), ['IncidentAbsorbed', 'IncidentReleased']);
    t.same(await typesOf(log, absorbed), ['IncidentMerged', 'IncidentUnmerged']);
  }
  t.equal(await runner.waitFor(['record', 'reviews'], await log.head(), 600_000), true);
  const compared = await run('rebuild', environment(databaseUrl), 'all', '--compare-only');
  t.equal(compared.code, 0, compared.out);
});

t.test('an end between what follows and the note of it is made good, and one that fails holds up no other', async (t) => {
  const own = await stores(t, server);
  const [one, other] = await merge(own.log, 2);
  const [damaged, sound] = [one?.[1] ?? '', other?.[1] ?? ''];
  let cuts = 3;
  const cut: Log = {
    ...own.log,
    append: async (stream, expected, events) => {
      const outcome = await own.log.append(stream, expected, events);
      if (stream !== damaged || cuts === 0) return outcome;
      cuts -= 1;
      throw new LogUnavailable('the line is cut');
    },
  };
  const running = await startWorker({ stores: { ...own, log: cut }, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  await until(async () => (await own.pool.query('SELECT FROM work.merging')).rowCount === 0 && (await typesOf(own.log, sound)).length > 0);
  for (const survivor of [damaged, sound]) t.same(await typesOf(own.log, survivor), ['IncidentAbsorbed']);
  await running.ready;
  await running.close();
});

t.test('a log that came back from a backup is followed from its beginning', async (t) => {
  const own = await stores(t, server);
  const [pair] = await merge(own.log, 1);
  await own.pool.query(`UPDATE work.merging_checkpoint SET position = $1, seen_at = $1, sha256 = repeat('00', 32)`, [
    String(await own.log.head()),
  ]);
  const running = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  await until(async () => (await typesOf(own.log, pair?.[1] ?? '')).length > 0);
  t.same(await typesOf(own.log, pair?.[1] ?? ''), ['IncidentAbsorbed']);
  await running.ready;
  await running.close();
});
