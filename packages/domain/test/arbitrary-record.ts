import fc from 'fast-check';
import { type AspectDefinition, type Claim, flags, stances, standardVocabulary } from '../src/index.ts';
import {
  bool,
  type ClaimWords,
  claim,
  correct,
  dispute,
  type Given,
  none,
  number,
  on,
  proceeding,
  rank,
  reinstate,
  reinstateEntry,
  retract,
  retractEntry,
  ruling,
  term,
  text,
  time,
  update,
  who,
  withdrawDispute,
} from './given.ts';

/** Records of incidents at random, with every kind of event that derivations look at. A few aspects, so that claims often meet. */

const aspects = [
  'fled',
  'death',
  'weapon',
  'injury',
  'custody',
  'shots_fired',
  'attacker_count',
  'time',
  'shooter',
  'force_technique',
  'discharge',
  'statistic',
];
const bodies = ['department', 'bureau', 'office', 'ministry', 'city', 'police', 'snake', 'tail'];
const people = ['driver', 'witness', 'unnamedOfficial', 'otherUnnamedOfficial'];
const outlets = ['outlet', 'otherOutlet'];

const quantity = fc
  .tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom('exact', 'about', 'at_least', 'more_than', 'at_most', 'less_than', 'range'),
    fc.nat(3),
  )
  .map(([value, comparator, more]) => number(String(value), comparator, 'shot', comparator === 'range' ? String(value + more) : null));
const times = [
  ...['2026-01-14', '2026-01', '2026-01-14T18:50', '18:50', '2026-01-15', '../2026-01-14', '2026-01-14~'],
  ...['[2026-01-14,2026-01-16]', '18:00/20:00', '23:00/02:00', '2026-01-14T23:00/2026-01-15T02:00'],
];

const someValue = (aspect: AspectDefinition): fc.Arbitrary<Claim['value']> => {
  const byKind = {
    boolean: fc.boolean().map(bool),
    term: fc.constantFrom(...(aspect.terms.length > 0 ? aspect.terms : ['other'])).map(term),
    text: fc.string({ minLength: 1, maxLength: 12 }).map(text),
    time: fc.tuple(fc.constantFrom(...times), fc.boolean()).map(([value, approximate]) => time(value, approximate)),
    party: fc.constantFrom(...bodies).map(who),
    incident: fc.constant<Claim['value']>({ kind: 'incident', value: 'incident_00000000000000000000000000' }),
    quantity,
  };
  const contents = aspect.kinds.map((kind) => ({ weight: 8, arbitrary: byKind[kind] as fc.Arbitrary<Claim['value']> }));
  return fc.oneof(...contents, { weight: 1, arbitrary: fc.constantFrom<Claim['value']>(none, { kind: 'unknown' }, { kind: 'withheld' }) });
};

const speaker = fc.oneof(
  fc.constantFrom(...bodies).map((by) => ({ by })),
  fc.constantFrom(...people).chain((by) =>
    fc.record({
      by: fc.constant(by),
      capacity: fc.constantFrom('eyewitness' as const, 'official' as const, 'anonymous' as const),
      onBehalfOf: fc.option(fc.constantFrom(...bodies, 'driver'), { nil: undefined }),
    }),
  ),
  fc
    .constantFrom(...outlets)
    .chain((by) => fc.record({ by: fc.constant(by), capacity: fc.constant('reporter' as const), ownReporting: fc.boolean() })),
);

/** Words of a claim, without what names other claims. A boolean that is denied is true, as the vocabulary asks. */
export const someClaim: fc.Arbitrary<ClaimWords & { aspect: string }> = fc.constantFrom(...aspects).chain((name) => {
  const aspect = standardVocabulary.aspects.get(name);
  if (aspect === undefined) throw new Error(`there is no aspect ${name}`);
  return fc
    .tuple(
      speaker,
      someValue(aspect),
      fc.record({
        about: fc.option(fc.constantFrom('driver', 'officer', 'police'), { nil: undefined }),
        stance: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('asserts' as const, 'denies' as const) },
          { weight: 1, arbitrary: fc.constantFrom(...stances) },
        ),
        validAt: fc.constantFrom(null, '2026-01-14', '2026-01', '2026-01-14T10:00', '2026-01-14T16:00Z'),
        flags: fc.oneof(
          { weight: 6, arbitrary: fc.constant<Claim['flags']>([]) },
          { weight: 1, arbitrary: fc.subarray(flags, { maxLength: 2 }) },
        ),
      }),
    )
    .map(([by, value, rest]) => ({
      ...by,
      ...rest,
      aspect: name,
      value: rest.stance === 'denies' && value.kind === 'boolean' ? bool(true) : value,
    }));
});

type Draw = { claims: number; index: number; nat: (max: number) => number };
const relations = ['supports', 'answers', 'about'] as const;
const effects = ['upholds', 'contradicts', 'not_established', 'moots'] as const;
const rulingEffects = ['affirms', 'reverses', 'vacates', 'stays', 'lifts_stay'] as const;
const dates = [undefined, '2026-02', '2026-02-10', '2026-03-01'];

const some = <T>(of: readonly T[], { nat }: Draw): T => of[nat(of.length - 1)] as T;
const anyClaim = (draw: Draw) => `c${draw.nat(draw.claims - 1)}`;
const anyEarlier = (prefix: string, draw: Draw) => `${prefix}${draw.nat(Math.max(0, draw.index - 1))}`;

/** What may follow the claims; things of one kind are named by the index of their event, so that some names are of nothing. */
const followers: ((draw: Draw) => Given)[] = [
  (draw) => dispute(`d${draw.index}`, { claim: anyClaim(draw), by: some([...bodies, ...people, ...outlets], draw) }),
  (draw) => dispute(`d${draw.index}`, { claim: anyClaim(draw), inferred: true, counterClaim: anyClaim(draw) }),
  (draw) => withdrawDispute(anyEarlier('d', draw)),
  (draw) => proceeding(`p${draw.index}`, { on: some(dates, draw), ...(draw.nat(1) === 0 ? {} : { continues: anyEarlier('p', draw) }) }),
  (draw) => update(anyEarlier('p', draw), some(['pending', 'closed', 'dismissed'] as const, draw), some(dates, draw) ?? null),
  (draw) => {
    const own = [on.claim(anyClaim(draw), some(effects, draw))];
    if (draw.nat(1) === 0) own.push(on.ruling(anyEarlier('r', draw), some(rulingEffects, draw)));
    if (draw.nat(1) === 0) own.push(on.proceeding(anyEarlier('p', draw), 'dismissed'));
    const date = some(dates, draw);
    const caseNumber = some([undefined, '25-cr-1', '25-cv-2'], draw);
    return ruling(`r${draw.index}`, {
      effects: own,
      provisional: draw.nat(5) === 0,
      appealable: draw.nat(3) === 0,
      ...(date && { on: date }),
      ...(caseNumber && { caseNumber }),
    });
  },
  (draw) => rank(anyClaim(draw), some(['preferred', 'normal', 'deprecated'] as const, draw)),
  (draw) => retract(anyClaim(draw)),
  (draw) => reinstate(anyClaim(draw)),
  (draw) => retractEntry(some(['dispute', 'proceeding', 'ruling'] as const, draw), anyEarlier(some(['d', 'p', 'r'], draw), draw)),
  (draw) => reinstateEntry(some(['dispute', 'proceeding', 'ruling'] as const, draw), anyEarlier(some(['d', 'p', 'r'], draw), draw)),
  (draw) =>
    correct(
      anyClaim(draw),
      some([{ statement: 'Another statement.' }, { value: text('another value') }, { lang: 'es' }, { stance: 'denies' as const }], draw),
    ),
];

/** The events of a record: claims that name earlier ones now and then, then what happened to them. */
export const someRecord: fc.Arbitrary<Given[]> = fc
  .tuple(
    fc.array(someClaim, { minLength: 1, maxLength: 12 }),
    fc.array(fc.nat(followers.length - 1), { maxLength: 12 }),
    fc.array(fc.nat(997), { minLength: 60, maxLength: 60 }),
  )
  .map(([claims, kinds, draws]) => {
    let drawn = 0;
    const nat = (max: number) => (draws[drawn++ % draws.length] ?? 0) % (max + 1);
    const added = claims.map((words, index) => {
      const related =
        index > 0 && nat(3) === 0
          ? { relatesTo: [{ claim: `c${nat(index - 1)}`, as: some(relations, { claims: index, index, nat }) }] }
          : {};
      const replaces = index > 0 && nat(7) === 0 ? { replaces: `c${nat(index - 1)}` } : {};
      return claim(`c${index}`, { ...words, ...related, ...replaces });
    });
    return [...added, ...kinds.map((kind, index) => (followers[kind] ?? followers[0])?.({ claims: claims.length, index, nat }) as Given)];
  });
