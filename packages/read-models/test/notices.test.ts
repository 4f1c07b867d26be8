import t from 'tap';
import { noticesSql } from '../src/queries/notices.ts';
import { everyRow, models } from './models.ts';
import { createWorld } from './world.ts';

const author = { role: 'contributor', subject: 'author' } as const;
const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const page = { limit: 50, cursor: null };

t.test('notices are resumed by position, have the words that are left, and are the same after a rebuild', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const citations = world.claim().citations;
  const title = (title: string) => ({ kind: 'correct_incident', set: { title }, reason: 'It was wrong.', citations });
  await world.submit('bridge', [title('Another title')]);
  const { queries, advance, pool, rebuild } = await models(t, world);
  const told = async (viewer: Parameters<typeof queries.notices>[2], after = 0n, limit = 50) => {
    const { items, next, ...duties } = await queries.notices(after, limit, viewer);
    return {
      said: items.map(({ code, edit, by, decision, text }) => [code, edit, by, decision, text].filter((part) => part !== null).join(' ')),
      next,
      items,
      duties,
    };
  };
  await advance();
  const first = await told(author);
  t.same(first.said, ['decided 1 reviewer approve I looked at it.']);
  t.match(first.items[0], {
    of: { kind: 'incident', id: world.id('incident', 'bridge') },
    title: /bridge/,
    links: { edit: /edits\/1$/ },
    at: /Z$/,
  });
  t.same((await told(author, BigInt(first.next))).next, first.next, 'where nothing is new, one goes on from the same place');

  await world.decide('bridge', 2, 'reviewer', 'request_changes');
  await world.reviseEdit('bridge', 2, [title('A third title')]);
  const party = world.id('party', 'city');
  const edit = await world.submitTo(party, [{ kind: 'correct_party', set: { name: 'The town' }, reason: 'As it is written there.' }]);
  await world.decideOn(party, edit, 'reviewer2', 'reject');
  const source = world.id('source', 'article');
  const other = await world.submitTo(source, [{ kind: 'correct_source', set: { title: 'Shots' }, reason: 'As it is written there.' }]);
  await world.decideOn(source, other, 'reviewer2', 'approve');
  await advance();
  const second = await told(author, BigInt(first.next));
  t.same(second.said, [
    'decided 2 reviewer request_changes I looked at it.',
    `decided ${edit} reviewer2 reject I looked at it.`,
    `decided ${other} reviewer2 approve I looked at it.`,
  ]);
  t.match(second.items[1], { of: { kind: 'party', id: party }, title: 'city' });
  t.same((await told(reviewer)).said, ['lapsed 2 author Revised.']);
  const one = await told(author, 0n, 1);
  t.same([...one.said, ...(await told(author, BigInt(one.next))).said], [...first.said, ...second.said], 'a page at a time');
  t.same((await told({ role: 'contributor', subject: 'reviewer' })).said, [], 'who sees the edit no more is told nothing of it');
  t.same((await told({ role: 'reviewer', subject: 'nobody' })).said, []);

  const decided = world.stateOf('bridge').edits.get(2)?.votes[0]?.revision ?? -1;
  await world.erase(world.id('incident', 'bridge'), decided, '/reason');
  await advance();
  t.equal((await told(author, BigInt(first.next))).said[0], 'decided 2 reviewer request_changes', 'an erased word is gone from here too');
  const rows = await everyRow(pool);
  await rebuild();
  t.same(await everyRow(pool), rows);
});

t.test('what is to be done follows from now: nothing is told twice and nothing missed, wherever one resumes', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const citations = world.claim().citations;
  const title = (title: string) => [{ kind: 'correct_incident', set: { title }, reason: 'It was wrong.', citations }];
  for (const one of ['One title', 'Two titles']) await world.submit('bridge', title(one));
  await world.approve('bridge', 3);
  const { queries, advance, pool } = await models(t, world);
  await advance();
  const duties = async (after = 0n) => {
    const { overdue, outdated } = await queries.notices(after, 50, author);
    return { overdue: overdue.map(({ edit }) => edit), outdated: outdated.map(({ edit, outdated }) => [edit, outdated?.problem]) };
  };
  t.same(await duties(), { overdue: [], outdated: [[2, 'edit-outdated']] });
  await pool.query(`UPDATE reviews_v22.edits SET due_at = '2020-01-01T00:00:00Z'`);
  t.same(await duties(10_000n), { overdue: [2], outdated: [[2, 'edit-outdated']] }, 'of open edits, wherever one goes on');
});

t.test('the own edits come with what was decided and asked, newest first, by state', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const citations = world.claim().citations;
  const title = (title: string) => [{ kind: 'correct_incident', set: { title }, reason: 'It was wrong.', citations }];
  for (const one of ['One title', 'Two titles', 'Three titles']) await world.submit('bridge', title(one));
  await world.submit('bridge', title('Another’s title'), { by: 'other' });
  await world.decide('bridge', 2, 'reviewer', 'reject');
  await world.decide('bridge', 3, 'reviewer', 'request_changes');
  const { queries, advance } = await models(t, world);
  await advance();
  const own = async (state?: 'open' | 'rejected', limit = 50) => {
    const found = [];
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const read = await queries.ownEdits(state === undefined ? { state: 'all' } : { state }, { ...page, limit, cursor }, author);
      found.push(...read.items);
      cursor = read.next;
    }
    return found;
  };
  t.same(
    (await own()).map(({ edit, state }) => `${edit} ${state}`),
    ['4 submitted', '3 changes_requested', '2 rejected', '1 applied'],
  );
  t.same(await own(undefined, 1), await own(), 'no page loses or repeats one');
  t.same(
    (await own('open')).map(({ edit }) => edit),
    [4, 3],
  );
  t.match(await own('rejected'), [
    {
      edit: 2,
      author: 'author',
      votes: [{ by: 'reviewer', decision: 'reject', reason: 'I looked at it.' }],
      openComments: [],
      reverts: null,
    },
  ]);
});

t.test('a page of notices and of own edits is found by index, however many there are', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const { queries, advance, pool } = await models(t, world);
  await advance();
  const schema = 'reviews_v22';
  const columns = async (table: string, ...others: string[]) => {
    const { rows } = await pool.query(
      `SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS list FROM information_schema.columns
        WHERE table_schema = $1 AND table_name = $2 AND NOT column_name = ANY($3)`,
      [schema, table, others],
    );
    return rows[0].list as string;
  };
  const edits = await columns('edits', 'edit', 'author', 'contributors', 'submitted_at');
  await pool.query(
    `INSERT INTO ${schema}.edits (edit, author, contributors, submitted_at, ${edits}) SELECT n, 'author' || n % 50, ARRAY['author' || n % 50], now() - n * interval '1 second', ${edits}
       FROM ${schema}.edits, generate_series(10, 40000) AS n WHERE edit = 1`,
  );
  const notices = await columns('notices', 'subject', 'position', 'edit');
  await pool.query(
    `INSERT INTO ${schema}.notices (subject, position, edit, ${notices}) SELECT 'author' || n % 50, 1000000 + n, n, ${notices}
       FROM ${schema}.notices, generate_series(10, 40000) AS n WHERE subject = 'author'`,
  );
  await pool.query(`ANALYZE ${schema}.edits, ${schema}.notices`);
  const plan = async (sql: string, values: unknown[] = []) =>
    (await pool.query(`EXPLAIN ${sql}`, values)).rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  const noticed = await plan(noticesSql(schema), ['author7', 1_020_000, false, 50]);
  t.match(noticed, /notices_pkey/);
  t.notMatch(noticed, /Seq Scan on (notices|edits)|Sort/, noticed);
  const own = await plan(
    `SELECT e.edit FROM ${schema}.edits AS e JOIN ${schema}.headings AS i ON i.id = e.stream WHERE e.author = 'author7'
        AND (e.submitted_at, e.stream, e.edit) < (now() - interval '3 hours', 'incident_', 7)
      ORDER BY e.submitted_at DESC, e.stream DESC, e.edit DESC LIMIT 51`,
  );
  t.match(own, /edits_author/);
  t.notMatch(own, /Seq Scan on edits|Sort/, own);
  t.equal((await queries.notices(1_000_000n, 50, { role: 'contributor', subject: 'author7' })).items.length, 50);
});
