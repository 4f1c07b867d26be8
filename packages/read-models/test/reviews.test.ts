import t from 'tap';
import { everyRow, models } from './models.ts';
import { createWorld, start } from './world.ts';

const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const author = { role: 'contributor', subject: 'author' } as const;
const page = { limit: 50, cursor: null };
const at = (minute: number) => new Date(start + minute * 60_000).toISOString();

/** Two incidents; on the first an edit that needs two approvals, one that was sent back, and one by somebody else. */
const queue = async () => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const claim = [...world.stateOf('bridge').claims.keys()][0] ?? '';
  const citations = world.claim().citations;
  await world.submit('bridge', [{ kind: 'retract_claim', claim, reason: 'It was not said.' }]);
  await world.submit('bridge', [{ kind: 'correct_incident', set: { title: 'Another title' }, reason: 'It was wrong.', citations }]);
  await world.decide('bridge', 3, 'reviewer2', 'request_changes');
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }], { by: 'other' });
  await world.propose('market', { place: { text: 'A street', locality: 'Chicago', region: 'US-IL', country: 'US', precision: 'street' } });
  return { world, claim, citations };
};

t.test('the queue shows who waits for whom, and is filtered and ordered', async (t) => {
  const { world } = await queue();
  const { queries, advance, pool } = await models(t, world);
  await advance();
  const found = async (...[filters, sort]: [Parameters<typeof queries.reviews>[0], Parameters<typeof queries.reviews>[1]['sort']?]) =>
    (await queries.reviews(filters, { ...page, ...(sort === undefined ? {} : { sort }) }, reviewer)).items.map(
      ({ edit, title }) => `${title?.slice(-6)} ${edit}`,
    );
  const { items } = await queries.reviews({}, page, reviewer);
  const submitted = world.stateOf('bridge').edits.get(2)?.versions[0]?.submittedAt ?? '';
  t.match(items[0], {
    incidentId: world.id('incident', 'bridge'),
    edit: 2,
    title: 'Officers stop a car near the bridge',
    state: 'submitted',
    kinds: ['retract_claim'],
    author: 'author',
    version: 1,
    priority: 'high',
    priorityReasons: [{ code: 'two_approvals', text: /^Two approvals: .*retract/ }],
    overdue: false,
    region: 'US-MN',
    lease: null,
    nextActor: 'reviewer',
    approvals: { needed: 2, given: 0, policy: 4 },
    waitingSeconds: (world.clock.now().getTime() - Date.parse(submitted)) / 1000,
  });
  t.equal(Date.parse(items[0]?.submittedAt ?? ''), Date.parse(submitted));
  t.equal(Date.parse(items[0]?.dueAt ?? ''), Date.parse(submitted) + 72 * 3_600_000);
  const bridge = items[0]?.incidentId ?? '';
  const stands = async (number: number) => {
    const { priority, priorityReasons, dueAt, overdue, waitingSeconds } = (await queries.edit(bridge, number, reviewer)) ?? {};
    return { priority, priorityReasons, dueAt, overdue, waitingSeconds };
  };
  const { priority, priorityReasons, dueAt, overdue, waitingSeconds } = items[0] ?? {};
  t.same(
    await stands(2),
    { priority, priorityReasons, dueAt, overdue, waitingSeconds },
    'an edit says of itself what the queue says of it',
  );
  await pool.query(`UPDATE reviews_v22.edits SET due_at = $1 WHERE edit <> 4`, [at(-1)]);
  t.match(await stands(2), { overdue: true });
  t.match(await stands(4), { overdue: false, priority: 'normal', priorityReasons: [{ code: 'one_approval' }] });
  t.match(await stands(1), { overdue: false, waitingSeconds: 0 }, 'what is decided is not overdue');
  await pool.query(`UPDATE reviews_v22.edits SET due_at = submitted_at + interval '72 hours'`);
  t.same(await found({}), ['bridge 2', 'bridge 3', 'bridge 4', 'market 1'], 'who has waited longest comes first');
  t.same(await found({}, '-dueAt'), ['market 1', 'bridge 4', 'bridge 3', 'bridge 2']);
  t.same(await found({ priority: 'normal' }, 'priority'), ['bridge 3', 'bridge 4', 'market 1']);
  t.same(await found({ waitingFor: 'author' }), ['bridge 3']);
  t.same(await found({ state: 'changes_requested' }), ['bridge 3']);
  t.same(await found({ state: 'applied' }), ['bridge 1']);
  t.same(await found({ kind: 'add_claim' }), ['bridge 4', 'market 1']);
  t.same(await found({ region: 'US-IL' }), ['market 1'], 'of a proposal the region that it proposes');
  t.same(await found({ author: 'other' }), ['bridge 4']);
  const own = await queries.reviews({}, page, { role: 'contributor', subject: 'other' });
  t.same(
    own.items.map(({ edit }) => edit),
    [4],
    'a contributor sees no others',
  );

  const seen = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const read = await queries.reviews({ state: 'all' }, { limit: 2, cursor, sort: 'priority' }, reviewer);
    seen.push(...read.items.map(({ priority, edit }) => `${priority} ${edit}`));
    cursor = read.next;
  }
  t.same(seen, ['high 2', 'normal 1', 'normal 3', 'normal 4', 'normal 1'], 'no page loses or repeats one');
});

t.test(
  'an item says why, under which tag, what it conflicts with, where to read on, and what all that is called which it names',
  async (t) => {
    const { world, claim, citations } = await queue();
    const { queries, advance } = await models(t, world);
    const id = world.id('incident', 'bridge');
    await world.submit('bridge', [
      { kind: 'correct_claim', claim, set: { statement: 'The agency says that it moved.' }, reason: 'It was wrong.', citations },
    ]);
    for (const by of ['reviewer', 'reviewer2']) await world.decide('bridge', 2, by, 'approve');
    await advance();
    const item = async (edit: number) => (await queries.reviews({ state: 'all' }, page, reviewer)).items.find((one) => one.edit === edit);
    const shown = await queries.edit(id, 5, reviewer);
    t.match(await item(5), {
      rationale: shown?.versions[0]?.rationale,
      etag: shown?.etag,
      conflicts: [{ type: 'ClaimRetracted' }],
      links: { of: `/v1/incidents/${id}`, edit: `/v1/incidents/${id}/edits/5`, preview: `/v1/incidents/${id}/edits/5/preview` },
      parties: [],
      sources: [{ id: (citations as { source: string }[])[0]?.source, title: String, publisher: String }],
    });
    t.same((await item(4))?.conflicts, []);
    const named = (await item(4))?.parties ?? [];
    t.ok(named.length > 0);
    for (const { id: party, name, kind } of named) t.match(await queries.party(party, reviewer), { name, kind });
  },
);

t.test('open edits are found by words, by their incident and those merged into it, and by who may approve them', async (t) => {
  const { world } = await queue();
  const { queries, advance, pool, rebuild } = await models(t, world);
  await advance();
  const found = async (filters: Parameters<typeof queries.reviews>[0], viewer: Parameters<typeof queries.reviews>[2] = reviewer) =>
    (await queries.reviews(filters, page, viewer)).items.map(
      ({ edit, incidentId }) => `${incidentId === market ? 'market' : 'bridge'} ${edit}`,
    );
  const [bridge, market] = [world.id('incident', 'bridge'), world.id('incident', 'market')];
  t.same(await found({ q: 'bridges' }), ['bridge 2', 'bridge 3', 'bridge 4'], 'by the title of the incident');
  t.same(await found({ q: 'bridge said' }), ['bridge 2'], 'with a word of a reason');
  t.same(await found({ q: 'another "a title"' }), []);
  t.same(await found({ q: '"another title"' }), ['bridge 3'], 'by what a correction sets');
  t.same(await found({ q: 'confirmed' }), [], 'quotes are not searched');
  t.same(await found({ q: '…' }), []);
  t.same(await found({ incident: bridge }), ['bridge 2', 'bridge 3', 'bridge 4']);
  t.same(await found({ incident: market }), ['market 1']);

  t.same(await found({ decidable: true }), ['bridge 2', 'bridge 4', 'market 1']);
  t.same(await found({ decidable: false }), ['bridge 3']);
  t.same(await found({ decidable: true }, { role: 'reviewer', subject: 'other' }), ['bridge 2', 'market 1'], 'not what they wrote');
  await world.decide('bridge', 2, 'reviewer', 'approve');
  await advance();
  t.same(await found({ decidable: true }), ['bridge 4', 'market 1'], 'nor what they voted on');
  t.same(await found({ decidable: true }, { role: 'auditor', subject: 'auditor' }), []);

  await world.reviseEdit('bridge', 3, [
    { kind: 'correct_incident', set: { title: 'A car on the overpass' }, reason: 'It was wrong.', citations: world.claim().citations },
  ]);
  await world.decide('bridge', 3, 'reviewer', 'approve');
  await advance();
  t.same(
    await found({ q: 'overpass', state: 'all' }),
    ['bridge 1', 'bridge 2', 'bridge 4', 'bridge 3'],
    'another title is that of all its edits',
  );
  t.same(await found({ q: 'stop near', state: 'all' }), ['bridge 1', 'market 1'], 'what a proposal said');
  const before = await everyRow(pool);
  await rebuild();
  t.same(await everyRow(pool), before);
});

t.test('a lease counts while it lasts, for the version that it was taken for, and only while the edit is submitted', async (t) => {
  const { world, citations } = await queue();
  const { queries, advance, pool } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  const take = (edit: number, version: number, seconds: number) =>
    pool.query(
      `INSERT INTO work.leases VALUES ($1, $2, $3, 'reviewer', now(), clock_timestamp() + make_interval(secs => $4)) ON CONFLICT (stream, edit) DO UPDATE SET version = excluded.version, until = excluded.until`,
      [id, edit, version, seconds],
    );
  await take(2, 1, 600);
  await take(3, 1, 600);
  await take(4, 1, -1);
  t.match(await queries.edit(id, 2, reviewer), { edit: 2, lease: { holder: 'reviewer', until: /Z$/ } });
  t.match(await queries.edit(id, 3, reviewer), { lease: null }, 'it waits for its author');
  t.match(await queries.edit(id, 4, reviewer), { lease: null }, 'over');
  t.match((await queries.reviews({ state: 'in_review' }, page, reviewer)).items, [{ edit: 2 }]);
  t.match((await queries.reviews({ holder: 'reviewer' }, page, reviewer)).items, [{ edit: 2 }]);
  t.same(
    (await queries.reviews({ holder: 'none' }, page, reviewer)).items.map(({ edit }) => edit),
    [3, 4, 1],
  );
  await world.reviseEdit('bridge', 3, [{ kind: 'correct_incident', set: { title: 'Once more' }, reason: 'It was wrong.', citations }]);
  await advance();
  t.match(await queries.edit(id, 3, reviewer), { state: 'submitted', version: 2, lease: null }, 'of another version');
});

t.test('edits are for those who may see them, and follow the record', async (t) => {
  const { world, claim } = await queue();
  const { queries, advance } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  t.match(await queries.edit(id, 2, author), {
    edit: 2,
    versions: [{ version: 1, changes: [{ kind: 'retract_claim', claim }] }],
    conflicts: [],
  });
  t.equal(await queries.edit(id, 4, author), null, 'somebody else wrote it');
  t.equal(await queries.edit(id, 9, reviewer), null);
  const mine = await queries.edits(id, { limit: 2, cursor: null }, author);
  t.same(
    mine?.items.map(({ edit }) => edit),
    [1, 2],
  );
  const rest = await queries.edits(id, { limit: 2, cursor: mine?.next ?? null }, author);
  t.same([rest?.items.map(({ edit }) => edit), rest?.next], [[3], null]);
  t.same((await queries.edits(id, page, { role: 'contributor', subject: 'nobody' }))?.items, []);
  t.equal(
    await queries.edits(world.id('incident', 'market'), page, { role: 'contributor', subject: 'nobody' }),
    null,
    'an incident that they may not know of',
  );
  t.equal(await queries.edits(world.id('incident', 'nowhere'), page, reviewer), null);

  const tag = (await queries.edit(id, 2, reviewer))?.etag;
  await world.apply('bridge', [
    {
      kind: 'correct_claim',
      claim,
      set: { statement: 'The agency says otherwise.' },
      reason: 'It was wrong.',
      citations: world.claim().citations,
    },
  ]);
  await advance();
  const after = await queries.edit(id, 2, reviewer);
  t.match(after?.conflicts, [{ type: 'ClaimCorrected' }]);
  t.equal(after?.etag, tag);
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await advance();
  t.match(await queries.preview(id, 2, reviewer), {
    standing: [{ claim, from: 'corrected', to: 'retracted' }],
    conflicts: [{ type: 'ClaimCorrected' }],
    before: { parties: [{ name: 'The renamed bureau' }] },
  });
  t.match(
    await queries.preview(id, 1, author),
    { before: { claims: [] }, after: { claims: [{ id: claim }] } },
    'of an applied edit, as it was before',
  );
  t.equal(await queries.preview(id, 4, author), null);
});

t.test('of two edits on one claim the one that is not approved waits for its author, in every list', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const { queries, advance } = await models(t, world);
  const [claim = ''] = world.stateOf('bridge').claims.keys();
  const { citations } = world.claim();
  const corrected = (statement: string) => ({ kind: 'correct_claim', claim, set: { statement }, reason: 'It was wrong.', citations });
  await world.submit('bridge', [corrected('The agency says one thing.')], { by: 'one' });
  await world.submit('bridge', [corrected('The agency says another.')], { by: 'other' });
  await advance();
  const listed = async (filters: Parameters<typeof queries.reviews>[0], viewer: Parameters<typeof queries.reviews>[2] = reviewer) =>
    (await queries.reviews(filters, page, viewer)).items.map(({ edit }) => edit);
  t.same(await listed({ waitingFor: 'reviewer' }), [2, 3]);
  t.match(await queries.reviewStats(), { open: 2, waitingFor: { reviewer: 2, author: 0 }, outdated: 0 });

  await world.approve('bridge', 2);
  await advance();
  const id = world.id('incident', 'bridge');
  const why = { problem: 'edit-outdated', events: [{ type: 'ClaimCorrected', revision: world.stateOf('bridge').recordRevision }] };
  const outdated = { edit: 3, state: 'submitted', nextActor: 'author', outdated: why };
  t.match(await queries.edit(id, 3, reviewer), outdated);
  t.match((await queries.reviews({}, page, reviewer)).items, [outdated]);
  t.same(await listed({ waitingFor: 'reviewer' }), []);
  t.same(await listed({ waitingFor: 'author' }), [3]);
  t.same(await listed({ outdated: true }), [3]);
  t.same(await listed({ outdated: false }), []);
  const other = { role: 'contributor', subject: 'other' } as const;
  t.same(await listed({ author: 'other', waitingFor: 'author' }, other), [3]);
  t.match((await queries.edits(id, page, other))?.items, [outdated]);
  t.match(await queries.reviewStats(), { open: 1, waitingFor: { reviewer: 0, author: 1 }, outdated: 1 });

  await world.reviseEdit('bridge', 3, [corrected('The agency says another.')], 'other');
  await advance();
  t.match(await queries.edit(id, 3, reviewer), { nextActor: 'reviewer', outdated: null });
  await world.apply('bridge', [{ kind: 'retract_incident', reason: 'Twice on record.' }]);
  await advance();
  t.match(await queries.edit(id, 3, reviewer), { nextActor: 'author', outdated: { problem: 'incident-state' } });
  await world.decide('bridge', 3, 'reviewer', 'reject');
  await advance();
  t.match(await queries.edit(id, 3, reviewer), { state: 'rejected', nextActor: null, outdated: null });
});

t.test('a dispute of a claim makes a correction of what it says wait for its author until it is withdrawn', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const { queries, advance } = await models(t, world);
  const [claim = ''] = world.stateOf('bridge').claims.keys();
  const { citations } = world.claim();
  await world.submit('bridge', [
    { kind: 'correct_claim', claim, set: { value: { kind: 'boolean', value: false } }, reason: 'It was wrong.', citations },
  ]);
  const by = world.id('party', 'city');
  const { ids } = await world.apply('bridge', [
    { kind: 'dispute_claim', ref: 'd1', claim, basis: 'stated', by, capacity: 'official', grounds: 'It did not.', citations },
  ]);
  await advance();
  const id = world.id('incident', 'bridge');
  t.match(await queries.edit(id, 2, reviewer), { conflicts: [], nextActor: 'author', outdated: { problem: 'carry-needed', events: [] } });
  await world.apply('bridge', [{ kind: 'withdraw_dispute', dispute: ids.d1, reason: 'They did not say so.' }]);
  await advance();
  t.match(await queries.edit(id, 2, reviewer), { nextActor: 'reviewer', outdated: null });
});

t.test('a vote that was taken back is shown, with its reason, after later votes too', async (t) => {
  const { world } = await queue();
  const { queries, advance } = await models(t, world);
  const id = world.id('incident', 'bridge');
  await world.decide('bridge', 2, 'reviewer', 'approve');
  await advance();
  await world.withdrawVote('bridge', 2, 'reviewer');
  await advance();
  const back = { decision: 'approve', by: 'reviewer', reason: 'I looked at it.', lapsed: true, withdrawn: { reason: 'Too soon.' } };
  t.match(await queries.edit(id, 2, reviewer), { state: 'submitted', approvals: { given: 0 }, votes: [back] });
  t.match((await queries.reviews({}, page, reviewer)).items, [{ edit: 2, approvals: { given: 0 } }, {}, {}, {}]);
  await world.decide('bridge', 2, 'reviewer2', 'approve');
  await advance();
  t.match(await queries.edit(id, 2, reviewer), { approvals: { given: 1 }, votes: [back, { by: 'reviewer2', withdrawn: null }] });
  t.match(
    (await queries.reviewStats()).byReviewer.find((each) => each.reviewer === 'reviewer'),
    { approved: 2 },
    'every vote that was cast is counted',
  );
});

t.test('approvals follow the privacy of the parties that an edit uses', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.propose('bridge', { claims: [world.claim({ speaker: world.id('party', 'witness'), capacity: 'eyewitness' })] });
  const { queries, advance } = await models(t, world);
  await advance();
  t.match((await queries.reviews({}, page, reviewer)).items, [{ priority: 'high', approvals: { needed: 2 } }]);
  await world.correctParty('witness', { private: false, publicRole: 'judge' });
  await advance();
  const unreviewed = /whose privacy nobody has reviewed/;
  t.match((await queries.reviews({}, page, reviewer)).items, [{ priority: 'high', approvals: { needed: 2, why: unreviewed } }]);
  await world.approve('bridge', 1);
  const rank = { kind: 'rank_claim', claim: [...world.stateOf('bridge').claims.keys()][0], rank: 'preferred', reason: 'First.' };
  await world.submit('bridge', [rank]);
  await advance();
  const queue = async () => (await queries.reviews({}, page, reviewer)).items;
  t.match(await queue(), [{ priority: 'normal', approvals: { needed: 1 } }], 'two have approved of an edit that used the person');
  await world.correctParty('witness', { publicRole: 'author of the cited document' });
  await advance();
  t.match(
    await queue(),
    [{ priority: 'high', approvals: { needed: 2, why: unreviewed } }],
    'but not of another reason why they were public',
  );
  await world.publish('market', { claims: [world.claim({ speaker: world.id('party', 'witness') })] });
  await advance();
  t.match(await queue(), [{ priority: 'normal', approvals: { needed: 1 } }], 'until two have again, of any edit');
});

t.test('the figures count open edits, their ages and every vote', async (t) => {
  const { world } = await queue();
  await world.decide('bridge', 4, 'reviewer', 'reject');
  const empty = await models(t, createWorld());
  const none = { decided: 0, approved: 0, rejected: 0, changesRequested: 0, overturned: 0, reverted: 0 };
  const noShares = { approvedShare: null, overturnedShare: null, revertedShare: null };
  t.match(await empty.queries.reviewStats(), {
    votes: { ...none, ...noShares },
    open: 0,
    waitingFor: { reviewer: 0, author: 0 },
    outdated: 0,
    oldestSeconds: null,
    medianSeconds: null,
    p90Seconds: null,
    decidedPerDay: [],
    byKind: [],
    byReviewer: [],
  });

  const { queries, advance } = await models(t, world);
  await advance();
  const ages = [...world.incidents.values()]
    .flatMap(({ edits }) => [...edits.values()])
    .filter(({ state }) => state === 'submitted' || state === 'changes_requested')
    .map(({ versions }) => (world.clock.now().getTime() - Date.parse(versions.at(-1)?.submittedAt ?? at(0))) / 1000)
    .sort((one, other) => one - other);
  t.equal(ages.length, 3);
  t.match(await queries.reviewStats(), {
    open: 3,
    oldestSeconds: ages[2],
    medianSeconds: ages[1],
    decidedPerDay: [{ day: '2026-01-15', decided: 3, approved: 1, rejected: 1, changesRequested: 1 }],
    byKind: [{ kind: 'add_claim', open: 1 }, { kind: 'correct_incident' }, { kind: 'report_incident' }, { kind: 'retract_claim' }],
    byReviewer: [
      { reviewer: 'reviewer', decided: 2, approved: 1, rejected: 1 },
      { reviewer: 'reviewer2', decided: 1, changesRequested: 1 },
    ],
  });
});
