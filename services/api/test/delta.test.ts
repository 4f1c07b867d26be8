import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);
const path = '/v1/incidents';

type Page = {
  items: { id: string; changedAt: string; etag: string }[];
  gone: { id: string; gone: string; into?: string }[];
  next: string | null;
  position: string;
  log: string;
};

t.test('a copy of the list and its documents asks for what changed, and gets that alone', async (t) => {
  const own = await harness(t);
  const changed = async (query: Record<string, string>) => expect(await own.read(path, { query }), 200).body as Page;
  const world = await furnish(own);
  const [one, other] = [await publish(own, world), await publish(own, world)];
  const first = await changed({ changedAfter: '0' });
  t.strictSame(first.items.map(({ id }) => id).sort(), [one.incident, other.incident].sort());
  for (const { id, etag } of first.items) {
    const document = await own.read(`${path}/${id}`);
    t.equal(document.headers.etag, etag);
    t.equal((await own.read(`${path}/${id}`, { headers: { 'if-none-match': etag } })).status, 304);
  }
  t.match(await changed({ changedAfter: first.position, log: first.log }), { items: [], gone: [], next: null });

  expect(await submit(own, one.incident, one.revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await decide(own, one.incident, 2, 'approve'), 200);
  const second = await changed({ changedAfter: first.position, log: first.log });
  t.strictSame(
    second.items.map(({ id }) => id),
    [one.incident],
  );
  t.not(second.items[0]?.etag, first.items.find(({ id }) => id === one.incident)?.etag);

  const pages: Page['items'] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await changed({ changedAfter: '0', limit: '1', ...(cursor !== null && { cursor }) });
    pages.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  t.strictSame(
    pages.map(({ id }) => id),
    [other.incident, one.incident],
    'the last change comes last',
  );
});

t.test('a copy that begins with an export goes on from its position', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const [one, other] = [await publish(own, world), await publish(own, world)];
  const begun = await own.read('/v1/export/incidents.ndjson');
  const copy = new Map(begun.text.split('\n').flatMap((line) => (line === '' ? [] : [[(JSON.parse(line) as { id: string }).id, line]])));
  t.strictSame([...copy.keys()].sort(), [one.incident, other.incident].sort());
  expect(await submit(own, one.incident, one.revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await decide(own, one.incident, 2, 'approve'), 200);
  const query = { changedAfter: String(begun.headers['averment-position']), status: 'all' };
  const { items } = (await own.read(path, { query })).body as Page;
  t.strictSame(
    items.map(({ id }) => id),
    [one.incident],
  );
  for (const { id } of items) copy.set(id, (await own.read(`${path}/${id}`)).text);
  for (const [id, text] of copy) t.equal(text, (await own.read(`${path}/${id}`)).text);
});

t.test('what cannot be told of a copy is refused in words', async (t) => {
  const own = await harness(t);
  await publish(own, await furnish(own));
  const asked = (query: Record<string, string>) => own.read(path, { query: { changedAfter: '0', ...query } });
  const others: Record<string, string>[] = [
    { country: 'US' },
    { q: 'car', disputed: 'true' },
    { status: 'retracted' },
    { sort: 'occurred' },
    { asOfPosition: '5' },
  ];
  for (const query of others) {
    const { body } = expect(await asked(query), 400);
    t.match(body, { type: '/problems/invalid-parameter', detail: /does not go with changedAfter/ });
    t.strictSame(
      (body.errors as { pointer: string }[]).map(({ pointer }) => pointer),
      Object.keys(query).map((name) => `/query/${name}`),
    );
  }
  expect(await asked({ status: 'all' }), 200);
  t.match(expect(await own.read(path, { query: { log: 'test.0' } }), 400).body, { errors: [{ pointer: '/query/log' }] });
  t.match(expect(await asked({ log: 'test.0' }), 410).body, { type: '/problems/log-changed', detail: /changedAfter=0/ });
  t.match(expect(await asked({ changedAfter: '4000000000' }), 410).body, { type: '/problems/log-changed' });
});
