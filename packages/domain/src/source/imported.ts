import { z } from 'zod';
import { markText } from '../values/text.ts';
import { text } from '../views/documents/parts.ts';
import { sourceMembers } from './shapes.ts';

/** What a source's text was read from, so that it can be made again, and where its pages and captions stand. */

/** A document's bytes. Their SHA-256, in hexadecimal, is a text: by it a guess at the document could be held against what was erased. */
const bytesOf = { sha256: markText(z.string().min(1)), size: z.int().min(0), mediaType: z.string().min(1) };
const offsets = { start: z.int().min(0), end: z.int().min(0) };

/** Offsets count Unicode code points of the text, ends are exclusive; times are in seconds. Texts, as a long film has more captions than fit an event. */
const extraction = z.strictObject({
  original: z.strictObject(bytesOf),
  /** Of an archive: the response in it that was read. */
  response: z.strictObject({ ...bytesOf, url: markText(z.string().min(1)), archivedAt: z.string().min(1).nullable() }).nullable(),
  extractor: z.strictObject({ name: z.string().min(1), version: z.string().min(1) }),
  pages: markText(z.array(z.strictObject({ page: z.int().min(1), ...offsets }))).nullable(),
  cues: markText(z.array(z.strictObject({ from: z.number(), to: z.number(), speaker: z.string().nullable(), ...offsets }))).nullable(),
});
export type Extraction = z.output<typeof extraction>;

/** Data of `SourceRegistered`. `extraction` is null of a text that was sent as one. */
export const registeredSource = sourceMembers.extend({ extraction: extraction.nullable() });

/** Data of `SourceOriginalKept`: the bytes from which that revision of the text was read, in base64. */
export const keptOriginal = z.strictObject({ revision: z.int().min(1), bytes: markText(z.string().min(1)) });

const digest = text.describe('Of the bytes, SHA-256 in hexadecimal; null once it was erased');
const size = z.int().describe('How many bytes');
const mediaType = z.string().describe('What they are, such as `application/pdf`');
const placed = {
  start: z.int().describe('Code points of the text before it'),
  end: z.int().describe('Code points of the text up to its end'),
};
/** As reads show it. */
export const pagesShape = z
  .array(z.object({ page: z.int().describe('Which page, from 1'), ...placed }))
  .nullable()
  .describe('Where its pages stand in the text; null of what has none, and once the text was erased');
export const cuesShape = z
  .array(
    z.object({
      from: z.number().describe('When it is shown first, in seconds from the beginning'),
      to: z.number().describe('When it is shown last'),
      speaker: text.describe('Who says it, where the captions tell; null where not'),
      ...placed,
    }),
  )
  .nullable()
  .describe('Where its captions stand in the text; null of what has none, and once the text was erased');
export const extractionShape = z
  .object({
    original: z
      .object({ sha256: digest, size, mediaType, kept: z.boolean().describe('Whether the bytes are kept') })
      .describe('The document that was sent'),
    response: z
      .object({
        sha256: digest,
        size,
        mediaType,
        url: text.describe('Where it stood; null once it was erased'),
        archivedAt: z.string().nullable().describe('When it was archived, as the archive has it'),
      })
      .nullable()
      .describe('Of an archive: the response in it that was read'),
    extractor: z
      .object({ name: z.string().describe('What made the text'), version: z.string().describe('The same version makes the same text') })
      .describe('What made the text of the bytes'),
  })
  .nullable()
  .describe('What the first text was read from; null where the text was sent as one');
export type ExtractionDocument = z.output<typeof extractionShape>;

/** What was erased is null. */
export const extractionDocument = (extraction: Extraction | null, kept: boolean): ExtractionDocument => {
  if (extraction === null) return null;
  const { original, response, extractor } = extraction;
  return {
    original: { ...original, sha256: original.sha256 ?? null, kept },
    response: response && { ...response, sha256: response.sha256 ?? null, url: response.url ?? null },
    extractor,
  };
};

/** What is registered with an imported text. `bytes`: the original in base64, where it is kept. */
export type Imported = { extraction: Extraction; bytes: string | null };
