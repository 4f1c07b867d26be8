import { answer, cuesShape, extractionShape, pagesShape, sourceFields, sourceKind } from '@averment/domain';
import { sourceItemShape } from '@averment/read-models';
import { z } from 'zod';
import { externalId, flag } from './parameters.ts';
import { answeredAs } from './registry.ts';

const field = <S extends z.ZodType>(schema: z.ZodNullable<S>, about: string) => schema.unwrap().optional().describe(about);
const author = sourceFields.authors.element;

/** Query of `POST /v1/sources/import`. What is left out is taken from the document, where it says so. */
export const importQuery = z.strictObject({
  url: field(sourceFields.url, 'Where the document stands. Of an archive its response is read, so there it is needed'),
  retrievedAt: field(
    sourceFields.accessedAt,
    'When it was fetched: a date, or a date and time. Of an archive, without it, when it was archived',
  ),
  publisher: field(sourceFields.publisher, 'Who published it'),
  language: sourceFields.language.optional().describe('The language of the text: a BCP 47 tag. Needed where the document does not say'),
  kind: sourceKind
    .optional()
    .describe('What the document is. Without it a page is an `article`, captions are of a `video`, and a PDF is `other`'),
  title: field(sourceFields.title, 'Its title, as published'),
  author: z
    .union([author, z.array(author).max(100)])
    .optional()
    .describe('Who wrote it; several times for several'),
  publishedAt: field(sourceFields.publishedAt, 'When it was published: an EDTF date, or a date and time'),
  archiveUrl: field(sourceFields.archiveUrl, 'Where a copy of it is kept, as it was when it was fetched'),
  translation: field(sourceFields.translation, 'Who translated it: `human` or `machine`'),
  translatedFrom: field(sourceFields.translatedFrom, 'The language of what it is a translation of'),
  originalUrl: field(sourceFields.originalUrl, 'Where that stands which it is a translation of'),
  translationOf: field(sourceFields.translationOf, 'The source that it is a translation of'),
  externalId: externalId.optional(),
  keepOriginal: flag.prefault('false').describe('Whether the bytes are kept too, of at most 16 MiB; they can be erased'),
  dryRun: flag.prefault('false').describe('Whether it is only shown what would be registered'),
});
export type ImportQuery = z.output<typeof importQuery>;

const { kind, url, publisher, title, authors, publishedAt, language, translation, translatedFrom, originalUrl } = sourceItemShape.shape;
export const importPreview = answeredAs(
  'ImportPreview',
  z.object({
    ...{ kind, url, publisher, title, authors, publishedAt, language, translation, translatedFrom, originalUrl },
    translationOf: sourceItemShape.shape.translationOf,
    archiveUrl: sourceItemShape.shape.archiveUrl,
    accessedAt: sourceItemShape.shape.accessedAt,
    externalId: sourceItemShape.shape.externalId,
    text: z.string().describe('The text that was read'),
    textSha256: z.string().describe('Of the text in UTF-8, hexadecimal'),
    pages: pagesShape,
    cues: cuesShape,
    extraction: extractionShape,
    existing: answer
      .idOf('source')
      .nullable()
      .describe('The source that has the same URL and the same text already, for which it would be refused'),
  }),
  'What an import would register',
);
