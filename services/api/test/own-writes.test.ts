import { createPlaces, type Places } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect, furnish, propose, publish, text } from './support/story.ts';

const harness = await harnessFor(t);
/** Milliseconds that no test takes. */
const long = 600_000;
const court = (name: string) => ({ key: 'contributor', body: { kind: 'court', name } }) as const;
const register = async (own: Harness, name = 'Harbour Court') => expect(await own.ask('POST', '/v1/parties', court(name)), 201);
const behind = ({ headers }: { headers: Record<string, string | undefined> }) => headers['averment-behind'];
const advance = ({ runner }: Harness) => Promise.all(runner.projections.map(({ name }) => runner.advance(name)));

/** Places that tell when somebody waits. */
const watched = () => {
  const places = createPlaces({ all: 9, each: 9 });
  const waits = Promise.withResolvers<void>();
  const take: Places['take'] = (client) => {
    waits.resolve();
    return places.take(client);
  };
  return { waits: waits.promise, places: { take } };
};

t.test('who wrote reads it, in the same process and in another, also in one that was started since', async (t) => {
  const first = watched();
  const own = await harness(t, { waitForOwn: long, waitingForOwn: first.places });
  const written = await register(own);
  for (const process of [own, await own.another()]) {
    const reading = process.ask('GET', `/v1/parties/${written.body.id}`, { key: 'contributor' });
    await first.waits;
    await advance(own);
    const answer = expect(await reading, 200);
    t.equal(behind(answer), undefined);
    t.ok(BigInt(answer.headers['averment-position'] ?? '') >= BigInt(text(written, 'position')));
  }
});

t.test('each write is waited for: what a subject wrote last counts', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const edit = `/v1/incidents/${incident}/edits/1`;
  const said = async (key: 'contributor' | 'reviewer') => behind(await own.ask('GET', '/v1/parties', { key }));
  const vote = { key: 'reviewer', headers: { 'if-match': etag }, body: { decision: 'request_changes', reason: 'More.' } } as const;
  t.equal(await said('reviewer'), undefined, 'a reviewer who wrote nothing waits for nobody');
  const voted = expect(await own.ask('POST', `${edit}/decision`, vote), 200);
  t.equal(await said('reviewer'), text(voted, 'position'));
  const withdrawn = expect(await own.ask('POST', `${edit}/withdraw`, { key: 'contributor' }), 200);
  t.equal(await said('contributor'), text(withdrawn, 'position'));
  await advance(own);
  for (const key of ['contributor', 'reviewer'] as const) t.equal(await said(key), undefined);
});

t.test('after a while it is answered as it stands, and the answer says so', async (t) => {
  const own = await harness(t);
  await advance(own);
  const written = await register(own);
  const path = `/v1/parties/${written.body.id}`;
  const position = text(written, 'position');
  const missing = await own.ask('GET', path, { key: 'contributor' });
  t.match([missing.status, behind(missing)], [404, position]);
  const list = await own.ask('GET', '/v1/parties', { key: 'contributor' });
  t.match([list.status, behind(list), list.body.items], [200, position, []]);
  const asked = (query: Record<string, string>) => own.ask('GET', '/v1/incidents', { key: 'contributor', query });
  t.equal(behind(await asked({ minPosition: '0' })), undefined, 'who does not want to wait does not');
  t.equal(behind(await asked({ asOfPosition: '0' })), undefined, 'nor who asks for the past');
  for (const key of ['contributor2', 'reviewer', 'auditor', 'app', null] as const)
    t.equal(behind(await own.ask('GET', '/v1/incidents', { key })), undefined, `${key} wrote nothing`);
});

t.test('a 304 says it too', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  const { etag = '' } = expect(await own.read(`/v1/incidents/${incident}`, { key: 'contributor' }), 200).headers;
  const written = await register(own);
  const again = await own.ask('GET', `/v1/incidents/${incident}`, { key: 'contributor', headers: { 'if-none-match': etag } });
  t.match([again.status, behind(again)], [304, text(written, 'position')]);
});

t.test('where too many wait already nobody waits, and nobody is refused', async (t) => {
  const own = await harness(t, { waitForOwn: long, waitingForOwn: createPlaces({ all: 9, each: 0 }) });
  await advance(own);
  const written = await register(own);
  const answer = await own.ask('GET', '/v1/parties', { key: 'contributor' });
  t.match([answer.status, behind(answer)], [200, text(written, 'position')]);
});

t.test('where it cannot be noted or read what a subject wrote, writes and reads go on', async (t) => {
  const own = await harness(t, { waitForOwn: long });
  await advance(own);
  await own.pool.query('DROP TABLE work.written');
  await register(own);
  const answer = await own.ask('GET', '/v1/parties', { key: 'contributor' });
  t.match([answer.status, behind(answer)], [200, 'unknown']);
});

t.test('a repeat takes nothing back', async (t) => {
  const own = await harness(t);
  const post = (name: string) => own.ask('POST', '/v1/parties', { ...court(name), headers: { 'idempotency-key': name } });
  expect(await post('One'), 201);
  const second = expect(await post('Two'), 201);
  expect(await post('One'), 201);
  t.equal(behind(await own.ask('GET', '/v1/parties', { key: 'contributor' })), text(second, 'position'));
});

t.test('a log from an older backup is not waited for', async (t) => {
  const own = await harness(t, { waitForOwn: long });
  await own.pool.query("INSERT INTO work.written VALUES ('contributor', 4711)");
  await register(own);
  await advance(own);
  t.equal(behind(expect(await own.ask('GET', '/v1/parties', { key: 'contributor' }), 200)), undefined);
  const written = await register(own, 'Another');
  const { rows } = await own.pool.query("SELECT position::text FROM work.written WHERE subject = 'contributor'");
  t.strictSame(rows, [{ position: text(written, 'position') }]);
});
