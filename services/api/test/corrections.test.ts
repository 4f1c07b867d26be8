import { createErasing } from '@averment/commands';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Erratum = { id: string; kind: string; target: string; claims: string[]; gone: string | null; recordedAt: string };
const errata = async (own: Harness) => (await own.read('/v1/corrections')).body.items as Erratum[];

/** Applies one edit, by as many approvals as it takes. */
const apply = async (own: Harness, incident: string, base: number, changes: object[]): Promise<number> => {
  const edit = Number(expect(await submit(own, incident, base, changes), 201).body.edit);
  for (const reviewer of ['reviewer', 'reviewer2'] as const) {
    const { body } = expect(await decide(own, incident, edit, 'approve', reviewer), 200);
    if (body.state === 'applied') return Number(body.appliedRevision);
  }
  throw new Error('two approvals were not enough');
};

/** An incident with a correction, a ruling that contradicts, and a retraction. */
const told = async (own: Harness) => {
  const world = await furnish(own);
  const court = text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'court', name: 'Harbour Court' } }), 201),
    'id',
  );
  const { incident, revision, refs } = await publish(own, world);
  const citations = [quoting(world.source, 'the car stood still')];
  const claim = refs.c1 ?? '';
  const correction = {
    kind: 'correct_claim',
    claim,
    set: { statement: 'The police say <that> the car & its driver moved.' },
    reason: 'It left out who drove.',
    citations,
  };
  const corrected = await apply(own, incident, revision, [correction]);
  const ruled = await apply(own, incident, corrected, [
    {
      kind: 'record_ruling',
      court,
      decidedOn: '2026-02-01',
      finality: 'final',
      basis: 'report',
      summary: 'The car stood still.',
      citations,
      effects: [{ claim, effect: 'contradicts', citations }],
    },
  ]);
  const added = await apply(own, incident, ruled, [{ kind: 'add_claim', claim: stoodClaim(world) }]);
  const claims = (await own.read(`/v1/incidents/${incident}`)).body.claims as { id: string }[];
  const second = claims.find(({ id }) => id !== claim)?.id ?? '';
  await apply(own, incident, added, [{ kind: 'retract_claim', claim: second, reason: 'It was entered twice.', citations }]);
  return { incident, claim, second, world };
};

/** Erases by a decision of two, and carries it out. */
const erase = async (own: Harness, targets: object[], kind = 'erase') => {
  const body = { kind, targets, ground: 'personal_data', reason: 'It names a child.' };
  const { id } = expect(await own.ask('POST', '/v1/erasures', { key: 'contributor2', body }), 201).body;
  for (const key of ['admin', 'reviewer'] as const)
    expect(await own.ask('POST', `/v1/erasures/${id}/decision`, { key, body: { decision: 'approve', reason: 'Yes.' } }), 200);
  const erasing = createErasing({ log: own.log, clock: systemClock, requireGone: async () => undefined });
  for (const { type, stream, revision } of await own.log.readAll(0n, 10_000, { texts: false }))
    if (type === 'ErasureApproved') await erasing.follow({ stream, revision });
};

t.test('what was corrected, contradicted and withdrawn, the newest first, by pages', async (t) => {
  const own = await harness(t);
  t.same(await errata(own), []);
  const { claim, second, incident } = await told(own);
  const [withdrawn, ruling, correction, ...others] = await errata(own);
  t.same(others, []);
  t.match(withdrawn, { kind: 'retraction', target: second, claims: [second], reason: 'It was entered twice.', incidentId: incident });
  t.match(ruling, { kind: 'ruling', claims: [claim], reason: 'The car stood still.', applied: true });
  t.match(correction, {
    kind: 'correction',
    target: claim,
    incidentTitle: 'Harbour police officer shoots at a car in Porto Novo',
    changes: [{ field: 'statement', from: /moved toward the officers/, to: /its driver/ }],
    reason: 'It left out who drove.',
    gone: null,
  });
  const first = (await own.read('/v1/corrections?limit=2')).body;
  const rest = (await own.read(`/v1/corrections?limit=2&cursor=${first.next}`)).body;
  t.same([...(first.items as Erratum[]), ...(rest.items as Erratum[])], await errata(own));
  t.equal(rest.next, null);
  const { headers } = await own.read('/v1/corrections');
  t.equal((await own.read('/v1/corrections', { headers: { 'if-none-match': String(headers.etag) } })).status, 304);
  for (const key of ['contributor', 'reviewer', 'auditor', 'app'] as const)
    t.same((await own.read('/v1/corrections', { key })).body, (await own.read('/v1/corrections')).body, key);
});

t.test('feeds say the same, and texts cannot leave them', async (t) => {
  const own = await harness(t);
  const { incident, claim } = await told(own);
  const atom = await own.read('/v1/corrections.atom?limit=2');
  t.match(atom.headers['content-type'], 'application/atom+xml');
  t.match(atom.text, /^<\?xml version="1.0"/);
  t.match(atom.text, '<title type="text">Withdrawn from the record: Harbour police officer shoots at a car in Porto Novo</title>');
  t.match(atom.text, /<link rel="next" [^>]*cursor=/);
  t.match(atom.text, new RegExp(`href="http://[^"]+/incidents/${incident}#`));
  const whole = (await own.read('/v1/corrections.atom')).text;
  t.match(whole, 'The police say &lt;that&gt; the car &amp; its driver moved.');
  t.equal(new Set([...whole.matchAll(/<id>(urn:uuid:[0-9a-f-]{36})<\/id>/g)].map(([, id]) => id)).size, 4, 'each has an id of its own');
  const feed = await own.read('/v1/corrections.feed.json');
  t.match(feed.headers['content-type'], 'application/feed+json');
  t.match(feed.body, {
    version: 'https://jsonfeed.org/version/1.1',
    items: [
      { title: /^Withdrawn/ },
      { title: /^Contradicted by a court/ },
      { title: /^Corrected/, url: new RegExp(`/incidents/${incident}#correction_`) },
    ],
    _gone: { items: [] },
  });
  t.ok(claim);
  for (const path of ['/v1/corrections.atom', '/v1/corrections.feed.json']) {
    const { headers } = await own.read(path);
    t.equal((await own.read(path, { headers: { 'if-none-match': String(headers.etag) } })).status, 304, path);
  }
});

t.test('what a correction conceals, and what is restricted, stands in none of them', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world, { title: 'Shots at the car of Zebulon' });
  const citations = [quoting(world.source, 'the car stood still')];
  const correct = (set: object, more: object = {}) => ({ kind: 'correct_incident', set, reason: 'It named somebody.', citations, ...more });
  const named = await apply(own, incident, revision, [correct({ title: 'Shots at the car of Quillfeather' })]);
  await apply(own, incident, named, [correct({ title: 'Shots at a car' }, { conceal: true })]);
  const all = async () => Promise.all(['', '.atom', '.feed.json'].map(async (path) => (await own.read(`/v1/corrections${path}`)).text));
  for (const answer of await all()) t.notMatch(answer, /Quillfeather/);
  t.equal((await errata(own)).length, 2);
  const added = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'ClaimAdded')?.revision;
  await erase(own, [{ incident, revision: added, pointers: ['/claim/statement'] }], 'restrict');
  t.match(await errata(own), [{ kind: 'restriction', target: incident, claims: [], reason: null }, {}, {}]);
  t.ok(refs.c1);
  await exportsAgree(t, own);
});

t.test('what is erased is told, and of what is wholly erased stays a tombstone', async (t) => {
  const own = await harness(t);
  const { incident, claim } = await told(own);
  const events = await own.log.readStream(incident, 0);
  const revision = events.find(({ type }) => type === 'ClaimCorrected')?.revision;
  await erase(own, [{ incident, revision, pointers: ['/reason'] }]);
  const [erasure, , , correction] = await errata(own);
  t.match(erasure, { kind: 'erasure', places: 1, claims: [], target: incident });
  t.match(correction, { kind: 'correction', target: claim, reason: null, gone: null });
  t.match((await own.read('/v1/corrections')).text, /"updatedAt"/);
  await erase(own, [{ incident, revision: null }]);
  const after = await errata(own);
  const gone = after.filter((one) => one.gone !== null);
  t.same(gone.map(({ kind }) => kind).sort(), ['correction', 'retraction', 'ruling']);
  for (const path of ['', '.atom', '.feed.json']) {
    const { text: answered } = await own.read(`/v1/corrections${path}`);
    t.notMatch(answered, /Porto Novo|stood still|who drove|entered twice/, path);
  }
  const { text: atom } = await own.read('/v1/corrections.atom');
  t.equal(atom.match(/<at:deleted-entry ref="urn:uuid:[0-9a-f-]{36}" when="[^"]+Z"\/>/g)?.length, 3);
  t.equal(((await own.read('/v1/corrections.feed.json')).body._gone as { items: object[] }).items.length, 3);
  await exportsAgree(t, own);
});
