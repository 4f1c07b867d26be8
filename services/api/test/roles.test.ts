import { everybody } from '@averment/access';
import t from 'tap';
import type { OpenApi, Operation } from '../src/openapi.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { expect, furnish, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Named = { method: string; path: string; operation: Operation };
const operationsOf = (document: OpenApi): Named[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const documentOf = async (own: Harness) => (await own.ask('GET', '/openapi.json', { key: 'reviewer' })).body as unknown as OpenApi;

/** What a path's parameters stand for in the record of these tests. */
const fill = (path: string, { world, incident, erasure, kept, comments, apiKey, recusal, proposed, tip, webhook, doomed }: Prepared) => {
  const named = {
    sources: path.endsWith('/original') ? kept : world.source,
    parties: world.police,
    parked: '1',
    erasures: erasure,
    keys: apiKey,
    recusals: recusal,
    policy: proposed,
    tips: tip,
    // It is deleted.
    webhooks: path.endsWith('{id}') ? doomed : webhook,
  };
  const id = named[path.split('/')[2] as keyof typeof named] ?? incident;
  const comment = comments[path.split('/')[2] as keyof typeof comments] ?? '';
  return path
    .replace('{id}', id)
    .replace('{comment}', comment)
    .replace('{edit}', '2')
    .replace('{from}', '1')
    .replace('{to}', '1')
    .replace('{revision}', '3')
    .replace('{tile}', '0/000.p/1')
    .replace('{name}', 'not-found')
    .replace('{subject}', 'contributor');
};

/** Parameters without which a route cannot be asked at all. `author=me` is the one form of the queue that is open to contributors. */
const queries: Record<string, Record<string, string>> = {
  '/v1/incidents/{id}/diff': { from: '4', to: '4' },
  '/v1/incidents/{id}/explain': { pointer: '/title' },
  '/v1/reviews': { author: 'me' },
};

/** Nobody and one person of each role. */
const roles: [string, Person | null][] = everybody.map((role) => [role, role === 'none' ? null : role]);

type Prepared = Awaited<ReturnType<typeof prepared>>;
const prepared = async (own: Harness) => {
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]);
  for (const [path, kind] of [
    [`/v1/sources/${world.source}`, 'correct_source'],
    [`/v1/parties/${world.police}`, 'correct_party'],
  ]) {
    const changes = [
      { kind, set: kind === 'correct_source' ? { title: 'Shots' } : { name: 'Port Police' }, reason: 'As it is written there.' },
    ];
    for (const rationale of ['Once.', 'Twice.'])
      expect(await own.ask('POST', `${path}/edits`, { key: 'contributor', body: { baseRevision: 1, rationale, changes } }), 201);
  }
  const comment = async (path: string) =>
    text(expect(await own.ask('POST', `${path}/edits/2/comments`, { key: 'reviewer', body: { text: 'Why so?' } }), 201), 'id');
  const comments = {
    incidents: await comment(`/v1/incidents/${incident}`),
    sources: await comment(`/v1/sources/${world.source}`),
    parties: await comment(`/v1/parties/${world.police}`),
  };
  const page = `<p>${'The boat was drifting away from the officers when they fired. '.repeat(4)}</p>`;
  const query = { language: 'en', keepOriginal: 'true' };
  const headers = { 'content-type': 'text/html' };
  const { body } = expect(await own.ask('POST', '/v1/sources/import', { key: 'contributor', query, headers, body: page }), 201);
  for (const key of ['contributor', 'reviewer'] as const)
    expect(await own.ask('PUT', '/v1/reviews/views/not-found', { key, body: { filters: {} } }), 201);
  // The models take it in, so that items are found.
  await own.read('/v1/incidents');
  const asked = { targets: [{ party: world.witness }], ground: 'safety', reason: 'It names a witness.' };
  const requested = expect(await own.ask('POST', '/v1/erasures', { key: 'contributor', body: asked }), 201);
  expect(await own.ask('PUT', '/v1/people/contributor', { key: 'admin', body: { person: 'Somebody' } }), 200);
  const made = expect(await own.ask('POST', '/v1/keys', { key: 'admin', body: { subject: 'desk', role: 'app' } }), 201);
  const declared = await own.ask('POST', '/v1/recusals', { key: 'reviewer2', body: { party: world.police, reason: 'A relative.' } });
  const recusal = text(expect(declared, 201), 'id');
  const { rules } = expect(await own.ask('GET', '/v1/policy', { key: 'admin' }), 200).body as { rules: object };
  const other = { rules: { ...rules, openEdits: 20 }, reason: 'There are many.' };
  const proposed = text(expect(await own.ask('POST', '/v1/policy/proposals', { key: 'admin2', body: other }), 201), 'id');
  const tip = text(
    expect(await own.ask('POST', '/v1/tips', { key: 'app', body: { about: { incident }, text: 'The day is wrong.' } }), 201),
    'id',
  );
  const hook = async () =>
    text(expect(await own.ask('POST', '/v1/webhooks', { key: 'app', body: { url: 'https://newsroom.example/' } }), 201), 'id');
  await own.sign();
  await own.pool.query("INSERT INTO ledger.stamps VALUES (1, 'a text', 'a token', now())");
  return {
    webhook: await hook(),
    doomed: await hook(),
    world,
    incident,
    erasure: String(requested.body.id),
    kept: String(body.id),
    apiKey: String(made.body.id),
    comments,
    recusal,
    proposed,
    tip,
  };
};

t.test('each route answers exactly the roles that it lists', async (t) => {
  const own = await harness(t);
  const ready = await prepared(own);
  const operations = operationsOf(await documentOf(own));
  t.ok(operations.length > 30, `there are ${operations.length} operations`);

  for (const { method, path, operation } of operations) {
    t.ok(operation['x-roles'].length > 0, `${method} ${path} lists its roles`);
    for (const [role, key] of roles) {
      const query = queries[path];
      // A body that no route takes: who may use the route is decided before the body is looked at.
      const body = operation.requestBody ? { not: 'a body' } : undefined;
      const { status } = await own.ask(method, fill(path, ready), {
        key,
        ...(query ? { query } : {}),
        ...(body ? { body } : {}),
      });
      const name = `${method} ${path} as ${role}: ${status}`;
      // An edit is rebased by its author, who is the contributor here; other routes of authors refuse the body first.
      const isOthers = path.endsWith('/rebase') && role === 'reviewer';
      if (!isOthers && operation['x-roles'].some((listed) => listed === role))
        t.notOk([401, 403, 404, 405, 500].includes(status) && !path.includes('parked/'), name);
      else t.equal(status, role === 'none' ? 401 : 403, name);
    }
  }
});

t.test('a key that is not valid is refused everywhere', async (t) => {
  const own = await harness(t);
  const document = await documentOf(own);
  for (const { method, path } of operationsOf(document).filter(({ path }) => path !== '/livez' && path !== '/readyz')) {
    for (const authorization of ['Bearer avk_unknown', 'Basic cmV2aWV3ZXI6', 'Bearer', 'reviewer']) {
      const { status, headers } = await own.ask(method, path.replaceAll(/\{\w+\}/g, '1'), { headers: { authorization } });
      t.equal(status, 401, `${method} ${path} with ${authorization}`);
      t.match(headers['www-authenticate'], /^Bearer/);
    }
  }
});

t.test('without public reading a key is needed everywhere but at the probes', async (t) => {
  const own = await harness(t, { publicRead: false });
  const ready = await prepared(own);
  const document = await documentOf(own);
  const paths = operationsOf(document).map(({ method, path }) => [method, fill(path, ready)] as const);
  const others = ['/docs', '/docs/', '/docs/js/scalar.js', '/nowhere', '/v1/nowhere'].map((path) => ['GET', path] as const);
  for (const [method, path] of [...paths, ...others]) {
    const { status } = await own.ask(method, path);
    const open = { '/livez': 200, '/readyz': 200, '/.well-known/security.txt': 200 }[path];
    t.equal(status, open ?? (path.startsWith('/log/') ? 200 : 401), `${method} ${path}`);
  }
  t.equal((await own.ask('GET', `/v1/incidents/${ready.incident}`, { key: 'app' })).status, 200);
  t.equal((await own.ask('GET', '/docs/', { key: 'app' })).status, 200);
});

t.test('every route that the framework knows is documented', async (t) => {
  const own = await harness(t);
  const documented = new Set(
    operationsOf(await documentOf(own)).map(
      ({ method, path }) => `${method} ${path.replace('{tile}', '*').replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
  // HEAD goes with every GET. The files of the human page are its library's, and the root leads to it.
  const isPage = (url: string) => url === '/' || url === '/docs' || url.startsWith('/docs/');
  const known = own.app.registered.filter(({ method, url }) => method !== 'HEAD' && !isPage(url));
  for (const { method, url } of known) t.ok(documented.has(`${method} ${url}`), `${method} ${url} is documented`);
  t.equal(documented.size, known.length, 'and nothing is documented that is not there');
  for (const { url } of known.filter(({ method }) => method === 'GET')) {
    t.ok(
      own.app.registered.some((route) => route.method === 'HEAD' && route.url === url),
      `${url} answers HEAD`,
    );
  }
});
