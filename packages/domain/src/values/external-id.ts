import { z } from 'zod';
import { lineText, markText } from './text.ts';

/** What somebody else calls a thing: a number or name of theirs, and whose it is. It may name a person, so it is a text. */

export const schemePattern = /^[a-z][a-z0-9-]{0,31}$/;
const aScheme = 'must be a scheme: a lower case letter, then at most 31 lower case letters, digits or -';
const idText = lineText(300).refine((value) => value.trim() === value, 'must not begin or end with white space');

const called = z.strictObject({
  scheme: z.string().regex(schemePattern, aScheme).describe('Whose list it is from, in a short word of your own, such as `mpv`'),
  value: markText(idText).describe('What it is called there, letter by letter'),
});
export const externalId = called
  .nullable()
  .describe('What it is called in a list that it was taken from: one of a scheme belongs to one thing, so that a second import finds it');
export type ExternalId = NonNullable<z.output<typeof externalId>>;

/** An external id in one word, as a filter takes it and a model keeps it. */
export const externalIdWord = ({ scheme, value }: { scheme: string; value: string | null }): string | null =>
  value === null ? null : `${scheme}:${value}`;

const calledShape = z.object({
  scheme: z.string().describe('Whose list it is from'),
  value: z
    .string()
    .nullable()
    .describe('What it is called there; null once it was erased, and of a private party without a key and for apps'),
});
export const identifiersShape = z.array(calledShape).describe('What it is called in lists of others');
export const externalIdShape = calledShape
  .nullable()
  .describe('What it is called in a list that it was taken from; null where nobody said');
export type ExternalIdDocument = z.output<typeof externalIdShape>;
/** Numbers and names that a thing has in lists of others, each once. */
export const identifiers = z
  .array(called)
  .max(20)
  .refine((all) => new Set(all.map((one) => JSON.stringify(one))).size === all.length, 'must not name one twice')
  .describe(
    'What it is called in lists of others, such as `ori`, `wikidata` or the number that a court gave: one of a scheme belongs to one party',
  );

/** As documents show it; an erased value is null. */
export const externalIdDocument = (stored: ExternalId | null): ExternalIdDocument =>
  stored ? { scheme: stored.scheme, value: stored.value ?? null } : null;
export const identifiersDocument = (stored: readonly ExternalId[]): z.output<typeof identifiersShape> =>
  stored.map(({ scheme, value }) => ({ scheme, value: value ?? null }));
