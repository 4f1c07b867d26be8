import type { DomainEvent } from '@averment/domain';
import { recordEvents } from '@averment/domain';
import fc from 'fast-check';
import t from 'tap';
import { createEras } from '../src/queries/eras.ts';
import { createPlaces } from '../src/queries/places.ts';
import { createShared, createTurns } from '../src/queries/work.ts';
import { models, noting } from './models.ts';
import { createWorld } from './world.ts';

const app = { role: 'app', subject: 'app' } as const;
const client = (name = 'test', signal = new AbortController().signal) => ({ name, signal });
const asked = (of = client()) => ({ held: undefined, noteFreshness: () => undefined, client: of });

/** An incident that so many edits were applied to. `revisions` are those at which each ended, the first its publication's. */
const edited = async (edits: number) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const id = world.id('incident', 'bridge');
  const revisions = [world.stateOf('bridge').streamRevision];
  for (let edit = 0; edit < edits; edit += 1) {
    await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ statement: `Said for the ${edit + 2}. time.` }) }]);
    revisions.push(world.stateOf('bridge').streamRevision);
  }
  return { world, id, revisions, at: (index: number) => revisions[index] ?? -1 };
};

t.test('what was only proposed is not read for those who may not see it', async (t) => {
  const { world, id, at } = await edited(2);
  for (let edit = 0; edit < 5; edit += 1)
    await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim({ statement: `Not approved, ${edit}.` }) }]);
  const read: DomainEvent[] = [];
  const { queries, advance } = await models(t, world, undefined, noting(world.log, read));
  await advance();
  for (const viewer of [null, app]) {
    t.ok(await queries.incidentAt(id, { revision: at(1) }, viewer));
    t.ok(await queries.comparisonAt(id, { position: await world.log.head() }, viewer));
    t.ok(await queries.diff(id, at(0), at(2), viewer));
    t.ok(await queries.incidentEvents(id, { limit: 500, cursor: null }, viewer));
    t.equal(await queries.incidentAt(id, { revision: 0 }, viewer), null, 'nor of a proposal');
  }
  t.ok(read.length > 0);
  t.same(
    read.filter(({ type }) => !recordEvents.has(type)).map(({ type }) => type),
    [],
  );
});

t.test('the same answer about the past is made once, until what may be told of the past has changed', async (t) => {
  const { world, id, at } = await edited(1);
  const { queries, advance, renderings } = await models(t, world);
  await advance();
  const ask = () => queries.incidentAt(id, { revision: at(0) }, null);
  const answers = await Promise.all(Array.from({ length: 10 }, ask));
  t.equal(renderings(), 1, 'who asks meanwhile is answered together');
  for (const answer of answers) t.same(answer, answers[0]);
  await world.publish('market');
  await advance();
  t.same(await ask(), answers[0]);
  t.equal(renderings(), 0, 'whatever else was written');
  t.same(await queries.incidentAt(id, { revision: at(0) }, app), answers[0]);
  t.equal(renderings(), 0, 'an app reads as nobody does');
  t.ok(await queries.incidentAt(id, { revision: at(0) }, { role: 'contributor', subject: 'author' }));
  t.equal(renderings(), 1, 'other readers have an answer of their own');

  await world.erase(id, at(0), '/claim/statement');
  await advance();
  t.match(JSON.parse((await ask())?.body ?? '{}'), { claims: [{ statement: null }] });
  t.equal(renderings(), 1);
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await advance();
  t.ok(await ask());
  t.equal(renderings(), 0, 'what something is called by now is told of now alone');
  await world.correctParty('witness', { private: true });
  await advance();
  t.ok(await ask());
  t.equal(renderings(), 1, 'who is private by now was known by name before');
});

t.test('each append is rendered once, whatever revisions are compared', async (t) => {
  const { world, id, at } = await edited(6);
  const { queries, advance, renderings } = await models(t, world);
  await advance();
  const compare = (from: number, to: number) => queries.diff(id, at(from), at(to), null);
  const revisionsOf = async (from: number, to: number) =>
    (await compare(from, to))?.changes.filter(({ pointer }) => /^\/claims\/\d+$/.test(pointer)).map(({ revision }) => revision);

  t.same(await revisionsOf(2, 4), [at(3), at(4)]);
  t.equal(renderings(), 2 + 1 + 2, 'the two that are compared, and what the two edits between made of the first');
  t.same(await revisionsOf(2, 4), [at(3), at(4)]);
  t.equal(renderings(), 0);
  t.same(await revisionsOf(0, 6), [1, 2, 3, 4, 5, 6].map(at));
  t.equal(renderings(), 2 + 2 + 4, 'those before and after, each part from where it begins');
  t.same(await revisionsOf(1, 5), [2, 3, 4, 5].map(at));
  t.equal(renderings(), 2);
  await Promise.all(Array.from({ length: 10 }, () => compare(0, 5)));
  t.equal(renderings(), 2, 'who asks for the same meanwhile is answered together');
  t.same((await compare(3, 3))?.changes, []);
});

t.test('nothing goes on for a client that has left, and what was done is not done again', async (t) => {
  const edits = 8;
  const { world, id, at } = await edited(edits);
  const { queries, advance, renderings } = await models(t, world);
  await advance();
  let rendered = 0;
  const abort = new AbortController();
  const leaving = queries.diff(id, at(0), at(edits), null, asked(client('one', abort.signal)));
  leaving.catch(() => undefined);
  while (rendered < 5) {
    await new Promise((resolve) => setImmediate(resolve));
    rendered += renderings();
  }
  abort.abort();
  await t.rejects(leaving, { name: 'WorkRefused' });
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  rendered += renderings();
  t.ok(rendered < edits, `${rendered} renderings`);
  t.equal((await queries.diff(id, at(0), at(edits), null))?.changes.length === 0, false);
  t.ok(rendered + renderings() <= 2 + 1 + edits + 3, 'it goes on from there');
});

t.test('work is done in turn, so much at once, and so much of each client', async (t) => {
  const turns = createTurns({ running: 1, each: 2, all: 3 });
  const { signal } = new AbortController();
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const work = (client: string, index: number) =>
    turns(client, signal, async () => {
      begun.push(index);
      await gates[index]?.promise;
      return index;
    });
  const first = [work('one', 0), work('one', 1)];
  await t.rejects(work('one', 3), { name: 'WorkRefused' }, 'too much of one client');
  const other = work('other', 2);
  await t.rejects(work('third', 3), { name: 'WorkRefused' }, 'too much of all');
  t.same(begun, [0]);
  gates[0]?.resolve();
  t.equal(await first[0], 0);
  t.same(begun, [0, 1], 'in the order of asking');
  gates[1]?.resolve();
  gates[2]?.resolve();
  t.same(await Promise.all([first[1], other]), [1, 2]);
  gates[3]?.resolve();
  t.equal(await work('third', 3), 3, 'places are given back');

  const gone = new AbortController();
  gone.abort();
  await t.rejects(
    turns('one', gone.signal, async () => t.fail('nobody waits for it')),
    { name: 'WorkRefused' },
  );
});

t.test('work that is shared goes on until the last has left', async (t) => {
  const share = createShared<{ n: number }>(createTurns({ running: 2, each: 9, all: 9 }), { bytes: 1000, sizeOf: () => 1 });
  const gate = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  let begun = 0;
  const make = async (given: AbortSignal) => {
    signal = given;
    begun += 1;
    await gate.promise;
    return { n: begun };
  };
  const [one, other] = [new AbortController(), new AbortController()];
  const first = share('key', client('one', one.signal), make);
  const second = share('key', client('other', other.signal), make);
  one.abort();
  await t.rejects(first, { name: 'WorkRefused' });
  t.equal(signal?.aborted, false);
  other.abort();
  await t.rejects(second, { name: 'WorkRefused' });
  t.equal(signal?.aborted, true);
  const third = share('key', client(), make);
  gate.resolve();
  t.same(await third, { n: 2 }, 'nobody joins what was given up');
  t.same(await share('key', client(), make), { n: 2 });
  t.equal(begun, 2, 'it is kept');
  const failing = () => share('other', client(), async () => Promise.reject(new Error('no')));
  await t.rejects(failing(), { message: 'no' });
  await t.rejects(failing(), { message: 'no' }, 'a failure is not kept');
  await t.rejects(share('key2', client('one', one.signal), make), { name: 'WorkRefused' });
});

t.test('an era ends with what changes the past, and where too much came to look at', async (t) => {
  const { world, id, at } = await edited(1);
  const eraOf = createEras(world.log);
  const first = await eraOf();
  await world.publish('market');
  t.equal(await eraOf(), first);
  await world.erase(id, at(0), '/claim/statement');
  t.equal(await eraOf(), await world.log.head());
  await world.apply('bridge', [
    { kind: 'correct_incident', set: { title: 'Corrected.' }, reason: 'It was wrong.', citations: world.claim().citations },
  ]);
  const second = await eraOf();
  t.ok(second < (await world.log.head()), 'a correction that conceals nothing ends none');
  for (let event = 0; event < 1001; event += 1) await world.party(`party ${event}`);
  t.equal(await eraOf(), await world.log.head());
});

t.test('what a correction conceals is at once in no answer about the past, whatever was kept', async (t) => {
  const { world, id, at } = await edited(1);
  const { queries, advance, renderings } = await models(t, world);
  await advance();
  const contributor = { role: 'contributor', subject: 'contributor' } as const;
  const other = { role: 'contributor', subject: 'other' } as const;
  const auditor = { role: 'auditor', subject: 'auditor' } as const;
  const title = 'Officers stop a car near the bridge';
  const position = await world.log.head();
  const shows = async (viewer: Parameters<typeof queries.diff>[3]) => {
    const told = [
      await queries.incidentAt(id, { revision: at(0) }, viewer),
      await queries.incidentAt(id, { position }, viewer),
      await queries.diff(id, at(0), world.stateOf('bridge').streamRevision, viewer),
    ];
    t.notOk(told.includes(null));
    return JSON.stringify(told).includes(title);
  };
  for (const viewer of [null, app, contributor, auditor]) t.ok(await shows(viewer));
  renderings();
  const change = { kind: 'correct_incident', set: { title: 'Another title' }, conceal: true, reason: 'A name stood there.' } as const;
  await world.apply('bridge', [{ ...change, citations: world.claim().citations }]);
  t.ok(await shows(null));
  t.ok(renderings() > 0, 'while the model has not taken it nothing is kept');
  await advance();
  for (const viewer of [null, app, contributor, other]) t.notOk(await shows(viewer), JSON.stringify(viewer));
  t.ok(await shows(auditor), 'whoever asked before');
  renderings();
  for (const viewer of [null, app, contributor, auditor]) await shows(viewer);
  t.equal(renderings(), 0);
});

t.test('who touched a place last is found as by looking at each append', async (t) => {
  const place = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
  const touches = (one: readonly string[], other: readonly string[]) => {
    const shared = Math.min(one.length, other.length);
    return one.slice(0, shared).every((name, index) => name === other[index]);
  };
  fc.assert(
    fc.property(
      fc.array(fc.array(place.filter(({ length }) => length > 0))),
      place.filter(({ length }) => length > 0),
      (steps, wanted) => {
        const joined = steps.map((places, index) => [index, places.map((each) => each.join('\0'))] as const);
        const expected = steps.findLastIndex((places) => places.some((each) => touches(each, wanted)));
        return (createPlaces(joined).touched(wanted.join('\0')) ?? -1) === expected;
      },
    ),
  );
  t.pass();
});
