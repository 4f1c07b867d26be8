import { z } from 'zod';
import data from './vocabulary.json' with { type: 'json' };

/**
 * The controlled vocabulary: `vocabulary.json`, validated when this module loads, and what a configuration adds to it. Aspects, their terms, units, and the
 * types and statuses of proceedings can be added; capacities, stances, effects and flags are closed, because the rules give them a meaning.
 */

const word = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a lower case word');
/** Name of an aspect. Whether there is such an aspect is for `decide`, since a configuration can add some. */
export const aspectName = word;
/** A unit of quantities, checked against the vocabulary by `decide`. */
export const unitName = word;
/** A type or a status of proceedings, likewise. */
export const proceedingWord = word;

const valueKinds = ['boolean', 'term', 'text', 'time', 'party', 'incident', 'quantity'] as const;
export type ValueKind = (typeof valueKinds)[number];

/**
 * A piece of a sentence: `{value}` stands for the value, `{number}` for a quantity without its unit, `{about}` for whom the claim is about ("somebody" where
 * it is about nobody, `{about:the officers}` for these), `{of about}` for the same with a preposition, or for nothing. A verb stands as `[fled|flee]`, past
 * and infinitive, or as `[was]` or `[were]`: so one piece is told of the past, denied, and told of the future.
 */
const piece = z
  .string()
  .max(300)
  .refine(
    (text) => !/[[\]{}]/.test(text.replace(/\{(?:value|number|about(?::[^{}[\]]+)?|[a-z]+ about)\}|\[(?:was|were|[a-z]+\|[a-z]+)\]/g, '')),
    'holds a brace or bracket that is none of {value}, {number}, {about}, {about:…}, {of about}, [was], [were] and [past|infinitive]',
  );
const hasVerb = (text: string): boolean => text.includes('[');
const says = z.strictObject({
  /** What a claim with the value true, or with this value, says. */
  clause: piece,
  /** The question that it answers, in the past: "how many shots were fired, if any". A boolean's is "whether" and its clause. */
  asked: piece.optional(),
  /** What the value `none` says. */
  none: piece.refine(hasVerb, 'has no verb in brackets').optional(),
  /** Where that is said of somebody: what every other value says, which `none` denies. */
  any: piece.refine(hasVerb, 'has no verb in brackets').optional(),
  /** Each term, to stand in the clause. */
  terms: z.record(word, piece).default({}),
});
export type Says = z.output<typeof says>;

/** What an example says beside what its aspect, and all examples, have in common. */
const example = z.strictObject({
  value: z.looseObject({ kind: z.string() }),
  statement: z.string(),
  quote: z.string(),
  about: z.boolean().default(false),
  capacity: z.string().default('spokesperson'),
  stance: z.string().default('asserts'),
  saidAt: z.string().optional(),
  scope: z.looseObject({}).optional(),
});

const aspect = z
  .strictObject({
    name: aspectName,
    group: word,
    /** Kinds of value that it takes, beside `unknown`, `none`, `withheld` and `sealed`, which fit every aspect. */
    kinds: z.array(z.enum(valueKinds)).min(1),
    terms: z.array(word).default([]),
    /** Pairs of terms that cannot both be true. */
    opposites: z.array(z.tuple([word, word])).default([]),
    /** Units that a quantity may have; null for any. */
    units: z.array(unitName).min(1).nullable().default(null),
    /** A: says something discreditable of whom it is about. */
    accusatory: z.boolean().default(false),
    /** M: several values can be true at once. */
    multiple: z.boolean().default(false),
    /** V: changes with time, so values are compared only at the same `validAt`. */
    varies: z.boolean().default(false),
    /** X: never compared. */
    neverCompared: z.boolean().default(false),
    /** P: describes a person, as reported. Takes two approvals, and nothing is listed or searched by it. */
    personal: z.boolean().default(false),
    note: z.string().nullable().default(null),
    description: z.string().nullable().default(null),
    /** What is easily told wrongly. */
    pitfalls: z.array(z.string()).default([]),
    example: example.nullable().default(null),
    /** How sentences say it; without it they name aspect and value. */
    says: says.nullable().default(null),
  })
  .refine((it) => it.kinds.includes('term') === it.terms.length > 0, 'an aspect has terms exactly when it takes values of kind term')
  .refine((it) => it.opposites.flat().every((term) => it.terms.includes(term)), 'opposites must be terms of the aspect')
  .refine((it) => it.units === null || it.kinds.includes('quantity'), 'only an aspect that takes quantities has units')
  .refine(
    ({ says, terms }) => Object.keys(says?.terms ?? {}).every((term) => terms.includes(term)),
    'says.terms must be terms of the aspect',
  )
  .refine(
    ({ says, kinds }) => says === null || says.asked !== undefined || kinds.every((kind) => kind === 'boolean'),
    'says.asked is needed where the aspect takes other values than booleans',
  )
  .refine(
    ({ says }) => says === null || [says.clause, ...Object.values(says.terms)].some(hasVerb),
    'says.clause, or its terms, have no verb in brackets',
  );

/** A unit in the singular and the plural. */
const unitWords = z.tuple([z.string(), z.string()]).readonly();
const entry = z.strictObject({ meaning: z.string().optional() });
const type = z.strictObject({ meaning: z.string().nullable().default(null) });
/** `ends`: whether a proceeding of this status is over; null where the status does not tell. */
const status = type.extend({ ends: z.boolean().nullable() });
const file = z.strictObject({
  aspects: z.array(aspect),
  units: z.record(unitName, unitWords),
  capacities: z.record(word, entry),
  stances: z.record(
    word,
    entry.extend({
      /** How sentences say it of a `{clause}`, of what will be (`{future}`), or of the question (`{asked}`). */
      says: z.string(),
      counted: z.boolean().default(true),
      needsRelation: z.boolean().default(false),
      needsReplaced: z.boolean().default(false),
      valueKind: z.enum(valueKinds).nullable().default(null),
    }),
  ),
  proceedingTypes: z.record(word, type),
  proceedingStatuses: z.record(word, status),
  claimEffects: z.record(word, entry),
  rulingEffects: z.record(word, entry),
  flags: z.record(word, entry.extend({ counted: z.boolean().default(true) })),
});

/**
 * What a configuration may add: aspects with their flags, units, terms for aspects that there are (with their words or without), and types and statuses of
 * proceedings.
 */
const extension = z.strictObject({
  aspects: z.array(aspect).default([]),
  units: z.array(z.union([unitName, z.strictObject({ name: unitName, words: unitWords })])).default([]),
  terms: z.record(aspectName, z.array(z.union([word, z.strictObject({ name: word, says: piece })]))).default({}),
  proceedingTypes: z.record(word, type).default({}),
  proceedingStatuses: z.record(word, status).default({}),
});
type AddedTerms = z.output<typeof extension>['terms'][string];

export type AspectDefinition = z.output<typeof aspect>;
export type ProceedingType = z.output<typeof type>;
export type ProceedingStatus = z.output<typeof status>;
export type Vocabulary = {
  /** By name, in the order in which they are shown. */
  aspects: ReadonlyMap<string, AspectDefinition>;
  /** By name, in the singular and the plural. */
  units: ReadonlyMap<string, readonly [string, string]>;
  proceedingTypes: ReadonlyMap<string, ProceedingType>;
  proceedingStatuses: ReadonlyMap<string, ProceedingStatus>;
};

const base = file.parse(data);

const keys = <T extends object>(entries: T) => Object.keys(entries) as [keyof T & string, ...(keyof T & string)[]];
/** Each word with its meaning, where the vocabulary tells one. */
const told = (words: Record<string, { meaning?: string | undefined }>): string =>
  Object.entries(words)
    .map(([name, { meaning }]) => (meaning === undefined ? `\`${name}\`` : `\`${name}\` (${meaning})`))
    .join(', ');
/** What the closed words mean, in one sentence each. */
export const meaningOf = {
  capacity: told(base.capacities),
  stance: told(base.stances),
  effect: told({ ...base.claimEffects, ...base.rulingEffects }),
  flag: told(base.flags),
};
export const capacities = keys(data.capacities);
export const stances = keys(data.stances);
export const claimEffects = keys(data.claimEffects);
export const rulingEffects = keys(data.rulingEffects);
export const flags = keys(data.flags);
export const valuesWithoutContent = ['unknown', 'none', 'withheld', 'sealed'] as const;

type Stance = (typeof stances)[number];

type StanceRule = {
  meaning: string;
  says: string;
  counted: boolean;
  needsRelation: boolean;
  needsReplaced: boolean;
  valueKind: ValueKind | null;
};
/** What a stance means and asks of the claim. */
export const stanceRules = Object.fromEntries(
  stances.map((name) => [
    name,
    { meaning: '', counted: true, needsRelation: false, needsReplaced: false, valueKind: null, ...base.stances[name] },
  ]),
) as Record<Stance, StanceRule>;

const uncounted = (entries: Record<string, { counted: boolean }>) =>
  new Set(Object.keys(entries).filter((name) => entries[name]?.counted === false));
/** Stances and flags of claims that are listed but not counted (docs/rules.md, state 7). */
export const uncountedStances: ReadonlySet<string> = uncounted(base.stances);
export const uncountedFlags: ReadonlySet<string> = uncounted(base.flags);

const unique = (names: string[], what: string) => {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`vocabulary: ${what} ${twice} is defined twice`);
};

const joined = <T>(own: Record<string, T>, added: Record<string, T>, what: string): ReadonlyMap<string, T> => {
  unique([...Object.keys(own), ...Object.keys(added)], what);
  return new Map(Object.entries({ ...own, ...added }));
};

const withTerms = (definition: AspectDefinition, added: AddedTerms): AspectDefinition => {
  if (added.length > 0 && !definition.kinds.includes('term')) throw new Error(`vocabulary: aspect ${definition.name} takes no terms`);
  const terms = added.map((term) => (typeof term === 'string' ? { name: term, says: null } : term));
  const words = Object.fromEntries(terms.flatMap(({ name, says }) => (says === null ? [] : [[name, says]])));
  return {
    ...definition,
    terms: [...definition.terms, ...terms.map(({ name }) => name)],
    says: definition.says && { ...definition.says, terms: { ...definition.says.terms, ...words } },
  };
};

/**
 * The vocabulary with what a configuration adds. Throws an `Error` that says what is wrong: a name defined twice, terms for an aspect that
 * there is not, a unit that there is not.
 */
export const loadVocabulary = (added: unknown = {}): Vocabulary => {
  const parsed = extension.safeParse(added);
  if (!parsed.success) throw new Error(`vocabulary: ${z.prettifyError(parsed.error)}`);
  const { aspects, units, terms, proceedingTypes, proceedingStatuses } = parsed.data;
  const all = [...base.aspects, ...aspects];
  const allUnits: [string, readonly [string, string]][] = [
    ...Object.entries(base.units),
    ...units.map((unit): [string, readonly [string, string]] => {
      if (typeof unit !== 'string') return [unit.name, unit.words];
      const words = unit.replaceAll('_', ' ');
      return [unit, [words, words]];
    }),
  ];
  const unitNames = allUnits.map(([name]) => name);
  unique(unitNames, 'unit');
  unique(
    all.map(({ name }) => name),
    'aspect',
  );
  const missing = Object.keys(terms).find((name) => !all.some((it) => it.name === name));
  if (missing !== undefined) throw new Error(`vocabulary: terms are added to ${missing}, but there is no such aspect`);
  const complete = all.map((it) => withTerms(it, terms[it.name] ?? []));
  for (const it of complete) {
    unique(it.terms, `term of ${it.name}`);
    const unknown = it.units?.find((unit) => !unitNames.includes(unit));
    if (unknown !== undefined) throw new Error(`vocabulary: aspect ${it.name} has the unit ${unknown}, but there is no such unit`);
  }
  return {
    aspects: new Map(complete.map((it) => [it.name, it])),
    units: new Map(allUnits),
    proceedingTypes: joined(base.proceedingTypes, proceedingTypes, 'type of proceedings'),
    proceedingStatuses: joined(base.proceedingStatuses, proceedingStatuses, 'status of proceedings'),
  };
};

/** The vocabulary without additions. */
export const standardVocabulary: Vocabulary = loadVocabulary();

/** Ids that stand for the reader's own in examples. */
const inExamples = {
  speaker: 'party_00000000000000000000000001',
  about: 'party_00000000000000000000000002',
  party: 'party_00000000000000000000000003',
  source: 'source_00000000000000000000000001',
};

/** A claim of the aspect as an edit takes it; null where the vocabulary has none. */
export const exampleOf = ({ name, example }: AspectDefinition): Record<string, unknown> | null => {
  if (example === null) return null;
  const { value, about, quote, ...told } = example;
  return {
    aspect: name,
    about: about ? inExamples.about : null,
    value: value.kind === 'party' ? { ...value, value: inExamples.party } : value,
    ...told,
    speaker: inExamples.speaker,
    citations: [{ source: inExamples.source, quote: { exact: quote } }],
  };
};
