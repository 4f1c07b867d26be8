import t from 'tap';
import { askedOf, type ClaimDocument, saidBy, standardVocabulary } from '../src/index.ts';

const claim = (value: object, more: object = {}) =>
  ({ value, stance: 'asserts', flags: [], ...more }) as unknown as Pick<ClaimDocument, 'value' | 'stance' | 'flags'>;
const shots = (comparator: string, value: string, upper: string | null = null) =>
  saidBy(claim({ kind: 'quantity', unit: 'shot', comparator, value, upper }));

t.test('a claim says its value where it says so firmly', async (t) => {
  const firearm = { kind: 'term', value: 'firearm' };
  t.same(saidBy(claim(firearm)), { word: 'firearm' });
  t.equal(saidBy(claim(firearm, { stance: 'denies' })), null);
  t.equal(saidBy(claim(firearm, { stance: 'cannot_confirm' })), null);
  t.equal(saidBy(claim(firearm, { flags: ['negation_unclear'] })), null);
  t.same(saidBy(claim({ kind: 'boolean', value: true })), { word: 'true' });
  t.same(saidBy(claim({ kind: 'boolean', value: true }, { stance: 'denies' })), { word: 'false' });
  t.same(saidBy(claim({ kind: 'none' })), { word: 'none' });
  t.equal(saidBy(claim({ kind: 'none' }, { stance: 'denies' })), null);
  t.equal(saidBy(claim({ kind: 'text', value: 'to flee' })), null, 'no text is read');
  t.equal(saidBy(claim({ kind: 'time', value: '2026-01-14' })), null);
});

t.test('a number is said with its bounds', async (t) => {
  t.same(shots('exact', '3'), { unit: 'shot', low: 3, high: 3 });
  t.same(shots('range', '2', '4'), { unit: 'shot', low: 2, high: 4 });
  t.same(shots('at_least', '2'), { unit: 'shot', low: 2, high: null });
  t.same(shots('at_most', '2'), { unit: 'shot', low: null, high: 2 });
  t.match(shots('more_than', '2'), { low: 2.000_000_5, high: null }, 'the bound itself is not meant');
  t.match(shots('less_than', '2'), { low: null, high: 1.999_999_5 });
});

t.test('a value is asked for as the aspect has it, and else it is said how', async (t) => {
  const asked = (name: string, written: string) => {
    const aspect = standardVocabulary.aspects.get(name);
    return aspect && askedOf(aspect, written);
  };
  t.same(asked('weapon', 'firearm'), { asked: { word: 'firearm' } });
  t.same(asked('weapon', 'none'), { asked: { word: 'none' } });
  t.same(asked('fled', 'true'), { asked: { word: 'true' } });
  t.same(asked('shots_fired', '3'), { asked: { unit: 'shot', number: 3 } });
  t.same(asked('fled', 'false'), { asked: { word: 'false', or: 'none' } }, 'who did not flee');
  t.same(asked('fled', 'none'), { asked: { word: 'none', or: 'false' } });
  t.same(asked('shots_fired', 'none'), { asked: { unit: null, number: 0 } });
  t.same(asked('shots_fired', '3 shot'), { asked: { unit: 'shot', number: 3 } });
  t.same(asked('statistic', '1300.5 percent_change'), { asked: { unit: 'percent_change', number: 1300.5 } });
  const party = 'party_00000000000000000000000001';
  t.same(asked('shooter', party), { asked: { word: party } });
  for (const [name, written] of [
    ['weapon', 'true'],
    ['fled', 'yes'],
    ['shots_fired', '3 person'],
    ['shots_fired', '1e3'],
    ['statistic', '3'],
    ['shooter', 'incident_00000000000000000000000001'],
    ['intent', 'to flee'],
    ['time', '2026-01-14'],
  ] as const)
    t.match(asked(name, written), { must: /^must, for \w+, be .*unknown, none/ }, `${name} ${written}`);
});
