import { z } from 'zod';
import { asSent, asStored, fieldNames, settable } from '../incident/things/form.ts';
import { type Citation, citationDocuments } from '../source/citation.ts';
import { type ExternalId, identifiersDocument, identifiersShape } from '../values/external-id.ts';
import { reasonInWords, reasonText } from '../values/shapes.ts';
import { holdsTexts } from '../values/text.ts';
import { citationShape } from '../views/documents/citation.ts';
import { strings, text } from '../views/documents/parts.ts';

/** What the corrections of sources and of parties have in common. */

const cites = 'What it rests on; nothing has to be quoted';
/** A quotation that a change of a source or party may name. */
export const sentCitations = asSent.mayCite.default([]).describe(cites);
export const storedCitations = asStored.mayCite;
export const readCitations = z.array(citationShape).describe('What it rests on');
export const readReason = text.describe('Why; null once it was erased');

const unwrapped = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodNullable ? (schema.unwrap() as z.ZodType) : schema);
/** The fields as they are read: a text is null once it was erased. */
const readFields = (fields: z.ZodRawShape): z.ZodRawShape =>
  Object.fromEntries(
    Object.entries(fields as Record<string, z.ZodType>).map(([name, field]) => {
      if (!holdsTexts(field)) return [name, field];
      const isList = unwrapped(field) instanceof z.ZodArray;
      const read = name === 'identifiers' ? identifiersShape : isList ? strings.nullable() : text;
      return [name, read.describe(`${field.description ?? ''}; null also once it was erased`)];
    }),
  );

/** The two forms of a correction of these fields. */
export const correctionOf = <F extends z.ZodRawShape>(fields: F) => ({
  sent: { set: settable(fields), reason: reasonInWords.describe('What was wrong, in at least three words'), citations: sentCitations },
  read: {
    set: z.object(readFields(fields)).partial().describe('The fields that are set anew'),
    reason: readReason,
    citations: readCitations,
  },
  /** `fields` names what `set` sets, so that this is still known when a text of it has been erased. */
  stored: { fields: fieldNames(fields), set: settable(fields), reason: reasonText, citations: storedCitations },
});

type Correction = { fields: readonly string[]; set: object; reason: string; citations: readonly Citation[] };

/** The field as it would be after the correction; absent where its text is not known. */
export const fieldAfter = ({ fields, set }: Pick<Correction, 'fields' | 'set'>, held: object, field: string): unknown =>
  (fields.includes(field) ? (set as Record<string, unknown>) : (held as Record<string, unknown>))[field];

/** The fields with those that the correction sets, also where the text is erased: the old value no longer holds. */
export const corrected = <T extends object>(held: T, { fields, set }: Pick<Correction, 'fields' | 'set'>): T => ({
  ...held,
  ...Object.fromEntries(fields.map((field) => [field, (set as Record<string, unknown>)[field]])),
});

const fieldDocument = (field: string, value: unknown): unknown =>
  field === 'identifiers' ? identifiersDocument(value as ExternalId[]) : (value ?? null);

export const correctionDocument = ({ kind, fields, set, reason, citations }: Correction & { kind: string }) => ({
  kind,
  set: Object.fromEntries(fields.map((field) => [field, fieldDocument(field, (set as Record<string, unknown>)[field])])),
  reason: reason ?? null,
  citations: citationDocuments(citations),
});
