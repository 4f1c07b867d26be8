import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { quotedText, searchQuotes } from '@averment/domain';
import PDFDocument from 'pdfkit';
import { type Extracted, type Limits, standardLimits } from '../src/extracted.ts';
import { read } from '../src/read.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const textsIn = (path: string): { name: string; text: string }[] =>
  existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith('.txt'))
        .map((name) => ({ name: name.slice(0, -4), text: readFileSync(`${path}/${name}`, 'utf8').trim() }))
    : [];
/** Texts in our own words, and the articles where they lie beside the checkout. */
export const articles = (): { name: string; text: string }[] => [
  ...textsIn(folder('../../../test/articles/stand-ins')),
  ...textsIn(folder('../../../../shared/articles')),
];

export const paragraphsOf = (text: string): string[] => text.split(/\n+/).filter((paragraph) => paragraph.trim() !== '');

/** As one types it on a plain keyboard. */
export const typedOn = (text: string): string =>
  text
    .replace(/[“”«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/\s+/g, ' ');

/** Whether a quote is found in a text, as it stands there or plainly typed. */
export const isQuotable = (text: string, exact: string): boolean => {
  const quote = { exact, prefix: null, suffix: null };
  const { places, typed } = searchQuotes(quotedText(text), [quote]);
  return (places.get(exact)?.length ?? 0) > 0 || [...typed.values()].some(({ places: found }) => found.length > 0);
};

export const readBytes = (
  bytes: Uint8Array | string,
  mediaType: string,
  limits: Partial<Limits> = {},
  url: string | null = null,
): Promise<Extracted> =>
  read({ bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes, mediaType, url, limits: { ...standardLimits, ...limits } });

/** Draws on a PDF and answers its bytes. */
export const drawnPdf = (draw: (document: PDFKit.PDFDocument) => void, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const document = new PDFDocument({ size: 'LETTER', margin: 72, ...options });
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    draw(document);
    document.end();
  });

/** The code points of a text from one to another. */
export const sliceOf = (text: string, { start, end }: { start: number; end: number }): string => [...text].slice(start, end).join('');
