import { testCommands } from '@averment/commands/testing';
import { catalogue, type DomainEvent, editBody, evolveIncident, type Incident, initialIncident } from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import t from 'tap';
import { models } from './models.ts';
import { createWorld, type World } from './world.ts';

const schema = '"reviews_v22"';

/** Everything that can be done to one incident, and more of it: edits that are applied, revised, decided, withdrawn, and an erasure. */
const lengthen = async (world: World, name: string, edits: number): Promise<void> => {
  for (let count = 0; count < edits; count += 1) {
    const { edit } = await world.submit(name, [
      { kind: 'add_claim', claim: world.claim({ statement: `Statement ${count} of a § speaker.` }) },
    ]);
    if (count % 4 === 0) await world.approve(name, edit);
    if (count % 4 === 1)
      await world.reviseEdit(name, edit, [{ kind: 'add_claim', claim: world.claim({ statement: `Revised § ${count}.` }) }]);
    if (count % 4 === 2) await world.decide(name, edit, 'reviewer', 'request_changes');
    if (count % 8 === 3) await world.withdraw(name, edit);
  }
};

/** All strings that lie anywhere in a value, keys included. */
const stringsIn = (value: unknown, found: Set<string> = new Set()): Set<string> => {
  if (typeof value === 'string') found.add(value);
  else if (value instanceof Map || value instanceof Set) for (const each of value) stringsIn(each, found);
  else if (Array.isArray(value)) for (const each of value) stringsIn(each, found);
  else if (value !== null && typeof value === 'object') for (const each of Object.entries(value)) stringsIn(each, found);
  return found;
};

const at = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inside, key) => (inside as Record<string | number, unknown>)[key], value);

const foldTo = async (log: EventLog<DomainEvent>, stream: string, to: number): Promise<Incident> =>
  decoded(await log.readStream(stream, 0, { to, texts: false })).reduce(evolveIncident, initialIncident());

/** The log, which notes what is read of it, stream by stream. */
const noting = (
  log: EventLog<DomainEvent>,
  reads: { stream: string; from: number; texts: boolean; events: number }[],
): EventLog<DomainEvent> => ({
  ...log,
  readStream: async (stream, from, options) => {
    const events = await log.readStream(stream, from, options);
    reads.push({ stream, from, texts: options?.texts !== false, events: events.length });
    return events;
  },
});

t.test('what is stored of a long incident is its fold at an event of the log, without a text', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await world.publish('market');
  const { pool, advance, restart, queries } = await models(t, world);
  const stream = world.id('incident', 'bridge');
  const revisions: number[] = [];
  for (const [batch, edits] of [
    [3, 9],
    [400, 1],
    [7, 12],
    [50, 12],
  ] as const) {
    await restart(batch);
    await lengthen(world, 'bridge', edits);
    await advance();
    const stored = await queries.storedFold(stream);
    if (stored === null) continue;
    revisions.push(stored.revision);
    t.strictSame(stored.state, await foldTo(world.log, stream, stored.revision), 'as it is folded from the log');
    const [event] = decoded(await world.log.readStream(stream, stored.revision, { to: stored.revision })) as { sha256?: string }[];
    t.equal(event?.sha256, stored.sha256);
  }
  t.ok(revisions.length > 2 && new Set(revisions).size > 1, `folds were stored at ${revisions}`);
  t.equal(await queries.storedFold(world.id('incident', 'market')), null, 'a short one has none');

  const [{ state } = {}, other] = await Promise.all([stream, stream].map(async (one) => (await queries.storedFold(one)) ?? undefined));
  t.strictSame(state, other?.state);
  t.not(state, other?.state, 'those who ask at once share no state');
  const events = decoded(await world.log.readStream(stream, 0));
  const texts = events.flatMap(({ type, data }) => (catalogue[type]?.texts(data) ?? []).map((path) => at(data, path)));
  const written = [...stringsIn(texts)];
  t.ok(written.length > 20, `${written.length} texts`);
  const held = stringsIn(state);
  t.same(
    // Where a text is an object, its names and the ids in it are none.
    written.filter((one) => !/^([a-z]+_[0-9a-z]{26}|lat|lon)$/.test(one) && [...held].some((other) => other.includes(one))),
    [],
    'no text of any event is in it',
  );

  await world.erase(stream, 0, '/rationale');
  await advance();
  await pool.query(`UPDATE ${schema}.folds SET form = 0`);
  t.equal(await queries.storedFold(stream), null, 'one of another form counts for nothing');
  await restart();
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim() }]);
  await advance();
  t.equal((await queries.storedFold(stream))?.revision, world.stateOf('bridge').streamRevision - 1, 'and is made anew');
  await pool.query(`UPDATE ${schema}.folds SET state = '\\x00'`);
  t.equal(await queries.storedFold(stream), null, 'nor does one that cannot be read');
});

t.test('after a restart neither a model nor a command reads a long incident from its first event', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await lengthen(world, 'bridge', 30);
  const stream = world.id('incident', 'bridge');
  const reads: Parameters<typeof noting>[1] = [];
  const { advance, restart, queries } = await models(t, { ...world, log: noting(world.log, reads) });
  await advance();
  const { revision = 0 } = (await queries.storedFold(stream)) ?? {};
  t.ok(revision >= 32);
  await restart();
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim() }]);
  reads.length = 0;
  await advance();
  t.ok(
    reads.every(({ texts, from }) => !texts && from > revision),
    'an edit is shown from its own event, and of the rest no text is read',
  );

  reads.length = 0;
  const commands = testCommands({ log: noting(world.log, reads), clock: world.clock, findFold: queries.storedFold });
  const body = editBody.parse({
    baseRevision: world.stateOf('bridge').recordRevision ?? 0,
    rationale: 'It is needed.',
    changes: [{ kind: 'add_claim', claim: world.claim({ statement: 'One more.' }) }],
  });
  const caller = {
    subject: 'author',
    role: 'contributor',
    method: 'POST',
    path: '/',
    idempotencyKey: 'one more',
    correlation: null,
  } as const;
  const answer = await commands.submitEdit({ ...caller, body }, { incident: stream, body });
  t.match(answer, { ok: true, value: { edit: world.stateOf('bridge').edits.size + 1 } });
  const own = reads.filter((read) => read.stream === stream);
  t.same([own[0]?.from, own[1]?.from], [0, revision]);
  t.equal(own[0]?.events, 32, 'it reads so many to see that the incident is long');
});
