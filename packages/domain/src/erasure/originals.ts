import type { Stretch } from './passages.ts';

/** What the bytes of a kept original plainly hold: what is packed in them, or written in signs of its own, shows in the text that was made of them. */

/** So many units of a text are looked at once, and so many beyond, as words may stand across the end. */
const [step, beyond] = [1_000_000, 4000];

const holds = (text: string, find: (text: string) => Stretch[]): boolean => {
  for (let at = 0; at < text.length; at += step) {
    // What stands before tells whether a word begins here.
    const from = Math.max(0, at - 2);
    if (find(text.slice(from, at + step + beyond)).some(({ start }) => from === 0 || start > 1)) return true;
  }
  return false;
};

/** The encodings in which bytes may hold words: that which they begin with, or UTF-8, and Latin letters of one byte. */
const encodingsOf = ([first, second]: Uint8Array): string[] => {
  if (first === 0xff && second === 0xfe) return ['utf-16le'];
  if (first === 0xfe && second === 0xff) return ['utf-16be'];
  return ['utf-8', 'windows-1252'];
};

/** Whether an original, in base64, holds words that one of these finds. */
export const originalHolds = (base64: string, finders: readonly ((text: string) => Stretch[])[]): boolean => {
  const bytes = Buffer.from(base64, 'base64');
  return encodingsOf(bytes).some((encoding) => {
    const text = new TextDecoder(encoding).decode(bytes);
    return finders.some((find) => holds(text, find));
  });
};
