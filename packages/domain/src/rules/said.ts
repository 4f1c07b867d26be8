import { isTypeId } from '../values/ids.ts';
import { type AspectDefinition, valuesWithoutContent } from '../values/vocabulary.ts';
import type { ClaimDocument } from '../views/documents.ts';
import { saysSomething } from './states.ts';

/**
 * The value that a claim says an aspect has, for lists of who said what: a word, or a number with its unit and the least and greatest that it can be, null where
 * nothing bounds it.
 */
export type Said = { word: string } | { unit: string; low: number | null; high: number | null };
/** The same as somebody asks for it: by a word, or another that says the same here; by a number, whatever its unit where that is null. `none` is 0. */
export type Asked = { word: string; or?: string } | { unit: string | null; number: number };

/** "More than 2" begins just above 2: a value has six digits after the point. */
const half = 0.000_000_5;

const numberSaid = ({ unit, comparator, value, upper }: Extract<ClaimDocument['value'], { kind: 'quantity' }>): Said => {
  const at = Number(value);
  switch (comparator) {
    case 'exact':
    case 'about':
      return { unit, low: at, high: at };
    case 'at_least':
      return { unit, low: at, high: null };
    case 'more_than':
      return { unit, low: at + half, high: null };
    case 'at_most':
      return { unit, low: null, high: at };
    case 'less_than':
      return { unit, low: null, high: at - half };
    case 'range':
      return { unit, low: at, high: upper === null ? null : Number(upper) };
  }
};

/**
 * What a claim says that the value is. Null where it does not say so firmly and clearly (docs/rules.md, state 7), where it denies the value (but a denied "true"
 * is false), and of a text or a time.
 */
export const saidBy = ({ value, stance, flags }: Pick<ClaimDocument, 'value' | 'stance' | 'flags'>): Said | null => {
  if (!saysSomething({ stance, flags })) return null;
  const denies = stance === 'denies';
  if (value.kind === 'boolean') return { word: String(value.value !== denies) };
  if (denies || value.kind === 'text' || value.kind === 'time') return null;
  if (value.kind === 'quantity') return numberSaid(value);
  return { word: 'value' in value ? value.value : value.kind };
};

const unitsOf = ({ units }: AspectDefinition): string => (units === null ? 'a unit' : units.join(' or '));

/**
 * The value that is asked for in words: a term, true or false, an id, none …, or a number with its unit, which may be left out where the aspect has one. Else what
 * it must be. `none` is false of what is so or not, and 0 of what is counted.
 */
export const askedOf = (aspect: AspectDefinition, written: string): { asked: Asked } | { must: string } => {
  const { name, kinds, terms, units } = aspect;
  const words = [...(kinds.includes('boolean') ? ['true', 'false'] : []), ...terms, ...valuesWithoutContent];
  if (kinds.includes('boolean') && (written === 'none' || written === 'false'))
    return { asked: { word: written, or: written === 'none' ? 'false' : 'none' } };
  if (kinds.includes('quantity') && written === 'none') return { asked: { unit: null, number: 0 } };
  if (words.includes(written)) return { asked: { word: written } };
  const ids = (['party', 'incident'] as const).filter((prefix) => kinds.includes(prefix));
  if (ids.some((prefix) => isTypeId(prefix, written))) return { asked: { word: written } };
  const [, number, unit = units?.length === 1 ? units[0] : undefined] =
    /^(-?\d{1,15}(?:\.\d{1,6})?)(?: ([a-z][a-z0-9_]*))?$/.exec(written) ?? [];
  const fits = unit !== undefined && (units === null || units.includes(unit));
  if (kinds.includes('quantity') && number !== undefined && fits) return { asked: { unit, number: Number(number) } };
  const forms = [
    ...words,
    ...ids.map((prefix) => `an id that starts with ${prefix}_`),
    ...(kinds.includes('quantity') ? [`a number and ${unitsOf(aspect)}, as "3 ${units?.[0] ?? 'count'}"`] : []),
  ];
  return { must: `must, for ${name}, be ${forms.join(', ')}; words of a text are found by q` };
};
