import { createMerging } from '@averment/commands';
import { changeKinds } from '@averment/domain';
import { systemClock } from '@averment/platform';
import t, { type Test } from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, proposal, publish, quoting, submit, type World } from './support/story.ts';

/** What is read of an edit can be sent: as the next version of it, and as another edit. */

const harness = await harnessFor(t);

type Change = Record<string, unknown> & { kind: string };
type Edit = { edit: number; etag: string; baseRevision: number | null; refs: object; versions: { rationale: string; changes: Change[] }[] };

const readEdit = async ({ read }: Harness, incident: string, edit: number) =>
  expect(await read(`/v1/incidents/${incident}/edits/${edit}`, { key: 'contributor' }), 200).body as unknown as Edit;
const lastOf = ({ versions }: Edit) => versions.at(-1) ?? { rationale: '', changes: [] };
/** The body of a revision, from what was read alone. */
const asRead = (edit: Edit) => ({
  baseRevision: edit.baseRevision,
  ...(({ rationale, changes }) => ({ rationale, changes }))(lastOf(edit)),
});
const put = ({ ask }: Harness, incident: string, edit: Edit, body: object) =>
  ask('PUT', `/v1/incidents/${incident}/edits/${edit.edit}`, { key: 'contributor', headers: { 'if-match': edit.etag }, body });

/** The ids that changes make, in their order. */
const madeBy = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => {
    const { id, received } = (change.kind === 'add_claim' ? change.claim : change) as { id?: string; received?: string };
    return id ?? received ?? [];
  });

const tell = async (t: Test, own: Harness) => {
  const world = await furnish(own);
  const court = String(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'court', name: 'The harbour court' } }), 201).body.id,
  );
  const seen = new Set<string>();

  /** Sends what is read of the edit as its next version, which reads the same. */
  const again = async (incident: string, number: number): Promise<Edit> => {
    const before = await readEdit(own, incident, number);
    expect(await put(own, incident, before, asRead(before)), 200);
    const after = await readEdit(own, incident, number);
    t.same(
      lastOf(after).changes,
      lastOf(before).changes,
      lastOf(before)
        .changes.map(({ kind }) => kind)
        .join(', '),
    );
    t.same(after.refs, before.refs);
    t.equal(after.versions.length, before.versions.length + 1);
    for (const { kind } of lastOf(after).changes) seen.add(kind);
    return after;
  };
  const approve = async (incident: string, edit: number): Promise<number> => {
    for (const reviewer of ['reviewer', 'reviewer2'] as const) {
      const decided = expect(await decide(own, incident, edit, 'approve', reviewer), 200);
      if (decided.body.state === 'applied') return Number(decided.body.appliedRevision);
    }
    throw new Error('two approvals were not enough');
  };
  /** The same for an edit, which is also sent as another edit; then it is applied. */
  const applied = async (incident: string, base: number, changes: object[]) => {
    const sent = expect(await submit(own, incident, base, changes), 201);
    const edit = await again(incident, Number(sent.body.edit));
    const copied = expect(await own.ask('POST', `/v1/incidents/${incident}/edits`, { key: 'contributor', body: asRead(edit) }), 201);
    const copy = await readEdit(own, incident, Number(copied.body.edit));
    const [ids, others] = [madeBy(lastOf(edit).changes), madeBy(lastOf(copy).changes)];
    t.equal(new Set([...ids, ...others]).size, ids.length * 2, 'what another edit makes has ids of its own');
    const named = others.reduce((text, id, index) => text.replaceAll(id, ids[index] ?? ''), JSON.stringify(lastOf(copy).changes));
    t.same(JSON.parse(named), lastOf(edit).changes, 'and names them where the first named its own');
    expect(await own.ask('POST', `/v1/incidents/${incident}/edits/${copy.edit}/withdraw`, { key: 'contributor', body: {} }), 200);
    return { revision: await approve(incident, edit.edit), changes: lastOf(edit).changes };
  };
  return { world, court, seen, again, approve, applied };
};

const moved = (world: World) => [quoting(world.source, 'the car moved toward its officers')];
const stood = (world: World) => [quoting(world.source, 'the car stood still')];

t.test('of every kind of change what is read can be sent', async (t) => {
  const own = await harness(t);
  const { world, court, seen, again, approve, applied } = await tell(t, own);
  const citations = moved(world);
  const given = { reason: 'As the second article says.', citations };
  const charge = {
    type: 'charge',
    title: 'A charge',
    against: world.witness,
    openedOn: '2026-01-20',
    status: 'open',
    caseNumber: '26-1',
    citations,
  };
  const found = (effects: object[]) => ({
    court,
    decidedOn: '2026-02',
    finality: 'appealable',
    onMotionOf: 'the defence',
    basis: 'report',
    caseNumber: '26-1',
    summary: 'The court found it so.',
    citations,
    effects,
  });
  const proposed = expect(
    await own.ask('POST', '/v1/incidents', {
      key: 'contributor',
      body: proposal(world, {
        disputes: [
          { claim: 'c1', basis: 'stated', by: world.witness, capacity: 'eyewitness', grounds: 'It stood still.', citations: stood(world) },
        ],
        proceedings: [{ ref: 'p1', ...charge, claims: ['c1'] }],
        rulings: [found([{ claim: 'c1', effect: 'upholds', citations }])],
      }),
    }),
    201,
  );
  const incident = String(proposed.body.incidentId);
  const { c1, p1 } = proposed.body.refs as Record<string, string>;
  const [, , dispute, , ruling] = lastOf(await again(incident, 1)).changes;
  await again(incident, 1);
  let revision = await approve(incident, 1);
  const next = async (...changes: object[]) => {
    const done = await applied(incident, revision, changes);
    revision = done.revision;
    return { ...done, made: madeBy(done.changes) };
  };

  const { start, end } = { start: 23, end: 47 };
  const claims = await next(
    {
      kind: 'add_claim',
      claim: movedClaim(world, {
        ref: null,
        aspect: 'activity',
        value: { kind: 'text', value: 'was ‘parking’', alternatives: ['waiting'] },
        scope: { place: 'at the quay' },
        saidAt: '2026-01-15',
        relatesTo: [{ claim: c1, as: 'supports' }],
        via: [world.city],
        flags: ['negation_unclear'],
        citations: [
          { source: world.source, position: { start, end }, part: 'lead' },
          quoting(world.source, 'The car, the car again.', { prefix: 'account. ' }),
        ],
      }),
    },
    { kind: 'add_claim', claim: movedClaim(world, { ref: 'late', value: { kind: 'unknown' }, stance: 'asserts' }) },
    {
      kind: 'add_claim',
      claim: movedClaim(world, {
        ref: 'shots',
        aspect: 'shots_fired',
        value: { kind: 'quantity', value: '2', unit: 'shot', comparator: 'range', upper: '3.5' },
      }),
    },
    {
      kind: 'add_claim',
      claim: movedClaim(world, { ref: 'when', aspect: 'time', value: { kind: 'time', value: '2026-01-14T18:50', approximate: true } }),
    },
    { kind: 'add_claim', claim: movedClaim(world, { ref: 'weapon', aspect: 'weapon', value: { kind: 'term', value: 'tool' } }) },
    { kind: 'add_claim', claim: movedClaim(world, { ref: 'who', aspect: 'shooter', value: { kind: 'party', value: world.police } }) },
    { kind: 'add_citation', claim: 'late', citations: stood(world) },
    { kind: 'dispute_claim', claim: c1, basis: 'inferred', grounds: 'They differ.', counterClaim: 'late', citations },
    { kind: 'rank_claim', claim: 'late', rank: 'preferred', reason: 'It was first.' },
    { kind: 'open_proceeding', ref: 'civil', ...charge, type: 'civil_suit', continues: p1, claims: ['late'] },
    { kind: 'update_proceeding', proceeding: 'civil', on: '2026-02-01', status: 'dismissed', note: 'It ended.', citations },
    {
      kind: 'record_ruling',
      ...found([
        { claim: 'late', effect: 'upholds', citations },
        { proceeding: 'civil', status: 'dismissed' },
        { ruling: ruling?.id, effect: 'affirms' },
      ]),
    },
  );
  const [late = '', inferred] = [claims.made[1], claims.made.find((id) => id.startsWith('dispute_'))];
  const ranked = (await own.read(`/v1/incidents/${incident}/events`, { query: { limit: '500' } })).body.items as {
    type: string;
    revision: number;
  }[];
  const rankedAt = ranked.find(({ type }) => type === 'ClaimRanked')?.revision;
  const updatedAt = ranked.find(({ type }) => type === 'ProceedingUpdated')?.revision;
  const civil = claims.made.find((id) => id.startsWith('proceeding_'));

  await next(
    {
      kind: 'correct_incident',
      set: {
        title: 'Shots at the harbour of Porto Novo',
        occurred: { date: '2026-01-14', time: '18:55', approximate: true, timeZone: 'America/Los_Angeles' },
        place: { text: 'The quay', country: 'US', region: 'US-WA', point: { lat: 46.5, lon: -124 }, precision: 'street' },
        agencies: [world.police, world.city],
      },
      ...given,
    },
    {
      kind: 'correct_claim',
      claim: late,
      set: {
        value: { kind: 'boolean', value: true },
        statement: 'The harbour police say that it moved.',
        scope: null,
        relatesTo: [{ claim: c1, as: 'about' }],
        citations: stood(world),
      },
      carry: [inferred],
      ...given,
    },
    {
      kind: 'correct_entry',
      target: dispute?.id,
      set: { grounds: 'It stood as still as can be.' },
      basis: 'editorial',
      reason: 'A typing error of ours.',
    },
    { kind: 'correct_entry', target: p1, set: { caseNumber: null, claims: [c1, late], openedOn: null }, ...given },
    {
      kind: 'correct_entry',
      target: ruling?.id,
      set: { effects: [{ claim: c1, effect: 'contradicts', citations }], standard: 'beyond doubt', caseNumber: '26-2' },
      conceal: false,
      ...given,
    },
    { kind: 'correct_change', target: late, revision: rankedAt, set: { reason: 'It was the very first.' }, reason: 'Better said so.' },
  );
  await next(
    { kind: 'retract_update', proceeding: civil, revision: updatedAt, ...given },
    { kind: 'withdraw_dispute', dispute: dispute?.id, ...given },
    { kind: 'retract_claim', claim: c1, replacedBy: late, ...given },
    { kind: 'retract_entry', target: p1, reason: 'It was another.' },
  );
  await next({ kind: 'reinstate_claim', claim: c1, ...given }, { kind: 'reinstate_entry', target: p1, ...given });
  await next({ kind: 'retract_incident', ...given });
  await next({ kind: 'reinstate_incident', ...given });

  const other = await publish(own, world);
  await next({ kind: 'distinguish_incident', from: other.incident, reason: 'They are two.' });
  await next({ kind: 'undistinguish_incident', from: other.incident, reason: 'They may be one.' });
  await next({
    kind: 'move_claim',
    claim: claims.made.findLast((id) => id.startsWith('claim_')),
    to: other.incident,
    reason: 'It is of the other.',
  });
  await next({ kind: 'merge_incident', into: other.incident, reason: 'They are one.' });
  const merging = createMerging({ log: own.log, clock: systemClock });
  for (const { type, stream, revision: at } of await own.log.readAll(0n, 10_000, { texts: false }))
    if (type === 'IncidentMerged') await merging.follow({ stream, revision: at });
  await next({ kind: 'unmerge_incident', reason: 'They are two.' });
  t.same([...seen].sort(), changeKinds.map(({ kind }) => kind).sort(), 'every kind was sent as it was read');
});

t.test('what has the id of nothing that the edit made gets an id of its own, and no id stands twice', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs, revision } = await publish(own, world);
  const added = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: movedClaim(world, { ref: null }) }]), 201);
  const edit = await readEdit(own, incident, Number(added.body.edit));
  const [first] = lastOf(edit).changes;
  const id = madeBy(lastOf(edit).changes)[0];
  const claimOf = (more: object) => ({ kind: 'add_claim', claim: { ...(first?.claim as object), ...more } });
  const dispute = {
    kind: 'dispute_claim',
    claim: refs.c1,
    basis: 'inferred',
    grounds: 'They differ.',
    counterClaim: id,
    citations: stood(world),
  };
  expect(await put(own, incident, edit, { ...asRead(edit), changes: [claimOf({ id: refs.c1 }), claimOf({}), dispute] }), 200);
  const after = await readEdit(own, incident, edit.edit);
  const [strange, kept] = madeBy(lastOf(after).changes);
  t.equal(kept, id);
  t.not(strange, refs.c1, 'a claim of the record is no other claim');
  t.match(lastOf(after).changes[2], { claim: strange, counterClaim: id }, 'the id that was read means what is sent with it');
  const twice = await put(own, incident, after, { ...asRead(after), changes: [claimOf({}), claimOf({})] });
  t.match(twice, { status: 422, body: { errors: [{ pointer: '/changes/1/claim/id', message: /stands twice/ }] } });
  const wrong = await put(own, incident, after, { ...asRead(after), changes: [claimOf({ id: edit.edit })] });
  t.match(wrong, { status: 422, body: { errors: [{ pointer: '/changes/0/claim/id' }] } });
});

t.test('a proposal that is sent as it is read is told of by where it stands in its changes', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const proposed = expect(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world) }), 201);
  const incident = String(proposed.body.incidentId);
  const edit = await readEdit(own, incident, 1);
  const [report, claim] = lastOf(edit).changes;
  const sent = (...changes: unknown[]) => put(own, incident, edit, { ...asRead(edit), changes });
  const wrong = { kind: 'add_claim', claim: { ...(claim?.claim as object), aspect: 'weather' } };
  t.match(await sent(report, wrong), { status: 422, body: { errors: [{ pointer: '/changes/1/claim/aspect' }] } });
  t.match(await sent(claim, report), { status: 422, body: { errors: [{ pointer: '/changes/0/claim' }, { pointer: '/changes/1' }] } });
  const misquoted = { kind: 'add_claim', claim: { ...(claim?.claim as object), citations: [quoting(world.source, 'no such words')] } };
  t.match(await sent(report, misquoted), { status: 422, body: { errors: [{ pointer: '/changes/1/claim/citations/0/quote' }] } });
  t.match(await put(own, incident, edit, { ...asRead(edit), baseRevision: 0 }), {
    status: 422,
    body: { detail: /Edit 1 is the proposal/ },
  });

  const { incident: published, revision } = await publish(own, world);
  t.match(await submit(own, published, revision, [{ ...report, kind: 'report_incident' }]), {
    status: 422,
    body: { errors: [{ pointer: '/changes/0', message: 'the incident was reported before' }] },
  });
  expect(
    await submit(
      own,
      published,
      revision,
      [wrong].map((change) => ({ ...change, claim: claim?.claim })),
    ),
    201,
  );
  const second = await readEdit(own, published, 2);
  t.match(await put(own, published, second, { ...asRead(second), baseRevision: null }), {
    status: 422,
    body: { detail: /Send the body of/ },
  });
});
