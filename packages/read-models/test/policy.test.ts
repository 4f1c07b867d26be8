import t from 'tap';
import { models } from './models.ts';
import { createWorld } from './world.ts';

t.test('rules that are adopted make other rows of what is open, of whichever aggregate, and of nothing else', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }]);
  const name = { kind: 'correct_party', set: { name: 'The harbour office' }, reason: 'It is called so.' };
  await world.submitTo(world.id('party', 'bureau'), [name]);
  await world.submitTo(world.id('source', 'article'), [{ ...name, kind: 'correct_source', set: { title: 'About a bridge' } }]);
  const { pool, advance } = await models(t, world);
  const rows = async () => {
    await advance();
    const found = await pool.query(
      `SELECT left(stream, 6) AS of, edit, approvals ->> 'needed' AS needed, approvals ->> 'policy' AS policy, priority,
         extract(epoch FROM due_at - submitted_at)::int / 3600 AS hours FROM reviews_v22.edits ORDER BY stream, edit`,
    );
    return found.rows.map(({ of, edit, ...row }) => [`${of} ${edit}`, Object.values(row).join(' ')]);
  };
  const applied = ['incide 1', '1 4 normal 72'];
  t.same(await rows(), [applied, ['incide 2', '1 4 normal 72'], ['party_ 1', '1 4 normal 72'], ['source 1', '1 4 normal 72']]);

  await world.adoptRules((rules) => ({
    ...rules,
    approvals: { ...rules.approvals, kinds: { ...rules.approvals.kinds, add_claim: 3, correct_source: 2 } },
    dueHours: { urgent: 4, high: 8, normal: 16 },
  }));
  t.same(await rows(), [applied, ['incide 2', '3 5 high 8'], ['party_ 1', '1 5 normal 16'], ['source 1', '2 5 high 8']]);

  // What is decided keeps what was so when it was submitted.
  await world.approve('bridge', 2);
  await world.adoptRules((rules) => ({ ...rules, dueHours: { urgent: 4, high: 100, normal: 200 } }));
  t.same(await rows(), [applied, ['incide 2', '3 5 high 72'], ['party_ 1', '1 6 normal 200'], ['source 1', '2 6 high 100']]);
});
