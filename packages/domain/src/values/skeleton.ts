import createBidi from 'bidi-js/dist/bidi.mjs';
import unhomoglyph from 'unhomoglyph';

const bidi = createBidi();
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The text in the order in which it is drawn from left to right. */
const drawn = (text: string): string =>
  rightToLeft.test(text) ? bidi.getReorderedString(text, bidi.getEmbeddingLevels(text, 'ltr')) : text;

/** The library's data tell some equivalent texts apart. */
const prototypesOf = (text: string): string => unhomoglyph(text.normalize('NFD'));

/**
 * What two names have in common that look alike: the skeleton of UTS 39 (`bidiSkeleton`, from left to right), with the data of Unicode 13, and without
 * spaces at its ends or more than one between words. What is only another form of a letter (wide, raised, in a circle) is that letter: the data have
 * some of those, and the younger ones none. To be compared, never shown.
 */
export const skeletonOf = (name: string): string => {
  const seen = drawn(name)
    .normalize('NFD')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
  return prototypesOf(prototypesOf(seen).normalize('NFKD')).normalize('NFD').replaceAll(/\s+/gu, ' ').trim();
};
