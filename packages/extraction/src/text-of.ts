import { isUtf8 } from 'node:buffer';

/** What a media type says: its essence in small letters, and its charset if it has one. */
export const typeOf = (mediaType: string): { essence: string; charset: string | null } => {
  const [essence = '', ...parameters] = mediaType.split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1]).find(Boolean);
  return { essence: essence.trim().toLowerCase(), charset: charset ?? null };
};

const decoderOf = (label: string): InstanceType<typeof TextDecoder> | null => {
  try {
    return new TextDecoder(label);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

/** The bytes of a page as text: by its byte order mark, the charset of its media type, the one that it names in itself, else UTF-8, else Windows-1252. */
export const decodedPage = (bytes: Uint8Array, charset: string | null): string => {
  const marked = bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null;
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  const named = /<meta[^>]+charset\s*=\s*["']?\s*([\w:-]+)/i.exec(beginning)?.[1];
  // A page that can be read to find the name is not in UTF-16 (HTML, 13.2.3.2).
  const inPage = named && /^utf-?16/i.test(named) ? 'utf-8' : named;
  const label = marked ?? (isMarked ? 'utf-8' : (charset ?? inPage ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')));
  return (decoderOf(label) ?? new TextDecoder()).decode(bytes);
};
