/** What is taken out of a document, and why nothing is. Offsets count Unicode code points of `text`, ends are exclusive, as a quote's position does. */

export const mediaTypes = ['text/html', 'application/pdf', 'text/vtt', 'application/warc'] as const;
export type MediaType = (typeof mediaTypes)[number];

/** A page of a PDF as printed: from 1. */
export type Page = { page: number; start: number; end: number };
/** A caption of a film; times are in seconds. `speaker` is the cue's own voice, where it has one. */
export type Cue = { from: number; to: number; speaker: string | null; start: number; end: number };
/** What bytes these were: SHA-256 in hexadecimal, and how many. */
export type Original = { sha256: string; size: number; mediaType: string };

export type Extracted = {
  text: string;
  /** Of a PDF alone. */
  pages: Page[] | null;
  /** Of captions alone. */
  cues: Cue[] | null;
  /** What the document says of itself: to be suggested, and not to be believed. */
  title: string | null;
  authors: string[];
  publisher: string | null;
  /** An ISO date, or date and time, as it stands there. */
  publishedAt: string | null;
  /** A BCP 47 tag, as it stands there. */
  language: string | null;
  /** What was sent. */
  original: Original;
  /** Of an archive: the response in it that was read, and when it was archived. */
  response: (Original & { url: string; archivedAt: string | null }) | null;
  /** What made the text: the same name and version make the same text of the same bytes. */
  extractor: { name: string; version: string };
};

export const refusals = {
  unsupported: 'no document of this media type is read',
  too_large: 'it has more bytes, or more text, than are read',
  too_many_pages: 'it has more pages than are read',
  too_slow: 'reading it took longer than it may',
  too_much_memory: 'reading it took more memory than it may',
  broken: 'it cannot be read as what it says that it is',
  locked: 'it asks for a password',
  no_text: 'there is no text in it',
  not_in_archive: 'the archive has no response of this address',
  busy: 'as many documents are being read, and wait for it, as may',
} as const;
export type RefusalCode = keyof typeof refusals;

export type Outcome = { ok: true; extracted: Extracted } | { ok: false; code: RefusalCode; message: string };

/** Thrown by what reads a document; `extract` makes a value of it. */
export class Refused extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, detail: string = refusals[code]) {
    super(detail);
    this.code = code;
  }
}

export type Limits = {
  /** Bytes of the document, and of what is unpacked of an archive. */
  bytes: number;
  pages: number;
  /** Code points of the text. */
  text: number;
  /** Captions. */
  cues: number;
  /** Of work of the process that reads: by the clock it may take twice as long. */
  milliseconds: number;
  /** Of that process, in MiB. Where the system does not tell (it does on Linux), its heap alone is bounded, and the clock alone counts. */
  memory: number;
};
export const standardLimits: Limits = {
  bytes: 32 * 1024 * 1024,
  pages: 2000,
  text: 5_000_000,
  cues: 50_000,
  milliseconds: 20_000,
  memory: 768,
};

/** What a reader of one media type finds. */
export type Found = Omit<Extracted, 'original' | 'response'>;

/** A text that may be stored: without the controls that none may hold, without halves of pairs, with one kind of line end. */
export const storable = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|\f|\v/g, '\n')
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f]/g, '');

/** Code points. */
export const pointsOf = (text: string): number => {
  let pairs = 0;
  for (let unit = 0; unit < text.length; unit += 1) if ((text.charCodeAt(unit) & 0xfc00) === 0xdc00) pairs += 1;
  return text.length - pairs;
};

/** Writes a text piece by piece, and knows where each stands. Refuses one that is too long. */
export const writer = (limits: Limits) => {
  const written: string[] = [];
  let length = 0;
  return {
    /** Where the next piece begins. */
    at: (): number => length,
    add: (piece: string): void => {
      length += pointsOf(piece);
      if (length > limits.text) throw new Refused('too_large', `its text has more than ${limits.text} characters`);
      written.push(piece);
    },
    text: (): string => written.join(''),
  };
};

/** A word or a line of what a document says of itself; null where it says nothing. */
export const lineOf = (value: unknown): string | null => {
  if (typeof value !== 'string') return null;
  const line = storable(value).replace(/\s+/g, ' ').trim();
  return line === '' ? null : line;
};

/** A BCP 47 tag, else null. */
export const languageOf = (value: unknown): string | null => {
  const tag = lineOf(value)?.replaceAll('_', '-') ?? '';
  try {
    return tag === '' ? null : (Intl.getCanonicalLocales(tag)[0] ?? null);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};
