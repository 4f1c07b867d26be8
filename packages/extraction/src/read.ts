import { createHash } from 'node:crypto';
import { type Extracted, type Found, type Limits, type Original, Refused } from './extracted.ts';
import { decodedPage, typeOf } from './text-of.ts';

export type Asked = { bytes: Uint8Array; mediaType: string; url: string | null; limits: Limits };

const originalOf = (bytes: Uint8Array, mediaType: string): Original => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
  mediaType,
});

/** What reads the others is not loaded. */
const readDocument = async (bytes: Uint8Array, mediaType: string, limits: Limits): Promise<Found> => {
  const { essence, charset } = typeOf(mediaType);
  switch (essence) {
    case 'text/html':
    case 'application/xhtml+xml':
      return (await import('./html.ts')).readHtml(decodedPage(bytes, charset), limits);
    case 'application/pdf':
      // A copy, since the library takes the bytes away with it; and not a `Buffer`, which it refuses.
      return (await import('./pdf.ts')).readPdf(new Uint8Array(bytes), limits);
    case 'text/vtt':
      return (await import('./vtt.ts')).readVtt(new TextDecoder().decode(bytes), limits);
    default:
      throw new Refused(
        'unsupported',
        essence === '' ? 'it does not say its media type' : `no document of the media type ${essence} is read`,
      );
  }
};

/** Reads a document in this process, however long it takes. */
export const read = async ({ bytes, mediaType, url, limits }: Asked): Promise<Extracted> => {
  const { essence } = typeOf(mediaType);
  const original = originalOf(bytes, essence);
  if (essence !== 'application/warc') return { ...(await readDocument(bytes, mediaType, limits)), original, response: null };
  if (url === null) throw new Refused('not_in_archive', 'of an archive the address is asked for whose response is the document');
  const { responseIn, unpackedBy } = await import('./warc.ts');
  const response = await responseIn(bytes, url, limits);
  const found = await readDocument(response.bytes, response.contentType, limits);
  const { name, version } = found.extractor;
  return {
    ...found,
    original,
    response: { ...originalOf(response.bytes, typeOf(response.contentType).essence), url: response.url, archivedAt: response.archivedAt },
    extractor: { name, version: `${unpackedBy}, ${version}` },
  };
};
