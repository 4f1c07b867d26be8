import t from 'tap';
import { harnessFor, type Person } from './support/harness.ts';
import { submitOf } from './support/party-edits.ts';
import { decide, expect, furnish, publish, quoting, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);

t.test('a preview names the open edits that the edit would bring into conflict, of those that one may read', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const citations = [quoting(world.source, 'the car stood still')];
  const retitled = (title: string) => [{ kind: 'correct_incident', set: { title }, reason: 'The source says otherwise.', citations }];
  const rank = [{ kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was filmed.' }];
  const send = async (changes: object[], key: 'contributor' | 'contributor2') =>
    expect(await submit(own, incident, revision, changes, key), 201);
  await send(retitled('A shot at the harbour'), 'contributor');
  await send(retitled('A shot at a car'), 'contributor2');
  await send(rank, 'contributor2');
  await send([{ kind: 'add_claim', claim: stoodClaim(world) }], 'contributor2');
  const set = { statement: 'The harbour police say that the car moved at the officers before the first shot.' };
  await send([{ kind: 'correct_claim', claim: refs.c1, set, basis: 'editorial', reason: 'A slip of the pen.' }], 'contributor');
  const named = async (edit: number, key: Person) =>
    expect(await own.read(`/v1/incidents/${incident}/edits/${edit}/preview`, { key }), 200).body.wouldConflict as { edit: number }[];
  t.match(await named(2, 'reviewer'), [{ edit: 3, author: 'contributor2', keys: ['incident:title'] }]);
  t.same(await named(2, 'contributor'), [], 'it is not theirs to read');
  t.same((await named(5, 'auditor')).length, 0);
  t.same(
    (await named(6, 'reviewer')).map(({ edit }) => edit),
    [4],
    'whoever ranks a claim rests on what it says',
  );
  t.same((await named(4, 'contributor2')).length, 0);

  const applied = expect(await decide(own, incident, 2, 'approve'), 200);
  t.same(await named(2, 'reviewer'), [], 'it is applied');
  const later = await submit(own, incident, Number(applied.body.appliedRevision), retitled('A car at the harbour'));
  t.equal(expect(later, 201).body.edit, 7);
  t.same(await named(7, 'reviewer'), [], 'the other one conflicts already');
});

t.test('so does the preview of an edit of a party', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const correct = (name: string) => ({ kind: 'correct_party', set: { name }, reason: 'As it is written there.' });
  for (const name of ['Port Police', 'Police of the Port']) expect(await submitOf(own, world.police, correct(name)), 201);
  const { body } = await own.read(`/v1/parties/${world.police}/edits/1/preview`, { key: 'reviewer' });
  t.match(body.wouldConflict, [{ edit: 2, author: 'contributor', keys: ['field:name'] }]);
});
