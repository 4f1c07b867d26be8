import t from 'tap';
import type { Answered } from './support/checker.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { submitOf, voteOn } from './support/party-edits.ts';
import { decide as decideIncident, expect, furnish, movedClaim, propose, text } from './support/story.ts';

const harness = await harnessFor(t);
type Own = Harness;
const ori = (value: string) => ({ scheme: 'ori', value });
const post = (own: Own, body: object, key: 'contributor' | 'contributor2' = 'contributor') => own.ask('POST', '/v1/parties', { key, body });
const agency = (name: string, ...identifiers: object[]) => ({ kind: 'agency', name, identifiers });
const register = async (own: Own, body: object) => text(expect(await post(own, body), 201), 'id');
const apply = async (own: Own, party: string, change: object) =>
  voteOn(own, party, expect(await submitOf(own, party, change), 201).body.edit);
const called = (...identifiers: object[]) => ({ kind: 'correct_party', set: { identifiers }, reason: 'The list says so.' });
const found = async (own: Own, identifier: string) =>
  ((await own.read('/v1/parties', { key: 'contributor', query: { identifier } })).body.items as { id: string }[]).map(({ id }) => id);
const places = ({ status, body }: Answered) => [status, body.existing, ((body.errors ?? []) as { pointer: string }[])[0]?.pointer];

t.test('an identifier belongs to one party, whoever registers or corrects it', async (t) => {
  const own = await harness(t);
  const office = await register(own, agency('Sheriff of the harbour', ori('WA0170000'), { scheme: 'wikidata', value: 'Q1' }));
  t.match((await own.read(`/v1/parties/${office}`, { key: 'contributor' })).body, {
    identifiers: [ori('WA0170000'), { scheme: 'wikidata', value: 'Q1' }],
  });
  t.same(await found(own, 'ori:WA0170000'), [office]);
  t.same(await found(own, 'wikidata:WA0170000'), []);
  t.same(places(await post(own, agency('Another office', ori('WA1'), ori('WA0170000')), 'contributor2')), [409, office, '/identifiers/1']);
  const other = await register(own, agency('Another office', ori('WA1'), { scheme: 'fips', value: 'WA0170000' }));
  t.match(await post(own, agency('A third office', ori('X'), ori('X'))), { status: 422 });

  const change = called(ori('WA1'), ori('WA2'), ori('WA0170000'));
  t.same(places(await submitOf(own, other, change)), [409, office, '/changes/0/set/identifiers/2']);
  t.match(expect(await apply(own, other, called(ori('WA1'), ori('WA2'))), 200).body, { state: 'applied' });
  t.same(await found(own, 'ori:WA2'), [other]);
  t.same(places(await post(own, agency('A third office', ori('WA2')))), [409, other, '/identifiers/0']);

  // Two edits that give it to two parties: the first that is approved has it.
  const third = await register(own, agency('A third office'));
  const [one, two] = [
    expect(await submitOf(own, other, called(ori('WA1'), ori('WA3'))), 201).body.edit,
    expect(await submitOf(own, third, called(ori('WA3'))), 201).body.edit,
  ];
  expect(await voteOn(own, third, two), 200);
  t.same(places(await voteOn(own, other, one)), [409, third, '/changes/0/set/identifiers/1']);
  t.match((await own.read(`/v1/parties/${other}/edits/${one}`, { key: 'reviewer' })).body, { state: 'submitted' });

  // It stood with the wrong one: once that is corrected another may have it.
  expect(await apply(own, third, called()), 200);
  t.same(await found(own, 'ori:WA3'), []);
  expect(await voteOn(own, other, one), 200);
  t.same(await found(own, 'ori:WA3'), [other]);
  t.same(places(await submitOf(own, third, called(ori('WA3')))), [409, other, '/changes/0/set/identifiers/0']);
  t.match((await own.read(`/v1/parties/${other}`, { key: 'contributor', query: { asOfVersion: '1' } })).body, {
    identifiers: [ori('WA1'), { scheme: 'fips' }],
  });
});

t.test('an identifier of a merged party leads to its survivor, and stays with it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const twin = await register(own, agency('Sheriff of the harbour', ori('WA0170000')));
  expect(await apply(own, twin, { kind: 'merge_party', into: world.police, reason: 'They are one.' }), 200);
  t.match((await own.read('/v1/parties', { key: 'contributor', query: { identifier: 'ori:WA0170000' } })).body.items, [
    { id: twin, mergedInto: world.police },
  ]);
  t.same(places(await post(own, agency('Sheriff', ori('WA0170000')))), [409, world.police, '/identifiers/0']);
  t.same(places(await submitOf(own, world.police, called(ori('WA0170000')))), [409, world.police, '/changes/0/set/identifiers/0']);
  const { incident } = await propose(own, world, {
    parties: [{ ref: 'office', ...agency('Sheriff', ori('WA0170000')) }],
    agencies: ['office'],
    claims: [movedClaim(world, { speaker: 'office' })],
  });
  expect(await decideIncident(own, incident, 1, 'approve'), 200);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { agencies: [{ id: world.police }] });
});

t.test('what comes with an article and has an identifier of somebody is taken as it is', async (t) => {
  const own = await harness(t);
  const office = await register(own, agency('Sheriff of the harbour', ori('WA0170000')));
  const sent = [
    { ref: 'one', ...agency('Sheriff', ori('WA0170000')) },
    { ref: 'two', ...agency('Desk'), parent: 'one' },
  ];
  const answer = expect(await post(own, sent), 201).body as { parties: { id: string }[]; reused: object[] };
  t.equal(answer.parties[0]?.id, office);
  t.match(answer.reused, [{ ref: 'one', id: office, differs: ['/name'] }]);
  t.match((await own.read(`/v1/parties/${answer.parties[1]?.id}`, { key: 'contributor' })).body, { parent: office });
});

t.test('of a person an identifier is for those who have a key', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const person = await register(own, { kind: 'person', name: 'The driver', identifiers: [{ scheme: 'court', value: '17-4' }] });
  const { incident } = await propose(own, world, { claims: [movedClaim(world, { about: person })] });
  for (const key of ['reviewer', 'reviewer2'] as const) expect(await decideIncident(own, incident, 1, 'approve', key), 200);
  t.match((await own.read(`/v1/parties/${person}`)).body, { name: null, identifiers: [{ scheme: 'court', value: null }] });
  t.match((await own.read('/v1/parties', { query: { identifier: 'court:17-4' } })).body, { items: [] });
  t.same(await found(own, 'court:17-4'), [person]);
});
