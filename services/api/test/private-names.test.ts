import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { submitOf, voteOn } from './support/party-edits.ts';
import {
  articleText,
  decide,
  expect,
  furnish,
  movedClaim,
  proposal,
  propose,
  publish,
  quoting,
  stoodClaim,
  submit,
  text,
} from './support/story.ts';

const harness = await harnessFor(t);
const name = 'Ulla Vane-Hart';

const register = async (own: Harness, body: object): Promise<string> =>
  text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'person', name, aliases: [], ...body } }), 201),
    'id',
  );
const child = (own: Harness): Promise<string> => register(own, { private: true, publicRole: null });

/** A claim about a private person takes two. */
const approve = async (own: Harness, incident: string, edit: number) => {
  expect(await decide(own, incident, edit, 'approve'), 200);
  return expect(await decide(own, incident, edit, 'approve', 'reviewer2'), 200);
};

t.test('words of the record may not name a private person whom the edit names, however it is written', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const claims = [movedClaim(world, { about: await child(own) })];
  for (const [wrong, pointer, spans] of [
    [{ title: 'Officers shoot at the car of Ulla Vane-Hart' }, '/title', [{ start: 29, end: 43 }]],
    [
      { claims: [{ ...claims[0], statement: 'The police say that VANE HART, Ulla sat in the car.' }] },
      '/claims/0/statement',
      [{ start: 20, end: 35 }],
    ],
    [{ place: { ...proposal(world).place, text: 'In front of the house of Ulla Vane Hart' } }, '/place/text', [{ start: 25, end: 39 }]],
  ] as const) {
    const answer = await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, { claims, ...wrong }) });
    t.match(answer, { status: 422, body: { type: '/problems/private-name', errors: [{ pointer, spans }] } });
    t.notMatch(answer.text, 'Vane', 'the refusal does not say it either');
  }
  const brought = [{ ref: 's1', kind: 'article', title: `What ${name} saw`, language: 'en', text: `The car of ${name} stood still.` }];
  const right = await own.ask('POST', '/v1/incidents', {
    key: 'contributor',
    body: proposal(world, {
      sources: brought,
      claims: [...claims, movedClaim(world, { ref: 'c2', citations: [quoting('s1', 'stood still')] })],
      rationale: `The mother of ${name} asked for it.`,
    }),
  });
  t.match(right, { status: 201, body: { warnings: [{ pointer: '/rationale', code: 'private_name' }] } });
});

t.test('a person whom the record names is protected in later edits, one that it does not name is not', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await child(own);
  const elsewhere = await publish(own, world);
  const statement = 'A witness says that Ulla Vane-Hart stood beside the car.';
  const add = [{ kind: 'add_claim', claim: stoodClaim(world, { statement }) }];
  await own.read('/v1/parties', { key: 'contributor' });
  t.match(await submit(own, elsewhere.incident, elsewhere.revision, add), {
    status: 201,
    body: { warnings: [{ code: 'negation_differs' }, { pointer: '/changes/0/claim/statement', code: 'private_name' }] },
  });
  const { incident } = await propose(own, world, { title: 'Another shot at the harbour', claims: [movedClaim(world, { about: id })] });
  const { appliedRevision } = (await approve(own, incident, 1)).body;
  t.match(await submit(own, incident, Number(appliedRevision), add), {
    status: 422,
    body: { type: '/problems/private-name', errors: [{ pointer: '/changes/0/claim/statement' }] },
  });
});

/** Also of somebody who was registered as private: then it is confirmed. */
const turnPrivate = async (own: Harness, id: string): Promise<void> => {
  const { edit } = expect(
    await submitOf(own, id, { kind: 'set_privacy', private: true, publicRole: null, reason: 'A child of nine.' }),
    201,
  ).body;
  expect(await voteOn(own, id, edit), 200);
};

t.test('a person is protected by the names of before too', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await child(own);
  const change = { kind: 'correct_party', set: { name: 'Ulla Lindqvist' }, reason: 'She has another name.' };
  const { edit } = expect(await submitOf(own, id, change), 201).body;
  for (const key of ['reviewer', 'reviewer2'] as const) expect(await voteOn(own, id, edit, key), 200);
  for (const called of [name, 'Ulla Lindqvist']) {
    const claims = [movedClaim(world, { about: id, statement: `The police say that ${called} sat in the car.` })];
    const answer = await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, { claims }) });
    t.match(answer, { status: 422, body: { type: '/problems/private-name' } }, called);
  }
});

t.test('who becomes private before the approval is protected by it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await register(own, { private: false, publicRole: 'the mayor' });
  const { incident } = await propose(own, world, {
    title: `Officers shoot at the car of ${name}`,
    claims: [movedClaim(world, { about: id })],
  });
  await turnPrivate(own, id);
  t.match(await decide(own, incident, 1, 'approve'), {
    status: 422,
    body: { type: '/problems/private-name', errors: [{ pointer: '/changes/0/title' }] },
  });
});

t.test('the public reads and finds the name of a private person nowhere, whenever it was published; who has a key does', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await register(own, { private: false, publicRole: 'the mayor' });
  const said = 'Vane-Hart, Ulla was nine. The father of Ulla Vane-Hart said that the car stood still, and that Ulla wept.';
  const source = text(
    expect(
      await own.ask('POST', '/v1/sources', {
        key: 'contributor',
        body: {
          kind: 'article',
          publisher: 'The Pier',
          title: 'The last day of Ulla Vane-Hart',
          authors: ['Vane-Hart, U.'],
          url: 'https://pier.example/2026/ulla-vane-hart-dies',
          language: 'en',
          text: `${articleText} ${said}`,
        },
      }),
      201,
    ),
    'id',
  );
  const statement = 'The harbour police say that the car of Ms. Vane-Hart moved toward the officers.';
  const claim = movedClaim(world, {
    about: id,
    statement,
    citations: [quoting(source, 'The father of Ulla Vane-Hart said that the car stood still')],
  });
  const { incident } = await propose(own, world, { title: `Officers shoot at the car of ${name}`, claims: [claim] });
  const { appliedRevision, position } = (await approve(own, incident, 1)).body;

  const paths = [
    `/v1/incidents/${incident}`,
    `/v1/incidents/${incident}?asOfRevision=${appliedRevision}`,
    `/v1/incidents/${incident}/comparison`,
    `/v1/incidents/${incident}/comparison?asOfRevision=${appliedRevision}`,
    `/v1/incidents/${incident}/events`,
    `/v1/incidents/${incident}/explain?pointer=/title`,
    '/v1/incidents',
    `/v1/incidents?asOfPosition=${String(position)}`,
    '/v1/claims',
    `/v1/claims?asOfPosition=${String(position)}`,
    `/v1/sources/${source}`,
    `/v1/sources/${source}?asOfVersion=1`,
    '/v1/sources',
    '/v1/events',
  ];
  const found = (path: string, key?: 'auditor') => own.read(path, { key: key ?? 'app' });
  const finds = async (path: string, key?: 'auditor') => ((await found(path, key)).body.items as unknown[]).length;
  const searches = [
    '/v1/incidents?q=Vane',
    '/v1/incidents?q=Hart&standing=any',
    '/v1/sources?q=Ulla',
    `/v1/incidents?q=Vane&asOfPosition=${String(position)}`,
  ];
  const named = /Vane|Ulla/i;
  for (const path of paths) t.equal((await found(path)).status, 200, path);
  for (const path of ['/v1/incidents?q=Vane', '/v1/sources?q=Ulla']) t.equal(await finds(path), 1, `${path} while she is public`);

  await turnPrivate(own, id);
  for (const path of paths) {
    const open = await found(path);
    t.equal(open.status, 200, path);
    t.notMatch(open.text, named, `${path} to the public`);
    t.match((await found(path, 'auditor')).text, /Vane/, `${path} to an auditor`);
  }
  for (const path of searches) {
    t.equal(await finds(path), 0, `${path} to the public`);
    t.equal(await finds(path, 'auditor'), 1, `${path} to an auditor`);
  }
  const { body } = await found(`/v1/incidents/${incident}`);
  t.match(body, {
    title: 'Officers shoot at the car of [name withheld]',
    claims: [
      {
        statement: 'The harbour police say that the car of Ms. [name withheld] moved toward the officers.',
        citations: [{ quote: { exact: 'The father of [name withheld] said that the car stood still' } }],
      },
    ],
    namesWithheld: [{ pointer: '/title', spans: [{ start: 29, end: 44 }] }],
  });
  const pointers = (body.namesWithheld as { pointer: string }[]).map(({ pointer }) => pointer);
  t.ok(pointers.includes('/claims/0/statement') && pointers.includes('/claims/0/citations/0/quote/exact'));
  t.match((await found(`/v1/sources/${source}`)).body, {
    title: 'The last day of [name withheld]',
    authors: ['[name withheld]'],
    url: 'https://pier.example/2026/[name withheld]-dies',
    namesWithheld: [{ pointer: '/url' }, { pointer: '/title' }, { pointer: '/authors/0' }],
  });
  await exportsAgree(t, own);
});

t.test('a person who comes to be named later is protected in what was published before', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, position } = await publish(own, world, { title: `Officers shoot at the car of ${name}` });
  const before = [`/v1/incidents/${incident}?asOfRevision=${revision}`, `/v1/incidents?asOfPosition=${position}`];
  for (const path of before) t.match((await own.read(path, { key: 'app' })).text, 'Vane', `${path} while she is not named`);
  const id = await child(own);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world, { about: id }) }]), 201);
  await approve(own, incident, 2);
  for (const path of [`/v1/incidents/${incident}`, ...before, '/v1/incidents', '/v1/events'])
    t.notMatch((await own.read(path, { key: 'app' })).text, 'Vane', path);
  t.same((await own.read(`/v1/incidents?q=Vane&asOfPosition=${position}`, { key: 'app' })).body.items, []);
});

t.test('whose privacy is confirmed is protected in every incident, though none of them names the person', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await child(own);
  const source = text(
    expect(
      await own.ask('POST', '/v1/sources', {
        key: 'contributor',
        body: {
          kind: 'article',
          title: 'The neighbours of Ulla Vane-Hart',
          language: 'en',
          text: `${articleText} The car of Ulla Vane-Hart stood still.`,
        },
      }),
      201,
    ),
    'id',
  );
  const { incident, revision, position } = await publish(own, world, { title: `Officers shoot at the car of ${name}` });
  const quoted = [
    { kind: 'add_claim', claim: stoodClaim(world, { citations: [quoting(source, 'The car of Ulla Vane-Hart stood still')] }) },
  ];
  expect(await submit(own, incident, revision, quoted), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  const other = await publish(own, world, { title: 'Another shot at the harbour' });
  const paths = [
    `/v1/incidents/${incident}`,
    `/v1/incidents/${incident}?asOfRevision=${revision}`,
    `/v1/incidents/${incident}/events`,
    '/v1/incidents',
    `/v1/incidents?asOfPosition=${position}`,
    '/v1/claims',
    `/v1/sources/${source}`,
    '/v1/events',
  ];
  for (const path of paths.slice(0, 3))
    t.match((await own.read(path, { key: 'app' })).text, 'Vane', `${path} while nobody has confirmed it`);

  await turnPrivate(own, id);
  for (const path of paths) {
    t.notMatch((await own.read(path, { key: 'app' })).text, /Vane|Ulla/, `${path} to the public`);
    t.match((await own.read(path, { key: 'auditor' })).text, /Vane/, `${path} to an auditor`);
  }
  t.same((await own.read('/v1/incidents?q=Vane', { key: 'app' })).body.items, []);
  t.match((await own.read(`/v1/parties/${id}`, { key: 'auditor' })).body, { private: true, privacyConfirmed: true });
  t.match(await submitOf(own, id, { kind: 'set_privacy', private: true, publicRole: null, reason: 'A child of nine.' }), {
    status: 409,
    body: { errors: [{ pointer: '/changes/0/private' }] },
  });

  const saying = (called: string) => [
    { kind: 'add_claim', claim: stoodClaim(world, { statement: `A witness says that ${called} stood beside it.` }) },
  ];
  for (const called of [name, 'ulla vane-hart', 'Vane-Hart, U.'])
    t.match(
      await submit(own, other.incident, other.revision, saying(called)),
      { status: 422, body: { type: '/problems/private-name', errors: [{ pointer: '/changes/0/claim/statement' }] } },
      called,
    );
  expect(await submit(own, other.incident, other.revision, quoted), 201);
  expect(await decide(own, other.incident, 2, 'approve'), 200);
  const { body } = await own.read(`/v1/incidents/${other.incident}`, { key: 'app' });
  t.match(body, {
    claims: [{}, { citations: [{ quote: { exact: 'The car of [name withheld] stood still' } }] }],
    sources: [{}, { title: 'The neighbours of [name withheld]' }],
  });

  const mayor = await register(own, { name: 'Berit Vane-Hart', private: false, publicRole: 'the mayor' });
  const named = [
    {
      kind: 'add_claim',
      claim: stoodClaim(world, { ref: 'c3', about: mayor, statement: 'A witness says that Vane-Hart stood beside it.' }),
    },
  ];
  t.match(
    await submit(own, other.incident, Number(body.revision), named),
    { status: 201, body: { warnings: [{ code: 'negation_differs' }, { pointer: '/changes/0/claim/statement', code: 'private_name' }] } },
    'a public person of that surname, who is named, is meant',
  );
  await exportsAgree(t, own);
});

t.test('a source that comes to say the name of such a person is shown without it wherever it is used', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const id = await child(own);
  await turnPrivate(own, id);
  const { incident } = await publish(own, world);
  const { version } = (await own.read(`/v1/sources/${world.source}`, { key: 'reviewer' })).body;
  const changes = [{ kind: 'correct_source', set: { title: `The car of ${name}` }, reason: 'It has another title.' }];
  const path = `/v1/sources/${world.source}/edits`;
  const sent = expect(
    await own.ask('POST', path, { key: 'contributor', body: { baseRevision: version, rationale: 'It is so.', changes } }),
    201,
  );
  const headers = { 'if-match': text(sent, 'etag') };
  expect(await own.ask('POST', `${path}/1/decision`, { key: 'reviewer', headers, body: { decision: 'approve', reason: null } }), 200);
  t.match((await own.read(`/v1/incidents/${incident}`, { key: 'app' })).body, { sources: [{ title: 'The car of [name withheld]' }] });
  t.match((await own.read(`/v1/sources/${world.source}`, { key: 'app' })).body, { title: 'The car of [name withheld]' });
  await exportsAgree(t, own);
});

t.test('nobody makes the name of a minor public while that is said', async (t) => {
  const own = await harness(t);
  const minor = await register(own, { minor: true });
  t.match((await own.read(`/v1/parties/${minor}`, { key: 'contributor' })).body, { private: true, minor: true, privacyConfirmed: false });
  const publicly = { kind: 'set_privacy', private: false, publicRole: 'the mayor', reason: 'She was elected.' };
  t.match(await submitOf(own, minor, publicly), { status: 422, body: { errors: [{ pointer: '/changes/0/private' }] } });
  for (const wrong of [{ private: false, publicRole: 'the mayor' }, { kind: 'agency' }])
    t.match(
      await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'person', name: 'Kai Ode', minor: true, ...wrong } }),
      {
        status: 422,
        body: { errors: [{ pointer: '/minor' }] },
      },
    );
  const { edit } = expect(
    await submitOf(own, minor, { kind: 'correct_party', set: { minor: false }, reason: 'She came of age.' }),
    201,
  ).body;
  for (const key of ['reviewer', 'reviewer2'] as const) expect(await voteOn(own, minor, edit, key), 200);
  t.match((await own.read(`/v1/parties/${minor}`, { key: 'contributor' })).body, { minor: false });
  expect(await submitOf(own, minor, publicly), 201);
});
