import { everybody } from '@averment/access';
import t from 'tap';
import type { OpenApi, Operation } from '../src/openapi.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { expect, furnish, publish, stoodClaim, submit, type World } from './support/story.ts';

const harness = await harnessFor(t);

type Named = { method: string; path: string; operation: Operation };
const operationsOf = (document: OpenApi): Named[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const documentOf = async (own: Harness) => (await own.ask('GET', '/openapi.json', { key: 'reviewer' })).body as unknown as OpenApi;

/** What a path's parameters stand for in the record of these tests. */
const fill = (path: string, world: World & { kept: string }, incident: string) => {
  const id = path.startsWith('/v1/sources')
    ? path.endsWith('/original')
      ? world.kept
      : world.source
    : path.startsWith('/v1/parties')
      ? world.police
      : path.startsWith('/v1/parked')
        ? '1'
        : incident;
  return path.replace('{id}', id).replace('{edit}', '2').replace('{revision}', '3').replace('{name}', 'not-found');
};

/** Parameters without which a route cannot be asked at all. `author=me` is the one form of the queue that is open to contributors. */
const queries: Record<string, Record<string, string>> = {
  '/v1/incidents/{id}/diff': { from: '4', to: '4' },
  '/v1/incidents/{id}/explain': { pointer: '/title' },
  '/v1/reviews': { author: 'me' },
};

/** Nobody and one person of each role. */
const roles: [string, Person | null][] = everybody.map((role) => [role, role === 'none' ? null : role]);

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
  const page = `<p>${'The boat was drifting away from the officers when they fired. '.repeat(4)}</p>`;
  const query = { language: 'en', keepOriginal: 'true' };
  const headers = { 'content-type': 'text/html' };
  const { body } = expect(await own.ask('POST', '/v1/sources/import', { key: 'contributor', query, headers, body: page }), 201);
  // The models take it in, so that items are found.
  await own.read('/v1/incidents');
  return { world: { ...world, kept: String(body.id) }, incident };
};

t.test('each route answers exactly the roles that it lists', async (t) => {
  const own = await harness(t);
  const { world, incident } = await prepared(own);
  const operations = operationsOf(await documentOf(own));
  t.ok(operations.length > 30, `there are ${operations.length} operations`);

  for (const { method, path, operation } of operations) {
    t.ok(operation['x-roles'].length > 0, `${method} ${path} lists its roles`);
    for (const [role, key] of roles) {
      const query = queries[path];
      // A body that no route takes: who may use the route is decided before the body is looked at.
      const body = operation.requestBody ? { not: 'a body' } : undefined;
      const { status } = await own.ask(method, fill(path, world, incident), {
        key,
        ...(query ? { query } : {}),
        ...(body ? { body } : {}),
      });
      const name = `${method} ${path} as ${role}: ${status}`;
      if (operation['x-roles'].some((listed) => listed === role))
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
  const { world, incident } = await prepared(own);
  const document = await documentOf(own);
  const paths = operationsOf(document).map(({ method, path }) => [method, fill(path, world, incident)] as const);
  const others = ['/docs', '/docs/', '/docs/js/scalar.js', '/nowhere', '/v1/nowhere'].map((path) => ['GET', path] as const);
  for (const [method, path] of [...paths, ...others]) {
    const { status } = await own.ask(method, path);
    t.equal(status, path === '/livez' || path === '/readyz' ? 200 : 401, `${method} ${path}`);
  }
  t.equal((await own.ask('GET', `/v1/incidents/${incident}`, { key: 'app' })).status, 200);
  t.equal((await own.ask('GET', '/docs/', { key: 'app' })).status, 200);
});

t.test('every route that the framework knows is documented', async (t) => {
  const own = await harness(t);
  const documented = new Set(
    operationsOf(await documentOf(own)).map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
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
