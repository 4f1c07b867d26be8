/** Characters that nobody sees, and which make one text read as another, or as none. */

/** Scripts whose letters join, or stack, in ways that a zero-width joiner or non-joiner changes to the eye (UAX #31, 2.3). */
const joining =
  /[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]/u
    .source;
/** Of the Indian scripts: after it a joiner says which form the consonant takes, also at a word's end (RFC 5892, CONTEXTJ). */
const virama = '[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]';

/** Invisible characters where they belong: they shape what stands beside them. */
const shaping = new RegExp(
  [
    `(?<=${joining})[\u200c\u200d](?=${joining})`,
    `(?<=${virama})[\u200c\u200d]`,
    '(?<=\\p{scx=Mong})[\u180b-\u180f]',
    '(?<=\\p{Ideographic})[\u{e0100}-\u{e01ef}]',
    '(?<=\\p{Extended_Pictographic})[\ufe0e\ufe0f]',
    '(?<=[0-9#*])\ufe0f(?=\u20e3)',
    '(?<=[\u2801-\u28ff])\u2800(?=[\u2801-\u28ff])',
    '(?<=\\p{Extended_Pictographic}[\ufe0f\\p{Emoji_Modifier}]?)\u200d(?=\\p{Extended_Pictographic})',
  ].join('|'),
  'gu',
);

/**
 * Controls but tab and line ends, halves of pairs, what is no character, what turns the direction of reading, and what is drawn as nothing: beside what Unicode
 * says of that the blank of Braille, the place of an object, the blanks and joiners of hieroglyphs, the filler of Khitan and a note without a head.
 */
const hidden =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Surrogate}\p{Noncharacter_Code_Point}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffc\u{13430}-\u{13442}\u{16fe4}\u{1d159}]/u;
const every = new RegExp(hidden, 'gu');

/** `U+202E` for the first code point of a text. */
const codeOf = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The first hidden character of a text, as `U+202E`; null where there is none but those that shape what stands beside them. */
export const hiddenIn = (text: string): string | null => {
  const found = hidden.test(text) ? hidden.exec(text.replaceAll(shaping, '')) : null;
  return found && codeOf(found[0]);
};

/** Whether anything of a text is seen: a letter, digit, sign or symbol. */
export const isSeen = (text: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text.replaceAll(every, ''));

/** More marks on one letter than any script writes. Unicode's stream-safe texts have at most 30 (UAX #15); more also take long to put in order. */
export const manyMarks = /\p{M}{31}/u;

/** A text with its hidden characters written out, as `⟨U+202E⟩`, line ends and tabs left as they are; null where it has none. */
export const writtenOut = (text: string): string | null => {
  if (hiddenIn(text) === null) return null;
  const kept = new Set([...text.matchAll(shaping)].map(({ index }) => index));
  return text.replaceAll(every, (character, index: number) => (kept.has(index) ? character : `⟨${codeOf(character)}⟩`));
};
