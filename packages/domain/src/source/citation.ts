import { z } from 'zod';
import { idOrRef, typeId } from '../values/shapes.ts';
import { excerpt, longText, markText, sourceText } from '../values/text.ts';
import type { CitationDocument } from '../views/documents.ts';

/** A citation: a quote from one revision of a source's text, and where it stands there. */

const quote = markText(
  z.strictObject({
    exact: sourceText(2000).describe('The words of the passage'),
    prefix: excerpt(200).nullable().default(null).describe('What stands right before it, where the words come more than once'),
    suffix: excerpt(200).nullable().default(null).describe('What stands right after it'),
  }),
);
const position = z
  .strictObject({
    start: z.int().min(0).describe('Code points of the text before the passage'),
    end: z.int().min(1).describe('Code points of the text up to its end'),
  })
  .describe('Where the passage stands in the text: Unicode code points, end exclusive');
const ofSource = 'The source that is quoted';
const fields = {
  revision: z.int().min(1).default(1).describe('Which revision of its text'),
  part: z.enum(['headline', 'lead', 'body', 'caption']).nullable().default(null).describe('In which part of the document it stands'),
};
/** Where in the document it stands. Times are in seconds from the beginning, as media fragments have them (W3C, Media Fragments URI 1.0). */
const seconds = z.number().min(0).max(1_000_000).nullable();
const placed = {
  page: z.int().min(1).max(1_000_000).nullable(),
  from: seconds,
  to: seconds,
  scene: markText(longText(1000)).nullable(),
};
const sentPlace = {
  page: placed.page.default(null).describe('On which page it begins. Told by the source where its text was read page by page'),
  from: placed.from
    .default(null)
    .describe('Of a film: where the passage begins, in seconds. Told by the source where its text was read from captions'),
  to: placed.to.default(null).describe('Where the passage of the film ends'),
  scene: placed.scene.default(null).describe('Of a film, in place of words from its text: what is seen or heard from `from` to `to`'),
};
/**
 * Quote and position were both found in the source's text. Offsets count Unicode code points, end exclusive. Both are null, and `from` and `to` are not, where a
 * scene is described.
 */
export const storedCitation = z.strictObject({
  source: typeId('source').describe(ofSource),
  ...fields,
  quote: quote.nullable(),
  position: position.nullable(),
  ...placed,
});
/** One of quote and position may be absent. */
export const sentCitation = z.strictObject({
  source: idOrRef('source').describe(ofSource),
  ...fields,
  quote: quote
    .nullable()
    .default(null)
    .describe(
      'As it stands in the text, or plainly typed: straight quotation marks, hyphens for dashes, spaces for line ends, an ellipsis for what is left out of at most 300 characters. It is stored as the text has it',
    ),
  position: position.nullable().default(null),
  ...sentPlace,
});
export type SentCitation = z.output<typeof sentCitation>;
export type Citation = z.output<typeof storedCitation>;

/** An erased quote is null, and so is an erased scene. */
const citationDocument = ({ source, revision, quote, position, part, page, from, to, scene }: Citation): CitationDocument => ({
  source,
  revision,
  quote: quote ? { exact: quote.exact, prefix: quote.prefix ?? null, suffix: quote.suffix ?? null } : null,
  position,
  part,
  page,
  from,
  to,
  scene: scene ?? null,
});
export const citationDocuments = (citations: readonly Citation[]): CitationDocument[] => citations.map(citationDocument);

export type Cited = Pick<Citation, 'source' | 'revision' | 'position'> & { quote?: Citation['quote'] };
/** What is quoted from a text, and no scene. */
export type Quoted = Cited & { position: NonNullable<Citation['position']> };
export const isQuoted = <C extends Cited>(cited: C): cited is C & Quoted => cited.position !== null;
/** Also in a stored event whose quote was erased, and as sent. */
export const isCitation = (value: object): value is Cited => 'source' in value && 'revision' in value && 'position' in value;

/** All citations in JSON (a document, an event's data, changes as stored or sent), in order. */
export const citationsIn = <C extends object = Cited>(json: unknown, found: C[] = []): C[] => {
  if (json === null || typeof json !== 'object') return found;
  if (isCitation(json)) found.push(json as unknown as C);
  else for (const value of Object.values(json)) citationsIn(value, found);
  return found;
};

/** All citations in the data of an event, as they are stored since they say page and times. */
export const placedCitations = (data: Record<string, unknown>): Record<string, unknown> => {
  const placed = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(placed);
    const held = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, placed(part)]));
    return isCitation(value) ? { ...held, page: null, from: null, to: null, scene: null } : held;
  };
  return placed(data) as Record<string, unknown>;
};
