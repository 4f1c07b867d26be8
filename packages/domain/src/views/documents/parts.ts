import { z } from 'zod';
import { type Prefix, typeIdPattern } from '../../values/ids.ts';

/** What the schemas of answers are made of. */

export const text = z.string().nullable().describe('null once it was erased');
export const strings = z.array(z.string());
const named: Record<Prefix, string> = {
  incident: 'The incident',
  claim: 'The claim',
  dispute: 'The dispute',
  proceeding: 'The proceeding',
  ruling: 'The ruling',
  source: 'The source',
  party: 'The party',
  correction: 'The correction',
  comment: 'The comment',
  recusal: 'The recusal',
  policy: 'The proposal of rules',
  tip: 'The tip',
  webhook: 'The webhook',
  reservation: 'A stream of the service itself',
  erasure: 'The request of an erasure',
  key: 'The key',
  operations: 'A stream of the service itself',
};
export const idOf = (prefix: Prefix) =>
  z
    .string()
    .regex(new RegExp(`^${typeIdPattern(prefix)}$`))
    .describe(named[prefix]);
export const subject = z.string().describe('A subject: whose key was used');
export const instant = z
  .string()
  .meta({ keywords: { format: 'date-time' } })
  .describe('RFC 3339, UTC');
export const position = z.string().regex(/^\d+$/).describe('A position in the log: a decimal string, totally ordered, with gaps');
export const revision = z.int().min(0).describe('A revision of the stream');
export const refGiven = z.string().nullable().describe('By what name the rest of its edit could mean it; null where it was given none');
export const etag = z.string().describe('Strong entity tag, with its quotes');
export const concealed = z
  .literal(true)
  .optional()
  .describe(
    'A text of this object is shown to reviewers and auditors alone: a correction that replaced it conceals it, or a decision does',
  );

export const spans = z.array(
  z.object({ start: z.int().describe('Code points before it'), end: z.int().describe('Code points up to its end') }),
);
export const namesWithheld = z
  .array(
    z.object({
      pointer: z.string().describe('JSON Pointer (RFC 6901) to the text'),
      spans: spans.describe('Where in the text `[name withheld]` stands'),
    }),
  )
  .optional()
  .describe('Where the public reads `[name withheld]` in place of the name of a private person; left out where it does nowhere');

/** A part whose type the code knows (`T`), and of which the contract says less: lists of values may grow, and objects may gain members. */
export const known = <T>(described: z.ZodType) => described as z.ZodType<T>;
/** One of the values of `T`: a string, says the contract. */
export const oneOf = <T extends string | null>() => known<NonNullable<T>>(z.string());

/** What a document has at least: each field of what is stored. A schema that `satisfies` it and lacks one does not compile. */
export type EachOf<Stored> = Record<keyof Stored, z.ZodType> & Record<string, z.ZodType>;
