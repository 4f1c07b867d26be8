import { createFeedOperations } from '@averment/commands';
import { catalogue, type DomainEvent, eventId } from '@averment/domain';
import { type EventLog, eraseTexts, isUndecodable, type Logged } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Item = { position: string; incidentId: string | null; stream: string; revision: number; last: number; type: string; data: object };
/** Follows the feed to its end, page by page. */
const follow = async (own: Harness, key: Person, limit = 500) => {
  const items: Item[] = [];
  for (let after = '0'; ; ) {
    const page = expect(await own.read('/v1/events', { key, query: { after, limit: String(limit) } }), 200);
    items.push(...(page.body.items as Item[]));
    if (page.body.next === after) return items;
    after = text(page, 'next');
  }
};

t.test('a follower gets every record event of published incidents once and in order', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const hidden = await propose(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);

  const whole = await follow(own, 'app');
  t.strictSame(
    whole.map(({ type }) => type),
    ['IncidentReported', 'ClaimAdded', 'ClaimAdded'],
  );
  t.ok(
    whole.every((item, index) => index === 0 || BigInt(item.position) > BigInt(whole[index - 1]?.position ?? 0)),
    'by position',
  );
  t.ok(whole.every(({ incidentId }) => incidentId === incident));
  for (const limit of [1, 2, 7]) t.strictSame(await follow(own, 'app', limit), whole, `in pages of ${limit}`);
  t.strictSame(await follow(own, 'contributor'), whole, 'the same for contributors, also of the incident');
  t.strictSame(await follow(own, 'reviewer'), whole);

  const all = await follow(own, 'auditor');
  t.equal(all.length, (await own.log.readAll(0n, 1000)).length, 'an auditor gets every event');
  t.ok(all.some(({ stream, type }) => stream === hidden.incident && type === 'EditSubmitted'));
  t.ok(all.some(({ incidentId, type }) => incidentId === null && type === 'SourceRegistered'));
});

t.test('whoever sees more of the review sees more of an incident’s events', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  const types = async (key: Person | null) =>
    ((await own.read(`/v1/incidents/${incident}/events`, { key })).body.items as Item[]).map(({ type }) => type);
  const record = ['IncidentReported', 'ClaimAdded'];
  for (const key of [null, 'app', 'contributor'] as const) t.strictSame(await types(key), record, `${key ?? 'nobody'}`);
  for (const key of ['reviewer', 'auditor'] as const)
    t.strictSame(await types(key), ['EditSubmitted', 'EditApproved', 'EditApplied', ...record], key);
});

t.test('an erasure is in the feed, and what it erased is nowhere', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const reported = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'ClaimAdded');
  const field = { revision: reported?.revision ?? 0, pointer: '/claim/statement' };
  const command = systemRandom.uuid();
  const at = systemClock.now().toISOString();
  const idOf = (index: number) => eventId(command, index);
  await eraseTexts(own.log, { stream: incident, fields: [field], reasonCode: 'personal_data', actor: 'admin', command, at, idOf });
  const whole = await follow(own, 'app');
  t.match(whole.at(-1), { type: 'TextErased', incidentId: incident });
  t.notMatch(JSON.stringify(whole), /the car moved toward the officers before/, 'the statement is gone');
  t.match((await own.read(`/v1/incidents/${incident}`)).body.claims, [{ statement: null }]);
});

/** A log of a program that, while `unknowing`, does not know an event type. */
const forgetful = () => {
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  const state = { unknowing: null as string | null };
  const forget = (events: Logged<DomainEvent>[]): Logged<DomainEvent>[] =>
    events.map((event) => {
      if (isUndecodable(event) || event.type !== state.unknowing) return event;
      const { id, type, stream, revision, last, position, recordedAt } = event;
      return {
        id,
        type,
        stream,
        revision,
        last,
        position,
        recordedAt,
        undecodable: 'unknown_type',
        error: `this program knows no ${type}`,
      };
    });
  const wrapped: EventLog<DomainEvent> = {
    ...log,
    readAll: async (...args) => forget(await log.readAll(...args)),
    readStream: async (...args) => forget(await log.readStream(...args)),
  };
  return { log: wrapped, state };
};

t.test('the feed ends before an event that cannot be decoded, then answers 503', async (t) => {
  const { log, state } = forgetful();
  const own = await harness(t, { log });
  const world = await furnish(own);
  await publish(own, world);
  const { incident, revision, refs } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'Clear.' }]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  state.unknowing = 'ClaimRanked';
  const page = expect(await own.ask('GET', '/v1/events', { key: 'app', query: { limit: '500' } }), 200);
  t.equal((page.body.items as []).length, 4, 'what comes before it is given');
  const after = await own.ask('GET', '/v1/events', { key: 'app', query: { after: text(page, 'next') } });
  t.match(after, { status: 503, body: { type: '/problems/unreadable' }, headers: { 'retry-after': /^\d+$/ } });
  t.match(await own.ask('GET', `/v1/incidents/${incident}/events`), { status: 503 }, 'its stream is not answered in part');
  const cold = await own.another();
  const command = await cold.ask('POST', `/v1/incidents/${incident}/edits`, {
    key: 'contributor',
    body: { baseRevision: revision, rationale: 'More.', changes: [{ kind: 'add_claim', claim: stoodClaim(world) }] },
  });
  t.match(command, { status: 503, body: { type: '/problems/unreadable' } }, 'nothing is decided on it');
});

/** A log whose texts can be lost and found again, in which events can become `unknown` to this program, and what an admin decides about its feed. */
const losing = () => {
  const store = createMemoryStore();
  const unknown = new Set<bigint>();
  const rename = (event: Logged<DomainEvent>): Logged<DomainEvent> => {
    if (!unknown.has(event.position)) return event;
    const { id, stream, revision, last, position, recordedAt } = event;
    const error = 'it is of a newer version';
    return { id, type: 'EditOfTomorrow', stream, revision, last, position, recordedAt, undecodable: 'unknown_type', error };
  };
  const whole = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
  const log: EventLog<DomainEvent> = {
    ...whole,
    readAll: async (...args) => (await whole.readAll(...args)).map(rename),
    readStream: async (...args) => (await whole.readStream(...args)).map(rename),
  };
  const feed = createFeedOperations({ log, clock: systemClock, random: systemRandom });
  const lose = ({ stream, revision }: { stream: string; revision: number }) => {
    const key = `${stream} ${revision}`;
    const texts = store.vault.get(key) ?? [];
    store.vault.delete(key);
    return () => void store.vault.set(key, texts);
  };
  const find = async (stream: string, type: string): Promise<DomainEvent> => {
    const found = (await log.readStream(stream, 0)).find((event) => event.type === type);
    if (found === undefined || isUndecodable(found)) throw new Error(`${stream} has no ${type}`);
    return found;
  };
  const skip = (position: bigint) => feed.skip({ position, reason: 'The disk lost it.', actor: 'operator' });
  return { log, unknown, feed, lose, find, skip };
};
const followers = ['app', 'contributor', 'reviewer', 'auditor'] as const;

t.test('what an admin lets the feed pass over is served as unreadable where it stands, and anew once it is mended', async (t) => {
  const { log, feed, lose, find, skip } = losing();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const claim = await find(incident, 'ClaimAdded');
  const later = await publish(own, world);
  const whole = new Map(await Promise.all(followers.map(async (key) => [key, await follow(own, key)] as const)));
  const position = String(claim.position);
  const at = (items: readonly Item[]) => items.find((item) => item.position === position);

  const restore = lose(claim);
  const after = { after: String(claim.position - 1n) };
  for (const key of followers)
    t.match(await own.ask('GET', '/v1/events', { key, query: after }), { status: 503, body: { type: '/problems/unreadable' } }, key);
  const head = await log.head();
  await skip(claim.position);
  t.equal(await log.head(), head + 1n, 'the decision is an event, what is served for it is none');

  const { stream, revision, last, recordedAt } = claim;
  const marker = {
    position,
    stream,
    incidentId: incident,
    revision,
    last,
    type: 'Unreadable',
    recordedAt,
    actor: null,
    author: null,
    approvedBy: [],
    edit: null,
  };
  const passed = new Map<Person, { items: Item[]; next: string }>();
  for (const key of followers) {
    const items = await follow(own, key);
    t.strictSame(at(items), { ...marker, data: { why: 'text_missing' } }, `${key} is told that there is something`);
    t.strictSame(
      items.filter((item) => item.position !== position && item.type !== 'FeedEventSkipped'),
      whole.get(key)?.filter((item) => item.position !== position),
      'and gets all that comes after it',
    );
    t.equal(
      items.some(({ type }) => type === 'FeedEventSkipped'),
      key === 'auditor',
      'the decision is for auditors',
    );
    passed.set(key, { items, next: String(await log.head()) });
  }
  t.ok(whole.get('app')?.some(({ incidentId }) => incidentId === later.incident));
  t.equal((await own.ask('GET', `/v1/incidents/${incident}/events`)).status, 503, 'the history of the incident is not answered in part');

  t.match(await feed.mend('worker'), [{ outcome: 'waits' }]);
  restore();
  t.match(await feed.mend('worker'), [{ outcome: 'mended' }]);
  for (const key of followers) {
    const original = at(whole.get(key) ?? []);
    const { items } = expect(await own.read('/v1/events', { key, query: { after: passed.get(key)?.next ?? '' } }), 200).body;
    t.match(
      items,
      [{ type: 'FeedEventMended', incidentId: null, position: String(await log.head()), data: { position, event: original } }],
      `${key} gets it`,
    );
    t.strictSame(at(await follow(own, key)), original, 'who comes later finds it where it stands');
  }
});

t.test('whose hands an event went through is known again once what said so can be read again', async (t) => {
  const { log, unknown, find } = losing();
  const own = await harness(t, { log });
  const { incident } = await publish(own, await furnish(own));
  const approved = await find(incident, 'EditApproved');
  const approvedBy = async () => {
    const { items } = expect(
      await own.ask('GET', '/v1/events', { key: 'reviewer', query: { after: String(approved.position) } }),
      200,
    ).body;
    return (items as { approvedBy: string[] }[]).map((item) => item.approvedBy);
  };
  unknown.add(approved.position);
  t.strictSame(await approvedBy(), [[], []]);
  unknown.delete(approved.position);
  while (JSON.stringify(await approvedBy()) === '[[],[]]') await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(await approvedBy(), [['reviewer'], ['reviewer']]);
});

t.test('an event that cannot be read is told of to nobody who might not see it', async (t) => {
  const { log, lose, find, skip } = losing();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const hidden = await propose(own, world);
  const review = [
    await find(incident, 'EditSubmitted'),
    await find(hidden.incident, 'EditSubmitted'),
    await find(world.source, 'SourceRegistered'),
  ];
  const whole = await follow(own, 'app');
  for (const event of review) lose(event);
  for (const key of ['app', 'contributor', 'reviewer'] as const)
    t.strictSame(await follow(own, key), whole, `nothing stands in the way of ${key}`);
  const unreadable = { status: 503, body: { type: '/problems/unreadable' } };
  for (const { position } of review.toSorted((one, other) => Number(one.position - other.position))) {
    t.match(await own.ask('GET', '/v1/events', { key: 'auditor', query: { after: String(position - 1n) } }), unreadable);
    await skip(position);
  }
  t.strictSame(
    (await follow(own, 'auditor')).filter(({ type }) => type === 'Unreadable').map(({ position }) => position),
    review.map(({ position }) => String(position)).sort((one, other) => Number(one) - Number(other)),
  );
  t.strictSame(await follow(own, 'app'), whole, 'nor is anything added');
});

t.test('an auditor reads the stored bytes of every event, with the texts that are left, and nobody else does', async (t) => {
  const { log, lose, find } = losing();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const hidden = await propose(own, world);
  for (const key of ['app', 'contributor', 'reviewer'] as const)
    t.match(await own.ask('GET', '/v1/events', { key, query: { with: 'canonical' } }), {
      status: 403,
      body: { type: '/problems/forbidden' },
    });
  t.match(await own.ask('GET', '/v1/events', { key: 'auditor', query: { with: 'texts' } }), { status: 400 });

  type Stored = Item & { canonical: string; disclosures: string[] };
  const read = async () => expect(await own.read('/v1/events', { key: 'auditor', query: { limit: '500', with: 'canonical' } }), 200).body;
  const items = (await read()).items as Stored[];
  const stored = [];
  for (const { stream, revision } of items) stored.push(...(await log.readStored(stream, revision, { to: revision })));
  t.strictSame(
    items.map(({ canonical, disclosures }) => ({ canonical, disclosures })),
    stored.map(({ canonical, disclosures }) => ({ canonical, disclosures })),
  );
  t.strictSame(
    items.map(({ position }) => position),
    (await log.readAll(0n, 500)).map(({ position }) => String(position)),
    'every event of the log, in its order',
  );
  t.ok(items.some(({ stream, disclosures }) => stream === hidden.incident && disclosures.length > 0));
  const { canonical, disclosures, ...plain } = items[0] as Stored;
  t.match((await follow(own, 'auditor'))[0], plain, 'beside what the feed tells of it');

  const lost = await find(incident, 'EditSubmitted');
  lose(lost);
  const withLost = (await read()).items as Stored[];
  t.equal(withLost.length, items.length, 'what cannot be read ends nothing');
  const told = withLost.find(({ type }) => type === 'Unreadable');
  t.match(told, { position: String(lost.position), canonical: items.find(({ position }) => position === told?.position)?.canonical });
});

t.test('of a type that this program does not know only what belongs to a published incident is told', async (t) => {
  const { log, unknown, find, skip } = losing();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const hidden = await propose(own, world);
  unknown.add((await find(incident, 'EditApproved')).position).add((await find(hidden.incident, 'EditSubmitted')).position);
  const [position = 0n] = unknown;
  const stopped = await own.read('/v1/events', { key: 'app', query: { after: String(position - 1n) } });
  t.match(stopped, { status: 503, body: { type: '/problems/unreadable' } });
  for (const each of unknown) await skip(each);
  const told = async (key: Person) => (await follow(own, key)).filter(({ type }) => type === 'Unreadable').map(({ stream }) => stream);
  t.strictSame(await told('auditor'), [incident, hidden.incident]);
  t.strictSame(await told('app'), [incident], 'it may be of the record');
});

t.test('a parked event is listed, retried and skipped, and what is incomplete says so', async (t) => {
  const { log, state } = forgetful();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const other = await publish(own, world);
  const { incident, refs } = await publish(own, world);
  const rank = async (edit: number) => {
    state.unknowing = null;
    const base = Number((await own.read(`/v1/incidents/${incident}`)).body.revision);
    expect(await submit(own, incident, base, [{ kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'Clear.' }]), 201);
    expect(await decide(own, incident, edit, 'approve'), 200);
    state.unknowing = 'ClaimRanked';
  };
  await rank(2);
  const list = expect(await own.read('/v1/incidents'), 200);
  t.match(await own.ask('GET', `/v1/incidents/${incident}`), { status: 503, body: { type: '/problems/parked' } });
  t.equal(list.headers['averment-incomplete'], '1');
  t.equal((await own.ask('GET', `/v1/incidents/${other.incident}`)).status, 200, 'every other read is served');
  t.equal(
    (await own.ask('GET', '/v1/incidents', { query: { minPosition: String(await log.head()) } })).status,
    200,
    'the parked event counts as passed',
  );

  const { items } = expect(await own.ask('GET', '/v1/parked', { key: 'admin' }), 200).body as {
    items: { id: string; projection: string }[];
  };
  t.match(items, [{ stream: incident, type: 'ClaimRanked', state: 'parked', attempts: Number }]);
  const page = expect(await own.ask('GET', '/v1/parked?limit=1', { key: 'admin' }), 200);
  const rest = expect(await own.ask('GET', '/v1/parked', { key: 'admin', query: { cursor: text(page, 'next') } }), 200);
  t.strictSame([...(page.body.items as []), ...(rest.body.items as [])], items, 'it is paged as every list');
  t.equal((await own.ask('GET', '/v1/parked?cursor=nonsense', { key: 'admin' })).status, 400);
  const parked = items.find(({ projection }) => projection === 'record')?.id;
  t.match(await own.ask('POST', `/v1/parked/${parked}/retry`, { key: 'admin' }), { status: 200, body: { outcome: 'parked' } });
  state.unknowing = null;
  for (const { id } of items)
    t.match(await own.ask('POST', `/v1/parked/${id}/retry`, { key: 'admin' }), { status: 200, body: { outcome: 'applied' } });
  t.equal((await own.ask('POST', `/v1/parked/${parked}/retry`, { key: 'admin' })).status, 404, 'it is not parked any more');
  t.match(await own.read(`/v1/incidents/${incident}`), { status: 200, body: { claims: [{ rank: 'preferred' }] } });
  t.equal((await own.ask('GET', '/v1/incidents')).headers['averment-incomplete'], undefined);

  await rank(3);
  await own.read('/v1/incidents');
  const again = expect(await own.ask('GET', '/v1/parked', { key: 'admin' }), 200).body.items as { id: string }[];
  for (const { id } of again)
    t.match(await own.ask('POST', `/v1/parked/${id}/skip`, { key: 'admin' }), { status: 200, body: { outcome: 'applied' } });
  t.match(
    (await own.ask('GET', '/v1/parked', { key: 'admin' })).body.items,
    again.map(() => ({ state: 'skipped' })),
    'what was skipped stays listed',
  );
  t.equal((await own.read(`/v1/incidents/${incident}`)).status, 200, 'and its stream is served without it');
});

t.test(
  'the feed names its log, and another one or a position beyond its end is 410 for who follows it, as for a list’s cursor',
  async (t) => {
    const own = await harness(t);
    const world = await furnish(own);
    for (let n = 0; n < 3; n += 1) await publish(own, world);
    const feed = (query: Record<string, string>) => own.read('/v1/events', { key: 'app', query });
    const page = expect(await feed({}), 200);
    t.equal(page.body.log, 'test.0');
    const next = text(page, 'next');
    t.match(await feed({ after: next, log: 'test.0' }), { status: 200, body: { items: [], next, log: 'test.0' } });
    const gone = { status: 410, body: { type: '/problems/log-changed', detail: /Start anew/ } };
    for (const log of ['test.1', 'other.0', 'test.00']) t.match(await feed({ after: next, log }), gone, log);
    for (const beyond of [BigInt(next) + 1n, 999_999n, 2n ** 63n - 1n])
      t.match(await feed({ after: String(beyond) }), gone, String(beyond));
    t.match(await feed({ log: '' }), { status: 400 });

    const cursor = text(expect(await own.read('/v1/incidents', { query: { limit: '2' } }), 200), 'next');
    t.match(await own.read('/v1/incidents', { query: { limit: '2', cursor } }), { status: 200 });
    const older = await harness(t);
    await furnish(older);
    t.match(await older.read('/v1/incidents', { query: { limit: '2', cursor } }), gone);
    t.match(await older.read('/v1/incidents', { query: { minPosition: next } }), { status: 503 }, 'which whoever writes may meet');
  },
);
