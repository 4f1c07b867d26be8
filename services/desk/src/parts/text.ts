import { type Html, html } from '../html.ts';
import { stretchesOf } from './unseen.ts';

/** Words whose letters come from scripts that have letters of one look. */
const word = /[\p{L}\p{M}\p{N}'’_-]+/gu;
const lookAlikes = Object.entries({
  Latin: /\p{Script=Latin}/u,
  Cyrillic: /\p{Script=Cyrillic}/u,
  Greek: /\p{Script=Greek}/u,
  Armenian: /\p{Script=Armenian}/u,
});
const scriptsOf = (text: string): string[] => lookAlikes.filter(([, letters]) => letters.test(text)).map(([script]) => script);

/** What is seen of a text, with a mark at each word of which some letters only look like those of its other letters. */
const marked = (text: string): (Html | string)[] => {
  if (scriptsOf(text).length < 2) return [text];
  const pieces: (Html | string)[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(word)) {
    const scripts = scriptsOf(found);
    if (scripts.length < 2) continue;
    pieces.push(
      text.slice(from, index),
      html`<span class="mixed">${found} <small>[letters of two scripts: ${scripts.join(', ')}]</small></span>`,
    );
    from = index + found.length;
  }
  return [...pieces, text.slice(from)];
};

/** As `safeText`, for a place that keeps its direction to itself already. */
export const shown = (text: string): (Html | string)[] =>
  stretchesOf(text).flatMap((stretch) =>
    'seen' in stretch
      ? marked(stretch.seen)
      : html`<span class="unseen" title="${stretch.code} ${stretch.name}">[${stretch.code}${stretch.times > 1 && ` × ${stretch.times}`}]</span>`,
  );

/**
 * A text that somebody sent, as it is: what nobody would see is written out (`[U+202E]`), words of letters of two scripts that look alike are marked, and
 * its direction of reading ends where it ends.
 */
export const safeText = (text: string): Html => html`<bdi>${shown(text)}</bdi>`;

/** As `safeText`, where no elements can stand: in an attribute, a title or a drawing. */
export const plainText = (text: string): string =>
  stretchesOf(text)
    .map((stretch) => ('seen' in stretch ? stretch.seen : `[${stretch.code}]`))
    .join('');

/** Words of somebody else: in a line of their own, or `inline` with quotation marks in a sentence of ours. `lang` is a BCP 47 tag, null if nobody knows. */
export const quotation = (text: string, lang: string | null, { inline = false } = {}): Html => {
  const language = lang === null ? '' : html` lang="${lang}"`;
  return inline
    ? html`<q dir="auto"${language}>${shown(text)}</q>`
    : html`<blockquote class="quotation" dir="auto"${language}>${shown(text)}</blockquote>`;
};

/** Where the `count`th code point after `from` begins, in UTF-16 units; at most the end of the text. */
const after = (text: string, from: number, count: number): number => {
  let at = from;
  for (let left = count; left > 0 && at < text.length; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
};

/** Where the `count`th code point before `to` begins, in UTF-16 units; at least the beginning of the text. */
const before = (text: string, to: number, count: number): number => {
  let at = to;
  for (let left = count; left > 0 && at > 0; left--) at -= at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
  return at;
};

/**
 * A passage of a source's text, marked, with `around` code points before and after it, and an ellipsis where the text goes on. `from` and `to` are what the
 * API gives as `position` of a citation: code points, the end excluded. Throws `RangeError` where the text has no such passage.
 */
export const inContext = (
  source: string,
  from: number,
  to: number,
  { around = 300, lang = null }: { around?: number; lang?: string | null } = {},
): Html => {
  const start = after(source, 0, from);
  const end = after(source, start, to - from);
  if (from < 0 || end <= start) throw new RangeError(`no passage from ${from} to ${to}`);
  const first = before(source, start, around);
  const last = after(source, end, around);
  return html`<blockquote class="in-context" dir="auto"${lang !== null && html` lang="${lang}"`}>${first > 0 && '… '}${shown(source.slice(first, start))}<mark><span class="ds-sr-only">passage begins: </span>${shown(source.slice(start, end))}<span class="ds-sr-only"> (passage ends) </span></mark>${shown(source.slice(end, last))}${last < source.length && ' …'}</blockquote>`;
};
