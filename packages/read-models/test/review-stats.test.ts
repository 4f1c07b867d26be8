import t from 'tap';
import { agesSql } from '../src/queries/review-stats.ts';
import { everyRow, models } from './models.ts';
import { createWorld } from './world.ts';

const schema = 'reviews_v22';
const spanOf = (now: Date) => ({ begins: now.toISOString(), ends: now.toISOString().replace('Z', '999Z') });

/** A record with every fate of a vote; `step` is called after each thing that happened. */
const tell = async (step: (world: ReturnType<typeof createWorld>) => Promise<void>) => {
  const world = createWorld();
  await world.cast();
  const citations = world.claim().citations;
  const title = (title: string) => [{ kind: 'correct_incident', set: { title }, reason: 'It was wrong.', citations }];
  const party = world.id('party', 'city');
  const things: (() => Promise<unknown>)[] = [
    () => world.propose('bridge'),
    () => world.approve('bridge', 1),
    () => world.submit('bridge', title('Another title')),
    () =>
      world.submit('bridge', [{ kind: 'retract_claim', claim: [...world.stateOf('bridge').claims.keys()][0], reason: 'It was not said.' }]),
    () => world.decide('bridge', 3, 'reviewer', 'approve'),
    () => world.withdrawVote('bridge', 3, 'reviewer'),
    () => world.decide('bridge', 3, 'reviewer', 'approve'),
    () => world.decide('bridge', 3, 'reviewer2', 'request_changes'),
    () => world.decide('bridge', 2, 'reviewer2', 'request_changes'),
    () => world.reviseEdit('bridge', 2, title('A third title')),
    () => world.decide('bridge', 2, 'reviewer', 'approve'),
    () => world.submitTo(party, [{ kind: 'correct_party', set: { name: 'The town' }, reason: 'As it is written there.' }]),
    () => world.decideOn(party, 1, 'reviewer2', 'reject'),
    () => world.propose('market'),
    () => world.submit('bridge', title('One too many')),
    () => world.withdraw('bridge', 4),
    () => world.revert('bridge', 2),
    () => world.approve('bridge', 5),
  ];
  for (const thing of things) {
    await thing();
    await step(world);
  }
  return world;
};

t.test('what is said of a moment of the past is what was said then, before and after a rebuild', async (t) => {
  let all: Awaited<ReturnType<typeof models>> | undefined;
  const said: { span: ReturnType<typeof spanOf>; stats: object }[] = [];
  const world = await tell(async (world) => {
    all ??= await models(t, world);
    await all.advance();
    const { waitingFor: _, outdated: __, asOf: ___, ...stats } = await all.queries.reviewStats();
    const now = world.clock.now();
    said.push({ span: spanOf(now), stats });
  });
  if (all === undefined) throw new Error('nothing happened');
  const { queries, pool, rebuild, runner } = all;
  const then = async () => {
    for (const { span, stats } of said) {
      const { asOf, waitingFor, outdated, ...past } = await queries.reviewStats(span);
      t.same([asOf, waitingFor, outdated], [span.ends, null, null]);
      t.same(past, stats);
    }
  };
  await then();
  const rows = await everyRow(pool);
  t.same((await runner().rebuild('reviews', { compareOnly: true })).comparison?.differences, []);
  await rebuild();
  const built = await everyRow(pool);
  t.same(built, rows);
  await then();
  t.match(await queries.reviewStats(), {
    open: 2,
    waitingFor: { reviewer: 1, author: 1 },
    votes: { decided: 8, approved: 5, rejected: 1, changesRequested: 2, overturned: 2, reverted: 1, revertedShare: 0.2 },
  });
  t.ok(world.clock.now());
});

t.test('few rows are read however many edits wait, and the ages are those of all of them', async (t) => {
  const world = await tell(async () => undefined);
  const { queries, advance, pool } = await models(t, world);
  await advance();
  const fill = async (from: number, to: number, waiting: boolean) => {
    await pool.query(
      `INSERT INTO ${schema}.waits (stream, edit, version, kinds, submitted_at, begun, ended)
       SELECT 'incident_x', n, 1, '{add_claim}', '2026-01-01T00:00:00Z'::timestamptz + (n * 7919 % 1000003) * interval '1 second', 1, CASE WHEN $3 THEN NULL ELSE 2::bigint END
         FROM generate_series($1::int, $2::int) AS n`,
      [from, to, waiting],
    );
    if (!waiting) return;
    await pool.query(
      `INSERT INTO ${schema}.counts AS c SELECT counted, name, count(*), 0, 0, 0, 0, 0 FROM ${schema}.waits AS w,
         LATERAL (VALUES ('all', 0), ('waits 10', 10), ('waits 13', 13), ('waits 16', 16)) AS l(counted, size),
         LATERAL (SELECT CASE size WHEN 0 THEN '' ELSE left(to_char(submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI'), size) END) AS n(name)
        WHERE stream = 'incident_x' AND edit BETWEEN $1 AND $2 GROUP BY counted, name
       ON CONFLICT (counted, name) DO UPDATE SET open = c.open + excluded.open`,
      [from, to],
    );
  };
  const readRows = async () => {
    await pool.query(`VACUUM ANALYZE ${schema}.waits, ${schema}.counts`);
    const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${agesSql(schema)}`, [[0.5, 0.9, 1]]);
    const sum = (node: { Plans?: never[]; 'Actual Rows': number; 'Actual Loops': number; 'Relation Name'?: string }): number =>
      (node['Relation Name'] === undefined ? 0 : node['Actual Rows'] * node['Actual Loops']) +
      (node.Plans ?? []).reduce((all: number, one) => all + sum(one), 0);
    return sum(rows[0]['QUERY PLAN'][0].Plan);
  };
  const same = async () => {
    const { rows } = await pool.query(
      `SELECT floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY age))::int AS median, floor(percentile_cont(0.9) WITHIN GROUP (ORDER BY age))::int AS p90,
         floor(max(age))::int AS oldest, count(*)::int AS open
         FROM (SELECT extract(epoch FROM greatest($1::timestamptz - submitted_at, interval '0')) AS age FROM ${schema}.waits WHERE ended IS NULL) AS w`,
      [world.clock.now().toISOString()],
    );
    const { open, medianSeconds: median, p90Seconds: p90, oldestSeconds: oldest } = await queries.reviewStats();
    t.same({ open, median, p90, oldest }, rows[0]);
  };
  await fill(1, 1000, true);
  const few = await readRows();
  await same();
  await fill(1001, 50_000, true);
  await fill(50_001, 250_000, false);
  const many = await readRows();
  await same();
  t.ok(many < 4 * few + 2000 && many < 5000, `${few} rows of 1,000 edits, ${many} of 50,000`);
});
