import { catalogue, type DomainEvent } from '@averment/domain';
import { decoded, type Logged } from '@averment/event-log';
import { createMemoryStore } from '@averment/event-log/testing';
import t from 'tap';
import { everyRow, models } from './models.ts';
import { createWorld, type World } from './world.ts';

const canary = 'Zanzibarbara';
const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;

/**
 * An incident, a party and a source that hold the canary in texts of every kind, now, corrected away, and in an open edit; on a log whose vault never comes to
 * follow an erasure.
 */
const haunted = async (): Promise<World> => {
  const world = createWorld({ store: createMemoryStore({ lags: true }) });
  const place = { text: `${canary} road`, locality: canary, country: 'US', precision: 'road', point: { lat: 12.345678, lon: 98.765432 } };
  await world.cast();
  await world.party('named', { name: canary, aliases: [canary, 'the other'] });
  await world.source('haunted', {
    url: `https://example.org/${canary.toLowerCase()}`,
    title: canary,
    publisher: canary,
    authors: [canary],
    text: `${canary} was there`,
  });
  const citations = [{ source: world.id('source', 'haunted'), quote: { exact: canary } }];
  await world.propose('bridge', {
    title: `Officers stop ${canary}`,
    place,
    rationale: `${canary} asked for it`,
    claims: [
      world.claim({ ref: 'c1', speaker: world.id('party', 'named'), statement: `The agency says that ${canary} was there.`, citations }),
    ],
  });
  await world.approve('bridge', 1);
  const claim = [...world.stateOf('bridge').claims.keys()][0];
  await world.apply('bridge', [
    { kind: 'correct_incident', set: { title: 'Officers stop a car' }, reason: `It was not ${canary}.`, citations },
    {
      kind: 'dispute_claim',
      claim,
      basis: 'stated',
      by: world.id('party', 'city'),
      capacity: 'official',
      grounds: `${canary} was not.`,
      citations,
    },
  ]);
  await world.submit('bridge', [{ kind: 'retract_claim', claim, reason: `${canary} said so.` }]);
  await world.correctParty('named', { name: 'The agency' });
  return world;
};

/** Erases every text that holds the word, one after the other. */
const eraseAll = async (world: World, word: string): Promise<void> => {
  for (const stream of [...world.incidents.keys(), ...world.parties.keys(), ...world.sources.keys()]) {
    for (const event of decoded(await world.log.readStream(stream, 0))) {
      for (const path of catalogue[event.type]?.texts(event.data) ?? []) {
        const now = decoded(await world.log.readStream(stream, 0))[event.revision];
        const value = path.reduce<unknown>((data, key) => (data as Record<string | number, unknown> | undefined)?.[key], now?.data);
        if (
          JSON.stringify(value ?? null)
            .toLowerCase()
            .includes(word.toLowerCase())
        )
          await world.erase(stream, event.revision, `/${path.join('/')}`);
      }
    }
  }
};

t.test('an erased text is in no row of any table, of now or of the past, however slow the vault is', async (t) => {
  const world = await haunted();
  const { pool, advance, queries, restart } = await models(t, world);
  await advance();
  const before = JSON.stringify(await everyRow(pool)).toLowerCase();
  t.match(before, canary.toLowerCase(), 'it is there to be found');
  const list = await queries.incidents({}, { limit: 1, cursor: null, position: null }, null);

  await eraseAll(world, canary);
  await eraseAll(world, '12.345678');
  await advance();
  const after = JSON.stringify(await everyRow(pool)).toLowerCase();
  t.notMatch(after, canary.toLowerCase());
  t.notMatch(after, '12.345678');
  t.notMatch(after, 'zanzibar', 'nor the stem of it, as the search keeps it');

  const id = world.id('incident', 'bridge');
  const seen = await Promise.all([
    queries.incidentAt(id, { position: BigInt(list.position) }, reviewer),
    queries.incidentAt(id, { revision: 4 }, reviewer),
    queries.incidents({}, { limit: 5, cursor: null, position: BigInt(list.position) }, null),
    queries.preview(id, 3, reviewer),
    queries.diff(id, 4, world.stateOf('bridge').streamRevision, reviewer),
    queries.sourceText(world.id('source', 'haunted'), 1, reviewer),
  ]);
  t.notMatch(JSON.stringify(seen), canary, 'nor in answers about the past');
  t.match(JSON.parse(seen[0]?.body ?? '{}'), {
    title: 'Officers stop a car',
    claims: [{ statement: null, citations: [{ quote: null }] }],
  });
  t.match(JSON.parse(seen[1]?.body ?? '{}'), { title: null }, 'no older title comes back in its place');

  const rows = await everyRow(pool);
  await restart();
  await advance();
  t.same(await everyRow(pool), rows);
});

t.test('nor is it in the rows of an incident that absorbed the one which held it', async (t) => {
  const world = await haunted();
  await world.publish('market');
  await world.apply('bridge', [{ kind: 'merge_incident', into: world.id('incident', 'market'), reason: 'They are the same.' }]);
  await world.followMerges();
  const { pool, advance } = await models(t, world);
  await advance();
  const shown = async () => JSON.stringify((await pool.query('SELECT * FROM record_v21.incidents')).rows).toLowerCase();
  t.match(await shown(), canary.toLowerCase(), 'it is there to be found');

  await eraseAll(world, canary);
  const atOnce = await models(t, world);
  for (const each of [{ pool, advance }, atOnce]) {
    await each.advance();
    t.notMatch(JSON.stringify(await everyRow(each.pool)).toLowerCase(), canary.toLowerCase());
  }
  t.same(await everyRow(pool), await everyRow(atOnce.pool));
});

t.test('an event that can be read at the second try only brings no erased text back', async (t) => {
  const world = await haunted();
  await eraseAll(world, canary);
  const unlucky = (event: Logged<DomainEvent>): Logged<DomainEvent> =>
    event.revision === 0 ? { ...event, undecodable: 'text_missing', error: 'the vault was just being erased' } : event;
  const log: World['log'] = { ...world.log, readAll: async (...given) => (await world.log.readAll(...given)).map(unlucky) };
  const { pool, advance } = await models(t, { ...world, log });
  await advance();
  const rows = JSON.stringify(await everyRow(pool));
  t.match(rows, 'Officers stop a car');
  t.notMatch(rows.toLowerCase(), canary.toLowerCase());
});

t.test('the incident changes its ETag with an erasure, and its revision not', async (t) => {
  const world = await haunted();
  const { advance, queries } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  const before = await queries.incident(id, null);
  await eraseAll(world, canary);
  await advance();
  const after = await queries.incident(id, null);
  t.not(after?.etag, before?.etag);
  t.equal(JSON.parse(after?.body ?? '{}').revision, JSON.parse(before?.body ?? '{}').revision);
});
