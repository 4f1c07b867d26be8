import { type DomainEvent, erasureBody, evolveErasure, initialErasure, partyBody, sourceBody } from '@averment/domain';
import { decoded, type EventLog, LogUnavailable } from '@averment/event-log';
import { systemClock } from '@averment/platform';
import t, { type Test } from 'tap';
import { createErasing } from '../src/index.ts';
import { testCommands } from '../src/testing.ts';
import { callerOf, foreign, memoryLog } from './support.ts';

const words = 'Rena Quillstorm';

const granted = <T>(result: { ok: true; value: T } | { ok: false; error: { detail: string } }): T => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

/** A log in which the words stand in a party and in two sources. */
const haunted = async () => {
  const log = memoryLog();
  const commands = testCommands({ log });
  granted(
    await commands.registerParty(callerOf({ idempotencyKey: 'p' }), partyBody.parse({ kind: 'agency', name: `Friends of ${words}` })),
  );
  const sources: string[] = [];
  for (const name of ['one', 'two']) {
    const body = sourceBody.parse({
      kind: 'other',
      language: 'en',
      title: `${name} of ${words}`,
      text: `That ${name} day ${words} drove.`,
    });
    sources.push(granted(await commands.registerSource(callerOf({ path: '/v1/sources', idempotencyKey: name, body: name }), body)).id);
  }
  let asked = 0;
  const request = async (targets: object[], more: object = {}) => {
    asked += 1;
    const body = erasureBody.parse({ targets, ground: 'personal_data', reason: 'It names a child.', ...more });
    const caller = callerOf({ path: '/v1/erasures', idempotencyKey: `r${asked}`, body });
    return granted(await commands.requestErasure(caller, body)).id;
  };
  const approve = async (id: string) => {
    for (const role of ['reviewer', 'admin'] as const) {
      const caller = callerOf({ subject: role, role, path: `/v1/erasures/${id}/decision`, idempotencyKey: null, body: role });
      granted(await commands.decideErasure(caller, { id, decision: 'approve', reason: null }));
    }
  };
  return { log, sources, request, approve };
};
type World = Awaited<ReturnType<typeof haunted>>;

/** What a worker does with all that was noted, and what a later one does again. */
const work = async (log: EventLog<DomainEvent>, requireGone: () => Promise<void> = async () => undefined) => {
  const erasing = createErasing({ log, clock: systemClock, requireGone });
  for (const { type, stream, revision } of await log.readAll(0n, 10_000, { texts: false }))
    if (type === 'ErasureRequested' || type === 'ErasureApproved') await erasing.follow({ stream, revision });
};
/** The log of a worker that is killed at its append of this number: before it is written, or before it hears that it is. */
const killedAt = (log: EventLog<DomainEvent>, at: number, when: 'before' | 'after') => {
  let appends = 0;
  const append: typeof log.append = async (...given) => {
    appends += 1;
    if (appends < at) return log.append(...given);
    if (appends === at && when === 'after') await log.append(...given);
    throw new LogUnavailable('the worker was killed');
  };
  return { log: { ...log, append }, isKilled: () => appends >= at };
};

const requestAt = async ({ log }: World, id: string) => decoded(await log.readStream(id, 0)).reduce(evolveErasure, initialErasure());
const whole = async ({ log }: World) => decoded(await log.readAll(0n, 10_000));
const erasedIn = (events: readonly DomainEvent[]) =>
  events.flatMap((event) =>
    event.type === 'TextErased' ? event.data.items.map(({ revision, pointer }) => `${event.stream} ${revision} ${pointer}`) : [],
  );

const finished = async (t: Test, world: World, id: string, name: string) => {
  const events = await whole(world);
  t.notMatch(JSON.stringify(events.map(({ data }) => data)), /quillstorm/i, name);
  t.match(await requestAt(world, id), { state: 'done', done: { fields: 5, streams: 3 } }, name);
  t.equal(events.filter(({ type }) => type === 'ErasureDone').length, 1, name);
  const erased = erasedIn(events);
  t.equal(new Set(erased).size, erased.length, `${name}: each text is erased once`);
  const revised = events.filter(({ type }) => type === 'SourceTextRevised');
  t.same(revised.map(({ stream }) => stream).sort(), world.sources.toSorted(), `${name}: each source has one more text`);
  t.ok(revised.every(({ data }) => 'text' in data && /^That (?:one|two) day \[erased\] drove\.$/.test(String(data.text))));
};
t.test('a worker that is killed at any of its appends is followed by one that completes what it began', async (t) => {
  for (const when of ['before', 'after'] as const) {
    for (let at = 1, isKilled = true; isKilled; at += 1) {
      const world = await haunted();
      const id = await world.request([{ value: words }]);
      const looking = killedAt(world.log, at, when);
      await work(looking.log).catch((error: unknown) => t.type(error, LogUnavailable));
      await work(world.log);
      t.match(await requestAt(world, id), { state: 'open', places: { length: 5 } }, `${at} ${when}`);
      await world.approve(id);
      const carrying = killedAt(world.log, at, when);
      await work(carrying.log).catch((error: unknown) => t.type(error, LogUnavailable));
      await work(world.log);
      await work(world.log);
      await finished(t, world, id, `${at} ${when}`);
      isKilled = looking.isKilled() || carrying.isKilled();
      t.ok(at < 30);
    }
  }
});

t.test('it is not done while anything can still be read, and two workers at once do it once', async (t) => {
  const world = await haunted();
  const id = await world.request([{ value: words }]);
  await work(world.log);
  await world.approve(id);
  const left = async () => {
    throw new Error('a text is still in the vault');
  };
  await t.rejects(work(world.log, left), /still in the vault/);
  t.match(await requestAt(world, id), { state: 'approved', done: null });
  await Promise.all([work(world.log), work(world.log)]);
  await finished(t, world, id, 'two at once');
});

t.test('what two requests name is erased once, and both are done', async (t) => {
  const world = await haunted();
  const [source = ''] = world.sources;
  const ids = [await world.request([{ source }, { source, pointers: ['/title'] }]), await world.request([{ value: words }])];
  await work(world.log);
  const late = await world.request([{ source, revision: 1 }]);
  for (const id of [...ids, late]) await world.approve(id);
  await work(world.log);
  const done = await Promise.all([...ids, late].map((id) => requestAt(world, id)));
  t.same(
    done.map(({ state, done: what }) => ({ state, fields: what?.fields })),
    [
      { state: 'done', fields: 2 },
      { state: 'done', fields: 3 },
      { state: 'done', fields: 0 },
    ],
  );
  const events = await whole(world);
  t.notMatch(JSON.stringify(events.map(({ data }) => data)), /quillstorm/i);
  t.equal(new Set(erasedIn(events)).size, erasedIn(events).length);
  await t.rejects(world.request([{ source }]), /InvalidChange|names no text|targets/, 'there is nothing left to ask for');
});

t.test('what is restricted can be erased, and what was erased is neither restricted nor shown again', async (t) => {
  const world = await haunted();
  const [source = ''] = world.sources;
  const restrict = await world.request([{ source }], { kind: 'restrict' });
  const erase = await world.request([{ source }]);
  await world.approve(restrict);
  for (const when of ['before', 'after'] as const) await work(killedAt(world.log, 2, when).log).catch(() => undefined);
  await work(world.log);
  t.equal((await whole(world)).filter(({ type }) => type === 'TextRestricted').length, 1);
  const lift = await world.request([{ source }], { kind: 'lift' });
  await world.approve(erase);
  await work(world.log);
  await world.approve(lift);
  await work(world.log);
  for (const id of [restrict, erase, lift]) t.match(await requestAt(world, id), { state: 'done' });
  const texts = (await whole(world)).filter(({ stream }) => stream === source);
  t.notMatch(JSON.stringify(texts.map(({ data }) => data)), /quillstorm/i);
  await t.rejects(world.request([{ source }], { kind: 'restrict' }), /names no text/);
});

t.test('a stream may hold more texts than one append can erase', async (t) => {
  const world = await haunted();
  const { stream = '' } = (await whole(world)).find(({ type }) => type === 'PartyRegistered') ?? {};
  const [each, times] = [100, 30];
  for (let round = 0; round < times; round += 1) {
    const corrections = Array.from({ length: each }, (_, index) => {
      const name = `Name ${round * each + index}`;
      return foreign('PartyCorrected', { fields: ['name'], set: { name }, reason: `It is ${name}.`, citations: [] });
    });
    const [{ command } = { command: '' }] = corrections;
    await world.log.append(
      stream,
      round * each,
      corrections.map((event) => ({ ...event, command })),
    );
  }
  const id = await world.request([{ value: 'Name' }]);
  await work(world.log);
  await world.approve(id);
  for (const at of [2, 9]) await work(killedAt(world.log, at, 'before').log).catch(() => undefined);
  await work(world.log);
  t.match(await requestAt(world, id), { state: 'done', done: { fields: 2 * each * times, streams: 1 } });
  const left = (await whole(world)).filter((event) => event.stream === stream);
  t.notMatch(JSON.stringify(left.map(({ data }) => data)), /Name \d/);
});
