import t from 'tap';
import {
  decideParty,
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

const facts = factsOf(world());
const { parties } = facts;
type Sent = Parameters<ReturnType<typeof party>['run']>[0];
const party = (known: (id: string) => PartyFacts | undefined = parties) =>
  driver(partyId('new'), initialParty, evolveParty, (state, command: PartyCommand) =>
    decideParty(state, command, { ...facts, parties: known }),
  );
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
});

t.test('the public knows no private person by name', async (t) => {
  const facts = (kind: 'person' | 'described_role' | 'agency', isPrivate: boolean): PartyFacts => ({
    id: partyId('somebody'),
    kind,
    private: isPrivate,
    publicRole: null,
    parent: null,
    mergedInto: null,
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
    return { id, kind: 'agency' as const, name: null, private: false, publicRole: null, parent, mergedInto: null };
  };
  const nth = (at: number) => `${partyId('chain').slice(0, -2)}${String(at).padStart(2, '0')}`;
  const under = (length: number) => outcome(party(chain(length)).run(register({ parent: nth(0) })));
  t.equal(under(16), 'PartyRegistered');
  t.equal(under(17), 'InvalidChange /parent');
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
  const set = { name: 'The second § name', parent: partyId('city') };
  p.append([{ type: 'PartyCorrected', edit: null, data: { fields: ['name', 'parent'], set, reason: '§', citations: [] } }]);
  p.erase(1, '/set/name');
  t.match(partyFacts(p.state), { name: null, parent: partyId('city') });
  t.notMatch(JSON.stringify(p.state.fields), '§');
  const bare = initialParty();
  for (const event of p.events) evolveParty(bare, event);
  t.match(partyFacts(bare), { private: false, parent: partyId('city') });
});
