import { createMerging } from '@averment/commands';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, submit } from './support/story.ts';

const harness = await harnessFor(t);

/** Follows what was decided, as the worker does. */
const follow = async ({ log }: Harness): Promise<void> => {
  const merging = createMerging({ log, clock: systemClock });
  for (const { type, stream, revision } of await log.readAll(0n, 10_000, { texts: false }))
    if (type === 'IncidentMerged' || type === 'IncidentUnmerged') await merging.follow({ stream, revision });
};

t.test('one shooting that was entered twice is listed once, and what was claimed in either can be disputed', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const [one, other] = [await publish(own, world), await publish(own, world)];
  const apply = async (incident: string, base: number, changes: object[]): Promise<number> => {
    const edit = Number(expect(await submit(own, incident, base, changes), 201).body.edit);
    for (const reviewer of ['reviewer', 'reviewer2'] as const) {
      const decided = expect(await decide(own, incident, edit, 'approve', reviewer), 200);
      if (decided.body.state === 'applied') return Number(decided.body.appliedRevision);
    }
    throw new Error('two approvals were not enough');
  };
  const idsOf = async (query: string) => (await own.read(`/v1/incidents${query}`)).body.items as { id: string; counts: object }[];
  t.equal((await idsOf('')).length, 2);

  const merged = await apply(one.incident, one.revision, [{ kind: 'merge_incident', into: other.incident, reason: 'They are one.' }]);
  const between = (await own.read(`/v1/incidents/${other.incident}`)).body;
  t.match(between, { revision: other.revision, mergesUnderWay: [{ incident: one.incident, to: 'absorbed' }] });
  await follow(own);
  t.match(await idsOf(''), [{ id: other.incident, counts: { claims: 2 } }]);
  t.match(await idsOf('?status=merged'), [{ id: one.incident }]);
  t.equal((await idsOf('?status=all')).length, 2);
  t.equal(((await own.read(`/v1/claims?incident=${other.incident}`)).body.items as object[]).length, 2);

  const claim = one.refs.c1 ?? '';
  const dispute = {
    kind: 'dispute_claim',
    claim,
    basis: 'stated',
    by: world.witness,
    capacity: 'eyewitness',
    grounds: 'It stood still.',
    citations: [quoting(world.source, 'the car stood still')],
  };
  t.match(await submit(own, one.incident, merged, [dispute]), { status: 409, body: { type: '/problems/incident-state' } });
  const now = Number((await own.read(`/v1/incidents/${other.incident}`)).body.revision);
  const disputed = await apply(other.incident, now, [dispute]);
  const shown = (await own.read(`/v1/incidents/${other.incident}`)).body;
  t.match(shown, { mergesUnderWay: [], claims: [{}, { id: claim, incidentId: one.incident, standing: 'disputed' }] });
  t.same((await own.read(`/v1/incidents/${other.incident}?asOfRevision=${disputed}`)).body, shown);
  const { body: events } = await own.read(`/v1/events?after=0&limit=100`, { key: 'app' });
  t.match((events.items as object[]).slice(-2), [
    { type: 'IncidentAbsorbed', incidentId: other.incident, actor: 'admin', data: { from: one.incident } },
    { type: 'ClaimDisputed', incidentId: other.incident },
  ]);

  await apply(one.incident, merged, [{ kind: 'unmerge_incident', reason: 'They are two.' }]);
  await follow(own);
  t.match((await own.read(`/v1/incidents/${one.incident}`)).body, {
    status: 'published',
    claims: [{ standing: 'disputed' }],
    disputes: [{ claim }],
  });
  t.match((await own.read(`/v1/incidents/${other.incident}`)).body, { claims: [{ standing: 'standing' }], disputes: [] });
  t.equal((await idsOf('')).length, 2);
  await exportsAgree(t, own);
});
