import { getDocumentProxy } from 'unpdf';
import { type Found, type Limits, languageOf, lineOf, type Page, Refused, storable, writer } from './extracted.ts';
import { type Line, linesOf, type Piece } from './layout.ts';
import { extractors } from './versions.ts';

/**
 * The text of a PDF, page by page, by pdf.js (`unpdf`), which gives plain letters for ligatures. The order in which a page is read follows from where its words
 * stand: a program may draw them in any. Hyphens at a line's end stay, since they may be the word's own.
 */

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;

/** An error of pdf.js by its name: it has no codes. */
const refusalOf = (error: unknown): Refused => {
  if (error instanceof Refused) return error;
  const { name, message } = error as Error;
  if (name === 'PasswordException') return new Refused('locked');
  return new Refused('broken', `it cannot be read as a PDF: ${message}`);
};

const piecesOf = async (document: Document, number: number): Promise<Piece[]> => {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  page.cleanup();
  return items.flatMap((item, drawn) => {
    if (!('str' in item) || item.str.trim() === '') return [];
    const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = item.transform as number[];
    const size = Math.hypot(c, d) || Math.hypot(a, b) || 1;
    return [{ drawn, text: item.str, x, y, width: item.width, size, isUpright: Math.abs(b) < Math.abs(a) * 0.1 && a > 0 }];
  });
};

/** A line by which a running head or foot is known again on another page: its numbers differ. */
const keyOf = ({ text, y }: Line): string => `${Math.round(y / 4)} ${text.replace(/\d+/g, '#')}`;
const mostRunning = 3;
/** On so many pages a line is a running one. */
const running = 3;

/** The first and the last lines of a page, where running heads and feet stand: not the half of a page that has few. */
const edgesOf = (lines: readonly Line[]): Line[] => {
  const most = Math.min(mostRunning, Math.floor(lines.length / 4));
  return [...lines.slice(0, most), ...lines.slice(lines.length - most)];
};

/**
 * Without what stands on page after page: a quotation goes on over it. The first page keeps its own, but for bare page numbers.
 */
const withoutRunning = (pages: readonly Line[][]): Line[][] => {
  const counts = new Map<string, number>();
  for (const lines of pages) for (const key of new Set(edgesOf(lines).map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  const seen = new Set<string>();
  return pages.map((lines) => {
    const edges = new Set(edgesOf(lines));
    return lines.filter((line) => {
      const key = keyOf(line);
      if (!edges.has(line) || (counts.get(key) ?? 0) < running) return true;
      const isFirst = !seen.has(key);
      seen.add(key);
      return isFirst && !/^[\s\d–-]*$/.test(line.text);
    });
  });
};

const textOf = (lines: readonly Line[]): string =>
  lines.map(({ text, isParagraph }, index) => `${index === 0 ? '' : isParagraph ? '\n\n' : '\n'}${text}`).join('');

/** Refuses `broken`, `locked`, `too_many_pages`, `too_large` and, for scans, `no_text`. */
export const readPdf = async (bytes: Uint8Array, limits: Limits): Promise<Found> => {
  try {
    const document = await getDocumentProxy(bytes, { useSystemFonts: false, disableFontFace: true, enableXfa: false, verbosity: 0 });
    if (document.numPages > limits.pages)
      throw new Refused('too_many_pages', `it has ${document.numPages} pages, and ${limits.pages} are read`);
    const drawn: Line[][] = [];
    for (let number = 1; number <= document.numPages; number += 1) drawn.push(linesOf(await piecesOf(document, number)));
    const written = writer(limits);
    const pages: Page[] = withoutRunning(drawn).map((lines, index) => {
      const text = storable(textOf(lines));
      if (written.at() > 0 && text !== '') written.add('\n\n');
      const start = written.at();
      written.add(text);
      return { page: index + 1, start, end: written.at() };
    });
    const text = written.text();
    if (!/[\p{L}\p{N}]/u.test(text)) throw new Refused('no_text', 'there is no text in it: a scan has to be recognised first');
    const { info } = (await document.getMetadata()) as unknown as { info: Record<string, unknown> };
    const [title, author] = [lineOf(info.Title), lineOf(info.Author)];
    return {
      text,
      pages,
      cues: null,
      // Many programs write the name of their own file there.
      title: title !== null && /^Microsoft Word - |\.(?:docx?|pdf|wpd|indd|rtf|odt)$/i.test(title) ? null : title,
      authors: author === null ? [] : [author],
      publisher: null,
      publishedAt: null,
      language: languageOf(info.Language),
      extractor: extractors.pdf,
    };
  } catch (error) {
    throw refusalOf(error);
  }
};
