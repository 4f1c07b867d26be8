import { hash } from 'node:crypto';
import { type Imported, type SourceBody, sourceBody, sourceFields } from '@averment/domain';
import type { Extracted, Outcome, RefusalCode } from '@averment/extraction';
import { z } from 'zod';
import { placesOf } from './http/places.ts';
import { sizeOf } from './http/sizes.ts';
import { Refusal } from './problems/problem.ts';
import type { ImportQuery } from './schemas/importing.ts';

/** From a document that was read to the source that is registered. */

/** In bytes. What is kept is read back in one piece. */
const longestKept = 16 * 1024 * 1024;

const sendText = 'or send its text to POST /v1/sources';
/** What whoever sent the document can do. */
const advice: Record<Exclude<RefusalCode, 'busy'>, string> = {
  unsupported: `Send one of these, ${sendText}.`,
  too_large: `Divide it, ${sendText}.`,
  too_many_pages: `Divide it, ${sendText}.`,
  too_slow: `Divide it or save it in a simpler form, ${sendText}.`,
  too_much_memory: `Divide it or save it in a simpler form, ${sendText}.`,
  broken: `See that it is whole and of the media type that was sent with it, ${sendText}.`,
  locked: `Save it without the password, ${sendText}.`,
  no_text: `If it is a picture of a text, have it recognised first, ${sendText}.`,
  not_in_archive: 'Send as url the address as it stands in the archive.',
};

/** What was read, or the refusal of what was not. Throws `Refusal`. */
const readOf = (outcome: Outcome): Extracted => {
  if (outcome.ok) return outcome.extracted;
  const { code, message } = outcome;
  if (code === 'busy') throw new Refusal('Overloaded', { detail: `${capital(message)}.` }, { 'retry-after': '10' });
  throw new Refusal('DocumentUnreadable', { detail: `${capital(message)}. ${advice[code]}`, errors: [{ pointer: '', message }] });
};
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const usualKind = (mediaType: string): SourceBody['kind'] => {
  if (mediaType === 'application/pdf') return 'other';
  return mediaType === 'text/vtt' ? 'video' : 'article';
};

/** What a document says of itself counts as far as it is of the right form. */
const suggested = <T>(schema: z.ZodType<T>, value: unknown): T | null => schema.safeParse(value).data ?? null;
/** A source's times have no seconds. */
const toMinute = (time: string | null | undefined) => time?.replace(/(T\d\d:\d\d):\d\d(?:\.\d+)?/, '$1');
const externalIdOf = (word: string) => ({ scheme: word.slice(0, word.indexOf(':')), value: word.slice(word.indexOf(':') + 1) });
const authors = z.array(sourceFields.authors.element).max(100);

/** The source that a document makes: what was sent with it goes before what it says of itself. Throws `Refusal`. */
const sourceOf = (extracted: Extracted, query: ImportQuery): SourceBody => {
  const { text, response, original } = extracted;
  const { keepOriginal: _, dryRun: __, author, retrievedAt, externalId, kind, ...given } = query;
  const language = given.language ?? suggested(sourceFields.language, extracted.language);
  if (language === null) {
    const message = 'is needed: the document does not say in which language it is';
    throw new Refusal('InvalidParameter', { detail: `language ${message}`, errors: [{ pointer: '/query/language', message }] });
  }
  const parsed = sourceBody.safeParse({
    ...given,
    kind: kind ?? usualKind(response?.mediaType ?? original.mediaType),
    publisher: given.publisher ?? suggested(sourceFields.publisher, extracted.publisher),
    title: given.title ?? suggested(sourceFields.title, extracted.title),
    authors: author === undefined ? (suggested(authors, extracted.authors) ?? []) : [author].flat(),
    publishedAt: given.publishedAt ?? suggested(sourceFields.publishedAt, toMinute(extracted.publishedAt)),
    accessedAt: retrievedAt ?? suggested(sourceFields.accessedAt, toMinute(response?.archivedAt)),
    language,
    externalId: externalId === undefined ? null : externalIdOf(externalId),
    text,
  });
  if (parsed.success) return parsed.data;
  const [first, ...others] = placesOf(parsed.error.issues, '');
  if (first?.pointer === '/text') throw new Refusal('DocumentUnreadable', { detail: `Its text ${first.message}. Divide it, ${sendText}.` });
  const errors = [...(first ? [first] : []), ...others].map((place) => ({
    ...place,
    pointer: `/query${place.pointer.replace(/^\/externalId.*/, '/externalId')}`,
  }));
  throw new Refusal('InvalidParameter', {
    detail: errors.map(({ pointer, message }) => `${pointer.slice(7)} ${message}`).join('; '),
    errors,
  });
};

/** Throws `Refusal` where the document is to be kept and is too long for that. */
export const requireKeepable = ({ keepOriginal }: ImportQuery, { length }: Buffer): void => {
  if (!keepOriginal || length <= longestKept) return;
  const message = `is for documents of at most ${sizeOf(longestKept)}`;
  throw new Refusal('InvalidParameter', { detail: `keepOriginal ${message}.`, errors: [{ pointer: '/query/keepOriginal', message }] });
};

/** Makes of what was read what is registered. Throws `Refusal`. */
export const importedOf = (outcome: Outcome, query: ImportQuery, bytes: Buffer): { body: SourceBody; imported: Imported } => {
  const extracted = readOf(outcome);
  const { original, response, extractor, pages, cues } = extracted;
  return {
    body: sourceOf(extracted, query),
    imported: { extraction: { original, response, extractor, pages, cues }, bytes: query.keepOriginal ? bytes.toString('base64') : null },
  };
};

/** What stands for the body by which a repeat of the request is known. */
export const requestOf = (query: ImportQuery, { bytes, mediaType }: { bytes: Buffer; mediaType: string }): object => ({
  query: JSON.parse(JSON.stringify(query)),
  mediaType,
  sha256: hash('sha256', bytes),
});
