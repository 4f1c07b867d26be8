import t from 'tap';
import { survivorOf, topmost } from '../src/index.ts';
import { bool, claims, dispute, given, id, number, on, parties, ruling, state, who } from './given.ts';

/** Parties that are said to be one are one voice, one person and one court for every rule. */

t.test('two names of one agency are one voice', async (t) => {
  const shots = { value: number('2') };
  const told = claims('shots_fired', { by: 'department', ...shots }, { by: 'olderDepartment', ...shots }, { by: 'city', ...shots });
  t.equal(given(...told.slice(0, 2)).aspect('shots_fired'), 'single_account');
  t.equal(given(...told.slice(0, 2)).voices('shots_fired'), 1);
  t.equal(given(...told).voices('shots_fired'), 2);
  t.equal(given(...told).aspect('shots_fired'), 'agreed');
  t.equal(state('shots_fired', { by: 'oldDepartment', ...shots }, { by: 'bureau', value: number('3') }), 'inconsistent', 'and those below');
});

t.test('nobody disputes with another name of its own', async (t) => {
  const told = claims('shots_fired', { by: 'department', value: number('2') });
  t.equal(given(...told, dispute('d1', { claim: 'c1', by: 'oldDepartment' })).standing('c1'), 'standing');
  t.equal(given(...told, dispute('d1', { claim: 'c1', by: 'city' })).standing('c1'), 'disputed');
});

t.test('what is claimed of one person under two names is one row', async (t) => {
  const told = [
    { by: 'department', about: 'man', value: bool(true) },
    { by: 'city', about: 'driver', value: bool(false) },
  ];
  const of = given(...claims('attacked_officers', ...told));
  t.equal(of.aspect('attacked_officers', 'driver'), 'disputed');
  t.equal(of.aspect('attacked_officers', 'man'), undefined);
  t.same(of.listed('attacked_officers', 'driver'), [id('claim', 'c1'), id('claim', 'c2')]);
});

t.test('a value that is a party is the one that it is said to be', async (t) => {
  const shooter = (one: string, other: string, stance: 'asserts' | 'denies' = 'asserts') =>
    state('shooter', { by: 'department', value: who(one) }, { by: 'city', value: who(other), stance });
  t.equal(shooter('olderDepartment', 'department'), 'agreed');
  t.equal(shooter('olderDepartment', 'office'), 'agreed', 'and those below it');
  t.equal(shooter('man', 'driver', 'denies'), 'disputed');
  t.equal(shooter('man', 'passenger'), 'disputed');
});

t.test('a role that is said to be a person counts as that person', async (t) => {
  const told = [
    { by: 'spokesman', capacity: 'spokesperson', value: number('2') },
    { by: 'city', value: number('2') },
  ] as const;
  t.equal(state('shots_fired', ...told), 'agreed');
  t.equal(state('shots_fired', { ...told[0], by: 'unnamedOfficial' }, told[1]), 'single_account');
});

t.test('two names of one court tell of one case', async (t) => {
  const told = claims('vehicle_motion', { by: 'department', value: bool(true) });
  const decided = (first: string) =>
    given(
      ...told,
      ruling('r1', { court: first, caseNumber: '1', on: '2026-01-01', effects: [on.claim('c1', 'upholds')] }),
      ruling('r2', { court: 'court', caseNumber: '1', on: '2026-02-01', effects: [on.claim('c1', 'contradicts')] }),
    ).standing('c1');
  t.equal(decided('oldCourt'), 'contradicted', 'the later one of the case');
  t.equal(decided('appealCourt'), 'disputed', 'two cases differ');
});

t.test('parties merged in a circle are one', async (t) => {
  const [left, right] = [id('party', 'left'), id('party', 'right')];
  const first = [left, right].sort()[0];
  for (const one of [left, right]) t.same([survivorOf(one, parties), topmost(one, parties)], [first, first]);
  t.equal(survivorOf(id('party', 'olderDepartment'), parties), id('party', 'department'));
  t.equal(survivorOf(id('party', 'office'), parties), id('party', 'office'));
});
