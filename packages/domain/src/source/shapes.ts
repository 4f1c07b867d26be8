import { z } from 'zod';
import { hiddenIn } from '../values/characters.ts';
import { externalId } from '../values/external-id.ts';
import { line, typeId } from '../values/shapes.ts';
import { lineText, markText, sourceText } from '../values/text.ts';
import { dateTime, languageTag } from '../values/time.ts';

/** A host and no user name, as it reads: `URL` also takes an address without `//`, and `\\` for `/`. */
const namesHost = (address: string): boolean => /^https?:\/\/[^/?#\\@]+(?:[/?#]|$)/i.test(address);

/** The address of a document, without the line ends and tabs that `URL` leaves out too. */
const webAddress = z
  .url({ protocol: /^https?$/, hostname: z.regexes.domain })
  .max(2000)
  .refine(namesHost, 'must be an http or https URL with a host, and without user name and password')
  .refine((address) => !/[^\S ]/.test(address) && hiddenIn(address) === null, 'must not hold control characters or what cannot be seen');

/** In code points. */
const longestText = 5_000_000;

/** What a correction can change of a source. */
export const sourceFields = {
  url: markText(webAddress).nullable().describe('Where it stands: an http or https address'),
  publisher: line(300).nullable().describe('Who published it'),
  title: line(500).nullable().describe('Its title, as published'),
  authors: markText(z.array(lineText(300)).max(100)).describe('Who wrote it, as named there'),
  publishedAt: dateTime
    .nullable()
    .describe('An EDTF date, or a date and time: `2026-01-14T18:50` in local time, or `2026-01-14T18:50-06:00`, `…Z`'),
  language: languageTag.describe('The language of `text`: a BCP 47 tag, like `en` or `pt-BR`'),
  translation: z.enum(['human', 'machine']).nullable().describe('Who translated it; null where it is no translation'),
  translatedFrom: languageTag.nullable().describe('The language of what it is a translation of'),
  originalUrl: markText(webAddress).nullable().describe('Where that stands which this is a translation of'),
  translationOf: typeId('source').nullable().describe('The source that this is a translation of, where that is registered'),
  archiveUrl: markText(webAddress).nullable().describe('Where a copy of it is kept, as it was when it was read'),
  accessedAt: dateTime.nullable().describe('When it was read: a date, or a date and time, as `publishedAt`'),
};
export const textOfSource = markText(sourceText(longestText));
const ofText = 'Up to 5,000,000 code points, kept as it is. Null of a film without a transcript, from which scenes are quoted';
export const sourceKind = z
  .enum(['article', 'agency_statement', 'court_filing', 'transcript', 'video', 'post', 'other'])
  .describe('What the document is');

const { url, publisher, title, authors, publishedAt, language, translation, translatedFrom, originalUrl } = sourceFields;
/** What is registered of a source. */
export const sourceMembers = z.strictObject({
  kind: sourceKind,
  url: url.default(null),
  publisher: publisher.default(null),
  title: title.default(null),
  authors: authors.default([]),
  publishedAt: publishedAt.default(null),
  language,
  translation: translation.default(null),
  translatedFrom: translatedFrom.default(null),
  originalUrl: originalUrl.default(null),
  translationOf: sourceFields.translationOf.default(null),
  archiveUrl: sourceFields.archiveUrl.default(null),
  accessedAt: sourceFields.accessedAt.default(null),
  externalId: externalId.default(null),
  text: textOfSource.nullable().default(null).describe(ofText),
});
type Members = z.output<typeof sourceMembers>;
/** A film is quoted by its times; all else by its text. */
export const isFilmOrText = [
  ({ kind, text }: Pick<Members, 'kind' | 'text'>) => text !== null || kind === 'video',
  { path: ['text'], error: 'is needed: only a film (`video`) may be a source without one' },
] satisfies Parameters<typeof sourceMembers.refine>;
/** Body of `POST /v1/sources`. */
export const sourceBody = sourceMembers.refine(...isFilmOrText);
export type SourceBody = z.output<typeof sourceBody>;
