import type { IncidentDocument } from '@averment/domain';
import t, { type Test } from 'tap';
import { everyRow, type Models, models } from './models.ts';
import { type Body, createWorld, type World } from './world.ts';

const merge = (world: World, into: string) => [{ kind: 'merge_incident', into: world.id('incident', into), reason: 'They are the same.' }];
const unmerge = [{ kind: 'unmerge_incident', reason: 'They are not.' }];
const documentOf = async ({ queries }: Models, world: World, name: string): Promise<IncidentDocument> =>
  JSON.parse((await queries.incident(world.id('incident', name), null))?.body ?? '{}');
const claimsOf = (document: IncidentDocument): string[] => document.claims.map(({ incidentId }) => incidentId);
const context = { held: undefined, noteFreshness: () => undefined, client: { name: 'test', signal: new AbortController().signal } };
const quoted = (world: World): Body => ({
  citations: [{ source: world.id('source', 'article'), quote: { exact: 'The court found nothing' } }],
});
const claimOf = (world: World, name: string): string => [...world.stateOf(name).claims.keys()][0] ?? '';

/** A world in which `bridge`, `market` and others are published, and its models. */
const published = async (t: Test, ...others: string[]) => {
  const world = createWorld();
  await world.cast();
  for (const name of ['bridge', 'market', ...others]) await world.publish(name);
  const [one = '', two = '', three = ''] = ['bridge', 'market', ...others].map((name) => world.id('incident', name));
  return { world, all: await models(t, world), one, two, three };
};

/** Follows what was decided, and brings the models up to it. */
const settle = async (world: World, all: Models): Promise<void> => {
  await world.followMerges();
  await all.advance();
};
/** The rows of a rebuild are those that stood there. */
const rebuilt = async (t: Test, all: Models): Promise<void> => {
  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live, 'a rebuild gives the same rows');
};

t.test('a merge follows on the survivor, also by way of others, and is taken back exactly', async (t) => {
  const { world, all, one, two, three } = await published(t, 'harbour');
  await all.advance();
  const before = await documentOf(all, world, 'harbour');

  await world.apply('bridge', merge(world, 'market'));
  await world.followMerges();
  await world.apply('market', merge(world, 'harbour'));
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), {
    status: 'merged',
    mergedInto: two,
    mergedIntoStatus: 'merged',
    mergeCut: false,
    mergesUnderWay: [],
  });
  const target = await documentOf(all, world, 'harbour');
  t.same([...target.mergedFrom].sort(), [one, two].sort());
  t.same(claimsOf(target).sort(), [one, two, three].sort());
  t.equal(target.revision, (before.revision ?? 0) + 2, 'the survivor was told of both');
  for (const incident of [one, two, three]) {
    const { items } = await all.queries.claims({ incident: incident ?? '' }, { limit: 10, cursor: null }, null);
    const shown = incident === three ? [one, two, three] : incident === two ? [one, two] : [one];
    t.same(items.map(({ incidentId }) => incidentId).sort(), shown.sort());
  }

  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await world.apply('market', unmerge);
  await world.correctParty('bureau', { name: 'The bureau' });
  await settle(world, all);
  const { revision: _, recordedAt: __, ...after } = await documentOf(all, world, 'harbour');
  const { revision: ___, recordedAt: ____, ...then } = before;
  t.same(after, then);
  t.same((await documentOf(all, world, 'market')).mergedFrom, [one]);
  await rebuilt(t, all);
});

t.test('in between the survivor is as before, and says what is under way', async (t) => {
  const { world, all, one, two } = await published(t);

  await world.apply('bridge', merge(world, 'market'));
  await all.advance();
  t.match(await documentOf(all, world, 'bridge'), { status: 'merged', mergedInto: two, claims: [{}] });
  t.match(await documentOf(all, world, 'market'), { mergedFrom: [], mergesUnderWay: [{ incident: one, to: 'absorbed' }] });
  t.same(claimsOf(await documentOf(all, world, 'market')), [two]);
  await settle(world, all);
  t.match(await documentOf(all, world, 'market'), { mergedFrom: [one], mergesUnderWay: [] });

  await world.apply('bridge', unmerge);
  await all.advance();
  t.match(await documentOf(all, world, 'bridge'), { status: 'published', mergedInto: null, claims: [{}] });
  t.match(await documentOf(all, world, 'market'), { mergedFrom: [one], mergesUnderWay: [{ incident: one, to: 'released' }] });
  await settle(world, all);
  t.match(await documentOf(all, world, 'market'), { mergedFrom: [], mergesUnderWay: [] });
  t.same(claimsOf(await documentOf(all, world, 'market')), [two]);
  await rebuilt(t, all);
});

t.test('each revision of the survivor is what it was, and the differences name the merge', async (t) => {
  const { world, all, one, two } = await published(t);
  const said = new Map<number, IncidentDocument>();
  const note = async () => {
    await settle(world, all);
    const now = await documentOf(all, world, 'market');
    said.set(now.revision ?? -1, now);
  };
  await note();
  await world.apply('bridge', merge(world, 'market'));
  await note();
  await world.apply('market', [
    {
      kind: 'correct_claim',
      claim: claimOf(world, 'bridge'),
      set: { statement: 'The agency says so.' },
      reason: 'It was put wrongly.',
      ...quoted(world),
    },
  ]);
  await note();
  await world.apply('bridge', unmerge);
  await note();
  t.equal(said.size, 4);
  for (const [revision, document] of said) {
    const then = await all.queries.incidentAt(two, { revision }, null, context);
    t.same(JSON.parse(then?.body ?? '{}'), document, `revision ${revision}`);
  }
  const [first, second, third, last] = [...said.keys()];
  const diff = await all.queries.diff(two, first ?? 0, third ?? 0, null, context);
  const changes = new Map(diff?.changes.map(({ pointer, revision }) => [pointer, revision]));
  t.equal(changes.get('/mergedFrom'), second);
  t.equal(changes.get('/claims/1'), third, 'it came with the merge, and was corrected');
  t.equal(changes.get('/corrections/0'), third);
  t.same(
    (await all.queries.diff(two, first ?? 0, last ?? 0, null, context))?.changes.map(({ pointer }) => pointer),
    ['/revision', '/recordedAt'],
  );
  const events = await all.queries.incidentEvents(two, { limit: 50, cursor: null }, null, context);
  t.same(
    events?.items.slice(2).map(({ type, actor }) => [type, actor]),
    [
      ['IncidentAbsorbed', 'admin'],
      ['ClaimCorrected', 'reviewer'],
      ['IncidentReleased', 'admin'],
    ],
  );
  t.match(events?.items[2], { data: { from: one } });
});

t.test('an absorbed claim is disputed, corrected, decided, named and retracted on the survivor', async (t) => {
  const { world, all, two } = await published(t);
  const theirs = claimOf(world, 'bridge');
  await world.apply('bridge', merge(world, 'market'));
  await world.followMerges();
  await t.rejects(world.submit('bridge', [{ kind: 'retract_claim', claim: theirs, reason: 'It is wrong.' }]), /IncidentState/);
  const dispute = {
    kind: 'dispute_claim',
    claim: theirs,
    basis: 'stated',
    by: world.id('party', 'city'),
    capacity: 'official',
    grounds: 'It stood still.',
  };
  await world.apply('market', [
    {
      kind: 'add_claim',
      claim: world.claim({
        ref: 'c1',
        speaker: world.id('party', 'city'),
        capacity: 'official',
        relatesTo: [{ claim: theirs, as: 'answers' }],
      }),
    },
    { ...dispute, counterClaim: 'c1', ...quoted(world) },
  ]);
  await settle(world, all);
  const shown = (document: IncidentDocument) => document.claims.find(({ id }) => id === theirs);
  t.match(shown(await documentOf(all, world, 'market')), { standing: 'disputed' });
  await world.apply('market', [
    {
      kind: 'record_ruling',
      court: world.id('party', 'court'),
      decidedOn: '2026-01-20',
      finality: 'final',
      basis: 'report',
      summary: 'The court found nothing.',
      ...quoted(world),
      effects: [{ claim: theirs, effect: 'not_established', ...quoted(world) }],
    },
  ]);
  await settle(world, all);
  t.match(shown(await documentOf(all, world, 'market')), { standing: 'not_established', marks: ['not_established', 'disputed'] });
  t.match(await all.queries.claims({ standing: 'not_established' }, { limit: 10, cursor: null }, null), { items: [{ id: theirs }] });
  const list = await all.queries.incidents({ standing: 'not_established' }, { limit: 10, cursor: null, moment: null }, null);
  t.match(list.items, [{ id: two, counts: { claims: 3, disputes: 1, rulings: 1 } }]);

  const { edit } = await world.submit('bridge', unmerge);
  await all.advance();
  const reviewer = { subject: 'reviewer', role: 'reviewer' } as const;
  const preview = await all.queries.preview(world.id('incident', 'bridge'), edit, reviewer, context);
  await world.approve('bridge', edit);
  await settle(world, all);
  const bridge = await documentOf(all, world, 'bridge');
  t.match(preview, {
    before: { claims: [{ standing: 'standing' }] },
    after: { claims: [{ standing: 'not_established' }, {}], rulings: [{}] },
  });
  t.equal(preview?.after.claims.length, bridge.claims.length, 'who approves sees what comes back');
  t.match(shown(bridge), { standing: 'not_established', marks: ['not_established', 'disputed'] });
  t.equal(bridge.claims.length, 2, 'what answers its claim comes with it');
  t.match(bridge.disputes, [{ claim: theirs, counterClaim: bridge.claims[1]?.id, incidentId: world.id('incident', 'bridge') }]);
  t.match(await documentOf(all, world, 'market'), { claims: [{ standing: 'standing' }], disputes: [], rulings: [] });
  t.same(claimsOf(await documentOf(all, world, 'market')), [two]);
  const { items } = await all.queries.claims({}, { limit: 10, cursor: null }, null);
  t.equal(items.length, 3, 'each claim is there once');
  await rebuilt(t, all);

  await world.apply('bridge', [{ kind: 'retract_claim', claim: theirs, reason: 'It is wrong.' }]);
  await world.apply('bridge', merge(world, 'market'));
  await settle(world, all);
  t.match(shown(await documentOf(all, world, 'market')), { standing: 'retracted' });
  t.equal((await documentOf(all, world, 'market')).disputes.length, 1, 'it comes with all that was said of it');
  await rebuilt(t, all);
});

t.test('what reaches the survivor after the end was decided comes back too', async (t) => {
  const { world, all } = await published(t);
  const theirs = claimOf(world, 'bridge');
  await world.apply('bridge', merge(world, 'market'));
  await world.followMerges();
  await world.apply('market', [{ kind: 'rank_claim', claim: theirs, rank: 'preferred', reason: 'The fuller one.' }]);
  await world.apply('bridge', unmerge);
  await world.apply('market', [{ kind: 'retract_claim', claim: theirs, reason: 'It is wrong.' }]);
  t.notOk(world.stateOf('bridge').claims.get(theirs)?.retracted);
  await settle(world, all);
  t.match(world.stateOf('bridge').claims.get(theirs), { retracted: true, rank: 'preferred' });
  const { length } = await world.log.readStream(world.id('incident', 'bridge'), 0);
  await settle(world, all);
  t.equal((await world.log.readStream(world.id('incident', 'bridge'), 0)).length, length, 'once');
  const stale = world.submit('market', [{ kind: 'rank_claim', claim: theirs, rank: 'normal', reason: 'So.' }]);
  await t.rejects(stale, /InvalidChange/, 'it is none of the survivor any more');
  await rebuilt(t, all);
});

t.test('a survivor that is retracted later says so, and un-merging from it works', async (t) => {
  const { world, all } = await published(t);
  await world.apply('bridge', merge(world, 'market'));
  await world.followMerges();
  await world.apply('market', [{ kind: 'retract_incident', reason: 'It did not happen.' }]);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { mergedInto: world.id('incident', 'market'), mergedIntoStatus: 'retracted' });
  t.match(await documentOf(all, world, 'market'), { claims: [{ standing: 'retracted' }, { standing: 'retracted' }] });
  await world.apply('market', [{ kind: 'reinstate_incident', reason: 'It did happen.' }]);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { mergedIntoStatus: 'published' });
  t.match(await documentOf(all, world, 'market'), { claims: [{ standing: 'standing' }, { standing: 'standing' }] });
  await world.apply('market', [{ kind: 'retract_incident', reason: 'It did not happen.' }]);
  await world.apply('bridge', unmerge);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { status: 'published', mergedIntoStatus: null, claims: [{ standing: 'standing' }] });
  t.equal((await documentOf(all, world, 'market')).claims.length, 1);
  await rebuilt(t, all);
});

t.test('texts of absorbed claims are concealed by the survivor, and erased where they stand', async (t) => {
  const { world, all, one, two } = await published(t);
  await world.apply('bridge', merge(world, 'market'));
  await world.followMerges();
  await world.apply('market', [
    {
      kind: 'correct_claim',
      claim: claimOf(world, 'bridge'),
      set: { statement: 'The agency says so.' },
      conceal: true,
      reason: 'It named somebody in it.',
      ...quoted(world),
    },
  ]);
  await settle(world, all);
  const words = 'The agency says that the car moved toward the officers.';
  const read = async (name: string) =>
    JSON.stringify((await documentOf(all, world, name)).claims.filter(({ incidentId }) => incidentId === one));
  t.notMatch(await read('market'), words);
  t.notMatch(await read('bridge'), words, 'nor with the incident itself');
  const { items } = await all.queries.claims({ incident: one }, { limit: 10, cursor: null }, null);
  t.notMatch(JSON.stringify(items), words);
  const events = await all.queries.incidentEvents(one, { limit: 50, cursor: null }, null, context);
  t.notMatch(JSON.stringify(events?.items), words);
  await rebuilt(t, all);

  const added = (await world.log.readStream(one, 0)).find(({ type }) => type === 'ClaimAdded');
  await world.erase(one, added?.revision ?? 0, '/claim/citations/0/quote');
  await settle(world, all);
  t.match((await documentOf(all, world, 'market')).claims.find(({ incidentId }) => incidentId === one)?.citations, [{ quote: null }]);
  await world.apply('market', [{ kind: 'rank_claim', claim: claimOf(world, 'market'), rank: 'preferred', reason: 'So.' }]);
  await settle(world, all);
  t.match((await documentOf(all, world, 'market')).claims.find(({ incidentId }) => incidentId === one)?.citations, [{ quote: null }]);
  await world.apply('bridge', unmerge);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { claims: [{ statement: 'The agency says so.', citations: [{ quote: null }] }] });
  t.notMatch(await read('bridge'), words);
  t.equal((await documentOf(all, world, 'market')).id, two);
  await rebuilt(t, all);
});

t.test('what a merged incident says of its changes is corrected there, and concealed on the survivor too', async (t) => {
  const { world, all, one } = await published(t);
  const theirs = claimOf(world, 'bridge');
  const words = 'It named the neighbour.';
  await world.apply('bridge', [{ kind: 'retract_claim', claim: theirs, reason: words }]);
  const revision = world.stateOf('bridge').recordRevision ?? -1;
  await world.apply('bridge', merge(world, 'market'));
  await settle(world, all);
  t.match(JSON.stringify(await documentOf(all, world, 'market')), words);
  const corrected = {
    kind: 'correct_change',
    target: theirs,
    revision,
    set: { reason: 'It named somebody.' },
    conceal: true,
    reason: 'It said who.',
  };
  await t.rejects(world.submit('market', [corrected]), new RegExp(one));
  await world.apply('bridge', [corrected]);
  await settle(world, all);
  const retraction = async (name: string) => (await documentOf(all, world, name)).claims.find(({ id }) => id === theirs)?.retraction;
  t.match(await retraction('bridge'), { reason: 'It named somebody.', revision, incidentId: one });
  t.match(await retraction('market'), { reason: null, revision, incidentId: one });
  await rebuilt(t, all);
});

t.test('a circle made by two approvals at once is cut by log order, flagged, and heals', async (t) => {
  const { world, all, one, two } = await published(t);
  const first = await world.submit('bridge', merge(world, 'market'));
  const second = await world.submit('market', merge(world, 'bridge'));
  await world.decide('bridge', first.edit, 'reviewer', 'approve');
  await world.decide('market', second.edit, 'reviewer', 'approve');
  // Each decision sees the other incident as it was before the other decision.
  await Promise.all([
    world.decide('bridge', first.edit, 'reviewer2', 'approve'),
    world.decide('market', second.edit, 'reviewer2', 'approve'),
  ]);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { mergedInto: two, mergeCut: false, mergedFrom: [], mergesUnderWay: [] });
  t.match(await documentOf(all, world, 'market'), { mergedInto: one, mergeCut: true, mergedFrom: [one], mergesUnderWay: [] });

  await world.apply('bridge', unmerge);
  await settle(world, all);
  t.match(await documentOf(all, world, 'bridge'), { mergedInto: null, mergedFrom: [two], mergesUnderWay: [] }, 'what was cut counts now');
  t.match(await documentOf(all, world, 'market'), { mergedInto: one, mergeCut: false, mergedFrom: [], mergesUnderWay: [] });
  await rebuilt(t, all);
});
