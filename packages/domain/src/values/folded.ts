import anyAscii from 'any-ascii';

/** What is written for an apostrophe; some of these are letters to Unicode. */
const apostrophes = /[`´\u02b9-\u02bf\u2018\u2019\u201b\u2032\uff07]/g;
/** Accents and points, which many leave out, and what cannot be seen. Marks that make another letter stay: vowels of Hindi, the two dots of が. */
const leftOut =
  /[[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]\p{Default_Ignorable_Code_Point}\u0640]/gv;
/** Latin letters that have no plain one within: Ł, Đ, Ø, ß, Æ. */
const otherLatin = /[\p{Script=Latin}--[A-Za-z]]/gv;
const plainLatin = (letter: string): string => {
  // Azerbaijani names are written with an a in English.
  if (letter === 'ə' || letter === 'Ə') return 'a';
  return anyAscii(letter).replace(/[^A-Za-z]/g, '') || letter;
};
const isAscii = /^[\0-\x7f]*$/;

/** The text in small letters without accents, Latin letters as the plain ones by which they are typed. To be compared, never shown. */
export const folded = (text: string): string => {
  if (isAscii.test(text)) return text.toLowerCase().replaceAll('`', "'");
  const bare = text.replace(apostrophes, "'").normalize('NFKD').replace(leftOut, '').replace(otherLatin, plainLatin);
  return bare.normalize('NFC').toLowerCase().replaceAll('ς', 'σ');
};
