import { z } from 'zod';
import { text, typeId } from '../../values/shapes.ts';
import { longText, markText } from '../../values/text.ts';
import { timeValue } from '../../values/time.ts';
import { type AspectDefinition, unitName, type Vocabulary, valuesWithoutContent } from '../../values/vocabulary.ts';
import type { ValueDocument } from '../../views/documents.ts';
import { checkParty, type Draft, type Report } from '../draft.ts';

/** The value of a claim: what it says of the aspect. */

/** A decimal number as a string: up to 15 digits before and 6 after the point, no exponent. */
const decimal = z.string().regex(/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/, 'must be a decimal number in a string, like "1300"');

export const value = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('boolean'), value: z.boolean() }),
  z.strictObject({ kind: z.literal('term'), value: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a term of the aspect') }),
  z.strictObject({ kind: z.literal('text'), value: text(1000), alternatives: markText(z.array(longText(1000)).max(20)).default([]) }),
  z.strictObject({ kind: z.literal('time'), value: timeValue, approximate: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('party'), value: typeId('party') }),
  z.strictObject({ kind: z.literal('incident'), value: typeId('incident') }),
  z.strictObject({
    kind: z.literal('quantity'),
    value: decimal,
    unit: unitName,
    comparator: z.enum(['exact', 'about', 'at_least', 'more_than', 'at_most', 'less_than', 'range']),
    upper: decimal.nullable().default(null),
  }),
  z.strictObject({ kind: z.enum(valuesWithoutContent) }),
]);
export type ClaimValue = z.output<typeof value>;

/** The other incident that a value names. */
export const incidentOf = (value: ClaimValue | undefined): string[] => (value?.kind === 'incident' ? [value.value] : []);

/** A decimal string in millionths. */
const millionths = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -size : size;
};

const checkQuantity = (
  report: Report,
  value: Extract<ClaimValue, { kind: 'quantity' }>,
  aspect: AspectDefinition,
  vocabulary: Vocabulary,
) => {
  if (!vocabulary.units.has(value.unit)) {
    report('/value/unit', `there is no unit ${value.unit}; there are ${[...vocabulary.units].join(', ')}`);
  } else if (aspect.units && !aspect.units.includes(value.unit)) {
    report('/value/unit', `${aspect.name} is counted in ${aspect.units.join(' or ')}`);
  }
  if (value.comparator !== 'range') {
    if (value.upper !== null) report('/value/upper', 'goes only with the comparator range');
  } else if (value.upper === null) report('/value/upper', 'is needed with the comparator range');
  else if (millionths(value.upper) < millionths(value.value)) report('/value/upper', 'must not be below the value');
};

export const checkValue = (draft: Draft, report: Report, value: ClaimValue, aspect: AspectDefinition) => {
  const { vocabulary, incidents } = draft.facts;
  switch (value.kind) {
    case 'unknown':
    case 'none':
    case 'withheld':
    case 'sealed':
      return;
    case 'term':
      if (aspect.kinds.includes('term') && !aspect.terms.includes(value.value)) {
        report('/value/value', `is no term of ${aspect.name}; there are ${aspect.terms.join(', ')}`);
      }
      break;
    case 'quantity':
      checkQuantity(report, value, aspect, vocabulary);
      break;
    case 'party':
      checkParty(draft, report, value.value, '/value/value');
      break;
    case 'incident': {
      const status = incidents(value.value)?.status;
      if (value.value === draft.incident) report('/value/value', 'is this incident itself');
      else if (status === undefined || status === 'none' || status === 'proposed')
        report('/value/value', `there is no published incident ${value.value}`);
      break;
    }
  }
  if (!aspect.kinds.includes(value.kind)) report('/value/kind', `${aspect.name} takes a value of kind ${aspect.kinds.join(' or ')}`);
};

/** An erased text is null. */
export const valueDocument = (value: ClaimValue): ValueDocument =>
  value.kind === 'text' ? { kind: 'text', value: value.value ?? null, alternatives: value.alternatives ?? null } : value;
