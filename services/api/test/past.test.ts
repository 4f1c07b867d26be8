import { catalogue, type DomainEvent } from '@averment/domain';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Recorded = { revision: number; last: number; position: string; recordedAt: string; type: string };
const eventsOf = async (own: Harness, incident: string) =>
  (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body.items as Recorded[];
/** Another moment of the microsecond clock. */
const shifted = (instant: string, microseconds: number) => {
  const at = BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1000n + BigInt(instant.slice(20, 26)) + BigInt(microseconds);
  return `${new Date(Number(at / 1000n)).toISOString().slice(0, 19)}.${String(at % 1_000_000n).padStart(6, '0')}Z`;
};

/** Published with one claim, then a second claim added. */
const history = async (own: Harness) => {
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  const events = await eventsOf(own, incident);
  const records = events.filter(({ type }) => type === 'ClaimAdded');
  const [first, second] = records;
  if (!first || !second) throw new Error('two claims were added');
  return { incident, first, second };
};

t.test('an incident is read as of a time, as of a revision, and now', async (t) => {
  const own = await harness(t);
  const { incident, first, second } = await history(own);
  const read = (query: Record<string, string>, part = '') => own.read(`/v1/incidents/${incident}${part}`, { query });
  const now = expect(await read({}), 200);

  const then = expect(await read({ asOf: first.recordedAt }), 200);
  t.equal((then.body.claims as []).length, 1, 'what was recorded at that very moment is in it');
  t.equal(then.body.revision, first.revision);
  t.match(then.headers, { 'averment-as-of': /^\d+$/, 'averment-as-of-revision': String(first.revision), etag: /^"/ });
  t.match(await read({ asOf: shifted(first.recordedAt, -1) }), { status: 404 }, 'a microsecond before it was not public');
  t.equal((expect(await read({ asOf: shifted(second.recordedAt, -1) }), 200).body.claims as []).length, 1);
  const last = expect(await read({ asOf: second.recordedAt }), 200);
  t.strictSame(last.body, now.body, 'the last moment is as now');
  const offset = `${second.recordedAt.slice(0, -1)}+00:00`;
  t.strictSame(expect(await read({ asOf: offset }), 200).body, now.body, 'whatever the offset');

  t.strictSame(expect(await read({ asOfRevision: String(first.revision) }), 200).body, then.body);
  const middle = expect(await read({ asOfRevision: String(second.revision - 1) }), 200);
  t.equal((middle.body.claims as []).length, 1, 'an append is shown whole or not at all');
  t.match(await read({ asOf: second.recordedAt, asOfRevision: '1' }), { status: 400 });
  for (const asOf of [
    '0000-01-01T00:00:00+23:59',
    '0000-06-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    'soon',
    '2026-02-30T00:00:00Z',
    '2026-02-30',
    '2026-01',
  ])
    t.match(await read({ asOf }), { status: 400, body: { type: '/problems/invalid-parameter' } }, asOf);
  t.match(await read({ asOf: '2999-01-01T00:00:00Z' }), { status: 400, body: { type: '/problems/time-in-future' } });
  for (const [query, part, pointer] of [
    [{ asOfRevision: '999999' }, '', '/query/asOfRevision'],
    [{ asOfRevision: '999999' }, '/comparison', '/query/asOfRevision'],
    [{ from: '0', to: '999999' }, '/diff', '/query/to'],
  ] as const) {
    const refusal = await read(query, part);
    t.match(refusal, { status: 404, body: { errors: [{ pointer }] } }, `a revision that is not there yet${part}`);
    t.match(refusal.body.detail, `the last revision of the record is ${second.revision}.`);
  }

  t.match(expect(await read({ asOf: first.recordedAt }, '/comparison'), 200).body, { aspects: [{ state: 'single_account' }] });
  t.match(expect(await read({}, '/comparison'), 200).body, { aspects: [{ state: 'disputed' }] });
});

t.test('a time is as exact as it is written: to its end', async (t) => {
  const clock = { milliseconds: Date.UTC(2026, 0, 14, 12, 0, 0, 500) };
  const now = () => new Date(clock.milliseconds);
  const own = await harness(t, { log: createMemoryLog<DomainEvent>({ catalogue, clock: { now }, random: systemRandom }), wait: 1 });
  const { incident } = await publish(own, await furnish(own));
  clock.milliseconds = Date.UTC(2026, 0, 16);
  const at = async (asOf: string) => (await own.read(`/v1/incidents/${incident}`, { query: { asOf } })).status;
  t.equal(await at('2026-01-14T12:00:00.5Z'), 200, 'a tenth of a second');
  t.equal(await at('2026-01-14T12:00:00.500Z'), 200, 'a millisecond');
  t.equal(await at('2026-01-14T12:00:00.500000Z'), 404, 'a microsecond: in the first of that millisecond not all was recorded');
  t.equal(await at('2026-01-14T12:00:00.499Z'), 404);
  t.equal(await at('2026-01-14T12:00:00Z'), 200, 'a second');
  t.equal(await at('2026-01-14T13:00:00+01:00'), 200, 'of any offset');
  t.equal(await at('2026-01-14T11:59:59Z'), 404);
  t.equal(await at('2026-01-14'), 200, 'a day');
  t.equal(await at('2026-01-13'), 404);
});

t.test('a day ends where the incident was, and in a list in UTC; the answer says when', async (t) => {
  const clock = { milliseconds: Date.UTC(2026, 2, 8, 12) };
  const now = () => new Date(clock.milliseconds);
  const own = await harness(t, { log: createMemoryLog<DomainEvent>({ catalogue, clock: { now }, random: systemRandom }), wait: 1 });
  const world = await furnish(own);
  // In the evening of the 8th, on which clocks in Los Angeles went forward, and in the night to the 9th.
  clock.milliseconds = Date.UTC(2026, 2, 9, 6, 59);
  const { incident, revision } = await publish(own, world);
  clock.milliseconds = Date.UTC(2026, 2, 9, 7, 1);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  clock.milliseconds = Date.UTC(2026, 2, 20);
  for (const part of ['', '/comparison']) {
    const then = expect(await own.read(`/v1/incidents/${incident}${part}`, { query: { asOf: '2026-03-08' } }), 200);
    t.match([then.body.revision, then.headers['averment-as-of-time']], [revision, '2026-03-09T06:59:59.999999Z']);
  }
  t.equal((await own.read(`/v1/incidents/${incident}`, { query: { asOf: '2026-03-07' } })).status, 404);
  t.equal((await own.read(`/v1/incidents/incident_${'0'.repeat(26)}`, { query: { asOf: '2026-03-07' } })).status, 404);
  t.equal((await own.read(`/v1/incidents/${incident}`, { query: { asOf: '9999-12-31' } })).status, 400);
  const list = async (asOf: string) => own.read('/v1/incidents', { query: { asOf } });
  t.match(await list('2026-03-08'), { body: { items: [] }, headers: { 'averment-as-of-time': '2026-03-08T23:59:59.999999Z' } });
  t.match(await list('2026-03-09'), { body: { items: [{ counts: { claims: 2 } }] } });
  const second = expect(await own.read(`/v1/incidents/${incident}`, { query: { asOf: '2026-03-09T07:00:00Z' } }), 200);
  t.equal(second.headers['averment-as-of-time'], '2026-03-09T07:00:00.999999Z');
});

t.test('a time that is not over could still change: it is waited for, or refused', async (t) => {
  const clock = { milliseconds: Date.UTC(2026, 0, 14, 12, 0, 0, 500) };
  const now = () => new Date(clock.milliseconds);
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: { now }, random: systemRandom });
  const asked = Promise.withResolvers<void>();
  const own = await harness(t, {
    log: {
      ...log,
      now: async () => {
        const moment = await log.now();
        asked.resolve();
        return moment;
      },
    },
  });
  const { incident } = await publish(own, await furnish(own));
  const at = (asOf: string) => own.read(`/v1/incidents/${incident}`, { query: { asOf } });
  t.match(await at('2026-01-14'), {
    status: 400,
    body: {
      type: '/problems/time-in-future',
      detail: /is not over yet: it is 2026-01-14T12:00:00\.500Z/,
      errors: [{ pointer: '/query/asOf' }],
    },
  });
  t.match(await at('2026-01-14T12:00:01Z'), { status: 400, body: { detail: /is in the future/ } }, 'not begun');

  const waits = at('2026-01-14T12:00:00Z');
  await asked.promise;
  clock.milliseconds += 500;
  t.equal((await waits).status, 200, 'the second that it is now');
});

t.test('the past is asked for by position, as the feed tells it', async (t) => {
  const own = await harness(t);
  const { incident, first, second } = await history(own);
  const ends = async ({ last }: Recorded) => String((await eventsOf(own, incident)).find(({ revision }) => revision === last)?.position);
  const read = (query: Record<string, string>, path = `/v1/incidents/${incident}`) => own.read(path, { query });
  const [before, after] = [await ends(first), await ends(second)];

  const then = expect(await read({ asOfPosition: before }), 200);
  t.strictSame(then.body, expect(await read({ asOfRevision: String(first.revision) }), 200).body);
  t.match(then.headers, { 'averment-as-of': before, 'averment-as-of-revision': String(first.revision) });
  t.equal((await read({ asOfPosition: String(Number(before) - 1) })).status, 404, 'inside an append, that one is not there yet');
  t.equal((await read({ asOfPosition: '0' })).status, 404);
  const list = expect(await read({ asOfPosition: before }, '/v1/incidents'), 200);
  t.match(list.body, { position: before, items: [{ id: incident, counts: { claims: 1 } }] });
  t.equal(list.headers['averment-as-of'], before);
  t.match(expect(await read({ asOfPosition: after }, '/v1/incidents'), 200).body, { items: [{ counts: { claims: 2 } }] });
  t.match(expect(await read({ asOfPosition: before }, `/v1/incidents/${incident}/comparison`), 200).body, {
    aspects: [{ state: 'single_account' }],
  });

  const head = await own.log.head();
  for (const path of ['/v1/incidents', `/v1/incidents/${incident}`, `/v1/incidents/${incident}/comparison`]) {
    t.equal((await read({ asOfPosition: String(head) }, path)).status, 200, 'the head is there');
    t.match(
      await read({ asOfPosition: String(head + 1n) }, path),
      { status: 503, body: { type: '/problems/not-reached' } },
      'what comes may still change',
    );
    for (const asOfPosition of ['-1', 'x', String(2n ** 63n)]) t.equal((await read({ asOfPosition }, path)).status, 400);
    t.match(
      await read({ asOfPosition: before, asOf: first.recordedAt }, path),
      { status: 400, body: { errors: [{ pointer: '/query/asOfPosition', message: 'does not go with asOf' }] } },
      'one moment only',
    );
  }
  t.match(await read({ asOfPosition: before, asOfRevision: '1' }), { status: 400, body: { errors: [{ pointer: '/query/asOfRevision' }] } });
});

t.test('a cursor goes on with the list of its own moment only', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  for (const title of ['One', 'Two', 'Three']) await publish(own, world, { title: `${title} of three incidents` });
  const { position } = await publish(own, world);
  const list = (query: Record<string, string>) => own.read('/v1/incidents', { query: { limit: '2', ...query } });
  const asOf = new Date().toISOString();
  const moments: Record<string, string>[] = [{}, { asOf }, { asOf: asOf.slice(0, 19).concat('Z') }, { asOfPosition: position }];
  for (const own of moments) {
    const first = expect(await list(own), 200);
    for (const other of moments) {
      const answer = await list({ ...other, cursor: text(first, 'next') });
      if (other !== own) t.match(answer, { status: 400, body: { errors: [{ pointer: '/query/cursor' }] } }, JSON.stringify([own, other]));
      else t.match(expect(answer, 200).body, { position: first.body.position, items: { length: 2 } });
    }
  }
  const [name] = JSON.parse(String(Buffer.from(text(expect(await list({}), 200), 'next'), 'base64url')));
  const forged = Buffer.from(JSON.stringify([name, '999999', '999999', 'incident_'])).toString('base64url');
  t.match(await list({ cursor: forged }), { status: 410 }, 'nor does one of the future make an answer that could change');
});

t.test('a past answer does not change', async (t) => {
  const own = await harness(t);
  const { incident, first } = await history(own);
  const read = () => own.read(`/v1/incidents/${incident}`, { query: { asOf: first.recordedAt } });
  const before = expect(await read(), 200);
  const { body } = await own.read(`/v1/incidents/${incident}`);
  const claim = (body.claims as { id: string }[])[0]?.id;
  expect(await submit(own, incident, Number(body.revision), [{ kind: 'rank_claim', claim, rank: 'deprecated', reason: 'Weak.' }]), 201);
  expect(await decide(own, incident, 3, 'approve'), 200);
  const after = expect(await read(), 200);
  t.equal(after.text, before.text);
  t.equal(after.headers.etag, before.headers.etag);
});

t.test('the list is read as of a time', async (t) => {
  const own = await harness(t);
  const { incident, first, second } = await history(own);
  const list = async (asOf: string) => expect(await own.read('/v1/incidents', { query: { asOf } }), 200);
  t.strictSame((await list(shifted(first.recordedAt, -1))).body.items, []);
  const then = await list(first.recordedAt);
  t.match(then.body.items, [{ id: incident, revision: first.revision, counts: { claims: 1 } }]);
  t.equal(then.headers['averment-as-of'], then.body.position, 'and says which position that was');
  t.match((await list(second.recordedAt)).body.items, [{ id: incident, counts: { claims: 2 } }]);
});

t.test('claims are listed as of a time, as they stood then', async (t) => {
  const own = await harness(t);
  const { incident, first, second } = await history(own);
  const claims = async (query: Record<string, string>) => expect(await own.read('/v1/claims', { query }), 200);
  const [older] = (await claims({ asOf: first.recordedAt })).body.items as { id: string }[];
  const body = [{ kind: 'rank_claim', claim: older?.id, rank: 'deprecated', reason: 'Weak.' }];
  expect(await submit(own, incident, second.revision, body), 201);
  expect(await decide(own, incident, 3, 'approve'), 200);
  const list = async (query: Record<string, string>) =>
    ((await claims(query)).body.items as { id: string; standing: string; incidentTitle: string }[]).map(({ id, standing }) => [
      id === older?.id,
      standing,
    ]);
  t.strictSame(await list({ asOf: shifted(first.recordedAt, -1) }), []);
  t.strictSame(await list({ asOf: first.recordedAt }), [[true, 'standing']]);
  t.strictSame(await list({ asOf: second.recordedAt }), [
    [false, 'standing'],
    [true, 'standing'],
  ]);
  t.strictSame(await list({}), [
    [false, 'standing'],
    [true, 'deprecated'],
  ]);
  const now = String(await own.log.head());
  const [latest, there] = [await claims({}), await claims({ asOfPosition: now })];
  t.strictSame(there.body, { ...latest.body }, 'at the head the two are the same');
  t.equal(there.headers['averment-as-of'], now);
  const then = { asOfPosition: second.position };
  const filters: [Record<string, string>, number][] = [
    [{ standing: 'standing' }, 2],
    [{ standing: 'deprecated' }, 0],
    [{ incident }, 2],
    [{ incident: `incident_${'0'.repeat(26)}` }, 0],
    [{ aspect: 'vehicle_motion', value: 'false' }, 1],
    [{ aspect: 'fled' }, 0],
    [{ country: 'US', from: '2026-01-14', to: '2026-01-14' }, 2],
    [{ country: 'CA' }, 0],
    [{ to: '2026-01-13' }, 0],
  ];
  for (const [filter, count] of filters) t.equal((await list({ ...filter, ...then })).length, count, JSON.stringify(filter));
  const page = await claims({ ...then, limit: '1' });
  t.equal((page.body.items as []).length, 1);
  const rest = await claims({ ...then, limit: '1', cursor: text(page, 'next') });
  t.match(rest.body, { items: [{ id: older?.id }], next: null });
  t.equal(
    (await own.read('/v1/claims', { query: { limit: '1', cursor: text(page, 'next') } })).status,
    400,
    'a cursor goes with its moment',
  );
  t.match(await own.read('/v1/claims', { query: { asOf: '2999-01-01' } }), { status: 400, body: { type: '/problems/time-in-future' } });
});

t.test('the difference between two revisions names what changed, with the revision', async (t) => {
  const own = await harness(t);
  const { incident, first, second } = await history(own);
  const path = `/v1/incidents/${incident}/diff`;
  const diff = expect(await own.read(path, { query: { from: String(first.revision), to: String(second.revision) } }), 200);
  const changes = diff.body.changes as { pointer: string; revision: number }[];
  t.ok(
    changes.some(({ pointer, revision }) => pointer === '/claims/1' && revision === second.revision),
    'the second claim',
  );
  t.ok(changes.some(({ pointer }) => pointer === '/aspects/0/state'));
  t.equal((await own.read(path, { query: { from: String(second.revision), to: String(first.revision) } })).status, 400);
  t.equal(
    (await own.read(path, { query: { from: '0', to: String(first.revision) } })).status,
    404,
    'before publication there is nothing to compare',
  );
  t.equal((await own.read(path)).status, 400);
});

t.test('while it is not certain what a moment holds, the answer is 503', async (t) => {
  const own = await harness(t, { wait: 1 });
  const { incident } = await history(own);
  await own.pool.query('DELETE FROM times_v2.times; UPDATE times_v2.checkpoint SET position = 0');
  const answer = await own.ask('GET', `/v1/incidents/${incident}`, { query: { asOf: '2026-01-01T00:00:00Z' } });
  t.match(answer, { status: 503, body: { type: '/problems/not-reached' }, headers: { 'retry-after': /^\d+$/ } });
  t.ok(text(answer, 'detail'));
});
