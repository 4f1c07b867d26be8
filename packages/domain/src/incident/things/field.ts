import type { z } from 'zod';
import { type Citation, citationDocuments } from '../../source/citation.ts';
import { holdsTexts } from '../../values/text.ts';
import { namesParties } from '../naming.ts';
import { storedClaim } from './claim.ts';
import { storedDispute } from './dispute.ts';
import { type IncidentFields, occurredDocument, placeDocument, storedIncident } from './incident.ts';
import { storedProceeding } from './proceeding.ts';
import { type Effect, effectDocument, storedRuling } from './ruling.ts';
import { type ClaimValue, valueDocument } from './value.ts';

/** Single fields of an incident, claim or entry, as a correction names them: a field's name says what it is, whatever the thing. */

const correctable: z.ZodObject[] = [storedIncident, storedClaim, storedDispute, storedProceeding, storedRuling];
const textFields: ReadonlySet<string> = new Set([
  // Of what a change says of itself.
  ...['reason', 'note'],
  ...correctable.flatMap(({ shape }) => Object.keys(shape).filter((field) => holdsTexts(shape[field] as z.ZodType))),
]);
/** Whether a field of this name holds texts. */
export const isTextField = (field: string): boolean => textFields.has(field);

/** Whether the field has no text now. A text that was not asked for is undefined; null says that there is none. */
export const isWithoutText = (field: string, held: unknown): boolean => {
  if (held === null) return true;
  if (field === 'value') return (held as ClaimValue).kind !== 'text';
  return field === 'occurred' && (held as IncidentFields['occurred']).dateText === null;
};

/** What a field holds, as documents show it. */
export const fieldDocument = (field: string, held: unknown): unknown => {
  if (held === undefined || held === null) return null;
  switch (field) {
    case 'value':
      return valueDocument(held as ClaimValue);
    case 'citations':
      return citationDocuments(held as Citation[]);
    case 'effects':
      return (held as Effect[]).map(effectDocument);
    case 'occurred':
      return occurredDocument(held as IncidentFields['occurred']);
    case 'place':
      return placeDocument(held as IncidentFields['place']);
    default:
      return held;
  }
};

/** The parties that a field names. */
export const partiesOfField = (field: string, held: unknown): string[] => {
  if (field === 'value') {
    const value = held as ClaimValue | null | undefined;
    return value?.kind === 'party' ? [value.value] : [];
  }
  if (!namesParties(field)) return [];
  return [held].flat().filter((id) => typeof id === 'string');
};

/** The citations in a field. */
export const citationsOfField = (field: string, held: unknown): Citation[] => {
  if (!Array.isArray(held)) return [];
  if (field === 'citations') return held as Citation[];
  return field === 'effects' ? (held as Effect[]).flatMap(({ citations }) => citations) : [];
};
