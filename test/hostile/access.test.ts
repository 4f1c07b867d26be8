import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Answer } from '../e2e/client.ts';
import { editOf, proposalOf, rightRequests } from './right.ts';
import { createWorld, type Role, roles, type World } from './world.ts';

/** Stands in every text of what must not be seen. */
const secret = ' (only for review)';
const nobody = { 'if-none-match': '"a"' };

const world: World = await createWorld(t, secret);
const { routes } = world.contract;

/** A TypeID that names nothing: the same but for its last letters. */
const unknown = (id: string) => `${id.slice(0, -6)}${id.slice(-6).split('').reverse().join('')}`;
/** What a problem says, without what differs from one request to the next. */
const said = ({ status, body: { traceId: _, ...body } }: Answer) => ({ status, body });

const seesUnpublished: readonly Role[] = ['contributor', 'reviewer', 'auditor'];
const operationsWith = (prefix: string) => routes.filter(({ path }) => path.startsWith(prefix));
const filled = (path: string, id: string, edit: number) => path.replace('{id}', id).replace('{edit}', String(edit));
const lists = (role: Role, allowed: string[]) => allowed.includes(role.replace(/\d$/, ''));
const bodyFor = (operation: string) => rightRequests(world)[operation]?.body;
const queries: Record<string, string> = { diff: '?from=0&to=1', explain: '?pointer=/title' };
const queryFor = (path: string) => queries[path.split('/').at(-1) ?? ''] ?? '';

const asked = (role: Role, method: string, path: string, body: unknown): Promise<Answer> => {
  const client = world.as(role);
  if (method === 'GET') return client.get(path, nobody);
  return client.send(method as 'POST', path, body, { 'if-match': '*', 'idempotency-key': randomUUID() });
};

/** All that the log holds of an incident, as an auditor reads it. */
const whole = async (incident: string) =>
  (await world.as('auditor').get(`/v1/incidents/${incident}/events?limit=500`)).body.items as unknown[];

t.test('an unpublished incident is as absent as one that never was, to whoever may not see it', async (t) => {
  const before = await whole(world.unpublished);
  t.ok(before.length > 0);
  for (const { method, path, operation } of operationsWith('/v1/incidents/{id}')) {
    for (const role of roles.filter((role) => !seesUnpublished.includes(role))) {
      const ask = (id: string) => asked(role, method, filled(path, id, 1) + queryFor(path), bodyFor(operation.operationId));
      const [hidden, absent] = [await ask(world.unpublished), await ask(unknown(world.unpublished))];
      const name = `${method} ${path} as ${role}`;
      t.equal(hidden.status, lists(role, operation['x-roles']) ? 404 : role === 'none' ? 401 : 403, name);
      t.strictSame(said(hidden), said(absent), `${name}: nothing tells it from one that is not there`);
      t.notOk(hidden.text.includes(secret.trim()), `${name}: no text of it`);
    }
  }
  t.strictSame(await whole(world.unpublished), before, 'and nothing was written');
});

t.test('an unpublished incident is there to its author, reviewers and auditors, who may not all write', async (t) => {
  const before = await whole(world.unpublished);
  for (const role of seesUnpublished) {
    for (const { method, path, operation } of operationsWith('/v1/incidents/{id}').filter(({ method }) => method === 'GET')) {
      const { status } = await asked(role, method, filled(path, world.unpublished, 1) + queryFor(path), undefined);
      t.ok(lists(role, operation['x-roles']) && status !== 403 && status < 500, `${method} ${path} as ${role}: ${status}`);
    }
  }
  for (const role of seesUnpublished) {
    const { status, text } = await world.as(role).get(`/v1/incidents/${world.unpublished}`);
    t.ok(status === 200 && text.includes(secret.trim()), `${role} reads its texts`);
    t.equal((await world.as(role).get(`/v1/incidents/${world.unpublished}/edits/1`)).status, 200, `${role} reads its edit`);
  }
  t.equal(
    (await asked('reviewer', 'PUT', `/v1/incidents/${world.unpublished}/edits/1`, proposalOf(world))).status,
    403,
    'a reviewer does not revise it',
  );
  t.equal((await asked('reviewer', 'POST', `/v1/incidents/${world.unpublished}/edits/1/withdraw`, {})).status, 403, 'nor withdraw it');
  t.equal(
    (await asked('contributor', 'POST', `/v1/incidents/${world.unpublished}/edits/1/decision`, { decision: 'approve', reason: null }))
      .status,
    403,
    'its author does not decide it',
  );
  for (const role of ['auditor', 'admin', 'app', 'none'] as const) {
    for (const { method, path, operation } of operationsWith('/v1/incidents').filter(({ method }) => method !== 'GET')) {
      const { status } = await asked(role, method, filled(path, world.unpublished, 1), bodyFor(operation.operationId));
      t.equal(status, role === 'none' ? 401 : 403, `${method} ${path} as ${role}`);
    }
  }
  t.strictSame(await whole(world.unpublished), before, 'and nothing was written');
});

t.test('another contributor’s edit of a published incident is neither read nor changed', async (t) => {
  const before = await whole(world.incident);
  const edits = operationsWith('/v1/incidents/{id}/edits/{edit}');
  t.ok(edits.length >= 6);
  for (const { method, path, operation } of edits) {
    for (const role of roles.filter((role) => !seesUnpublished.includes(role))) {
      const ask = (edit: number) => asked(role, method, filled(path, world.incident, edit), bodyFor(operation.operationId));
      const [hidden, absent] = [await ask(2), await ask(77)];
      const name = `${method} ${path} as ${role}`;
      t.equal(hidden.status, lists(role, operation['x-roles']) ? 404 : role === 'none' ? 401 : 403, name);
      t.strictSame(said(hidden), said(absent), `${name}: nothing tells it from one that is not there`);
    }
  }
  t.strictSame(
    (await world.as('contributor2').get(`/v1/incidents/${world.incident}/edits`)).body.items,
    [],
    'the list of edits has only own ones',
  );
  t.strictSame(await whole(world.incident), before, 'and nothing was written');
});

t.test('another contributor’s edit of a source or a party is neither read nor changed', async (t) => {
  for (const [base, id] of [
    ['/v1/sources', world.source],
    ['/v1/parties', world.party],
  ] as const) {
    const events = async () => (await world.as('auditor').get(`${base}/${id}/events?limit=500`)).body.items as unknown[];
    const before = await events();
    const edits = operationsWith(`${base}/{id}/edits/{edit}`);
    t.equal(edits.length, 16);
    for (const { method, path, operation } of edits) {
      for (const role of roles.filter((role) => !seesUnpublished.includes(role))) {
        const ask = (edit: number) => asked(role, method, filled(path, id, edit), bodyFor(operation.operationId));
        const [hidden, absent] = [await ask(1), await ask(77)];
        const name = `${method} ${path} as ${role}`;
        t.equal(hidden.status, lists(role, operation['x-roles']) ? 404 : role === 'none' ? 401 : 403, name);
        t.strictSame(said(hidden), said(absent), `${name}: nothing tells it from one that is not there`);
      }
    }
    t.equal(
      (
        await asked(
          'reviewer',
          'PUT',
          `${base}/${id}/edits/1`,
          rightRequests(world)[base === '/v1/sources' ? 'reviseSourceEdit' : 'revisePartyEdit']?.body,
        )
      ).status,
      403,
    );
    t.strictSame((await world.as('contributor2').get(`${base}/${id}/edits`)).body.items, [], 'the list of edits has only own ones');
    for (const role of ['none', 'app', 'admin', 'contributor2'] as const) {
      for (const path of [`${base}/${id}`, `${base}/${id}/events`, '/v1/reviews?author=me', '/v1/events'])
        t.notOk((await world.as(role).get(path)).text.includes(secret.trim()), `${path} as ${role}`);
    }
    t.strictSame(await events(), before, 'and nothing was written');
  }
});

t.test('no list, search, feed, history or cursor shows what is not public', async (t) => {
  const shown = [world.unpublished, world.unpublishedClaim, world.person, secret.trim()];
  const incident = `/v1/incidents/${world.incident}`;
  const paths = [
    '/v1/incidents?limit=500',
    '/v1/incidents?q=Second%20car',
    '/v1/incidents?q=review',
    '/v1/incidents?bbox=-180,-90,180,90',
    `/v1/claims?incident=${world.unpublished}`,
    `/v1/claims?speaker=${world.party}&limit=500`,
    `/v1/claims?source=${world.source}&limit=500`,
    `/v1/parties/${world.party}/claims/summary`,
    '/v1/parties?limit=500',
    '/v1/parties?q=witness',
    '/v1/sources?limit=500',
    '/v1/events?after=0&limit=500',
    '/v1/reviews?state=all&limit=500',
    '/v1/reviews?author=contributor&state=all',
    '/v1/reviews/stats',
    `${incident}/events?limit=500`,
    `${incident}/diff?from=0&to=${world.revision}`,
    ...Array.from({ length: world.revision + 3 }, (_, revision) => `${incident}?asOfRevision=${revision}`),
    ...Array.from({ length: world.revision + 3 }, (_, revision) => `${incident}/comparison?asOfRevision=${revision}`),
  ];
  // A contributor who knows of the party may name it in an edit, so parties are no secret from contributors.
  for (const role of ['none', 'app', 'admin'] as const) {
    for (const path of paths) {
      const { status, text } = await world.as(role).get(path);
      t.ok(status < 500, `${path} as ${role}: ${status}`);
      t.notOk(
        shown.some((each) => text.includes(each)),
        `${path} as ${role} shows nothing that is not public`,
      );
    }
  }
  for (const path of paths.filter((path) => !path.startsWith('/v1/parties?'))) {
    const { text } = await world.as('contributor2').get(path);
    t.notOk(
      [world.unpublished, world.unpublishedClaim, secret.trim()].some((each) => text.includes(each)),
      `${path} as another contributor`,
    );
  }
  for (const path of ['/v1/claims', '/v1/sources', '/v1/parties', '/v1/incidents', `${incident}/events`]) {
    const { next } = (await world.as('auditor').get(`${path}?limit=1`)).body;
    if (typeof next !== 'string') continue;
    const { text } = await world.as('none').get(`${path}?limit=500&cursor=${encodeURIComponent(next)}`);
    t.notOk(
      shown.some((each) => text.includes(each)),
      `${path} by an auditor's cursor`,
    );
  }
});

t.test('the states that an incident had before it was published stay unpublished', async (t) => {
  const path = `/v1/incidents/${world.incident}`;
  const first =
    ((await whole(world.incident)) as { revision: number; type: string }[]).find(({ type }) => type === 'IncidentReported')?.revision ?? 0;
  t.ok(first > 0, 'the review came first');
  for (const role of ['none', 'app', 'contributor2'] as const) {
    const at = async (revision: number, rest = '') => (await world.as(role).get(`${path}${rest}?asOfRevision=${revision}`)).status;
    t.equal(await at(world.revision), 200, `${role} reads it as it was published`);
    for (const rest of ['', '/comparison']) t.equal(await at(0, rest), 404, `${role} does not read ${path}${rest} as it was proposed`);
  }
});

t.test('a private party and what nobody published uses are not for the public', async (t) => {
  for (const role of ['none', 'app'] as const) {
    for (const path of [`/v1/parties/${world.person}`, `/v1/parties/${world.person}/claims/summary`]) {
      t.equal((await world.as(role).get(path)).status, 404, `${path} as ${role}`);
    }
    t.equal((await world.as(role).get(`/v1/sources/${world.source}/text`)).status, role === 'none' ? 401 : 403, `texts as ${role}`);
  }
});

t.test('an edit cannot feel for an incident or a claim that its author may not see', async (t) => {
  const outsider = world.as('contributor2');
  const submit = (change: object) =>
    outsider.send('POST', `/v1/incidents/${world.incident}/edits`, editOf(world.revision, [change as Record<string, unknown>]));
  for (const change of [
    (id: string) => ({ kind: 'merge_incident', into: id, reason: 'The same.' }),
    (_: string, claim: string) => ({ kind: 'retract_claim', claim, reason: 'Wrong.' }),
  ]) {
    const hidden = await submit(change(world.unpublished, world.unpublishedClaim));
    const absent = await submit(change(unknown(world.unpublished), unknown(world.unpublishedClaim)));
    const plain = (answer: Answer) => JSON.stringify(said(answer)).replaceAll(/(?:incident|claim)_[0-9a-z]{26}/g, 'id');
    t.ok(hidden.status >= 400 && hidden.status < 500, `${hidden.status} ${hidden.body.detail}`);
    t.equal(plain(hidden), plain(absent));
  }
});

t.test('what somebody asks to be erased is for them, and for those who decide or read all', async (t) => {
  const sees: readonly Role[] = ['contributor2', 'reviewer', 'auditor', 'admin'];
  const routes = operationsWith('/v1/erasures/{id}');
  t.equal(routes.length, 3);
  for (const { method, path, operation } of routes) {
    for (const role of roles.filter((role) => !sees.includes(role))) {
      const ask = (id: string) => asked(role, method, filled(path, id, 1), bodyFor(operation.operationId));
      const [hidden, absent] = [await ask(world.erasure), await ask(unknown(world.erasure))];
      const name = `${method} ${path} as ${role}`;
      t.equal(hidden.status, lists(role, operation['x-roles']) ? 404 : role === 'none' ? 401 : 403, name);
      t.strictSame(said(hidden), said(absent), `${name}: nothing tells it from one that is not there`);
    }
  }
  for (const role of sees) {
    const { status, body } = await world.as(role).get(`/v1/erasures/${world.erasure}`);
    t.equal(status, 200, `${role} reads it`);
    t.equal(body.state, 'open', 'and nobody has decided it');
  }
  t.strictSame((await world.as('contributor').get('/v1/erasures')).body.items, [], 'the list of another contributor has only own ones');
  for (const role of ['none', 'app'] as const)
    t.notOk((await world.as(role).get('/v1/takedowns')).text.includes(world.erasure), `what was not carried out is no takedown to ${role}`);
});

t.test('what cannot be seen can be no target of an erasure', async (t) => {
  const ask = (incident: string) =>
    asked('contributor2', 'POST', '/v1/erasures', {
      targets: [{ incident, revision: null }],
      ground: 'error',
      reason: 'It is there by mistake.',
    });
  const [hidden, absent] = [await ask(world.unpublished), await ask(unknown(world.unpublished))];
  const plain = (answer: Answer) => JSON.stringify(said(answer)).replaceAll(/incident_[0-9a-z]{26}/g, 'id');
  t.equal(hidden.status, 422);
  t.equal(plain(hidden), plain(absent));
});

t.test('another subject’s Idempotency-Key opens nothing', async (t) => {
  const headers = { 'idempotency-key': 'the key of somebody' };
  const path = `/v1/incidents/${world.incident}/edits`;
  const key = { 'idempotency-key': randomUUID() };
  const body = { ...rightRequests(world).submitEdit?.body };
  const mine = await world.as('contributor').send('POST', path, body, key);
  const theirs = await world.as('contributor2').send('POST', path, body, key);
  t.same([mine.status, theirs.status], [201, 201]);
  t.not(mine.body.edit, theirs.body.edit, 'the same key of another subject is another key');
  t.equal((await world.as('contributor').send('POST', path, body, headers)).status, 400, 'and one with spaces is none');
});

t.test('an admin reads of the record what everybody reads, and of a request where its texts stand, and decides that', async (t) => {
  const ids: Record<string, string[]> = {
    incidents: [world.incident, world.unpublished],
    sources: [world.source],
    parties: [world.party, world.person],
    erasures: [world.erasure],
    parked: ['1'],
  };
  const own = [
    '/v1/erasures',
    '/v1/erasures/{id}',
    '/v1/erasures/{id}/places',
    '/v1/keys',
    '/v1/me',
    '/v1/parked',
    '/v1/people/{subject}',
    '/v1/parked/{id}',
    '/v1/policy',
    '/v1/policy/history',
    '/v1/policy/proposals',
    '/v1/recusals',
  ];
  /** What differs from one answer to the next whoever asks. */
  const told = (answer: Answer) => JSON.stringify(said(answer)).replaceAll(/"(?:now|generatedAt|uptimeSeconds)":[^,}]+/g, '');
  const gets = routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/'));
  t.ok(gets.length > 30);
  for (const { path, operation } of gets) {
    for (const id of path.includes('{id}') ? (ids[path.split('/')[2] ?? ''] ?? []) : ['']) {
      const target = filled(path, id, 1).replace(/\{[a-z]+\}/g, '1') + queryFor(path);
      const answer = await world.as('admin').get(target, nobody);
      if (!operation['x-roles'].includes('admin')) t.equal(answer.status, 403, target);
      else if (operation['x-roles'].includes('none')) t.equal(told(answer), told(await world.as('none').get(target, nobody)), target);
      else t.ok(own.includes(path), `${path} is an admin's`);
      t.equal(answer.text.includes(secret.trim()), path === '/v1/erasures/{id}/places', target);
    }
  }
  const { items } = (await world.as('admin').get(`/v1/erasures/${world.erasure}/places`)).body;
  t.match(items, [{ of: { kind: 'party', id: world.person }, pointer: '/name', text: `a witness at the harbour${secret}` }]);
  const writes = routes.filter(({ method, operation }) => method !== 'GET' && operation['x-roles'].includes('admin'));
  t.strictSame(writes.map(({ operation }) => operation.operationId).sort(), [
    'approvePolicy',
    'confirmKey',
    'createKey',
    'decideErasure',
    'declareRecusal',
    'endRecusal',
    'proposePolicy',
    'rejectPolicy',
    'requestErasure',
    'retryParked',
    'retryParkedEvents',
    'revokeKey',
    'rotateKey',
    'sendTip',
    'setPerson',
    'skipParked',
    'skipParkedEvents',
    'tryPolicy',
  ]);
  const mine = await world.as('admin').get(`/v1/erasures/${world.erasure}`);
  t.match(mine.body, { state: 'open', targets: [{ party: world.person }], places: 1 });
  const ask = (target: object) =>
    world.as('admin').send('POST', '/v1/erasures', { targets: [target], ground: 'error', reason: 'It is there by mistake.' });
  for (const target of [{ incident: world.unpublished, revision: null }, { source: unknown(world.source) }]) {
    const { status, body } = await ask(target);
    t.match({ status, body }, { status: 422, body: { errors: [{ pointer: '/targets/0', message: /which you may not see/ }] } });
  }
  for (const target of [{ incident: world.incident, revision: 0 }, { party: world.person }]) {
    const { status, body } = await ask(target);
    t.equal(status, 201);
    const listed = await world.as('admin').get(`/v1/erasures/${body.id}/places`);
    t.ok((listed.body.items as object[]).length > 0);
    t.notOk(listed.text.includes(secret.trim()), 'an admin who asks reads nothing by asking');
    t.ok((listed.body.items as { text: unknown }[]).every(({ text }) => text === null));
  }
});
