import { catalogue, type DomainEvent } from '@averment/domain';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect } from './support/story.ts';

const harness = await harnessFor(t);

const article = {
  ref: 'report',
  kind: 'article',
  url: 'https://example.org/harbour',
  language: 'en',
  title: 'A boat is stopped in the harbour',
  text: 'The port authority says that the boat turned towards the patrol. A fisherman says that it lay still. A judge found on 1 March that it lay still.',
};
const quote = (exact: string) => ({ source: 'report', quote: { exact } });
const said = (more: object) => ({
  aspect: 'vehicle_motion',
  about: 'boatman',
  value: { kind: 'boolean', value: true },
  statement: 'The boat turned towards the patrol.',
  stance: 'asserts',
  citations: [quote('the boat turned towards the patrol')],
  ...more,
});
/** A whole article in one body: what it is about, who speaks, and what was made of it. */
const proposal = {
  title: 'A boat is stopped in the harbour',
  occurred: { date: '2026-02-20' },
  place: { text: 'The harbour', country: 'US', region: 'US-MN', precision: 'locality' },
  agencies: ['port'],
  sources: [article],
  parties: [
    { ref: 'port', kind: 'agency', name: 'The port authority', parent: 'city' },
    { ref: 'city', kind: 'organisation', name: 'The city of the harbour' },
    { ref: 'boatman', kind: 'described_role', name: 'the boatman' },
    { ref: 'fisherman', kind: 'described_role', name: 'a fisherman on the quay' },
    { ref: 'court', kind: 'court', name: 'The harbour court' },
  ],
  claims: [
    said({ ref: 'turned', speaker: 'port', capacity: 'spokesperson' }),
    said({
      ref: 'still',
      speaker: 'fisherman',
      capacity: 'eyewitness',
      value: { kind: 'boolean', value: false },
      statement: 'The boat lay still.',
      citations: [quote('it lay still. A judge')],
    }),
  ],
  disputes: [
    {
      claim: 'turned',
      basis: 'stated',
      by: 'fisherman',
      capacity: 'eyewitness',
      grounds: 'He saw it lie still.',
      counterClaim: 'still',
      citations: [quote('A fisherman says that it lay still')],
    },
  ],
  proceedings: [
    {
      ref: 'charge',
      type: 'charge',
      title: 'The charge of having fled',
      by: 'port',
      against: 'boatman',
      forum: 'court',
      status: 'announced',
      claims: ['turned'],
      citations: [quote('The port authority says')],
    },
  ],
  rulings: [
    {
      court: 'court',
      decidedOn: '2026-03-01',
      finality: 'final',
      basis: 'report',
      summary: 'The court found that the boat lay still.',
      citations: [quote('A judge found on 1 March')],
      effects: [{ claim: 'turned', effect: 'contradicts', citations: [quote('A judge found on 1 March that it lay still')] }],
    },
  ],
  rationale: 'It was in the paper.',
};

const propose = (own: Harness, body: object, key = 'one') =>
  own.ask('POST', '/v1/incidents', { key: 'contributor', body, headers: { 'idempotency-key': key } });
const refs = (answered: { body: Record<string, unknown> }) => answered.body.refs as Record<string, string>;
const streams = async ({ log }: Harness) => new Set((await log.readAll(0n, 1000)).map(({ stream }) => stream));

t.test('an article is proposed with all that it needs in one call, and two approvals publish it', async (t) => {
  const own = await harness(t);
  const proposed = expect(await propose(own, proposal), 201);
  t.same(Object.keys(refs(proposed)).sort(), ['boatman', 'charge', 'city', 'court', 'fisherman', 'port', 'report', 'still', 'turned']);
  const id = String(proposed.body.incidentId);
  for (const reviewer of ['reviewer', 'reviewer2'] as const) await decide(own, id, 1, 'approve', reviewer);
  const { body } = expect(await own.read(`/v1/incidents/${id}`), 200);
  const { port, fisherman, turned, still, charge, report, court, boatman } = refs(proposed);
  t.match(body, {
    status: 'published',
    agencies: [{ id: port, name: 'The port authority' }],
    claims: [
      { id: turned, speaker: port, about: boatman, standing: 'contradicted' },
      { id: still, speaker: fisherman },
    ],
    disputes: [{ claim: turned, by: fisherman, counterClaim: still }],
    proceedings: [{ id: charge, forum: court, against: boatman, claims: [turned] }],
    rulings: [{ court, inForce: true }],
    sources: [{ id: report, url: article.url }],
  });
  t.match(expect(await own.read(`/v1/parties/${port}`), 200).body, { parent: refs(proposed).city });

  const again = expect(await propose(own, proposal), 201);
  t.same(again.body, proposed.body, 'a repeat is answered as the first time');
  const before = (await streams(own)).size;
  const second = expect(
    await propose(own, { ...proposal, parties: [], agencies: [port], claims: [], disputes: [], proceedings: [], rulings: [] }, 'two'),
    201,
  );
  t.equal(refs(second).report, report, 'a source that is registered is taken as it is');
  t.equal((await streams(own)).size, before + 1, 'only the incident is new');
});

t.test('nothing is written where anything stands against it, and pointers say where', async (t) => {
  const own = await harness(t);
  const [port, city, ...others] = proposal.parties;
  const [turned, still] = proposal.claims;
  const refused = async (more: object, code: string, ...pointers: string[]) => {
    const { status, body } = await propose(own, { ...proposal, ...more });
    t.match(
      { status, type: body.type },
      { status: code === 'invalid-body' ? 400 : 422, type: new RegExp(`${code}$`) },
      JSON.stringify(more).slice(0, 80),
    );
    t.same(
      (body.errors as { pointer: string }[]).map(({ pointer }) => pointer),
      pointers,
    );
  };
  await refused(
    { claims: [{ ...turned, speaker: 'nobody' }], disputes: [], proceedings: [], rulings: [] },
    'invalid-change',
    '/claims/0/speaker',
  );
  await refused({ claims: [{ ...turned, speaker: 'report' }, still] }, 'invalid-change', '/claims/0/speaker');
  await refused(
    { claims: [{ ...turned, citations: [{ ...quote('The port'), source: 'port' }] }, still] },
    'invalid-change',
    '/claims/0/citations/0/source',
  );
  await refused({ parties: [{ ...port, ref: 'turned' }, city, ...others] }, 'invalid-change', '/parties/0/ref');
  await refused({ parties: [{ ...port, parent: 'port' }, city, ...others] }, 'invalid-change', '/parties/0/parent');
  await refused({ parties: [port, { ...city, parent: 'port' }, ...others] }, 'invalid-change', '/parties/0/parent', '/parties/1/parent');
  await refused({ parties: [{ ...port, private: true }, city, ...others] }, 'invalid-change', '/parties/0/private');
  await refused({ sources: [{ ...article, translatedFrom: 'es' }] }, 'invalid-change', '/sources/0/translation');
  await refused({ claims: [{ ...turned, citations: [quote('the boat sank')] }, still] }, 'quote-not-found', '/claims/0/citations/0/quote');
  await refused({ proceedings: [{ ...proposal.proceedings[0], status: 'nothing' }] }, 'invalid-change', '/proceedings/0/status');
  await refused(
    { rulings: [{ ...proposal.rulings[0], effects: [{ claim: 'turned', effect: 'upholds' }] }] },
    'invalid-change',
    '/rulings/0/effects/0/citations',
  );
  t.equal((await streams(own)).size, 0);
  const distinct = { ...proposal, parties: [{ ...port, distinctFrom: [`party_${'0'.repeat(26)}`] }, city, ...others] };
  t.equal((await propose(own, distinct)).status, 403, 'only a reviewer tells parties apart');
});

t.test('what a crash leaves is completed by the same request', async (t) => {
  const store = createMemoryStore();
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
  let left = 0;
  const dying = {
    ...log,
    append: async (...given: Parameters<typeof log.append>) => {
      if (left === 0) throw Object.assign(new Error('away'), { name: 'LogUnavailable' });
      left -= 1;
      return log.append(...given);
    },
  };
  const own = await harness(t, { log: dying });
  let status = 0;
  for (let allowed = 0; status !== 201 && allowed < 20; allowed += 1) {
    left = 1;
    ({ status } = await propose(own, proposal));
  }
  t.equal(status, 201);
  t.equal((await streams(own)).size, 7, 'a source, five parties and the incident, each once');
  const none = expect(await own.read('/v1/parties', { key: null }), 200);
  t.same(none.body.items, [], 'the public sees nothing of it before an approval');
});

t.test('an edit brings what it needs, and a revision of it keeps the ids', async (t) => {
  const own = await harness(t);
  const proposed = expect(await propose(own, { ...proposal, rulings: [], disputes: [] }), 201);
  const id = String(proposed.body.incidentId);
  for (const reviewer of ['reviewer', 'reviewer2'] as const) await decide(own, id, 1, 'approve', reviewer);
  const { revision } = expect(await own.read(`/v1/incidents/${id}`), 200).body;
  const body = {
    baseRevision: revision,
    rationale: 'Another paper has more.',
    sources: [{ ...article, ref: 'other', url: 'https://example.org/other', text: 'The harbour master says that there were two boats.' }],
    parties: [{ ref: 'master', kind: 'described_role', name: 'the harbour master' }],
    changes: [
      {
        kind: 'add_claim',
        claim: {
          ref: 'two',
          aspect: 'vehicle_motion',
          about: null,
          value: { kind: 'party', value: 'master' },
          statement: 'There were two boats.',
          speaker: 'master',
          capacity: 'official',
          stance: 'asserts',
          citations: [{ source: 'other', quote: { exact: 'there were two boats' } }],
        },
      },
    ],
  };
  const wrong = await own.ask('POST', `/v1/incidents/${id}/edits`, { key: 'contributor', body });
  t.match(wrong, { status: 422, body: { errors: [{ pointer: '/changes/0/claim/value' }] } }, 'a party is no value of that aspect');
  const right = {
    ...body,
    changes: [{ ...body.changes[0], claim: { ...body.changes[0]?.claim, value: { kind: 'boolean', value: false }, about: 'master' } }],
  };
  const submitted = expect(await own.ask('POST', `/v1/incidents/${id}/edits`, { key: 'contributor', body: right }), 201);
  const path = `/v1/incidents/${id}/edits/${submitted.body.edit}`;
  const count = (await streams(own)).size;
  const revised = expect(
    await own.ask('PUT', path, {
      key: 'contributor',
      body: { ...right, rationale: 'Another paper has more, said better.' },
      headers: { 'if-match': String(submitted.body.etag) },
    }),
    200,
  );
  t.same(refs(revised), refs(submitted));
  t.equal((await streams(own)).size, count, 'nothing is registered twice');
  const other = await own.ask('PUT', path, {
    key: 'contributor',
    body: { ...right, parties: [{ ref: 'master', kind: 'described_role', name: 'somebody else' }] },
    headers: { 'if-match': String(revised.body.etag) },
  });
  t.match(other, { status: 422, body: { errors: [{ pointer: '/parties/0/ref', message: /another ref/ }] } });
});

t.test('a translation comes with its original, in whatever order', async (t) => {
  const own = await harness(t);
  const original = { ...article, ref: 'original', url: 'https://example.org/puerto', language: 'es', text: 'Dicen que el barco giró.' };
  const translated = { ...article, translation: 'human', translatedFrom: 'es', translationOf: 'original' };
  const answer = expect(
    await own.ask('POST', '/v1/incidents', { key: 'contributor', body: { ...proposal, sources: [translated, original] } }),
    201,
  );
  const ids = answer.body.refs as Record<string, string>;
  t.match((await own.read(`/v1/sources/${ids.report}`, { key: 'contributor' })).body, {
    translationOf: ids.original,
    translatedFrom: 'es',
  });
  const circle = { ...original, translation: 'human', translationOf: 'report' };
  t.match(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: { ...proposal, sources: [translated, circle] } }), {
    status: 422,
    body: { errors: [{ pointer: '/sources/0/translationOf' }, { pointer: '/sources/1/translationOf' }] },
  });
  const nothing = { ...translated, url: 'https://example.org/elsewhere', translationOf: 'source_00000000000000000000000000' };
  t.match(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: { ...proposal, sources: [nothing] } }), {
    status: 422,
    body: { errors: [{ pointer: '/sources/0/translationOf' }] },
  });
});

t.test('parties are registered several at once', async (t) => {
  const own = await harness(t);
  const send = (body: unknown, key = 'many') =>
    own.ask('POST', '/v1/parties', { key: 'contributor', body, headers: { 'idempotency-key': key } });
  const parties = [
    { kind: 'agency', name: 'The patrol', parent: 'city' },
    { ref: 'city', kind: 'organisation', name: 'The city' },
  ];
  const { body } = expect(await send(parties), 201);
  const [patrol, city] = body.parties as { id: string; ref: string | null }[];
  t.same([patrol?.ref, city?.ref], [null, 'city']);
  t.match(expect(await own.read(`/v1/parties/${patrol?.id}`, { key: 'contributor' }), 200).body, { name: 'The patrol', parent: city?.id });
  t.same(expect(await send(parties), 201).body, body);
  const wrong = await send([{ kind: 'agency', name: 'A', private: true }], 'wrong');
  t.match(wrong, { status: 422, body: { errors: [{ pointer: '/0/private' }] } });
  t.equal((await send([], 'none')).status, 422);
});
