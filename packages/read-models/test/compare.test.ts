import t, { type Test } from 'tap';
import { times } from '../src/index.ts';
import { createRecordProjection } from '../src/projections/record/index.ts';
import { createReviewsProjection } from '../src/projections/reviews/index.ts';
import { installed } from './installed.ts';
import { everyRow, models, poisoned } from './models.ts';
import { createWorld } from './world.ts';

/** A record with something concealed, something erased, a stream that waits behind an event and one of which an event was skipped. */
const told = async (t: Test) => {
  const world = createWorld();
  const poison = new Set([`${world.id('incident', 'market')} 5`, `${world.id('party', 'odd')} 0`]);
  await world.cast();
  for (const name of ['bridge', 'market', 'harbour']) await world.publish(name);
  const all = await models(t, world, poisoned(poison));
  await all.advance();
  const correct = (name: string, title: string, conceal: boolean) =>
    world.apply(name, [{ kind: 'correct_incident', set: { title }, conceal, reason: 'It was wrong.', citations: world.claim().citations }]);
  await correct('bridge', 'A second title', true);
  await correct('harbour', 'Another title', false);
  await world.erase(world.id('incident', 'harbour'), 3, '/title');
  await world.party('odd');
  await world.apply('market', [{ kind: 'merge_incident', into: world.id('incident', 'bridge'), reason: 'The same.' }]);
  await all.advance();
  t.match(await all.runner().skipAll({ stream: world.id('party', 'odd') }, 10, 'admin'), { matched: 2, applied: 2 });
  await world.correctParty('city', { name: 'The renamed city' });
  await all.advance();
  t.equal((await all.runner().parked()).filter(({ state }) => state === 'parked').length, 2, 'in each model');
  const differing = async () => {
    const each = [];
    for (const name of ['record', 'reviews']) each.push(await all.runner().rebuild(name, { compareOnly: true }));
    return each.map(({ comparison }) => comparison?.differences);
  };
  return { ...all, world, poison, differing };
};

t.test('nothing differs because something is concealed, erased, waits or was skipped, and comparing changes nothing', async (t) => {
  const { pool, runner, differing, poison, world } = await told(t);
  const [rows, parked] = [await everyRow(pool), await runner().parked()];
  t.same(await differing(), [[], []]);
  poison.clear();
  t.same(await differing(), [[], []], 'nor where the event that is waited for could be taken now');
  t.same(await everyRow(pool), rows);
  t.same(await runner().parked(), parked);

  await world.erase(world.id('incident', 'bridge'), 3, '/title');
  t.same(await differing(), [[], []], 'nor by an erasure that the model has not come by');
});

t.test('a changed row is named by table and key, with what differs in it, wherever in a large table it is', async (t) => {
  const { pool, differing, world } = await told(t);
  const id = world.id('incident', 'harbour');
  await pool.query(`UPDATE record_v21.incidents SET document = jsonb_set(document::jsonb, '{title}', '"Another"')::text WHERE id = $1`, [
    id,
  ]);
  t.same(await differing(), [[{ table: 'incidents', key: { id }, difference: 'changed', columns: ['document'] }], []]);
});

// The stored folds are no rows that anybody is shown: how far one goes depends on the batches, and whoever begins at one holds it against the log. Nor is
// what was newly named, which only tells readers to look anew.
t.test('every table of a model is compared but its stored folds and what was newly named, and every column', async (t) => {
  const projections = [createRecordProjection(installed), createReviewsProjection(installed), times];
  const { pool, runner } = await models(t, createWorld());
  await runner().ensure();
  for (const { name, version, compared } of projections.slice(0, 2)) {
    const { rows } = await pool.query(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('checkpoint', 'folds', 'newly_named') ORDER BY 1`,
      [`${name}_v${version}`],
    );
    t.same(
      rows.map(({ relname }) => relname),
      compared.map(({ table }) => table).sort(),
      name,
    );
  }
  for (const { compared } of projections) for (const { ignore = [] } of compared) t.same(ignore, []);
});
