/**
 * What a terminal obeys or does not show: controls (C0, DEL, C1), marks that turn the direction of text or are empty, separators of lines, tags, lone
 * surrogates. The two joiners stay, which some scripts are written with.
 */
const hidden = /(?![\u{200c}\u{200d}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text of the service as it may be printed: what is hidden stands there as `\u{202e}`. */
export const visible = (text: string): string => text.replace(hidden, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

/** A document with all its texts as they may be printed. */
export const visibleIn = <T>(value: T): T => {
  if (typeof value === 'string') return visible(value) as T;
  if (Array.isArray(value)) return value.map(visibleIn) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [visible(name), visibleIn(one)])) as T;
};

/** JSON on one line that says the same, whatever reads it: what is hidden is escaped as JSON does. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(hidden, (sign) =>
    Array.from({ length: sign.length }, (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''),
  );
