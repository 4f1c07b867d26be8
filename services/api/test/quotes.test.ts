import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, decide, expect, text as field, furnish, movedClaim, propose, submit } from './support/story.ts';

const harness = await harnessFor(t);

/** Numbered words, so that every stretch of the text is one of a kind. */
const text = Array.from({ length: 2851 }, (_, index) => `w${String(index).padStart(4, '0')}`)
  .join(' ')
  .slice(0, 17_100);
const each = 300;
const limit = 17_100 * 0.15;

/** Every string that stands under `exact`, `prefix` or `suffix`, whatever is asked. */
const quotesIn = (json: unknown, found: string[] = []): string[] => {
  if (json === null || typeof json !== 'object') return found;
  for (const [key, value] of Object.entries(json)) {
    if (['exact', 'prefix', 'suffix'].includes(key) && typeof value === 'string') found.push(value);
    else quotesIn(value, found);
  }
  return found;
};

/** Of the source's text, what a reader can put together from all that is served. */
const readBy = async ({ read }: Harness, incidents: readonly string[], key: Person | null) => {
  const bodies: unknown[] = [];
  const page = async (path: string, query: Record<string, string> = {}) => {
    // The feed is for those who have a key, of whom an app reads what the public does.
    const asked = path === '/v1/events' ? (key ?? 'app') : key;
    const { body } = expect(await read(path, { key: asked, query: { limit: '500', ...query } }), 200);
    bodies.push(body);
    return body;
  };
  const one = async (path: string, query: Record<string, string> = {}) => {
    const { body } = expect(await read(path, { key, query }), 200);
    bodies.push(body);
  };
  for (let after = '0'; ; ) {
    const { next } = await page('/v1/events', { after });
    if (next === after) break;
    after = String(next);
  }
  await page('/v1/claims');
  for (const incident of incidents) {
    const path = `/v1/incidents/${incident}`;
    const events = (await page(`${path}/events`)).items as { revision: number; last: number }[];
    const [first, last] = [String(events[0]?.last), String(events.at(-1)?.revision)];
    await one(path);
    await one(path, { asOfRevision: last });
    await one(`${path}/diff`, { from: first, to: last });
  }
  const seen = new Set<number>();
  for (const quote of quotesIn(bodies)) {
    const at = quote === '' ? -1 : text.indexOf(quote);
    for (let index = 0; at >= 0 && index < quote.length; index += 1) seen.add(at + index);
  }
  return { seen, json: JSON.stringify(bodies) };
};

t.test('57 adjoining quotes of 300 characters give a reader without a key no more than may be public', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const source = field(
    expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text, title: 'Long' }) }), 201),
    'id',
  );
  const claimAt = (index: number) =>
    movedClaim(world, { ref: `c${index}`, citations: [{ source, position: { start: index * each, end: (index + 1) * each } }] });
  const incidents: string[] = [];
  for (let first = 0; first < 57; first += 19) {
    const claims = Array.from({ length: 18 }, (_, index) => claimAt(first + index));
    const { incident } = await propose(own, world, { claims });
    incidents.push(incident);
    t.match(
      (await own.read('/v1/reviews', { key: 'reviewer' })).body.items,
      [
        {
          incidentId: incident,
          priority: 'high',
          quotesBeyondLimit: [{ source, quoted: (first + 18) * each, limit }],
        },
      ],
      'the queue says how much is quoted',
    );
    t.match(expect(await decide(own, incident, 1, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
    const { body } = expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200);
    const sent = expect(
      await submit(own, incident, Number(body.appliedRevision), [{ kind: 'add_claim', claim: claimAt(first + 18) }]),
      201,
    );
    const edit = Number(sent.body.edit);
    t.match((await own.read(`/v1/incidents/${incident}/edits/${edit}`, { key: 'reviewer' })).body, {
      approvals: { needed: 2, why: /quotes more of a source than may be public/ },
      quotesBeyondLimit: [{ source, limit }],
    });
    await decide(own, incident, edit, 'approve');
    expect(await decide(own, incident, edit, 'approve', 'reviewer2'), 200);
  }

  for (const key of [null, 'app'] as const) {
    const { seen, json } = await readBy(own, incidents, key);
    t.ok(seen.size >= limit - each, `${key}: ${seen.size} characters`);
    t.ok(seen.size <= limit * 1.5, `${key}: ${seen.size} characters`);
    t.match(json, '"shortened":true');
  }
  for (const key of ['contributor', 'reviewer', 'auditor'] as const) {
    const { seen, json } = await readBy(own, incidents, key);
    t.equal(seen.size, 57 * each, key);
    t.notMatch(json, '"shortened"');
  }
  await exportsAgree(t, own);
});

t.test('what the public reads of a quote is the same in whatever is served, and the feed waits until it is decided', async (t) => {
  const own = await harness(t, { wait: 1 });
  const world = await furnish(own);
  const long = text.slice(0, 3000);
  const source = field(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: long }) }), 201), 'id');
  const quoting = (start: number, end: number) => ({ citations: [{ source, position: { start, end } }] });
  const { incident } = await propose(own, world, {
    claims: [0, 1, 2, 3, 4].map((index) => movedClaim(world, { ref: `c${index}`, ...quoting(index * 300, (index + 1) * 300) })),
  });
  expect(await decide(own, incident, 1, 'approve'), 200);
  expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200);

  const behind = expect(await own.ask('GET', '/v1/events', { key: 'app', query: { after: '0' } }), 200).body;
  t.match(behind.items, [{ type: 'IncidentReported' }]);
  t.equal((behind.items as []).length, 1, 'what quotes is not there yet');
  t.match(await own.ask('GET', '/v1/events', { key: 'app', query: { after: String(behind.next) } }), {
    status: 503,
    headers: { 'retry-after': /./ },
  });
  t.equal(
    (expect(await own.ask('GET', '/v1/events', { key: 'reviewer' }), 200).body.items as []).length,
    6,
    'who gets all waits for nothing',
  );

  const shortened = { exact: 'w0200 w0201 w0202 w0203', prefix: null, suffix: null, shortened: true };
  const last = async (path: string, query: Record<string, string> = {}) => {
    const { body } = expect(await own.read(path, { key: 'app', query }), 200);
    const json = JSON.stringify(body);
    t.notMatch(json, 'w0205', path);
    t.match(json, JSON.stringify(shortened), path);
    return body;
  };
  const path = `/v1/incidents/${incident}`;
  const { revision } = await last(path);
  await last(path, { asOfRevision: String(revision) });
  await last(`${path}/events`);
  await last('/v1/events', { after: '0' });
  await last('/v1/claims');

  // Now as a citation of a citation: another incident quotes the same place, and a part of what is public.
  const other = await propose(own, world, {
    claims: [movedClaim(world, { ref: 'd1', ...quoting(1200, 1500) }), movedClaim(world, { ref: 'd2', ...quoting(400, 700) })],
  });
  expect(await decide(own, other.incident, 1, 'approve'), 200);
  t.match(expect(await own.read(`/v1/incidents/${other.incident}`), 200).body.status, 'published', 'it brings nothing new');
  const { body } = await own.read(`/v1/incidents/${other.incident}`);
  t.match(body.claims, [{ citations: [{ quote: shortened }] }, { citations: [{ quote: { exact: long.slice(400, 700) } }] }]);
  t.notMatch(JSON.stringify((body.claims as object[])[1]), 'shortened');
  await exportsAgree(t, own);
});
