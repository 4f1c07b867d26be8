/** Characters that nobody sees, and which make one text read as another: which they are, and what each is called. */

/** Scripts whose letters join, or stack, in ways that a zero-width joiner or non-joiner changes to the eye (UAX #31, 2.3). */
const joining =
  '[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}\\p{scx=Mong}\\p{scx=Adlm}\\p{scx=Rohg}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}]';

/** Where they belong: in emoji, and where they shape the letters beside them. */
const shaping = [
  '\\p{RGI_Emoji}',
  '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]',
  `(?<=${joining})[\\u200c\\u200d](?=${joining})`,
  // After a virama a joiner says which form the consonant takes, also at a word's end (RFC 5892, CONTEXTJ).
  '(?<=[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca])[\\u200c\\u200d]',
  '(?<=\\p{scx=Mong})[\\u180b-\\u180f]',
  '(?<=\\p{Ideographic})[\\u{e0100}-\\u{e01ef}]',
];

/**
 * Controls but tab and line ends, halves of pairs, what is no character, what turns the direction of reading, what is drawn as nothing, and separators of
 * lines and paragraphs. Tag characters and variation selectors are among what Unicode says is drawn as nothing.
 */
const unseen =
  '[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u2800\\ufff9-\\ufffc\\p{Surrogate}\\p{Noncharacter_Code_Point}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}]';

const runs = new RegExp(`${shaping.join('|')}|(?<unseen>${unseen})\\k<unseen>*`, 'gv');

const names: Record<number, string> = {
  173: 'SOFT HYPHEN',
  847: 'COMBINING GRAPHEME JOINER',
  1564: 'ARABIC LETTER MARK',
  4447: 'HANGUL CHOSEONG FILLER',
  4448: 'HANGUL JUNGSEONG FILLER',
  6158: 'MONGOLIAN VOWEL SEPARATOR',
  8203: 'ZERO WIDTH SPACE',
  8204: 'ZERO WIDTH NON-JOINER',
  8205: 'ZERO WIDTH JOINER',
  8206: 'LEFT-TO-RIGHT MARK',
  8207: 'RIGHT-TO-LEFT MARK',
  8232: 'LINE SEPARATOR',
  8233: 'PARAGRAPH SEPARATOR',
  8234: 'LEFT-TO-RIGHT EMBEDDING',
  8235: 'RIGHT-TO-LEFT EMBEDDING',
  8236: 'POP DIRECTIONAL FORMATTING',
  8237: 'LEFT-TO-RIGHT OVERRIDE',
  8238: 'RIGHT-TO-LEFT OVERRIDE',
  8288: 'WORD JOINER',
  8289: 'FUNCTION APPLICATION',
  8290: 'INVISIBLE TIMES',
  8291: 'INVISIBLE SEPARATOR',
  8292: 'INVISIBLE PLUS',
  8294: 'LEFT-TO-RIGHT ISOLATE',
  8295: 'RIGHT-TO-LEFT ISOLATE',
  8296: 'FIRST STRONG ISOLATE',
  8297: 'POP DIRECTIONAL ISOLATE',
  10240: 'BRAILLE PATTERN BLANK',
  12644: 'HANGUL FILLER',
  65279: 'ZERO WIDTH NO-BREAK SPACE',
  65440: 'HALFWIDTH HANGUL FILLER',
  65532: 'OBJECT REPLACEMENT CHARACTER',
};

/** What Unicode calls a character, or what kind of character it is. */
const nameOf = (point: number): string => {
  const name = names[point];
  if (name !== undefined) return name;
  if (point >= 0xe0020 && point <= 0xe007e) return `TAG ${String.fromCodePoint(point - 0xe0000)}`;
  if (point >= 0xe0000 && point <= 0xe007f) return 'TAG';
  if (point >= 0xfe00 && point <= 0xfe0f) return `VARIATION SELECTOR-${point - 0xfe00 + 1}`;
  if (point >= 0xe0100 && point <= 0xe01ef) return `VARIATION SELECTOR-${point - 0xe0100 + 17}`;
  if (point >= 0xd800 && point <= 0xdfff) return 'HALF OF A PAIR';
  return /\p{Cc}/u.test(String.fromCodePoint(point)) ? 'CONTROL' : 'NOT SHOWN';
};

/** A stretch of a text: what is seen, or one unseen character, `times` in a row. */
type Stretch = { seen: string } | { code: string; name: string; times: number };

/** The stretches of a text, in order. `code` is as `U+202E`. Emoji, and joiners that shape the letters beside them, are seen. */
export const stretchesOf = (text: string): Stretch[] => {
  const found: Stretch[] = [];
  let from = 0;
  const see = (to: number) => {
    if (to > from) found.push({ seen: text.slice(from, to) });
  };
  for (const { 0: run, index, groups } of text.matchAll(runs)) {
    const one = groups?.unseen;
    if (one === undefined) continue;
    see(index);
    const point = one.codePointAt(0) ?? 0;
    found.push({ code: `U+${point.toString(16).toUpperCase().padStart(4, '0')}`, name: nameOf(point), times: run.length / one.length });
    from = index + run.length;
  }
  see(text.length);
  return found;
};
