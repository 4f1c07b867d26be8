import { type DomainEvent, type EventData, isTypeId } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';
import t from 'tap';
import type { FeedItem } from '../src/index.ts';
import { models } from './models.ts';
import { createWorld } from './world.ts';

const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const auditor = { role: 'auditor', subject: 'auditor' } as const;
const app = { role: 'app', subject: 'app' } as const;
const page = { limit: 50, cursor: null };

const erasedRevisions = (event: FeedItem | undefined): number[] => {
  const data = event?.data as EventData<'TextErased'> | undefined;
  return data?.items.map(({ revision }) => revision) ?? [];
};

/** One incident with a record, one that is only proposed, and erasures of a text of the record, of a review and of a party. */
const told = async () => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge', {
    claims: [world.claim({ citations: [{ source: world.id('source', 'article'), quote: { exact: 'the car moved' } }] })],
  });
  await world.propose('market');
  await world.submit('bridge', [
    { kind: 'correct_incident', set: { title: 'Another title' }, reason: 'An open reason.', citations: world.claim().citations },
  ]);
  const id = world.id('incident', 'bridge');
  await world.erase(id, 4, '/claim/statement');
  await world.erase(id, 5, '/rationale');
  await world.erase(world.id('party', 'driver'), 0, '/name');
  return { world, id, statement: 4 };
};

t.test('the events of an incident are the record for the public, and the review too for who reviews', async (t) => {
  const { world, id } = await told();
  const { queries, advance } = await models(t, world);
  await advance();
  const seen = await queries.incidentEvents(id, page, null);
  t.same(
    seen?.items.map(({ type, revision }) => `${revision} ${type}`),
    ['3 IncidentReported', '4 ClaimAdded', '6 TextErased'],
  );
  t.match(seen?.items[0], {
    incidentId: id,
    position: /^\d+$/,
    recordedAt: /Z$/,
    actor: 'reviewer',
    author: 'contributor',
    approvedBy: ['reviewer'],
    edit: 1,
    data: { title: 'Officers stop a car near the bridge' },
  });
  t.same(erasedRevisions(seen?.items[2]), [4], 'of an erasure only what it took from the record');
  t.notMatch(JSON.stringify(seen), 'The agency says', 'the erased text is gone');

  const all = await queries.incidentEvents(id, page, reviewer);
  t.same(
    all?.items.map(({ revision }) => revision),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  t.same(erasedRevisions(all?.items[6]), [0, 4]);

  const pages = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const read = await queries.incidentEvents(id, { limit: 2, cursor }, null);
    pages.push(read?.items.map(({ revision }) => revision));
    cursor = read?.next ?? null;
  }
  t.same(pages, [[3, 4], [6]]);
  t.equal(await queries.incidentEvents(world.id('incident', 'market'), page, null), null);
  t.same(
    (await queries.incidentEvents(world.id('incident', 'market'), page, { role: 'contributor', subject: 'author' }))?.items,
    [],
    'its author sees no review',
  );
});

t.test('an event says who had it made, who wrote its edit, and whose approvals counted: to the public by role', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const { edit } = await world.submit(
    'bridge',
    [{ kind: 'retract_claim', claim: [...world.stateOf('bridge').claims.keys()][0], reason: 'Wrong.' }],
    { by: 'ann' },
  );
  await world.decide('bridge', edit, 'eve', 'approve');
  await world.reviseEdit(
    'bridge',
    edit,
    [{ kind: 'retract_claim', claim: [...world.stateOf('bridge').claims.keys()][0], reason: 'Misread.' }],
    'ann',
  );
  await world.decide('bridge', edit, 'dan', 'approve');
  await world.withdrawVote('bridge', edit, 'dan');
  for (const by of ['bob', 'cid']) await world.decide('bridge', edit, by, 'approve');
  await world.erase(world.id('incident', 'bridge'), 4, '/claim/statement');
  const id = world.id('incident', 'bridge');
  const { queries, advance } = await models(t, world);
  await advance();
  const hands = (items: readonly FeedItem[] = []) => items.map(({ type, actor, author, approvedBy }) => [type, actor, author, approvedBy]);

  const shown = [
    ['IncidentReported', 'reviewer', 'contributor', ['reviewer']],
    ['ClaimAdded', 'reviewer', 'contributor', ['reviewer']],
    ['ClaimRetracted', 'reviewer', 'contributor', ['reviewer', 'reviewer']],
    ['TextErased', 'admin', null, []],
  ];
  for (const viewer of [null, app]) t.same(hands((await queries.incidentEvents(id, page, viewer))?.items), shown);
  t.same(hands((await queries.feed(0n, 50, app)).items), shown);
  const named = [
    ['IncidentReported', 'reviewer', 'author', ['reviewer']],
    ['ClaimAdded', 'reviewer', 'author', ['reviewer']],
    ['ClaimRetracted', 'cid', 'ann', ['bob', 'cid']],
    ['TextErased', 'officer', null, []],
  ];
  const contributor = { role: 'contributor', subject: 'contributor' } as const;
  t.same(hands((await queries.incidentEvents(id, page, contributor))?.items), named);
  t.same(hands((await queries.feed(0n, 50, reviewer)).items), named);
  t.same(hands((await queries.incidentEvents(id, page, auditor))?.items.slice(5)), [
    ['EditSubmitted', 'ann', 'ann', []],
    ['EditApproved', 'eve', 'ann', []],
    ['EditRevised', 'ann', 'ann', []],
    ['EditApproved', 'dan', 'ann', []],
    ['EditVoteWithdrawn', 'dan', 'ann', []],
    ['EditApproved', 'bob', 'ann', []],
    ['EditApproved', 'cid', 'ann', ['bob', 'cid']],
    ['EditApplied', 'cid', 'ann', ['bob', 'cid']],
    ['ClaimRetracted', 'cid', 'ann', ['bob', 'cid']],
    ['TextErased', 'officer', null, []],
  ]);

  const whole = (await queries.feed(0n, 500, auditor)).items;
  const anew = await models(t, world);
  for (const item of whole.toReversed()) {
    const [again] = (await anew.queries.feed(BigInt(item.position) - 1n, 1, auditor)).items;
    t.same(again, item, 'the same whatever was read before');
  }
});

t.test('the feed has the record of published incidents in order, and resumes from any position', async (t) => {
  const { world, id } = await told();
  const { queries } = await models(t, world);
  const { items, next } = await queries.feed(0n, 50, app);
  t.same(
    items.map(({ type, incidentId }) => [type, incidentId]),
    [
      ['IncidentReported', id],
      ['ClaimAdded', id],
      ['TextErased', id],
    ],
  );
  t.equal(next, String(await world.log.head()));
  t.same(await queries.feed(BigInt(next), 50, app), { items: [], next }, 'nothing new');
  const one = [];
  for (let after = 0n; ; ) {
    const read = await queries.feed(after, 1, app);
    if (read.items.length === 0) break;
    one.push(...read.items);
    after = BigInt(read.next);
  }
  t.same(one, items);
  const everything = await queries.feed(0n, 500, auditor);
  t.equal(everything.items.length, Number(await world.log.head()), 'an auditor gets every stream');
  t.match(everything.items[0], { type: 'PartyRegistered', incidentId: null, stream: world.id('party', 'department') });
});

t.test('the feed ends before an event that cannot be decoded, and then says so', async (t) => {
  const { world, id } = await told();
  const bad = (event: Logged<DomainEvent>): Logged<DomainEvent> =>
    (event.stream === id && event.revision === 4) || isTypeId('party', event.stream)
      ? { ...event, undecodable: 'unknown_type', error: 'it is of another version' }
      : event;
  const log: EventLog<DomainEvent> = { ...world.log, readAll: async (...args) => (await world.log.readAll(...args)).map(bad) };
  const { queries } = await models(t, { log: world.log, clock: world.clock }, undefined, log);
  const { items, next } = await queries.feed(0n, 50, app);
  t.match(items, [{ type: 'IncidentReported' }]);
  await t.rejects(queries.feed(BigInt(next), 50, app), { name: 'StreamUnreadable', event: { stream: id } });
  await t.rejects(queries.feed(0n, 50, auditor), { name: 'StreamUnreadable' }, 'an auditor meets the party first');
});

t.test('a difference names each place that changed, and the revision that changed it last', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const citations = world.claim().citations;
  const { queries, advance } = await models(t, world);
  const id = world.id('incident', 'bridge');
  const first = world.stateOf('bridge').streamRevision;
  await world.apply('bridge', [{ kind: 'correct_incident', set: { title: 'A second title' }, reason: 'It was wrong.', citations }]);
  const second = world.stateOf('bridge').streamRevision;
  await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled', speaker: world.id('party', 'city') }) }]);
  const third = world.stateOf('bridge').streamRevision;
  const claim = [...world.stateOf('bridge').claims.keys()][0];
  await world.apply('bridge', [
    { kind: 'add_citation', claim, citations: [{ source: world.id('source', 'article'), quote: { exact: 'stood still' } }] },
  ]);
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await world.apply('bridge', [{ kind: 'rank_claim', claim, rank: 'preferred', reason: 'It is the first.' }]);
  const last = world.stateOf('bridge').streamRevision;
  await advance();

  const found = await queries.diff(id, first, last, null);
  const revisionOf = (pointer: string) => found?.changes.find((change) => change.pointer === pointer)?.revision;
  t.match(found, { from: first, to: last });
  t.match(
    found?.changes.find(({ pointer }) => pointer === '/title'),
    { from: 'Officers stop a car near the bridge', to: 'A second title' },
  );
  t.equal(revisionOf('/title'), second);
  t.equal(revisionOf('/claims/1'), third);
  t.equal(revisionOf('/claims/0/citations'), last - 4, 'the citation came with the edit before the last');
  t.equal(revisionOf('/claims/0/rank'), last);
  t.equal(revisionOf('/parties/0/name'), last, 'a name counts from the next revision on');
  const changeAt = (found: Awaited<ReturnType<typeof queries.diff>>, pointer: string) =>
    found?.changes.find((change) => change.pointer === pointer);
  const told = { edit: 2, author: 'contributor', reason: 'It was wrong.', addedAtRevision: null };
  t.match(changeAt(found, '/title'), told, 'without a key the author is a role');
  const { actor } = (await queries.incidentEvents(id, { limit: 1, cursor: null }, reviewer))?.items[0] ?? {};
  t.match(changeAt(await queries.diff(id, first, last, reviewer), '/title'), { ...told, author: actor });
  t.match(changeAt(found, '/claims/1'), { revision: third, addedAtRevision: third, edit: 3, reason: null });
  t.match(changeAt(found, '/claims/0/rank'), { edit: 5, reason: 'It is the first.' });
  t.equal(await queries.incidentEvent(id, second + 99, null), null);
  t.match(await queries.incidentEvent(id, second, null), { revision: second, type: 'IncidentCorrected', author: 'contributor' });
  const review = (await queries.incidentEvents(id, { limit: 50, cursor: null }, reviewer))?.items.find(
    ({ type }) => type === 'EditApproved',
  );
  t.match(await queries.incidentEvent(id, review?.revision ?? 0, reviewer), { type: 'EditApproved' });
  t.equal(await queries.incidentEvent(id, review?.revision ?? 0, null), null, 'what was only reviewed is not the public’s');

  const everything = { limit: 50, cursor: null };
  const behind = async (pointer: string) =>
    (await queries.explain(id, pointer, everything, null))?.items.map(({ type, revision }) => [type, revision > first ? revision : 0]);
  t.same(await behind('/title'), [
    ['IncidentReported', 0],
    ['IncidentCorrected', second],
  ]);
  t.same(await behind('/claims/1/statement'), [['ClaimAdded', third]]);
  t.same(await behind('/claims/0/statement'), [['ClaimAdded', 0]]);
  t.same(await behind(`/claims/${claim}/rank`), [
    ['ClaimAdded', 0],
    ['ClaimRanked', last],
  ]);
  t.same(await behind('/claims/0'), [
    ['ClaimAdded', 0],
    ['CitationAdded', last - 4],
    ['ClaimRanked', last],
  ]);
  const place = (await queries.explain(id, `/claims/${claim}/rank`, everything, null)) ?? {};
  t.match(place, { pointer: '/claims/0/rank', value: 'preferred', revision: last, next: null });
  t.match(await queries.explain(id, '/claims/7', everything, null), { pointer: null, items: [] });
  const pages: unknown[] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page = await queries.explain(id, '/claims/0', { limit: 1, cursor }, null);
    pages.push(...(page?.items.map(({ type }) => type) ?? []));
    cursor = page?.next ?? null;
  }
  t.same(pages, ['ClaimAdded', 'CitationAdded', 'ClaimRanked']);
  t.same((await queries.diff(id, second, second, null))?.changes, []);
  t.equal(await queries.diff(id, 0, last, null), null, "before it was published it was nobody's to see");
  t.ok(await queries.diff(id, 0, last, reviewer));
  t.equal(await queries.diff(id, first, last + 9, null), null);
});
