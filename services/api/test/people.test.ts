import { randomUUID } from 'node:crypto';
import { derivedId } from '@averment/domain';
import t from 'tap';
import type { z } from 'zod';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, decide, expect, furnish, movedClaim, proposal, propose, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

/** What nobody may read or find without a key: names, and all that stands in what no approved edit uses. */
const privates = { person: 'Quillfeather', madePrivate: 'Zebulon', alias: 'Marchbanks', role: 'lamplighter', listed: 'Sandringway' };
const unreviewed = {
  party: ['Thistlewood', 'Ravenscar', 'Ombersley'],
  source: ['Fennimore', 'Bellwether', 'Carraway', 'wainscot'],
};
/** What somebody private is called in a list. */
const listed = (who: string) => ({
  externalId: { scheme: 'list', value: `${who}-${privates.listed}` },
  identifiers: [{ scheme: 'court', value: `${who}-${privates.listed}` }],
});
const secrets = [...Object.values(privates), ...unreviewed.party, ...unreviewed.source];
const secretsIn = (said: string) => secrets.filter((secret) => said.toLowerCase().includes(secret.toLowerCase()));

/** Stores what no route takes (any more) into a party's stream. */
const store = async ({ log }: Harness, stream: string, expected: number, type: string, data: object) => {
  const command = randomUUID();
  const event = {
    id: randomUUID(),
    type,
    at: new Date().toISOString(),
    actor: 'contributor',
    edit: null,
    command,
    request: null,
    correlation: null,
    data,
  };
  const { outcome } = await log.append(stream, expected, [event]);
  if (outcome !== 'written') throw new Error(outcome);
};

const approve = async (own: Harness, incident: string, edit: number) => {
  for (const key of ['reviewer', 'reviewer2'] as const) {
    const decided = expect(await decide(own, incident, edit, 'approve', key), 200);
    if (decided.body.state === 'applied') return decided;
  }
  throw new Error('it was not applied');
};

/**
 * An incident in which three private people speak: one by name, one who was public when it was recorded, and one by role, registered when private parties
 * could have aliases. Then two edits that nobody has approved: of the incident, and another incident, with a party and a source used nowhere else.
 */
const told = async (own: Harness) => {
  const world = await furnish(own);
  const register = async (path: string, body: object) => text(expect(await own.ask('POST', path, { key: 'contributor', body }), 201), 'id');
  const person = await register('/v1/parties', {
    kind: 'person',
    name: `Ada ${privates.person}`,
    publicRole: privates.role,
    ...listed('ada'),
  });
  const exposed = {
    kind: 'person',
    name: `${privates.madePrivate} Smith`,
    private: false,
    publicRole: `the ${privates.role}`,
    ...listed('made'),
  };
  const madePrivate = await register('/v1/parties', exposed);
  const driver = derivedId('party', randomUUID(), 'driver');
  await store(own, driver, -1, 'PartyRegistered', {
    kind: 'described_role',
    name: 'the driver of the stopped car',
    aliases: [`Jo ${privates.alias}`],
    private: true,
    minor: false,
    publicRole: null,
    parent: null,
    distinctFrom: [],
    ...listed('driver'),
  });

  const speakers = [person, madePrivate, driver];
  const claims = speakers.map((speaker, index) => stoodClaim(world, { ref: `s${index}`, speaker }));
  const { incident, refs } = await propose(own, world, { claims: [movedClaim(world), ...claims] });
  const published = Number((await approve(own, incident, 1)).body.appliedRevision);
  const dispute = {
    kind: 'dispute_claim',
    ref: 'd1',
    claim: refs.c1,
    basis: 'stated',
    by: person,
    capacity: 'eyewitness',
    grounds: 'It stood still.',
    citations: [quoting(world.source, 'the car stood still')],
  };
  expect(await submit(own, incident, published, [dispute]), 201);
  const disputed = Number((await approve(own, incident, 2)).body.appliedRevision);
  const set = { private: true };
  await store(own, madePrivate, 0, 'PartyCorrected', { fields: ['private'], set, reason: 'It was a mistake.' });

  const above = await register('/v1/parties', { kind: 'agency', name: unreviewed.party[2] });
  const body = {
    kind: 'agency',
    name: unreviewed.party[0],
    aliases: [unreviewed.party[1]],
    parent: above,
    externalId: { scheme: 'list', value: `${unreviewed.party[0]}-1` },
    identifiers: [{ scheme: 'ori', value: `${unreviewed.party[1]}-1` }],
  };
  const party = await register('/v1/parties', body);
  const [title, publisher, author, path] = unreviewed.source;
  const sent = { ...article(), text: `A note. ${article().text}`, title, publisher, authors: [author], url: `https://example.org/${path}` };
  const source = await register('/v1/sources', sent);
  const citations = [quoting(source, 'the car stood still')];
  const claim = stoodClaim(world, { ref: 'c9', speaker: party, capacity: 'official', citations });
  expect(await submit(own, incident, disputed, [{ kind: 'add_claim', claim }]), 201);
  const unpublished = (await propose(own, world, { claims: [claim] })).incident;
  // What is proposed of sources and parties is for those who review it; one edit of a private person is applied.
  const edits = [
    [`/v1/parties/${person}`, { kind: 'correct_party', set: { name: privates.person } }],
    [`/v1/parties/${world.police}`, { kind: 'correct_party', set: { aliases: [unreviewed.party[1]] } }],
    [`/v1/sources/${world.source}`, { kind: 'correct_source', set: { title, publisher, authors: [author] } }],
  ] as const;
  for (const [path, change] of edits) {
    const body = { baseRevision: 1, rationale: 'So.', changes: [{ ...change, reason: 'As it is written there.' }] };
    expect(await own.ask('POST', `${path}/edits`, { key: 'contributor', body }), 201);
  }
  for (const key of ['reviewer', 'reviewer2'] as const) {
    const now = expect(await own.read(`/v1/parties/${person}/edits/1`, { key: 'reviewer' }), 200);
    const headers = { 'if-match': text(now, 'etag') };
    expect(
      await own.ask('POST', `/v1/parties/${person}/edits/1/decision`, { key, headers, body: { decision: 'approve', reason: 'So.' } }),
      200,
    );
  }
  const erasure = text(
    expect(
      await own.ask('POST', '/v1/erasures', {
        key: 'contributor',
        body: { targets: [{ party: person }], ground: 'personal_data', reason: `It names ${privates.person}.` },
      }),
      201,
    ),
    'id',
  );
  const made = await own.ask('POST', '/v1/webhooks', { key: 'app', body: { url: 'https://newsroom.example/' } });
  const webhook = text(expect(made, 201), 'id');
  return { ...world, incident, unpublished, published, person, madePrivate, driver, party, above, unused: source, erasure, webhook };
};
type Told = Awaited<ReturnType<typeof told>>;

const shapeOf = (query: z.ZodType | undefined): string[] => Object.keys((query as z.ZodObject | undefined)?.shape ?? {});
/** Fields of an incident, behind some of which stands what names somebody. */
const pointers = ['/title', '/place/text', '/claims/0', '/claims/0/statement', '/claims/0/standing', '/disputes/0/grounds'].concat([
  '/parties/0/name',
  '/sources/0',
  '/corrections/0',
  '/rulings/0/summary',
  '/proceedings/0',
]);
/** What stands for each parameter of a path or query, by its name: every id, every moment, every word. */
const valuesOf = (record: Told, path: string, moments: { recordedAt: string; position: string; revision: number }[]) => {
  const { person, madePrivate, driver, party, above, police } = record;
  const parties = [person, madePrivate, driver, party, above, police];
  const incidents = [record.incident, record.unpublished];
  const sources = [record.source, record.unused];
  const revisions = [...new Set(moments.map(({ revision }) => String(revision)))];
  const named = { '/v1/parties': parties, '/v1/sources': sources, '/v1/erasures': [record.erasure], '/v1/webhooks': [record.webhook] };
  const ids = Object.entries(named).find(([beginning]) => path.startsWith(beginning))?.[1] ?? incidents;
  const values: Record<string, string[]> = {
    id: ids,
    edit: ['1', '2', '3'],
    name: ['not-found'],
    q: [...secrets, `police OR ${privates.person}`, `car -${privates.person}`, 'driver'],
    kind: ['person', 'described_role', 'agency'],
    externalId: [...['ada', 'made', 'driver'].map((who) => `list:${who}-${privates.listed}`), `list:${unreviewed.party[0]}-1`],
    identifier: [...['ada', 'made', 'driver'].map((who) => `court:${who}-${privates.listed}`), `ori:${unreviewed.party[1]}-1`],
    speaker: parties,
    agency: parties,
    incident: incidents,
    source: sources,
    url: [`https://example.org/${unreviewed.source[3]}`],
    asOf: moments.map(({ recordedAt }) => recordedAt),
    asOfPosition: moments.map(({ position }) => position),
    asOfRevision: revisions,
    asOfVersion: ['1', '2'],
    revision: Array.from({ length: Math.max(...moments.map(({ revision }) => revision)) + 1 }, (_, revision) => String(revision)),
    pointer: ['', ...pointers],
    limit: ['1', '500'],
    sort: ['recordedAt', '-occurred'],
    standing: ['standing', 'disputed'],
    disputed: ['true'],
    after: ['0'],
    tile: ['0/000.p/1', 'entries/000.p/1'],
    with: ['shown'],
  };
  return values;
};

/** The texts that a proof discloses, which stand in it as base64url. */
const disclosedIn = ({ disclosures }: Record<string, unknown>): string =>
  Array.isArray(disclosures) ? disclosures.map((each) => Buffer.from(String(each), 'base64url').toString()).join() : '';

/** Every way to ask a route: without anything, and with each value of each of its parameters; searches also as of each moment. */
const asked = (route: Harness['app']['routes'][number], record: Told, moments: Parameters<typeof valuesOf>[2]) => {
  const values = valuesOf(record, route.path, moments);
  const paths = (route.path.match(/\{\w+\}/g) ?? []).reduce(
    (found, parameter) => found.flatMap((path) => (values[parameter.slice(1, -1)] ?? []).map((value) => path.replace(parameter, value))),
    [route.path],
  );
  const parameters = shapeOf(route.query);
  const revisions = values.asOfRevision ?? [];
  const single = parameters.flatMap((name) => (values[name] ?? []).map((value) => ({ [name]: value })));
  const searches =
    parameters.includes('q') && parameters.includes('asOfPosition')
      ? (values.q ?? []).flatMap((q) => moments.map(({ position }) => ({ q, asOfPosition: position })))
      : [];
  const diffs = route.path.endsWith('/diff') ? revisions.flatMap((from) => revisions.map((to) => ({ from, to }))) : [];
  const queries: Record<string, string>[] = [{}, ...single, ...searches, ...diffs];
  return paths.flatMap((path) => queries.map((query) => ({ path, query })));
};

t.test('no answer without a key, or to an app, names private people, or says what no approved edit uses', async (t) => {
  const own = await harness(t);
  const record = await told(own);
  const { items } = (await own.read(`/v1/incidents/${record.incident}/events`, { key: 'auditor', query: { limit: '500' } })).body;
  const moments = (items as (Parameters<typeof valuesOf>[2][number] & { last: number })[]).filter(
    ({ revision, last }) => revision === last,
  );
  await own.sign();
  await own.pool.query("INSERT INTO ledger.stamps VALUES (1, 'a text', 'a token', now())");
  const routes = own.app.routes.filter(({ method }) => method === 'GET');
  t.ok(routes.length > 15);
  const seen = new Set<string>();
  for (const route of routes) {
    const all = asked(route, record, moments);
    const found = { answers: 0, secrets: [] as string[] };
    for (const key of [null, 'app'] as const) {
      for (const { path, query } of all) {
        const answer = await own.ask('GET', path, { key, query });
        if (answer.status < 400) found.answers += 1;
        if (answer.status >= 500 && path !== '/readyz') t.fail(`${path} ${JSON.stringify(query)}: ${answer.status}`);
        // A refusal says which value it refused, which is the asker's own.
        const said = answer.status < 400 ? answer.text + disclosedIn(answer.body) : '';
        found.secrets.push(...secretsIn(said).map((secret) => `${secret} in ${path} ${JSON.stringify(query)} as ${key}`));
      }
    }
    for (const { path } of all.filter(({ query }) => Object.keys(query).length === 0))
      for (const secret of secretsIn((await own.ask('GET', path, { key: 'reviewer' })).text)) seen.add(secret);
    t.strictSame(found.secrets, [], `${route.path}, asked in ${all.length} ways`);
    // What became of a tip is told to whoever has its secret.
    const isOpen = route.path !== '/v1/tips/{id}' && (route.roles.includes('none') || route.roles.includes('app'));
    t.equal(found.answers > 0, isOpen, `${route.path}: ${found.answers} answers`);
  }
  t.strictSame([...seen].sort(), [...secrets].sort(), 'reviewers, asking the same routes, see all of it');
});

t.test('what a private person says is on record without the name, and whose key it may be seen with sees it', async (t) => {
  const own = await harness(t);
  const { incident, published, person, madePrivate, driver } = await told(own);
  const path = `/v1/incidents/${incident}`;
  type Document = { parties: { id: string }[]; claims: { speaker: string }[] };
  const moments: Record<string, string>[] = [{}, { asOfRevision: String(published) }];
  for (const query of moments) {
    const open = (await own.read(path, { query })).body as unknown as Document;
    const party = (document: Document, id: string) => document.parties.find((each) => each.id === id);
    const said = (document: Document, id: string) => document.claims.find(({ speaker }) => speaker === id);
    for (const id of [person, madePrivate]) {
      t.match(party(open, id), { name: null, kind: 'person', private: true });
      t.match(said(open, id), { attributed: /^\(name withheld\) \(eyewitness[;)]/ });
    }
    t.match(party(open, driver), { name: 'the driver of the stopped car', private: true }, 'a described role keeps its words');
    t.match(said(open, driver), { attributed: /^The driver of the stopped car/ });
    const voices = (await own.read(`${path}/comparison`, { query })).body.voices as { id: string }[];
    t.match(
      voices.filter(({ id }) => id === person),
      [{ name: null }],
    );
    for (const key of ['contributor', 'reviewer', 'auditor'] as const) {
      const whole = (await own.read(path, { key, query })).body as unknown as Document;
      t.match(party(whole, person), { name: /Quillfeather/ }, `as ${key}`);
      t.match(said(whole, madePrivate), { attributed: /^Zebulon/ }, `as ${key}`);
      t.match((await own.read(`${path}/comparison`, { key, query })).text, /Quillfeather/);
    }
  }
  const nobody = { name: null, aliases: [], private: true, publicRole: null };
  t.match((await own.read(`/v1/parties/${person}`)).body, { id: person, kind: 'person', ...nobody });
  t.match((await own.read(`/v1/parties/${driver}`)).body, { name: 'the driver of the stopped car', aliases: [] });
  t.match(
    (await own.read(`/v1/parties/${driver}`, { key: 'reviewer' })).body,
    { aliases: ['Jo Marchbanks'] },
    'what is stored stays valid',
  );
  for (const kind of ['person', 'described_role']) t.match((await own.read('/v1/parties', { query: { kind } })).body, { items: [] });
  t.match((await own.read('/v1/parties', { key: 'app' })).body, { items: [{ name: 'Harbour Police' }] }, 'a list holds no private party');

  const finds = async (path: string, q: string, key: Person | null, more = {}) =>
    ((await own.read(path, { key, query: { q, ...more } })).body.items as object[]).length;
  for (const more of [{}, { asOfPosition: String(await own.log.head()) }]) {
    for (const name of [privates.person, privates.madePrivate]) {
      t.equal(await finds('/v1/incidents', name, null, more), 0);
      t.equal(await finds('/v1/incidents', `shoots -${name}`, null, more), 1, 'nor is it found by what is left out');
      t.equal(await finds('/v1/incidents', name, 'contributor', more), 1);
      t.equal(await finds('/v1/incidents', name, 'reviewer', more), 1);
      t.equal(await finds('/v1/incidents', `shoots -${name}`, 'reviewer', more), 0);
    }
    t.equal(await finds('/v1/incidents', 'driver stopped', null, more), 1);
  }
  for (const name of [privates.person, privates.madePrivate, privates.alias]) {
    t.equal(await finds('/v1/parties', name, 'app'), 0);
    t.equal(await finds('/v1/parties', name, 'reviewer'), 1);
  }
});

t.test('reviewers see whole, in the edit, its preview and the queue, what approval would make public', async (t) => {
  const own = await harness(t);
  const { incident, unpublished, party, above, unused } = await told(own);
  const wanted = {
    parties: [
      { id: party, kind: 'agency', name: 'Thistlewood', aliases: ['Ravenscar'], private: false, publicRole: null, parent: above },
      { id: above, name: 'Ombersley', aliases: [], parent: null },
    ],
    sources: [{ id: unused, title: 'Fennimore', publisher: 'Bellwether', authors: ['Carraway'], url: 'https://example.org/wainscot' }],
  };
  type Made = typeof wanted;
  const inOrder = (made: unknown) => ({
    parties: (made as Made).parties.toSorted((one, other) => (one.name > other.name ? -1 : 1)),
    sources: (made as Made).sources,
  });
  const seen = async (id: string, edit: number, key: Person) => {
    const path = `/v1/incidents/${id}/edits`;
    const [one, preview] = [await own.read(`${path}/${edit}`, { key }), await own.read(`${path}/${edit}/preview`, { key })];
    const listed = (await own.read(path, { key })).body.items as { edit: number; makesPublic: unknown }[];
    const query: Record<string, string> = { state: 'all', ...(key === 'contributor' ? { author: 'me' } : {}) };
    const queued = (await own.read('/v1/reviews', { key, query })).body.items as {
      incidentId: string;
      edit: number;
      makesPublic: unknown;
    }[];
    return [
      expect(one, 200).body.makesPublic,
      expect(preview, 200).body.makesPublic,
      listed.find((each) => each.edit === edit)?.makesPublic,
      queued.find((each) => each.incidentId === id && each.edit === edit)?.makesPublic,
    ].map(inOrder);
  };
  for (const key of ['reviewer', 'auditor', 'contributor'] as const) {
    for (const made of [...(await seen(incident, 3, key)), ...(await seen(unpublished, 1, key))]) {
      t.match(made, wanted, `as ${key}`);
      t.match(made, { parties: { length: 2 }, sources: { length: 1 } }, 'and nothing that is public');
      t.notMatch(JSON.stringify(made), 'The Harbour Police said', 'the text of a source is not among it');
    }
    for (const made of await seen(incident, 1, key)) t.strictSame(made, { parties: [], sources: [] }, 'what was approved is public');
  }
  await approve(own, incident, 3);
  for (const made of await seen(unpublished, 1, 'reviewer'))
    t.strictSame(made, { parties: [], sources: [] }, 'another edit made it public');
  t.match((await own.read(`/v1/parties/${party}`)).body, { name: 'Thistlewood', aliases: ['Ravenscar'] });
});

t.test('an edit names no more than its reviewers can be shown whole', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const outlets: string[] = [];
  for (let n = 0; n < 400; n += 1) {
    const body = { kind: 'outlet', name: `Outlet ${n}`, parent: n % 20 === 0 ? null : outlets[n - 1] };
    const parent = n % 20 < 16 ? body.parent : null;
    outlets.push(text(expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { ...body, parent } }), 201), 'id'));
  }
  const claims = (via: string[]) =>
    Array.from({ length: Math.ceil(via.length / 20) }, (_, n) => movedClaim(world, { ref: `c${n}`, via: via.slice(n * 20, n * 20 + 20) }));
  const ask = (via: string[]) => own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, { claims: claims(via) }) });
  // Beside the outlets, the police and a source.
  t.match(
    await ask(outlets.slice(1)),
    { status: 422, body: { type: '/problems/edit-too-large', detail: /400 parties, .* Divide it/ } },
    'those above count',
  );
  expect(await ask(outlets.slice(0, 398)), 201);
});

t.test('a private party takes no alias, and the refusal says what to do', async (t) => {
  const own = await harness(t);
  const register = (body: object) =>
    own.ask('POST', '/v1/parties', { key: 'contributor', body: { name: 'a witness', aliases: ['Somebody'], ...body } });
  for (const body of [{ kind: 'person' }, { kind: 'described_role' }, { kind: 'person', private: true, publicRole: 'the mayor' }])
    t.match(await register(body), { status: 422, body: { errors: [{ pointer: '/aliases', message: /leave them out/ }] } });
  t.equal((await register({ kind: 'person', private: false, publicRole: 'the mayor' })).status, 201);
  t.equal((await register({ kind: 'person', name: 'another witness', aliases: [] })).status, 201);
});
