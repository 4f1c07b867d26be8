/** What two texts have in common that differ only in how they are set and typed: a quote in plain typing is compared with its source by these. */

const hyphens = '\\-\u2010\u2011';
const lineEnd = '[\\r\\n\u0085\u2028\u2029]';
const unseen = '\u00ad\u200b\u2060\ufeff';
/** Stands for a hyphen at a line's end, which may be the word's own or the line's. No text holds this character. */
const maybe = '\u0001';

/** In this order, each on what the ones before have left. */
const typing: readonly [RegExp, string | ((found: string) => string)][] = [
  [/[\ufb00-\ufb06\ufb13-\ufb17]/g, (ligature) => ligature.normalize('NFKC')],
  [new RegExp(`(?<=[\\p{L}\\p{M}])[${hyphens}\u00ad][^\\S\\r\\n\u2028\u2029]*${lineEnd}\\s*(?=[\\p{Ll}\\p{Lo}])`, 'gu'), maybe],
  [new RegExp(`[${unseen}]`, 'g'), ''],
  [/[\u2018-\u201b\u2032`\u00b4\u02bc\uff07]/g, "'"],
  [/[\u201c-\u201f\u2033\u00ab\u00bb\uff02]/g, '"'],
  // Before what may stand beside blanks, so that long stretches of them cost no more than their length.
  [/\s+/g, ' '],
  [/(?: ?[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d])+ ?/g, '-'],
  [/ ?(?:\u2026|\.(?: ?\.){2,}) ?/g, '...'],
];

/**
 * A text as one would type it: straight quotes, one kind of dash without blanks around it, three dots, single blanks, letters for ligatures, composed letters
 * (NFC), nothing unseen.
 */
export const plain = (text: string): string =>
  typing
    .reduce(
      (left, [set, typed]) => (typeof typed === 'string' ? left.replace(set, typed) : left.replace(set, typed)),
      text.normalize('NFC'),
    )
    .trim();

/** Whether two texts that `plain` made are the same, a hyphen at a line's end being one or none. */
export const isSame = (one: string, other: string): boolean => {
  if (one === other) return true;
  if (!one.includes(maybe) && !other.includes(maybe)) return false;
  let [at, to] = [0, 0];
  while (at < one.length || to < other.length) {
    if (one[at] === other[to]) {
      at += 1;
      to += 1;
    } else if (one[at] === maybe) {
      at += 1;
      if (other[to] === '-') to += 1;
    } else if (other[to] === maybe) {
      to += 1;
      if (one[at] === '-') at += 1;
    } else return false;
  }
  return true;
};

/** Scripts that set no blank between words, or set what belongs to a word next to it: a word's end is not to be seen there. */
export const unspaced = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Yi']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const letter = `(?![${unspaced}])[\\p{L}\\p{N}\\p{M}]`;
const through = `[${unseen}\u200c\u200d]*`;
const hyphened = `[${hyphens}\u00ad](?:[^\\S\\r\\n\u2028\u2029]*${lineEnd}\\s*)?`;
const inNumbers = "[.,:/'\u2019\u00a0\u2009\u202f\u2012\u2013\u2212-]";
/** What stands before and after a place that parts what belongs together. */
const parted: readonly [RegExp, RegExp][] = (
  [
    // un|armed
    [`${letter}${through}$`, `^${through}${letter}`],
    // non-|lethal, non|-lethal, also over a line's end
    [`${letter}${through}${hyphened}$`, `^${letter}`],
    [`${letter}$`, `^${through}${hyphened}${letter}`],
    // 1|,300 and 1,|300
    ['\\p{N}$', `^${inNumbers}\\p{N}`],
    [`\\p{N}${inNumbers}$`, '^\\p{N}'],
    // can|'t
    ['[nN]$', "^['\u2019][tT](?!\\p{L})"],
  ] as const
).map(([before, after]) => [new RegExp(before, 'u'), new RegExp(after, 'u')]);
const looked = 40;

/**
 * Whether a place in a text lies inside a word or a number, so that a quote which begins or ends there would say something else than the text: "armed" of
 * "unarmed", "1" of "1,300", "lethal" of "non-lethal".
 */
export const isInsideWord = (text: string, unit: number): boolean => {
  const before = text.slice(Math.max(0, unit - looked), unit);
  const after = text.slice(unit, unit + looked);
  return parted.some(([ending, beginning]) => ending.test(before) && beginning.test(after));
};

/** Letters and digits alone, without case and marks: what survives all ways of setting a text. `at` has of each unit where in the text it comes from. */
export type Bare = { text: string; at: Uint32Array };

const several = 1;
/** By UTF-16 unit: 0 where it is left out, `several` where it becomes more than one, else the one that it becomes. */
const becomes = new Uint16Array(65_536);
const parts = new Map<number, Uint16Array>();
let ready = false;
const prepare = () => {
  for (let unit = 0; unit < becomes.length; unit += 1) {
    if (unit >= 0xd800 && unit < 0xe000) {
      becomes[unit] = unit;
      continue;
    }
    const sign = String.fromCharCode(unit);
    const letters = (/[\ufb00-\ufb06\ufb13-\ufb17]/.test(sign) ? sign.normalize('NFKC') : sign)
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    if (letters.length === 1) becomes[unit] = letters.charCodeAt(0);
    else if (letters.length > 1) {
      becomes[unit] = several;
      parts.set(
        unit,
        Uint16Array.from(letters, (_, index) => letters.charCodeAt(index)),
      );
    }
  }
  ready = true;
};

/** Takes time linear in the text: some ten nanoseconds a character. */
export const bare = (text: string): Bare => {
  if (!ready) prepare();
  let length = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    const one = becomes[text.charCodeAt(unit)] ?? 0;
    if (one !== 0) length += one === several ? (parts.get(text.charCodeAt(unit))?.length ?? 0) : 1;
  }
  const [units, at] = [new Uint16Array(length), new Uint32Array(length)];
  let next = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    const one = becomes[text.charCodeAt(unit)] ?? 0;
    if (one === 0) continue;
    if (one !== several) {
      units[next] = one;
      at[next] = unit;
      next += 1;
      continue;
    }
    for (const part of parts.get(text.charCodeAt(unit)) ?? []) {
      units[next] = part;
      at[next] = unit;
      next += 1;
    }
  }
  const pieces: string[] = [];
  for (let from = 0; from < length; from += 8192) pieces.push(String.fromCharCode(...units.subarray(from, from + 8192)));
  return { text: pieces.join(''), at };
};
