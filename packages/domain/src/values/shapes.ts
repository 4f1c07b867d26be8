import { z } from 'zod';
import { type Prefix, typeIdPattern } from './ids.ts';
import { lineText, longText, markText } from './text.ts';

/** Shapes that several things of the record have in common. */

/** What is written here; what stands in a document is `sourceText`. */
export const text = (max: number) => markText(longText(max));
export const line = (max: number) => markText(lineText(max));

export const rationale = text(5000);
const reasonLength = 2000;
export const reasonText = text(reasonLength);

const words = new Intl.Segmenter('und', { granularity: 'word' });
const hasWords = (text: string, count: number): boolean => {
  let found = 0;
  for (const { isWordLike } of words.segment(text)) {
    if (isWordLike) found += 1;
    if (found === count) return true;
  }
  return false;
};
/** A reason that says something, as it is sent. Stored ones of before may be shorter. */
export const reasonInWords = markText(
  longText(reasonLength).refine((value) => hasWords(value, 3), 'must say in at least three words what was wrong'),
);

const startsWith = (prefixes: Prefix[]) => prefixes.map((prefix) => `${prefix}_`).join(' or ');
export const typeId = (...prefixes: Prefix[]) =>
  z.string().regex(new RegExp(`^${typeIdPattern(...prefixes)}$`), `must be an id that starts with ${startsWith(prefixes)}`);
const refPattern = '[a-z][a-z0-9]{0,31}';
export const ref = z
  .string()
  .regex(new RegExp(`^${refPattern}$`), 'must be a ref: a lower case letter, then at most 31 lower case letters or digits');
export const idOrRef = (...prefixes: Prefix[]) =>
  z
    .string()
    .regex(
      new RegExp(`^(?:${typeIdPattern(...prefixes)}|${refPattern})$`),
      `must be an id that starts with ${startsWith(prefixes)}, or a ref of this edit`,
    );

export const partyOrNull = typeId('party').nullable();
