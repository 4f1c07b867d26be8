import { z } from 'zod';
import { lineText, markText } from './text.ts';

/** What somebody else calls a thing: a number or name of theirs, and whose it is. It may name a person, so it is a text. */

export const schemePattern = /^[a-z][a-z0-9-]{0,31}$/;
const aScheme = 'must be a scheme: a lower case letter, then at most 31 lower case letters, digits or -';
const idText = lineText(300).refine((value) => value.trim() === value, 'must not begin or end with white space');

export const externalId = z
  .strictObject({
    scheme: z.string().regex(schemePattern, aScheme).describe('Whose list it is from, in a short word of your own, such as `mpv`'),
    value: markText(idText).describe('What it is called there, letter by letter'),
  })
  .nullable()
  .describe('What it is called in a list that it was taken from: one of a scheme belongs to one thing, so that a second import finds it');
export type ExternalId = NonNullable<z.output<typeof externalId>>;

/** An external id in one word, as a filter takes it and a model keeps it. */
export const externalIdWord = ({ scheme, value }: { scheme: string; value: string | null }): string | null =>
  value === null ? null : `${scheme}:${value}`;

export const externalIdShape = z
  .object({
    scheme: z.string().describe('Whose list it is from'),
    value: z
      .string()
      .nullable()
      .describe('What it is called there; null once it was erased, and of a private party without a key and for apps'),
  })
  .nullable()
  .describe('What it is called in a list that it was taken from; null where nobody said');
export type ExternalIdDocument = z.output<typeof externalIdShape>;
/** As documents show it; an erased value is null. */
export const externalIdDocument = (stored: ExternalId | null): ExternalIdDocument =>
  stored ? { scheme: stored.scheme, value: stored.value ?? null } : null;
