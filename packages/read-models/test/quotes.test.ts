import type { Viewer } from '@averment/access';
import { letOut } from '@averment/domain';
import fc from 'fast-check';
import t from 'tap';
import type { EventItem } from '../src/index.ts';
import type { Projection } from '../src/projection.ts';
import { everyRow, type Models, models, withEvents } from './models.ts';
import { createWorld, Refused, type World } from './world.ts';

const contributor = { role: 'contributor', subject: 'author' } as const;
const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const app = { role: 'app', subject: 'app' } as const;

/** Each place of the text has a character of its own, so that what is read tells from where it is. */
const length = 6000;
const word = (index: number) => String.fromCodePoint(0x4e00 + index * 4, 0x4e01 + index * 4, 0x4e02 + index * 4);
const text = Array.from({ length: length / 4 }, (_, index) => `${word(index)} `).join('');

const cite = (world: World, start: number, end: number, revision = 1) => ({
  source: world.id('source', 'long'),
  revision,
  position: { start, end },
});
const quoting = (world: World, start: number, end: number, revision = 1) => world.claim({ citations: [cite(world, start, end, revision)] });
const begin = async () => {
  const world = createWorld();
  await world.cast();
  await world.source('long', { text });
  return world;
};

/** All that a viewer can read, from whatever is served of the incidents: as they are, in the past, compared, their events, the feed and the claims. */
const readBy = async ({ queries }: Models, world: World, names: readonly string[], viewer: Viewer): Promise<string> => {
  const served: unknown[] = [(await queries.claims({}, { limit: 500, cursor: null }, viewer)).items];
  for (let after = 0n; ; ) {
    const page = await queries.feed(after, 500, viewer);
    served.push(page.items);
    if (BigInt(page.next) === after) break;
    after = BigInt(page.next);
  }
  for (const name of names) {
    const id = world.id('incident', name);
    const events = await queries.incidentEvents(id, { limit: 500, cursor: null }, viewer);
    const revisions = (events?.items ?? []).map(({ revision }: EventItem) => revision);
    served.push(events, (await queries.incident(id, viewer))?.body);
    for (const revision of revisions) served.push((await queries.incidentAt(id, { revision }, viewer))?.body);
    served.push(await queries.diff(id, revisions[0] ?? 0, revisions.at(-1) ?? 0, viewer));
  }
  return JSON.stringify(served);
};
const charactersOf = (read: string): number => new Set([...read].filter((character) => /[\u4e00-\u9fff]/.test(character))).size;
/** Three of four characters of the text are such. */
const most = (limit: number) => Math.ceil(limit * 1.5);

t.test('what the public reads of a source has an end, over all incidents and all that is served', async (t) => {
  const world = await begin();
  const names = ['bridge', 'harbour', 'market'];
  for (const [index, name] of names.entries()) {
    const claims = Array.from({ length: 6 }, (_, each) => quoting(world, (index * 6 + each) * 300, (index * 6 + each + 1) * 300));
    await world.publish(name, { claims });
  }
  const all = await models(t, world);
  await all.advance();
  for (const viewer of [null, app]) {
    const read = await readBy(all, world, names, viewer);
    const found = charactersOf(read);
    t.ok(found >= 900, `${found} characters of the first 1,200`);
    t.ok(found <= most(1200), `${found} characters`);
    t.match(read, '"shortened\\":true');
    t.match(read, text.slice(0, 300), 'what came first is whole');
    t.notMatch(read, text.slice(1500, 1600));
  }
  for (const viewer of [contributor, reviewer]) {
    const read = await readBy(all, world, names, viewer);
    for (let at = 0; at < 18; at += 1) t.match(read, text.slice(at * 300, at * 300 + 300).trim(), `${viewer.role} ${at}`);
    t.notMatch(read, 'shortened');
  }
});

t.test('an edit that quotes more than may be public needs two, and says of which source and how much', async (t) => {
  const world = await begin();
  await world.publish('bridge', { claims: [quoting(world, 0, 300), quoting(world, 300, 600)] });
  await world.propose('harbour', { claims: [quoting(world, 600, 900), quoting(world, 900, 1200)] });
  await world.propose('market', { claims: [quoting(world, 2000, 2300)] });
  const all = await models(t, world);
  await all.advance();
  const beyond = async (name: string) => {
    const { items } = await all.queries.reviews({}, { limit: 50, cursor: null }, reviewer);
    const item = items.find(({ incidentId }) => incidentId === world.id('incident', name));
    const edit = await all.queries.edit(world.id('incident', name), 1, reviewer);
    t.same(item?.quotesBeyondLimit, edit?.quotesBeyondLimit);
    t.same(item?.approvals, edit?.approvals);
    return [item?.approvals.needed, item?.priority, item?.quotesBeyondLimit];
  };
  t.same(await beyond('market'), [1, 'normal', []]);
  await world.approve('harbour', 1);
  await all.advance();
  const source = world.id('source', 'long');
  t.same(await beyond('market'), [2, 'high', [{ source, quoted: 1500, limit: 1200 }]], 'what others quote meanwhile counts');
  t.match(
    (await all.queries.edit(world.id('incident', 'market'), 1, reviewer))?.approvals.why,
    /it quotes more of a source than may be public/,
  );
  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live);
  world.set({ findQuotes: all.queries.quotesFrom });
  await world.decide('market', 1, 'reviewer', 'approve');
  t.equal(world.stateOf('market').edits.get(1)?.state, 'submitted', 'one is not enough');
});

t.test('an edit that comes late is decided at its place, and what others show follows', async (t) => {
  const world = await begin();
  const late = world.id('incident', 'bridge');
  const bad = new Set([late]);
  const poisoned = (projection: Projection): Projection =>
    withEvents(projection, (events) => {
      if (events.some(({ stream }) => bad.has(stream))) throw new Error('poison');
      return events;
    });
  await world.publish('bridge', { claims: [quoting(world, 0, 300), quoting(world, 300, 600)] });
  await world.publish('harbour', { claims: [quoting(world, 1000, 1300), quoting(world, 1300, 1600), quoting(world, 1600, 1900)] });
  const all = await models(t, world, poisoned);
  await all.advance();
  const harbour = async () => (await all.queries.incident(world.id('incident', 'harbour'), null))?.body ?? '';
  t.notMatch(await harbour(), 'shortened');
  bad.clear();
  for (const { id } of await all.runner().parked()) t.match(await all.runner().retry(id, 'admin'), { outcome: 'applied' });
  await all.advance();
  t.match(await harbour(), 'shortened', 'of 1,500 the last 300 are too many');
  t.notMatch((await all.queries.incident(late, null))?.body ?? '', 'shortened');
  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live);
});

t.test('edits of before are decided by the places that they quote, whatever was erased', async (t) => {
  const world = await begin();
  const ofBefore = (projection: Projection): Projection =>
    withEvents(projection, (events) =>
      events.map((event) => (event.type === 'EditApplied' ? { ...event, data: { ...event.data, quotes: null } } : event)),
    );
  world.set({ share: { percent: 100, length: 1 } });
  const claims = [0, 1, 2, 3, 4].map((index) => quoting(world, index * 300, index * 300 + (index === 0 ? 40 : 300)));
  await world.publish('bridge', { claims });
  const all = await models(t, world, ofBefore);
  await all.advance();
  const shown = async () => {
    const document = JSON.parse((await all.queries.incident(world.id('incident', 'bridge'), null))?.body ?? '{}');
    return document.claims.map(({ citations }: { citations: { quote: object | null }[] }) => citations[0]?.quote);
  };
  const at = (from: number, to: number) => ({ exact: text.slice(from, to), prefix: null, suffix: null });
  t.same(await shown(), [at(0, 40), at(300, 600), at(600, 900), at(900, 1200), { exact: '', prefix: null, suffix: null, shortened: true }]);

  await world.erase(world.id('incident', 'bridge'), 4, '/claim/citations/0/quote');
  await all.advance();
  t.same((await shown())[0], null);
  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live);
});

type Step = { name: string; start: number; length: number; revision: number; share: number | null; advance: boolean };
const steps = fc.array(
  fc.record({
    name: fc.constantFrom('bridge', 'harbour', 'market'),
    start: fc.nat(length - 1),
    length: fc.integer({ min: 1, max: 400 }),
    revision: fc.integer({ min: 1, max: 2 }),
    share: fc.option(fc.constantFrom(200, 600, 900), { freq: 4 }),
    advance: fc.boolean(),
  }),
  { minLength: 6, maxLength: 14 },
);

const takeStep = async (world: World, { name, start, length: long, revision, share }: Step) => {
  if (share !== null) world.set({ share: { percent: 0, length: share } });
  const claim = quoting(world, start, Math.min(length, start + long), revision);
  try {
    if (world.stateOf(name).recordRevision === null) await world.publish(name, { claims: [claim] });
    else await world.apply(name, [{ kind: 'add_claim', claim }]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
};

t.test('whatever is quoted under whatever settings, the bound holds, what was decided stays, and a rebuild decides the same', async (t) => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const undo: (() => Promise<void> | void)[] = [];
      const world = await begin();
      await world.changeSource('long', { kind: 'revise_text', text });
      world.set({ share: { percent: 0, length: 600 } });
      const all = await models({ teardown: (run) => void undo.push(run) }, world);
      const decided = async () => (await everyRow(all.pool))['record_v21.quotes'] ?? [];
      try {
        for (const step of steps) {
          await takeStep(world, step);
          if (!step.advance) continue;
          const before = await decided();
          await all.advance();
          const after = new Set(await decided());
          t.same(
            before.filter((row) => !after.has(row)),
            [],
          );
        }
        await all.advance();
        const read = await readBy(all, world, ['bridge', 'harbour', 'market'], null);
        t.ok(charactersOf(read) <= most(900));
        const entered = (await all.queries.quotesFrom([world.id('source', 'long')])).get(world.id('source', 'long')) ?? [];
        const { rows } = await all.pool.query('SELECT shown FROM reviews_v22.quotes AS q ORDER BY q.position, q.n');
        t.same(
          letOut(entered),
          rows.map(({ shown }) => shown),
          'the policy sees them in their order',
        );
        const live = await everyRow(all.pool);
        world.set({ share: { percent: 100, length: 100_000 } });
        await all.rebuild();
        t.same(await everyRow(all.pool), live);
        return t.passing();
      } finally {
        for (const each of undo) await each();
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});
