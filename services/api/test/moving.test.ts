import { createMerging } from '@averment/commands';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, submit } from './support/story.ts';

const harness = await harnessFor(t);

/** Follows what was decided, as the worker does. */
const follow = async ({ log }: Harness): Promise<void> => {
  const merging = createMerging({ log, clock: systemClock });
  for (const { type, stream, revision } of await log.readAll(0n, 10_000, { texts: false }))
    if (['ClaimMoved', 'IncidentMerged', 'IncidentUnmerged'].includes(type)) await merging.follow({ stream, revision });
};

t.test(
  'a claim that was recorded of the wrong incident is moved by one edit, and what is said of it from then on stands there',
  async (t) => {
    const own = await harness(t);
    const world = await furnish(own);
    const [here, there] = [await publish(own, world), await publish(own, world)];
    const claim = here.refs.c1 ?? '';
    const move = { kind: 'move_claim', claim, to: there.incident, reason: 'The text tells this of the other stop.' };
    const sent = expect(await submit(own, here.incident, here.revision, [move]), 201);
    const edit = Number(sent.body.edit);
    const shown = (await own.read(`/v1/incidents/${here.incident}/edits/${edit}`, { key: 'reviewer' })).body;
    t.match(shown, { approvals: { needed: 2 } });
    for (const reviewer of ['reviewer', 'reviewer2'] as const) expect(await decide(own, here.incident, edit, 'approve', reviewer), 200);

    const left = (await own.read(`/v1/incidents/${here.incident}`)).body;
    t.match(left.claims, [
      { id: claim, standing: 'retracted', retraction: { reason: move.reason }, movedTo: { incident: there.incident }, movedFrom: null },
    ]);
    const [{ movedTo }] = left.claims as [{ movedTo: { claim: string } }];
    await follow(own);
    await follow(own);
    const [first, came, ...rest] = (await own.read(`/v1/incidents/${there.incident}`)).body.claims as [{ id: string }, { id: string }];
    t.same(rest, []);
    t.same(first.id, there.refs.c1);
    t.match(came, {
      id: movedTo.claim,
      incidentId: there.incident,
      standing: 'standing',
      statement: /./,
      movedFrom: { incident: here.incident, claim },
      movedTo: null,
    });
    t.match(
      ((await own.read(`/v1/claims?incident=${there.incident}`)).body.items as { id: string }[]).map(({ id }) => id).sort(),
      [first.id, came.id].sort(),
    );
    const { body: events } = await own.read('/v1/events?after=0&limit=100', { key: 'app' });
    t.match((events.items as object[]).slice(-2), [
      { type: 'ClaimMoved', incidentId: here.incident, data: { received: came.id } },
      { type: 'ClaimReceived', incidentId: there.incident, edit: null, data: { from: here.incident, claim: { id: came.id } } },
    ]);
    const past = (await own.read(`/v1/incidents/${there.incident}?asOfRevision=${there.revision}`)).body;
    t.equal((past.claims as object[]).length, 1, 'on that day it was not there');

    const now = Number((await own.read(`/v1/incidents/${there.incident}`)).body.revision);
    const dispute = {
      kind: 'dispute_claim',
      claim: came.id,
      basis: 'stated',
      by: world.witness,
      capacity: 'eyewitness',
      grounds: 'It stood still.',
      citations: [quoting(world.source, 'the car stood still')],
    };
    const disputed = Number(expect(await submit(own, there.incident, now, [dispute]), 201).body.edit);
    expect(await decide(own, there.incident, disputed, 'approve', 'reviewer'), 200);
    const back = { kind: 'move_claim', claim: came.id, to: here.incident, reason: 'It was right before.' };
    const revision = Number((await own.read(`/v1/incidents/${there.incident}`)).body.revision);
    t.match(await submit(own, there.incident, revision, [back]), { status: 422, body: { type: '/problems/claim-named' } });
    const reverted = await own.ask('POST', `/v1/incidents/${here.incident}/edits/${edit}/revert`, {
      key: 'contributor',
      body: { reason: 'It was a mistake.' },
    });
    t.match(reverted, { status: 409, body: { type: '/problems/record-state' } });
    t.match(JSON.stringify(reverted.body), /move it back from there/);
  },
);

t.test('an incident that is merged before a claim came to it has it, and so has its survivor as long as they are one', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const [here, there, survivor] = [await publish(own, world), await publish(own, world), await publish(own, world)];
  const apply = async ({ incident }: { incident: string }, change: object) => {
    const base = Number((await own.read(`/v1/incidents/${incident}`)).body.revision);
    const edit = Number(expect(await submit(own, incident, base, [change]), 201).body.edit);
    for (const reviewer of ['reviewer', 'reviewer2'] as const) expect(await decide(own, incident, edit, 'approve', reviewer), 200);
  };
  const movedTo = async ({ incident }: { incident: string }) => {
    const { claims } = (await own.read(`/v1/incidents/${incident}`)).body as { claims: { movedFrom: object | null; incidentId: string }[] };
    return claims.filter(({ movedFrom }) => movedFrom !== null).map(({ incidentId }) => incidentId);
  };
  await apply(here, { kind: 'move_claim', claim: here.refs.c1, to: there.incident, reason: 'It is of the other stop.' });
  await apply(there, { kind: 'merge_incident', into: survivor.incident, reason: 'They are one.' });
  await follow(own);
  t.same(await movedTo(survivor), [there.incident]);
  await apply(there, { kind: 'unmerge_incident', reason: 'They are two.' });
  await follow(own);
  t.same(await movedTo(survivor), []);
  t.same(await movedTo(there), [there.incident]);
});
