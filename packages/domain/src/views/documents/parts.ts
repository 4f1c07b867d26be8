import { z } from 'zod';

/** What the schemas of answers are made of. */

export const text = z.string().nullable().describe('null once it was erased');
export const strings = z.array(z.string());
export const idOf = (prefix: string) => z.string().describe(`TypeID: \`${prefix}_…\``);
export const subject = z.string().describe('A subject: whose key was used');
export const instant = z.string().describe('RFC 3339, UTC');
export const position = z.string().regex(/^\d+$/).describe('A position in the log: a decimal string, totally ordered, with gaps');
export const revision = z.int().min(0).describe('A revision of the stream');
export const etag = z.string().describe('Strong entity tag, with its quotes');
export const concealed = z
  .literal(true)
  .optional()
  .describe('A text of this object is shown to reviewers and auditors alone: the correction that replaced it conceals it');

/** A part whose type the code knows (`T`), and of which the contract says less: lists of values may grow, and objects may gain members. */
export const known = <T>(described: z.ZodType) => described as z.ZodType<T>;
/** One of the values of `T`: a string, says the contract. */
export const oneOf = <T extends string | null>() => known<NonNullable<T>>(z.string());

/** What a document has at least: each field of what is stored. A schema that `satisfies` it and lacks one does not compile. */
export type EachOf<Stored> = Record<keyof Stored, z.ZodType> & Record<string, z.ZodType>;
