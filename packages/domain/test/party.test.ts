import t from 'tap';
import {
  decideParty,
  derivedId,
  evolveParty,
  initialParty,
  type PartyCommand,
  type PartyFacts,
  partyBody,
  partyFacts,
  publicFacts,
} from '../src/index.ts';
import { type Body, factsOf, outcome, partyId, world } from './scene.ts';
import { driver } from './stream.ts';

const { parties } = factsOf(world());
type Sent = Parameters<ReturnType<typeof party>['run']>[0];
const party = (known: (id: string) => PartyFacts | undefined = parties) =>
  driver(partyId('new'), initialParty, evolveParty, (state, command: PartyCommand) => decideParty(state, command, known));
const register = (more: Body): Sent => ({ kind: 'register', body: partyBody.parse({ kind: 'agency', name: 'A § name', ...more }) });
const registered = (more: Body) => outcome(party().run(register(more)));

t.test('who is private', async (t) => {
  const facts = (more: Body) => {
    const p = party();
    p.run(register(more));
    return partyFacts(p.state);
  };
  t.equal(partyFacts(party().state), undefined);
  for (const kind of ['agency', 'court', 'outlet', 'organisation']) {
    t.match(facts({ kind }), { kind, private: false });
    t.equal(registered({ kind, private: true }), 'InvalidChange /private');
  }
  for (const kind of ['person', 'described_role']) {
    t.match(facts({ kind }), { kind, private: true });
    t.match(facts({ kind, publicRole: 'mayor' }), { private: true }, 'a role alone makes nobody public');
    t.match(facts({ kind, private: false, publicRole: 'mayor' }), { private: false, publicRole: 'mayor' });
    t.equal(registered({ kind, private: false }), 'InvalidChange /publicRole');
  }
});

t.test('who is private has no other names', async (t) => {
  const aliases = ['Another § name'];
  for (const kind of ['person', 'described_role']) {
    t.equal(registered({ kind, aliases }), 'InvalidChange /aliases');
    t.equal(registered({ kind, aliases, private: true, publicRole: 'mayor' }), 'InvalidChange /aliases');
    t.equal(registered({ kind, aliases, private: false, publicRole: 'mayor' }), 'PartyRegistered');
  }
  const correct = (set: object): Sent => ({ kind: 'correct', set, reason: '§' });
  const p = party();
  p.run(register({ kind: 'person', aliases, private: false, publicRole: 'mayor' }));
  t.equal(outcome(p.run(correct({ private: true, aliases }))), 'InvalidChange /aliases');
  t.equal(outcome(p.run(correct({ private: true }))), 'PartyCorrected', 'what is stored hinders nobody from being made private');
  t.equal(outcome(p.run(correct({ aliases }))), 'InvalidChange /aliases');
  t.equal(outcome(p.run(correct({ aliases: [] }))), 'PartyCorrected');
});

t.test('the public knows no private person by name', async (t) => {
  const facts = (kind: 'person' | 'described_role' | 'agency', isPrivate: boolean): PartyFacts => ({
    id: partyId('somebody'),
    kind,
    private: isPrivate,
    publicRole: null,
    parent: null,
    name: 'A § name',
  });
  for (const then of [true, false]) {
    t.match(publicFacts(facts('person', then), true), { name: null, private: true, withheld: true }, 'as it is by now');
    t.match(publicFacts(facts('person', then), false), { name: 'A § name' });
    for (const kind of ['described_role', 'agency'] as const) t.match(publicFacts(facts(kind, then), true), { name: 'A § name' });
  }
});

t.test('who stands above', async (t) => {
  t.equal(registered({ parent: partyId('department') }), 'PartyRegistered');
  t.equal(registered({ parent: partyId('nobody') }), 'InvalidChange /parent');
  t.equal(registered({ parent: partyId('mayor') }), 'InvalidChange /parent');
  t.equal(registered({ kind: 'person', parent: partyId('department') }), 'InvalidChange /parent');
  t.equal(registered({ kind: 'described_role', parent: partyId('department') }), 'InvalidChange /parent');
});

t.test('not more than 16 bodies stand above one', async (t) => {
  const chain = (length: number) => (id: string) => {
    const at = Number(id.slice(-2));
    const parent = at + 1 < length ? nth(at + 1) : null;
    return { id, kind: 'agency' as const, name: null, private: false, publicRole: null, parent };
  };
  const nth = (at: number) => `${partyId('chain').slice(0, -2)}${String(at).padStart(2, '0')}`;
  const under = (length: number) => outcome(party(chain(length)).run(register({ parent: nth(0) })));
  t.equal(under(16), 'PartyRegistered');
  t.equal(under(17), 'InvalidChange /parent');
});

t.test('corrections', async (t) => {
  const correct = (set: object): Sent => ({ kind: 'correct', set, reason: '§' });
  t.equal(outcome(party().run(correct({ name: '§' }))), 'NotFound');
  const p = party();
  p.run(register({}));
  t.equal(outcome(p.run(register({}))), 'AggregateState');
  t.equal(outcome(p.run(correct({}))), 'InvalidChange ');
  t.equal(outcome(p.run(correct({ name: 'Another § name', parent: partyId('department') }))), 'PartyCorrected');
  t.match(p.state.fields, { kind: 'agency', name: 'Another § name', parent: partyId('department') });
  t.equal(outcome(p.run(correct({ parent: null }))), 'PartyCorrected');
  t.equal(outcome(p.run(correct({ private: true }))), 'InvalidChange /private');
  t.equal(outcome(p.run(correct({ parent: partyId('nobody') }))), 'InvalidChange /parent');

  const person = party();
  person.run(register({ kind: 'person' }));
  t.equal(outcome(person.run(correct({ parent: partyId('department') }))), 'InvalidChange /parent');
  t.equal(outcome(person.run(correct({ private: false }))), 'InvalidChange /publicRole');
  t.equal(outcome(person.run(correct({ private: false, publicRole: 'mayor' }))), 'PartyCorrected');
  t.equal(outcome(person.run(correct({ publicRole: null }))), 'InvalidChange /publicRole', 'public persons have a role');
  t.equal(outcome(person.run(correct({ private: true, publicRole: null }))), 'PartyCorrected');
  t.equal(outcome(person.run(correct({ publicRole: null }))), 'PartyCorrected');
});

t.test('nobody stands above itself', async (t) => {
  const own = partyId('new');
  const above: PartyFacts = {
    id: derivedId('party', '7a1d1f0e-0d4c-5c5b-8f83-2f1d5a0f6b11', 'above'),
    kind: 'agency',
    private: false,
    publicRole: null,
    parent: own,
    name: null,
  };
  const self: PartyFacts = { ...above, id: own, parent: null };
  const known = new Map([above, self].map((it) => [it.id, it]));
  const p = party((id) => known.get(id));
  p.run(register({}));
  t.equal(outcome(p.run({ kind: 'correct', set: { parent: own }, reason: '§' })), 'InvalidChange /parent');
  t.equal(outcome(p.run({ kind: 'correct', set: { parent: above.id }, reason: '§' })), 'InvalidChange /parent');
});

t.test('the same command again yields nothing', async (t) => {
  const p = party();
  const command = p.nextCommand();
  p.run({ ...register({}), command });
  t.equal(outcome(p.run({ ...register({}), command })), '');
});

t.test('an erased name does not give the old one back', async (t) => {
  const p = party();
  p.run(register({ name: 'The first § name' }));
  p.run({ kind: 'correct', set: { name: 'The second § name', parent: partyId('city') }, reason: '§' });
  p.erase(1, '/set/name');
  t.match(partyFacts(p.state), { name: null, parent: partyId('city') });
  t.notMatch(JSON.stringify(p.state.fields), '§');
  const bare = initialParty();
  for (const event of p.events) evolveParty(bare, event);
  t.match(partyFacts(bare), { private: false, parent: partyId('city') });
});
