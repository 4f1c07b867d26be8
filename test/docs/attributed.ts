import {
  type AspectDefinition,
  attributed,
  type Claim,
  type ClaimValue,
  capacities,
  type PartyFacts,
  stances,
  standardVocabulary,
} from '@averment/domain';

/** The page docs/attributed.md: every sentence that `attributed` can make, for reading. */

/** A speaker for each capacity. */
const speakers: Record<Claim['capacity'], string> = {
  spokesperson: 'County police',
  official: 'the mayor of Ferryhill',
  officer_involved: 'the officer who fired',
  person_concerned: 'the passenger',
  eyewitness: 'two neighbours',
  relative: 'a brother of the driver',
  lawyer: 'the driver’s lawyer',
  prosecutor: 'the district attorney',
  judge: 'a magistrate judge',
  medical: 'the hospital’s surgeon',
  expert: 'an expert on police tactics',
  analyst: 'an analyst',
  organisation: 'Legal Aid Centre',
  anonymous: 'an official of the department',
  reporter: 'The Gazette',
};
const names: Record<string, string> = {
  ...speakers,
  speaker: 'a witness',
  about: 'the driver',
  value: 'Harbour police',
  other: 'the Northern District',
  outlet: 'The Gazette',
};
const parties = (id: string): PartyFacts | undefined => {
  const name = names[id];
  return name === undefined
    ? undefined
    : { id, kind: 'described_role', private: true, publicRole: null, parent: null, mergedInto: null, name };
};

const base: Claim = {
  id: 'claim',
  aspect: 'fled',
  about: 'about',
  value: { kind: 'boolean', value: true },
  statement: '',
  lang: 'en',
  speaker: 'speaker',
  capacity: 'eyewitness',
  stance: 'asserts',
  onBehalfOf: null,
  via: [],
  rendering: null,
  ownReporting: false,
  saidAt: null,
  validAt: null,
  replaces: null,
  relatesTo: [],
  scope: null,
  flags: [],
  citations: [],
};
const sentence = (more: Partial<Claim>): string => attributed({ ...base, ...more }, parties, standardVocabulary) ?? '(null)';

const shots = (more: Partial<Extract<ClaimValue, { kind: 'quantity' }>>): ClaimValue => ({
  kind: 'quantity',
  value: '2',
  unit: 'shot',
  comparator: 'exact',
  upper: null,
  ...more,
});
/** Each kind of value, with an aspect that takes it. */
const values: Record<string, Pick<Claim, 'aspect' | 'value'> & Partial<Claim>> = {
  'boolean, true': { aspect: 'vehicle_motion', value: { kind: 'boolean', value: true } },
  'boolean, false': { aspect: 'obeyed_order', value: { kind: 'boolean', value: false } },
  term: { aspect: 'weapon', value: { kind: 'term', value: 'blade' } },
  text: { aspect: 'intent', value: { kind: 'text', value: 'to get away', alternatives: [] } },
  time: { aspect: 'time', about: null, value: { kind: 'time', value: '2026-01-14T18:50', approximate: true } },
  party: { aspect: 'shooter', about: null, value: { kind: 'party', value: 'value' } },
  incident: { aspect: 'part_of', about: null, value: { kind: 'incident', value: 'incident_…' } },
  quantity: { aspect: 'shots_fired', about: null, value: shots({ comparator: 'at_least' }) },
  unknown: { aspect: 'shots_fired', about: null, value: { kind: 'unknown' } },
  none: { aspect: 'weapon', value: { kind: 'none' } },
  withheld: { aspect: 'shooter', about: null, value: { kind: 'withheld' } },
  sealed: { aspect: 'criminal_history', value: { kind: 'sealed' } },
};

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const everyCombination = (): string =>
  stances
    .map((stance) => {
      const rows = Object.entries(values).flatMap(([kind, value]) =>
        capacities.map((capacity) => [kind, `\`${capacity}\``, sentence({ ...value, stance, capacity, speaker: capacity })]),
      );
      return `### ${stance}\n\n${table(['value', 'capacity', 'sentence'], rows)}`;
    })
    .join('\n\n');

/** Some values of each kind, for an aspect with these terms and units. */
const examples: Record<AspectDefinition['kinds'][number], (of: AspectDefinition) => ClaimValue[]> = {
  boolean: () => [true, false].map((value) => ({ kind: 'boolean', value })),
  term: ({ terms }) => terms.map((value) => ({ kind: 'term', value })),
  text: () => [{ kind: 'text', value: '…', alternatives: [] }],
  time: () => [{ kind: 'time', value: '2026-01-14', approximate: false }],
  party: () => [{ kind: 'party', value: 'value' }],
  incident: () => [{ kind: 'incident', value: 'incident_…' }],
  quantity: ({ units }) => [shots({ unit: units?.[0] ?? 'percent' })],
};
const valuesOf = (of: AspectDefinition): ClaimValue[] => of.kinds.flatMap((kind) => examples[kind](of));
const labelOf = (value: ClaimValue): string =>
  'value' in value && value.kind !== 'quantity' ? `${value.kind}, ${value.value}` : value.kind;

const everyAspect = (): string => {
  const rows = [...standardVocabulary.aspects.values()].flatMap((definition) =>
    [...valuesOf(definition), { kind: 'none' } as const, { kind: 'unknown' } as const].flatMap((value) =>
      [
        { stance: 'asserts' as const },
        { stance: 'asserts' as const, about: null },
        { stance: 'denies' as const },
        { stance: 'announces' as const, about: null },
      ].map((more, index) => [
        index === 0 ? `\`${definition.name}\`` : '',
        index === 0 ? labelOf(value).replace('party, value', 'party') : '',
        sentence({ aspect: definition.name, value, ...more }),
      ]),
    ),
  );
  return table(['aspect', 'value', 'sentence'], rows);
};

const quantities = (): string[] => [
  sentence({ aspect: 'shots_fired', about: null, value: shots({ value: '1' }) }),
  sentence({ aspect: 'shots_fired', about: null, value: shots({ comparator: 'about' }) }),
  sentence({ aspect: 'shots_fired', about: null, value: shots({ comparator: 'more_than' }) }),
  sentence({ aspect: 'shots_fired', about: null, value: shots({ comparator: 'at_most' }) }),
  sentence({ aspect: 'shots_fired', about: null, value: shots({ comparator: 'less_than' }) }),
  sentence({ aspect: 'shots_fired', about: null, value: shots({ comparator: 'range', upper: '4' }) }),
  sentence({ aspect: 'death_count', about: null, value: shots({ value: '1', unit: 'person' }) }),
  sentence({ aspect: 'age', value: shots({ value: '30', comparator: 'range', upper: '39', unit: 'year' }) }),
  ...[...standardVocabulary.units.keys()].map((unit) =>
    sentence({ aspect: 'statistic', about: null, value: shots({ value: '1300', unit }) }),
  ),
];
const times = (): string[] =>
  [
    ...['2026-01-14', '2026-01', '2026', '18:50', 'T18:50', '2026-01-14T18:50', '2026-01-02/2026-01-05', '2026~'],
    ...[
      '18:00/20:00',
      '2026-01-14T18:00/20:00',
      '2026-01-14T23:00/2026-01-15T02:00',
      '[2026-01-14,2026-01-15]',
      '[2026-01-14..2026-01-16]',
    ],
  ]
    .flatMap((value) => [false, true].map((approximate) => ({ kind: 'time' as const, value, approximate })))
    .map((value) => sentence({ aspect: 'time', about: null, value }));
const beside = (): string[] => [
  sentence({ capacity: 'lawyer', onBehalfOf: 'about', stance: 'denies' }),
  sentence({ capacity: 'spokesperson', onBehalfOf: 'value' }),
  sentence({ via: ['value', 'outlet'] }),
  sentence({ speaker: 'outlet', capacity: 'reporter', rendering: 'unattributed' }),
  sentence({ speaker: 'outlet', capacity: 'reporter', ownReporting: true }),
  sentence({ rendering: 'unattributed', via: ['outlet'] }),
  ...(['machine_translated', 'negation_unclear', 'sense_unclear', 'attribution_unclear'] as const).map((flag) =>
    sentence({ flags: [flag] }),
  ),
  sentence({ onBehalfOf: 'value', via: ['outlet'], flags: ['machine_translated', 'negation_unclear'] }),
  sentence({ about: 'nobody known' }),
  sentence({ aspect: 'an_aspect_of_ones_own' }),
  sentence({ aspect: 'an_aspect_of_ones_own', value: { kind: 'boolean', value: false }, stance: 'denies' }),
  sentence({ aspect: 'an_aspect_of_ones_own', value: { kind: 'term', value: 'some_term' }, stance: 'announces' }),
  sentence({ aspect: 'an_aspect_of_ones_own', value: { kind: 'none' } }),
  sentence({ aspect: 'weapon', value: { kind: 'term', value: 'a_term_of_ones_own' } }),
  sentence({ aspect: 'intent', value: { kind: 'text', value: 'to [get] away.\nIt was so', alternatives: ['to hide'] } }),
];
const list = (sentences: string[]): string => sentences.map((one) => `- ${one}`).join('\n');

/** The page, as it is written. */
export const attributedPage = (): string => `# The sentence that attributes a claim

\`attributed\` of a claim says who said what, for apps to show: "A fisherman on the bank (eyewitness) denied that the vehicle of the boatman moved toward an officer before the first shot." It is made from the claim's stance, value, aspect, about, speaker, capacity, \`onBehalfOf\`, \`via\`, rendering and flags. The statement is not in it: it stands beside.

- It tells that something was said, never that it is so. "Confirmed", "admitted" and the like would say that it is.
- A denial denies the whole of what follows "that".
- Square brackets hold the record's words for a value. They are no quotation of the speaker.
- The stance decides the verb, the aspect the words after it: both are data, in \`packages/domain/src/values/vocabulary.json\`. An installation gives the words of its own aspects as \`says\` in \`VOCABULARY_FILE\`; without them the sentence names aspect and value.

This page is made by \`npm run attributed\`, and a test holds it against the code. It has every combination of stance, kind of value and capacity, then every value of every aspect, and whatever else a sentence can hold.

## Every stance, kind of value and capacity

${everyCombination()}

## Every aspect

With the stance asserts; the same about nobody in particular; with denies; with announces about nobody in particular.

${everyAspect()}

## Quantities

${list(quantities())}

## Times

${list(times())}

## What stands beside the capacity, and what has no words of its own

${list(beside())}
`;
