import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, publish, submit } from './support/story.ts';

const harness = await harnessFor(t);

t.test('what describes a person takes two approvals, and nothing is listed or found by it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const claim = movedClaim(world, {
    ref: 'c9',
    aspect: 'mental_condition',
    about: world.witness,
    value: { kind: 'text', value: 'in a crisis' },
    statement: 'The harbour police say that the witness was bewildered.',
  });
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim }]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  t.match((await own.read(`/v1/incidents/${incident}/edits/2`, { key: 'reviewer' })).body, {
    state: 'submitted',
    approvals: { needed: 2, given: 1, why: 'Two approvals: it describes a person.' },
  });
  expect(await decide(own, incident, 2, 'approve', 'reviewer2'), 200);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, {
    claims: [
      {},
      {
        aspect: 'mental_condition',
        attributed: 'Harbour Police (spokesperson) said that a mental condition of a witness at the harbour was [in a crisis].',
      },
    ],
  });

  for (const path of ['/v1/incidents', '/v1/claims'])
    t.match(await own.read(path, { query: { aspect: 'mental_condition' } }), {
      status: 400,
      body: { errors: [{ pointer: '/query/aspect', message: 'describes a person, so nothing is listed by it' }] },
    });
  const found = async (q: string) => ((await own.read('/v1/incidents', { query: { q } })).body.items as unknown[]).length;
  t.equal(await found('officers'), 1);
  t.equal(await found('bewildered'), 0, 'its statement is not searched');
});

t.test('a value of another form is told the right one', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const errors = async (value: unknown, aspect = 'weapon') => {
    const claim = movedClaim(world, { ref: 'c9', aspect, value });
    const refused = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim }]), 422);
    return (refused.body.errors as { pointer: string; message: string }[]).map(
      ({ pointer, message }) => `${pointer.replace('/changes/0/claim', '')}: ${message}`,
    );
  };
  t.strictSame(await errors({ kind: 'term', value: 'none' }), ['/value: none is a kind of value and no term: send {"kind": "none"}']);
  t.strictSame(await errors({ kind: 'none', value: null }), [
    '/value/value: must be left out: the kind alone says it, as in {"kind": "none"}',
  ]);
  const kinds = 'must be an object with a kind: boolean, term, text, time, party, incident, quantity, unknown, none, withheld or sealed';
  t.strictSame(await errors({ kind: 'unarmed' }), [`/value/kind: ${kinds}`]);
  t.strictSame(await errors(true), [`/value: ${kinds}`]);
  t.match(await errors({ kind: 'term', value: 'Firearm' }), [/^\/value\/value: is no term of weapon \(did you mean firearm\?\)/]);
  t.strictSame(await errors({ kind: 'quantity', value: 2, unit: 'shot', comparator: 'exact' }, 'shots_fired'), [
    '/value/value: must be a decimal number in a string, like "1300"',
  ]);
});
