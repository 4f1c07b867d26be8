import { z } from 'zod';

/** What answers are made of. Enums may grow, so answers describe them as strings; objects may gain members. */

export const text = z.string().nullable().describe('null once it was erased');
export const idOf = (prefix: string) => z.string().describe(`TypeID: \`${prefix}_…\``);
export const subject = z.string().describe('A subject: whose key was used');
export const instant = z.string().describe('RFC 3339, UTC');
export const position = z.string().regex(/^\d+$/).describe('A position in the log: a decimal string, totally ordered, with gaps');
export const revision = z.int().min(0).describe('A revision of the stream');
export const etag = z.string().describe('Strong entity tag, with its quotes');
export const anything = z.unknown();
export const next = z.string().nullable().describe('The cursor of the next page; null at the end');

export const pageOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next });
