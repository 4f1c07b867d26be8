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
type ValueKind = (typeof valueKinds)[number];

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
    note: z.string().nullable().default(null),
  })
  .refine((it) => it.kinds.includes('term') === it.terms.length > 0, 'an aspect has terms exactly when it takes values of kind term')
  .refine((it) => it.opposites.flat().every((term) => it.terms.includes(term)), 'opposites must be terms of the aspect')
  .refine((it) => it.units === null || it.kinds.includes('quantity'), 'only an aspect that takes quantities has units');

const entry = z.strictObject({ meaning: z.string().optional() });
const type = z.strictObject({ meaning: z.string().nullable().default(null) });
/** `ends`: whether a proceeding of this status is over; null where the status does not tell. */
const status = type.extend({ ends: z.boolean().nullable() });
const file = z.strictObject({
  aspects: z.array(aspect),
  units: z.array(unitName),
  capacities: z.record(word, entry),
  stances: z.record(
    word,
    entry.extend({
      shownAs: z.string().optional(),
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

/** What a configuration may add: aspects with their flags, units, terms for aspects that there are, and types and statuses of proceedings. */
const extension = z.strictObject({
  aspects: z.array(aspect).default([]),
  units: z.array(unitName).default([]),
  terms: z.record(aspectName, z.array(word)).default({}),
  proceedingTypes: z.record(word, type).default({}),
  proceedingStatuses: z.record(word, status).default({}),
});

export type AspectDefinition = z.output<typeof aspect>;
export type ProceedingType = z.output<typeof type>;
export type ProceedingStatus = z.output<typeof status>;
export type Vocabulary = {
  /** By name, in the order in which they are shown. */
  aspects: ReadonlyMap<string, AspectDefinition>;
  units: ReadonlySet<string>;
  proceedingTypes: ReadonlyMap<string, ProceedingType>;
  proceedingStatuses: ReadonlyMap<string, ProceedingStatus>;
};

const base = file.parse(data);

const keys = <T extends object>(entries: T) => Object.keys(entries) as [keyof T & string, ...(keyof T & string)[]];
export const capacities = keys(data.capacities);
export const stances = keys(data.stances);
export const claimEffects = keys(data.claimEffects);
export const rulingEffects = keys(data.rulingEffects);
export const flags = keys(data.flags);
export const valuesWithoutContent = ['unknown', 'none', 'withheld', 'sealed'] as const;

type Stance = (typeof stances)[number];

type StanceRule = {
  meaning: string;
  shownAs: string | null;
  counted: boolean;
  needsRelation: boolean;
  needsReplaced: boolean;
  valueKind: ValueKind | null;
};
/** What a stance means and asks of the claim. */
export const stanceRules = Object.fromEntries(
  stances.map((name) => [
    name,
    { meaning: '', shownAs: null, counted: true, needsRelation: false, needsReplaced: false, valueKind: null, ...base.stances[name] },
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

const withTerms = (definition: AspectDefinition, terms: string[]): AspectDefinition => {
  if (terms.length > 0 && !definition.kinds.includes('term')) throw new Error(`vocabulary: aspect ${definition.name} takes no terms`);
  return { ...definition, terms: [...definition.terms, ...terms] };
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
  const allUnits = new Set([...base.units, ...units]);
  unique([...base.units, ...units], 'unit');
  unique(
    all.map(({ name }) => name),
    'aspect',
  );
  const missing = Object.keys(terms).find((name) => !all.some((it) => it.name === name));
  if (missing !== undefined) throw new Error(`vocabulary: terms are added to ${missing}, but there is no such aspect`);
  const complete = all.map((it) => withTerms(it, terms[it.name] ?? []));
  for (const it of complete) {
    unique(it.terms, `term of ${it.name}`);
    const unknown = it.units?.find((unit) => !allUnits.has(unit));
    if (unknown !== undefined) throw new Error(`vocabulary: aspect ${it.name} has the unit ${unknown}, but there is no such unit`);
  }
  return {
    aspects: new Map(complete.map((it) => [it.name, it])),
    units: allUnits,
    proceedingTypes: joined(base.proceedingTypes, proceedingTypes, 'type of proceedings'),
    proceedingStatuses: joined(base.proceedingStatuses, proceedingStatuses, 'status of proceedings'),
  };
};

/** The vocabulary without additions. */
export const standardVocabulary: Vocabulary = loadVocabulary();
