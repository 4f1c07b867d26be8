import { createErasing } from '@averment/commands';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, articleText, decide, expect, furnish, movedClaim, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

/** Looks and carries out, as the worker does. */
const follow = async ({ log }: Harness): Promise<void> => {
  const erasing = createErasing({ log, clock: systemClock, requireGone: async () => undefined });
  for (const { type, stream, revision } of await log.readAll(0n, 10_000, { texts: false }))
    if (type === 'ErasureRequested' || type === 'ErasureApproved') await erasing.follow({ stream, revision });
};

const body = (targets: object[], more: object = {}) => ({ targets, ground: 'personal_data', reason: 'It names a child.', ...more });
const request = async (own: Harness, targets: object[], more: object = {}, key: Person = 'contributor') =>
  expect(await own.ask('POST', '/v1/erasures', { key, body: body(targets, more) }), 201).body;
const vote = (own: Harness, id: unknown, key: Person, decision = 'approve') =>
  own.ask('POST', `/v1/erasures/${id}/decision`, { key, body: { decision, reason: 'It has to go.' } });

/** Asks for it, has two approve it, and carries it out. */
const carry = async (own: Harness, targets: object[], more: object): Promise<unknown> => {
  const { id } = await request(own, targets, more, 'contributor2');
  for (const key of ['admin', 'reviewer'] as const) expect(await vote(own, id, key), 200);
  await follow(own);
  return id;
};

t.test('a text is erased once a reviewer and an admin have approved it, and only then', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  const title = 'Harbour police officer shoots at a car in Porto Novo';
  const reported = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'IncidentReported')?.revision;
  const asked = await request(own, [{ incident, revision: reported, pointers: ['/title'] }], { request: 'A letter of the parents' });
  t.match(asked, { state: 'open', places: 1 });
  const { id } = asked;

  t.match(await vote(own, id, 'reviewer'), { status: 200, body: { state: 'open' } });
  t.match(await vote(own, id, 'reviewer'), { status: 409, body: { type: '/problems/vote-repeated' } });
  t.match(await vote(own, id, 'reviewer2'), { status: 409, body: { type: '/problems/vote-repeated' } });
  t.equal((await vote(own, id, 'contributor2')).status, 403);
  await follow(own);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { title });

  const places = (await own.read(`/v1/erasures/${id}/places`, { key: 'admin' })).body.items;
  t.same(places, [{ of: { kind: 'incident', id: incident }, revision: reported, pointer: '/title', text: title }]);
  t.match(await vote(own, id, 'admin'), { status: 200, body: { state: 'approved' } });
  t.match(await vote(own, id, 'admin'), { status: 409, body: { type: '/problems/erasure-state' } });
  await follow(own);
  await follow(own);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { title: null });
  for (const key of ['contributor', 'reviewer', 'auditor', 'admin'] as const) {
    const read = (await own.read(`/v1/erasures/${id}`, { key })).body;
    t.match(
      read,
      {
        state: 'done',
        reason: null,
        request: null,
        votes: [
          { role: 'reviewer', reason: null },
          { role: 'admin', reason: null },
        ],
      },
      key,
    );
  }
  const { events } = { events: await own.log.readStream(String(id), 0) };
  t.same(events.map(({ type }) => type).slice(-2), ['ErasureDone', 'TextErased']);
  // The title stood in the proposal and in the record.
  const takedowns = (await own.read('/v1/takedowns')).body.items;
  t.match(takedowns, [{ id, kind: 'erase', ground: 'personal_data', fields: 2 }]);
  t.same((await own.read('/v1/erasures?state=done', { key: 'reviewer' })).body.items, [
    (await own.read(`/v1/erasures/${id}`, { key: 'reviewer' })).body,
  ]);
  t.same((await own.read('/v1/erasures', { key: 'contributor2' })).body.items, []);
  t.equal((await own.read(`/v1/erasures/${id}`, { key: 'contributor2' })).status, 404);
});

t.test('what is refused stays as it is, with its reasons, and can be asked for again', async (t) => {
  const own = await harness(t);
  const { witness } = await furnish(own);
  const first = await request(own, [{ party: witness }], {}, 'reviewer');
  t.match(await vote(own, first.id, 'reviewer'), { status: 403, body: { type: '/problems/self-approval' } });
  t.match(await vote(own, first.id, 'reviewer2', 'reject'), { status: 200, body: { state: 'refused' } });
  t.equal((await vote(own, first.id, 'admin')).status, 409);
  await follow(own);
  t.match((await own.read(`/v1/erasures/${first.id}`, { key: 'reviewer' })).body, {
    state: 'refused',
    reason: 'It names a child.',
    votes: [{ by: 'reviewer2', decision: 'reject', reason: 'It has to go.' }],
  });
  const second = await request(own, [{ party: witness }], {}, 'admin');
  t.equal((await vote(own, second.id, 'admin')).status, 403);
  t.same((await own.read('/v1/takedowns')).body.items, []);
});

t.test('words are found wherever they stand, and listed before anybody can approve', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const canary = 'Réna Quill-Storm';
  const { incident } = await publish(own, world, {
    title: `Officer shoots at the car of RENA QUILLSTORM in Porto Novo`,
    claims: [stoodClaim(world, { statement: `A witness says that the car of ${canary} stood still.` })],
  });
  const url = 'https://pier.example/r%C3%A9na-quill-storm-is-shot';
  const source = text(
    expect(
      await own.ask('POST', '/v1/sources', {
        key: 'contributor',
        body: article({ url, text: `${articleText} Rena Quill\u00adStorm drove it.` }),
      }),
      201,
    ),
    'id',
  );
  const draft = await propose(own, world, { title: `About ${canary}, who drove` }, 'contributor2');
  // Neither of these is about her.
  await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Brena Quillstorms' } });

  const asked = await request(own, [{ value: 'rena quill storm' }]);
  t.match(asked, { state: 'looking', places: 0 });
  t.match(await vote(own, asked.id, 'reviewer'), { status: 409, body: { type: '/problems/erasure-state' } });
  await follow(own);
  const found = (await own.read(`/v1/erasures/${asked.id}/places`, { key: 'reviewer' })).body.items as {
    of: { id: string };
    pointer: string;
  }[];
  t.same(
    found.map(({ of, pointer }) => `${of.id} ${pointer}`).sort(),
    [
      `${draft.incident} /changes/0/title`,
      `${incident} /changes/0/title`,
      `${incident} /changes/1/claim/statement`,
      `${incident} /claim/statement`,
      `${incident} /title`,
      `${source} /text`,
      `${source} /url`,
    ].sort(),
  );
  t.equal((await own.read(`/v1/erasures/${asked.id}/places`, { key: 'contributor' })).status, 403);

  // Written after it was listed.
  const late = await propose(own, world, { title: `Again ${canary}` }, 'contributor2');
  expect(await vote(own, asked.id, 'admin'), 200);
  expect(await vote(own, asked.id, 'reviewer'), 200);
  await follow(own);
  for (const event of await own.log.readAll(0n, 10_000))
    t.notMatch(JSON.stringify({ ...event, position: null }), /quill(?:-|\u00ad| )?storm(?!s)/i, `${event.stream} ${event.revision}`);
  t.match((await own.read(`/v1/sources/${source}/text`, { key: 'auditor' })).body, {
    revision: 2,
    text: `${articleText} [erased] drove it.`,
  });
  t.match((await own.read(`/v1/sources/${source}/text?revision=1`, { key: 'auditor' })).body, { text: null });
  t.match((await own.read(`/v1/incidents/${late.incident}`, { key: 'reviewer' })).body, { title: null });
  t.match((await own.read(`/v1/erasures/${asked.id}`, { key: 'admin' })).body, { state: 'done', targets: [], fields: 8 });
});

t.test('what names nothing is refused with what is there', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const hidden = await propose(own, world, {}, 'contributor2');
  const wrong = async (targets: object[], key: Person = 'contributor') => {
    const { status, body: problem } = await own.ask('POST', '/v1/erasures', { key, body: body(targets) });
    return { status, errors: problem.errors };
  };
  t.match(await wrong([{ source: world.source, pointers: ['/titel'] }]), {
    status: 422,
    errors: [{ pointer: '/targets/0/pointers/0', message: 'names no text that is there: there are /publisher, /title, /text' }],
  });
  for (const key of ['contributor', 'admin'] as const) {
    t.match(await wrong([{ incident: hidden.incident, revision: null }], key), { status: 422, errors: [{ pointer: '/targets/0' }] }, key);
  }
  t.match(await wrong([{ value: 'x-y z' }]), { status: 422, errors: [{ pointer: '/targets/0/value' }] });
  t.match(await wrong([{ party: world.city, revision: 1 }]), { status: 422 });
  t.equal((await own.ask('POST', '/v1/erasures', { key: 'auditor', body: body([{ party: world.city }]) })).status, 403);
});

t.test('an erased place is null and named, and an incident of which nothing is left is gone', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs } = await publish(own, world);
  const erase = async (targets: object[]) => {
    const { id } = await request(own, targets, {}, 'contributor2');
    for (const key of ['admin', 'reviewer'] as const) expect(await vote(own, id, key), 200);
    await follow(own);
    return id;
  };
  t.notOk('erased' in (await own.read(`/v1/incidents/${incident}`)).body);
  const added = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'ClaimAdded')?.revision;
  const decision = await erase([{ incident, revision: added, pointers: ['/claim/statement'] }]);
  const { body: left } = await own.read(`/v1/incidents/${incident}`);
  t.match(left, { claims: [{ id: refs.c1, statement: null }], erased: [{ pointer: '/claims/0/statement', decision }] });
  const before = left.revision;
  const then = `/v1/incidents/${incident}?asOfRevision=${added}`;
  t.match((await own.read(then)).body, { claims: [{ statement: null }], erased: [{ pointer: '/claims/0/statement', decision }] });
  const twin = (await publish(own, world)).incident;
  const likely = async () =>
    (await own.read(`/v1/incidents/${twin}/candidates`, { key: 'reviewer' })).body.items as { incidentId: string }[];
  t.match(await likely(), [{ incidentId: incident }]);
  const last = await erase([{ incident, revision: null }]);
  t.same(await likely(), [], 'nobody is led to it');
  for (const key of [null, 'contributor', 'reviewer', 'auditor'] as const)
    for (const path of [
      '',
      '/comparison',
      `?asOfRevision=${added}`,
      `/diff?from=${added}&to=${before}`,
      `/comparison?asOfRevision=${added}`,
    ])
      t.match(
        await own.read(`/v1/incidents/${incident}${path}`, { key }),
        { status: 410, body: { type: '/problems/gone' } },
        `${key} ${path}`,
      );
  t.match((await own.read('/v1/takedowns')).body.items, [{ id: last }, { id: decision }]);
  await exportsAgree(t, own);
});

t.test('what is restricted is for reviewers and auditors alone until it is lifted', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs } = await publish(own, world);
  const shown = async (key: Person | null) => (await own.read(`/v1/incidents/${incident}`, { key })).body;
  const whole = await shown('reviewer');
  const added = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'ClaimAdded')?.revision;
  const claim = [{ incident, revision: added, pointers: ['/claim/statement'] }];
  const decision = await carry(own, claim, { kind: 'restrict', ground: 'safety' });
  for (const key of [null, 'contributor', 'app'] as const) {
    t.match(await shown(key), {
      claims: [{ id: refs.c1, statement: null, concealed: true }],
      restricted: [{ ground: 'safety', decision }],
    });
    t.same((await own.read('/v1/incidents?q=moved', { key })).body.items, []);
    const events = JSON.stringify((await own.read(`/v1/incidents/${incident}/events`, { key })).body);
    t.notMatch(events, /car moved toward the officers/);
  }
  const { restricted: _, ...seen } = await shown('auditor');
  t.same(seen, whole);
  t.match((await own.read('/v1/takedowns')).body.items, [{ id: decision, kind: 'restrict', fields: 1 }]);

  await carry(own, claim, { kind: 'lift', ground: 'error' });
  t.same(await shown('reviewer'), whole);
  t.match(await shown(null), { claims: [{ statement: (whole.claims as { statement: string }[])[0]?.statement }] });
  t.notOk('restricted' in (await shown(null)));
  t.notOk('restricted' in (await own.read(`/v1/incidents/${incident}?asOfRevision=${whole.revision}`)).body);

  await carry(own, [{ incident, revision: null }], { kind: 'restrict', ground: 'court_order' });
  const refused = await own.read(`/v1/incidents/${incident}`);
  t.match(refused, { status: 451, body: { type: '/problems/withheld' } });
  t.equal(refused.headers.link, '</v1/takedowns>; rel="blocked-by"');
  const past = [`?asOfRevision=${added}`, `/diff?from=${added}&to=${whole.revision}`, '/comparison'];
  for (const path of past) t.equal((await own.read(`/v1/incidents/${incident}${path}`)).status, 451, path);
  t.match((await own.read(`/v1/incidents/${incident}?asOfRevision=${added}`, { key: 'reviewer' })).body, {
    restricted: [{ ground: 'court_order' }],
  });
  const { restricted: __, ...still } = await shown('reviewer');
  t.same(still, whole);

  const { status } = await own.ask('POST', '/v1/erasures', { key: 'admin', body: body([{ value: 'some words' }], { kind: 'restrict' }) });
  t.equal(status, 422);
  await exportsAgree(t, own);
});

const outside = [null, 'app', 'contributor'] as const;

t.test('a restricted source is withheld, with all that incidents quote from it and say of it, until it is lifted', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { source } = world;
  const { incident } = await publish(own, world);
  const second = { kind: 'add_claim', claim: stoodClaim(world) };
  const before = (await own.read(`/v1/incidents/${incident}`)).body;
  const open = expect(await submit(own, incident, Number(before.revision), [second]), 201).body;
  const places = [`/v1/incidents/${incident}`, `/v1/incidents/${incident}/events`, `/v1/incidents/${incident}/comparison`];
  const more = [
    `/v1/incidents/${incident}?asOfRevision=${before.revision}`,
    '/v1/claims',
    '/v1/incidents',
    '/v1/sources',
    '/v1/sources?q=Shots',
  ];
  const paths = [...places, ...more, `/v1/incidents/${incident}/explain?pointer=/claims/0/citations/0/quote`];
  const whole = (await own.read(`/v1/sources/${source}`, { key: 'reviewer' })).body;
  const wholeIncident = (await own.read(`/v1/incidents/${incident}`, { key: 'reviewer' })).body;
  const secret = /Shots at the harbour|The Pier|toward its officers|the car stood still\b(?!\.)/;

  const targets = [{ source }];
  const decision = await carry(own, targets, { kind: 'restrict', ground: 'copyright' });
  for (const key of outside) {
    const refused = await own.read(`/v1/sources/${source}`, { key });
    t.match(refused, { status: 451, body: { type: '/problems/withheld' } }, String(key));
    t.equal(refused.headers.link, '</v1/takedowns>; rel="blocked-by"');
    t.equal((await own.read(`/v1/sources/${source}?asOfVersion=1`, { key })).status, 451);
    for (const path of paths) t.notMatch(JSON.stringify((await own.read(path, { key })).body), secret, `${key} ${path}`);
    t.match((await own.read(`/v1/incidents/${incident}`, { key })).body, {
      sources: [{ id: source, title: null, publisher: null, concealed: true }],
      claims: [{ citations: [{ source, quote: null, concealed: true }] }],
      restricted: [{ ground: 'copyright', decision }],
    });
  }
  t.notMatch(JSON.stringify((await own.read('/v1/events', { key: 'app' })).body), secret);
  t.notMatch(JSON.stringify((await own.read(`/v1/sources/${source}/events`, { key: 'contributor' })).body), secret);
  t.equal((await own.read(`/v1/sources/${source}/text`, { key: 'contributor' })).status, 451);
  for (const key of ['reviewer', 'auditor'] as const) {
    const { restricted, ...seen } = (await own.read(`/v1/sources/${source}`, { key })).body;
    t.same(seen, whole, key);
    t.match(restricted, [
      { pointer: '/publisher', revision: null, ground: 'copyright', decision },
      { pointer: '/title', revision: null },
      { pointer: '/text', revision: 1 },
    ]);
    const { restricted: _, ...incidentSeen } = (await own.read(`/v1/incidents/${incident}`, { key })).body;
    t.same(incidentSeen, wholeIncident);
    t.match((await own.read(`/v1/sources/${source}/text`, { key })).body, { text: articleText });
    t.match((await own.read('/v1/sources?q=Shots', { key })).body.items, [{ id: source, title: 'Shots at the harbour' }]);
  }

  t.match(await submit(own, incident, Number(before.revision), [second]), { status: 409, body: { type: '/problems/text-erased' } });
  expect(await decide(own, incident, Number(open.edit), 'approve', 'reviewer'), 200);
  for (const key of outside) {
    const { claims } = (await own.read(`/v1/incidents/${incident}`, { key })).body as { claims: { citations: { quote: unknown }[] }[] };
    t.same(
      claims.map(({ citations }) => citations[0]?.quote),
      [null, null],
      'what was applied since is withheld too',
    );
    for (const path of paths) t.notMatch(JSON.stringify((await own.read(path, { key })).body), secret, `${key} ${path}`);
  }

  const nothing = [{ incident, revision: null }];
  t.match(await own.ask('POST', '/v1/erasures', { key: 'reviewer', body: body(nothing, { kind: 'lift' }) }), {
    status: 422,
    body: { errors: [{ pointer: '/targets/0', message: 'names no text that is kept from sight' }] },
  });
  await carry(own, targets, { kind: 'lift', ground: 'error' });
  t.same((await own.read(`/v1/sources/${source}`)).body, whole);
  const after = (await own.read(`/v1/incidents/${incident}`)).body;
  t.notOk('restricted' in after);
  t.match(after, {
    sources: before.sources,
    claims: [(before.claims as object[])[0], { citations: [{ quote: { exact: 'the car stood still' } }] }],
  });
  t.match((await own.read(`/v1/sources/${source}/text`, { key: 'contributor' })).body, { text: articleText });
  t.match((await own.read('/v1/takedowns')).body.items, [
    { kind: 'lift', fields: 3 },
    { id: decision, kind: 'restrict', fields: 3 },
  ]);
  await exportsAgree(t, own);
});

t.test('what is restricted of a party in part is null and listed, there and where incidents name it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { city } = world;
  const called = { identifiers: [{ scheme: 'ori', value: 'WA0170000' }] };
  const ori = text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Ferry Police', ...called } }), 201),
    'id',
  );
  await publish(own, { ...world, police: ori });
  await carry(own, [{ party: ori, pointers: ['/identifiers/0/value'] }], { kind: 'restrict', ground: 'safety' });
  const { incident } = await publish(own, world, {
    claims: [movedClaim(world), stoodClaim(world, { speaker: city, capacity: 'official' })],
  });
  await carry(own, [{ party: city, pointers: ['/name'] }], { kind: 'restrict', ground: 'safety' });
  const incidents = [`/v1/incidents/${incident}`, `/v1/incidents/${incident}/comparison`, `/v1/claims?speaker=${city}`];
  for (const key of outside) {
    const { status, body: shown } = await own.read(`/v1/parties/${city}`, { key });
    t.match({ status, shown }, { status: 451 }, 'nothing else was said of it');
    for (const path of incidents) t.notMatch(JSON.stringify((await own.read(path, { key })).body), /City of Porto/, `${key} ${path}`);
    t.match((await own.read(`/v1/incidents/${incident}`, { key })).body.claims, [
      {},
      { attributed: /^\(Name withheld\) \(official\)|^\(name withheld\)/ },
    ]);
    t.match((await own.read(`/v1/parties/${ori}`, { key })).body, { name: 'Ferry Police', identifiers: [{ scheme: 'ori', value: null }] });
    for (const path of ['/v1/incidents?q=city', '/v1/parties?q=city', '/v1/parties?identifier=ori:WA0170000'])
      t.same((await own.read(path, { key })).body.items, [], `${key} ${path}`);
  }
  t.match((await own.read('/v1/parties?q=city', { key: 'reviewer' })).body.items, [{ id: city, name: 'City of Porto Novo' }]);
  t.match((await own.read(`/v1/incidents/${incident}/comparison`, { key: 'reviewer' })).body, { incidentId: incident });

  const url = 'https://pier.example/shots';
  const partly = text(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ url }) }), 201), 'id');
  await publish(own, { ...world, source: partly }, { title: 'The same again' });
  await carry(own, [{ source: partly, pointers: ['/url'] }], { kind: 'restrict', ground: 'safety' });
  for (const key of outside) {
    t.match((await own.read(`/v1/sources/${partly}`, { key })).body, {
      url: null,
      title: 'Shots at the harbour',
      restricted: [{ pointer: '/url', revision: null, ground: 'safety' }],
    });
    t.same((await own.read(`/v1/sources?url=${encodeURIComponent(url)}`, { key })).body.items, []);
  }
  const again = await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ url }) });
  t.match(again, { status: 409, body: { existing: partly } }, 'it is not registered anew');
  await exportsAgree(t, own);
});

t.test('documents that were kept go with the texts that were read from them, and where they hold the words themselves', async (t) => {
  const own = await harness(t);
  const page = (body: string) =>
    `<!doctype html><html lang="en"><head><title>Shots</title></head><body><article><h1>Shots</h1>${body}</article></body></html>`;
  const said = 'The harbour office said that two of its guards had stopped the boat, and that one of them fired twice at it.';
  const keep = async (html: string, name: string) => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    const query = { language: 'en', keepOriginal: 'true', publisher: name };
    return text(expect(await own.ask('POST', '/v1/sources/import', { key: 'contributor', query, body: html, headers }), 201), 'id');
  };
  const inText = await keep(page(`<p>${said} R&eacute;na <b>Quill</b>storm was aboard.</p>`), 'The Pier');
  const inBytes = await keep(page(`<!-- asked by Réna Quillstorm --><p>${said}</p>`), 'The Quay');
  const neither = await keep(page(`<!-- by Brena Quillstorms --><p>${said} It was late.</p>`), 'The Bank');
  const asked = await request(own, [{ value: 'Rena Quillstorm' }]);
  await follow(own);
  const places = (await own.read(`/v1/erasures/${asked.id}/places`, { key: 'admin' })).body.items as {
    of: { id: string };
    pointer: string;
    text: unknown;
  }[];
  t.same(
    places.map(({ of, pointer }) => `${of.id} ${pointer}`).sort(),
    [`${inText} /text`, `${inText} /bytes`, `${inBytes} /bytes`].sort(),
  );
  t.match(
    places.find(({ of, pointer }) => of.id === inBytes && pointer === '/bytes'),
    { text: { size: Number } },
  );
  for (const key of ['admin', 'reviewer'] as const) expect(await vote(own, asked.id, key), 200);
  await follow(own);
  t.match((await own.read(`/v1/erasures/${asked.id}`, { key: 'admin' })).body, { state: 'done', fields: 3 });
  const original = async (id: string) => (await own.read(`/v1/sources/${id}/original`, { key: 'reviewer' })).status;
  t.same([await original(inText), await original(inBytes), await original(neither)], [404, 404, 200]);
  t.match((await own.read(`/v1/sources/${inText}/text`, { key: 'reviewer' })).body, { revision: 2, text: /\[erased\] was aboard/ });
  t.match((await own.read(`/v1/sources/${inBytes}`, { key: 'reviewer' })).body, { extraction: { original: { kept: false } } });

  // A text goes with the document that it was read from.
  const { id } = await request(own, [{ source: neither, revision: 1 }]);
  const named = (await own.read(`/v1/erasures/${id}/places`, { key: 'admin' })).body.items as { pointer: string }[];
  t.same(named.map(({ pointer }) => pointer).sort(), ['/bytes', '/extraction/original/sha256', '/text']);
});

t.test('an edit that quotes a text is not approved once that was erased; what is on record stays', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const open = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201).body;
  const rank = { kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was said first of all.' };
  const other = expect(await submit(own, incident, revision, [rank]), 201).body;
  await carry(own, [{ source: world.source, pointers: ['/text'] }], { kind: 'erase' });
  t.match(await decide(own, incident, Number(open.edit), 'approve'), { status: 409, body: { type: '/problems/text-erased' } });
  t.equal((await own.read(`/v1/incidents/${incident}/edits/${open.edit}/preview`, { key: 'reviewer' })).status, 200);
  t.equal((await decide(own, incident, Number(other.edit), 'approve')).status, 200);
  t.equal((await decide(own, incident, Number(open.edit), 'reject')).status, 200);
  t.match((await own.read(`/v1/incidents/${incident}`)).body.claims, [{ citations: [{ quote: { exact: /car moved/ } }] }]);
});
