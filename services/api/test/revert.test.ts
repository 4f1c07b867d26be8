import { eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Thing = Record<string, unknown> & { id: string };
type Shown = Record<'claims' | 'disputes' | 'proceedings' | 'rulings', Thing[]> & Record<string, unknown>;

/** A published incident with two claims, a dispute, a proceeding and a ruling, and what is done with it. */
const begin = async (own: Harness) => {
  const world = await furnish(own);
  const court = text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'court', name: 'Harbour District Court' } }), 201),
    'id',
  );
  const { incident, revision, refs } = await publish(own, world);
  let base = revision;
  const send = (...changes: object[]) => submit(own, incident, base, changes);
  /** Approves the edit by as many as it takes. */
  const approve = async (edit: number): Promise<void> => {
    for (const reviewer of ['reviewer', 'reviewer2'] as const) {
      const { body } = expect(await decide(own, incident, edit, 'approve', reviewer), 200);
      if (body.state !== 'applied') continue;
      base = Number(body.appliedRevision);
      return;
    }
    throw new Error('two approvals did not apply it');
  };
  const apply = async (...changes: object[]): Promise<{ edit: number; refs: Record<string, string> }> => {
    const { body } = expect(await send(...changes), 201);
    await approve(Number(body.edit));
    return { edit: Number(body.edit), refs: body.refs as Record<string, string> };
  };
  const revert = (edit: number, reason = 'It was a mistake.') =>
    own.ask('POST', `/v1/incidents/${incident}/edits/${edit}/revert`, { key: 'contributor', body: { reason } });
  const undo = async (edit: number): Promise<number> => {
    const { body } = expect(await revert(edit), 201);
    t.equal(body.reverts, edit);
    await approve(Number(body.edit));
    return Number(body.edit);
  };
  const stood = quoting(world.source, 'the car stood still');
  const made = await apply(
    { kind: 'add_claim', claim: stoodClaim(world) },
    {
      kind: 'dispute_claim',
      ref: 'd1',
      claim: refs.c1,
      by: world.witness,
      basis: 'stated',
      grounds: 'It stood still.',
      citations: [stood],
    },
    {
      kind: 'open_proceeding',
      ref: 'p1',
      type: 'charge',
      title: 'The charge against the driver',
      forum: court,
      openedOn: '2026-02-01',
      status: 'pending',
      claims: [refs.c1],
      citations: [stood],
    },
    {
      kind: 'record_ruling',
      ref: 'r1',
      court,
      decidedOn: '2026-02-02',
      finality: 'final',
      basis: 'report',
      summary: 'The court found how the car moved.',
      citations: [stood],
      effects: [{ claim: refs.c1, effect: 'contradicts', citations: [stood] }],
    },
  );
  const ids = { c1: refs.c1 ?? '', ...made.refs } as Record<'c1' | 'c2' | 'd1' | 'p1' | 'r1', string>;
  const now = async (): Promise<Shown> => expect(await own.read(`/v1/incidents/${incident}`, { key: 'reviewer' }), 200).body as Shown;
  /** What the incident says, without when and how it came to be said. */
  const said = async () => {
    const { title, status, occurred, distinctFrom, mergedInto, claims, disputes, proceedings, rulings } = await now();
    const pick = (things: Thing[], ...names: string[]) =>
      things.map((thing) => Object.fromEntries(names.map((name) => [name, thing[name]])));
    return {
      ...{ title, status, occurred, mergedInto, distinctFrom: (distinctFrom as unknown[]).length },
      claims: pick(claims, 'id', 'value', 'statement', 'standing', 'rank', 'citations'),
      disputes: pick(disputes, 'id', 'grounds', 'withdrawn', 'retracted'),
      proceedings: pick(proceedings, 'id', 'title', 'status', 'retracted'),
      rulings: pick(rulings, 'id', 'summary', 'retracted'),
    };
  };
  return { own, world, incident, ids, stood, send, apply, approve, revert, undo, now, said };
};

t.test('an edit is undone change by change, by a new edit, and so is that one', async (t) => {
  const { own, world, incident, ids, stood, apply, undo, said } = await begin(await harness(t));
  const other = await publish(own, world, { title: 'Another shot at the harbour' });
  const source = { reason: 'The source says otherwise.', citations: [stood] };
  const value = { kind: 'boolean', value: false };
  const statement = 'The harbour police say that the car did not move.';
  for (const changes of [
    [{ kind: 'correct_incident', set: { title: 'A shot at the harbour', occurred: { date: '2026-01-15' } }, ...source }],
    [{ kind: 'correct_claim', claim: ids.c1, set: { value, statement }, carry: [ids.r1], ...source }],
    [{ kind: 'correct_entry', target: ids.r1, set: { summary: 'The court found nothing.' }, ...source }],
    [{ kind: 'add_citation', claim: ids.c1, citations: [quoting(world.source, 'moved toward its officers')] }],
    [{ kind: 'rank_claim', claim: ids.c1, rank: 'deprecated', reason: 'Nobody says so now.' }],
    [{ kind: 'withdraw_dispute', dispute: ids.d1, reason: 'The witness was mistaken.' }],
    [{ kind: 'update_proceeding', proceeding: ids.p1, on: '2026-03-01', status: 'dismissed', note: 'It was dropped.', citations: [stood] }],
    [{ kind: 'retract_claim', claim: ids.c2, reason: 'It was entered twice.' }],
    [{ kind: 'retract_entry', target: ids.d1, reason: 'It was entered twice.' }],
    [{ kind: 'distinguish_incident', from: other.incident, reason: 'Another day.' }],
    [{ kind: 'retract_incident', reason: 'It never happened.' }],
    [{ kind: 'merge_incident', into: other.incident, reason: 'The same incident.' }],
    [
      { kind: 'correct_entry', target: ids.p1, set: { title: 'The charge' }, basis: 'editorial', reason: 'It was too long.' },
      { kind: 'rank_claim', claim: ids.c2, rank: 'preferred', reason: 'It was filmed.' },
    ],
    // Each thing twice: what an edit corrected again is no correction since.
    ['One title', 'Another title'].map((title) => ({ kind: 'correct_incident', set: { title }, ...source })),
    [value, { kind: 'unknown' }].map((value) => ({
      kind: 'correct_claim',
      claim: ids.c1,
      set: { value, statement },
      carry: [ids.r1],
      ...source,
    })),
    ['preferred', 'deprecated'].map((rank) => ({ kind: 'rank_claim', claim: ids.c2, rank, reason: 'So it is.' })),
  ]) {
    const [what] = changes.map(({ kind }) => kind);
    const before = await said();
    const { edit } = await apply(...changes);
    const after = await said();
    t.notSame(after, before, `${what} changes something`);
    const undoing = await undo(edit);
    t.same(await said(), before, `${what} is undone`);
    const { body } = await own.read(`/v1/incidents/${incident}/edits/${undoing}`, { key: 'reviewer' });
    t.match(body, { reverts: edit, versions: [{ rationale: 'It was a mistake.' }] });
    if (what === 'merge_incident' || what === 'retract_incident') continue;
    await undo(undoing);
    t.same(await said(), after, `the undoing of ${what} is undone`);
    await undo(undoing + 1);
  }
});

t.test('what an edit brought is taken back, and not withdrawn by anybody', async (t) => {
  const { own, incident, ids, undo, now, said } = await begin(await harness(t));
  // The first edit is the proposal.
  await undo(2);
  t.match(await now(), {
    claims: [
      { id: ids.c1, standing: 'standing' },
      { id: ids.c2, standing: 'retracted' },
    ],
    disputes: [{ withdrawn: false, retracted: true }],
    proceedings: [{ retracted: true }],
    rulings: [{ retracted: true, retraction: { reason: 'It was a mistake.' } }],
  });
  await undo(1);
  t.match(await said(), { status: 'retracted' });
  const { body } = await own.read(`/v1/incidents/${incident}/edits`, { key: 'auditor' });
  t.match(body.items, [{ reverts: null }, { reverts: null }, { reverts: 2 }, { reverts: 1 }]);
});

t.test('an update that was taken back is still shown, with why, and counts for nothing', async (t) => {
  const { ids, stood, apply, undo, now } = await begin(await harness(t));
  const update = { kind: 'update_proceeding', proceeding: ids.p1, on: '2026-03-01', status: 'dismissed', note: 'It was dropped.' };
  const { edit } = await apply({ ...update, citations: [stood] });
  t.match(await now(), { proceedings: [{ status: 'dismissed', updates: [{ retraction: null }] }] });
  await undo(edit);
  t.match(await now(), {
    proceedings: [{ status: 'pending', updates: [{ note: 'It was dropped.', retraction: { reason: 'It was a mistake.' } }] }],
  });
});

t.test('what others made of it since is not undone with it', async (t) => {
  const { world, ids, stood, apply, undo, revert, now } = await begin(await harness(t));
  const source = { reason: 'The source says otherwise.', citations: [stood] };
  const statement = 'The harbour police say that the car did not move.';
  const first = await apply({
    kind: 'correct_claim',
    claim: ids.c1,
    set: { value: { kind: 'boolean', value: false }, statement },
    carry: [ids.r1],
    ...source,
  });
  t.match(await now(), { disputes: [{ id: ids.d1 }] });
  const dispute = {
    kind: 'dispute_claim',
    ref: 'd2',
    claim: ids.c1,
    by: world.city,
    basis: 'stated',
    grounds: 'It moved.',
    citations: [stood],
  };
  await apply(dispute);
  await undo(first.edit);
  const [claim] = (await now()).claims;
  t.match(claim, { value: { value: true } });
  t.equal((claim?.disputes as string[] | undefined)?.length ?? 2, 2, 'both disputes meet it');

  const second = await apply({ kind: 'correct_incident', set: { title: 'A shot at the harbour' }, ...source });
  await apply({ kind: 'correct_incident', set: { title: 'A shot at a car' }, ...source });
  t.match(await revert(second.edit), {
    status: 409,
    body: {
      type: '/problems/record-state',
      errors: [{ pointer: '', message: /correct_incident at revision \d+ cannot be undone: .*corrected again/ }],
    },
  });
  t.match(await now(), { title: 'A shot at a car' });
});

t.test('what cannot be undone is named, and nothing is submitted', async (t) => {
  const { own, incident, ids, stood, apply, revert, send } = await begin(await harness(t));
  const source = { reason: 'The source says otherwise.', citations: [stood] };
  const concealing = await apply(
    { kind: 'correct_incident', set: { title: 'A shot at the harbour' }, conceal: true, ...source },
    { kind: 'rank_claim', claim: ids.c1, rank: 'deprecated', reason: 'Nobody says so now.' },
  );
  t.match(await revert(concealing.edit), { status: 409, body: { errors: [{ message: /correct_incident .* conceals/ }] } });
  const { body } = expect(await send({ kind: 'rank_claim', claim: ids.c2, rank: 'preferred', reason: 'It was filmed.' }), 201);
  t.match(await revert(Number(body.edit)), { status: 409, body: { type: '/problems/edit-state' } });
  t.equal((await revert(99)).status, 404);
  t.equal((await revert(1, 'No.')).status, 422);
  t.match(await send({ kind: 'correct_incident', set: { title: 'A title' }, basis: 'reversal', reason: 'It was so before.' }), {
    status: 422,
    body: { errors: [{ pointer: '/changes/0/basis' }] },
  });

  const corrected = await apply({
    kind: 'correct_claim',
    claim: ids.c2,
    set: { statement: 'A witness says that the car was standing still.' },
    ...source,
  });
  const stored = await own.log.readStream(incident, 0);
  const added = stored.find((event) => 'data' in event && event.type === 'ClaimAdded' && event.data.claim.id === ids.c2);
  const command = systemRandom.uuid();
  await eraseTexts(own.log, {
    stream: incident,
    fields: [{ revision: added?.revision ?? 0, pointer: '/claim/statement' }],
    reasonCode: 'court_order',
    actor: 'admin',
    command,
    at: new Date().toISOString(),
    idOf: (index) => eventId(command, index),
  });
  t.match(await revert(corrected.edit), { status: 409, body: { errors: [{ message: /correct_claim .* erased/ }] } });
});

t.test('the same request is answered the same, and a contributor undoes what others submitted too', async (t) => {
  const { own, incident, ids, apply } = await begin(await harness(t));
  const { edit } = await apply({ kind: 'rank_claim', claim: ids.c1, rank: 'deprecated', reason: 'Nobody says so now.' });
  const headers = { 'idempotency-key': 'undo-once' };
  const ask = () =>
    own.ask('POST', `/v1/incidents/${incident}/edits/${edit}/revert`, {
      key: 'contributor2',
      headers,
      body: { reason: 'It was a mistake.' },
    });
  const first = expect(await ask(), 201);
  t.same((await ask()).body, first.body);
  t.equal((await own.read(`/v1/incidents/${incident}/edits/${Number(first.body.edit)}`, { key: 'reviewer' })).body.author, 'contributor2');
});
