import type { SentCitation } from './citation.ts';
import { occurrencesOf } from './occurrences.ts';
import { type Bare, bare, isInsideWord, isSame, plain } from './plain.ts';

/**
 * Quotes that do not stand in a text as they were sent: what they are in it if they are plainly typed, or leave something out, and else what comes nearest.
 * All here counts UTF-16 units.
 */

export type Quote = NonNullable<SentCitation['quote']>;
/** Where a quote stands in a text, and what of the text its prefix and suffix are. */
export type Passage = { start: number; end: number; prefix: string | null; suffix: string | null };
/**
 * What became of a quote: all places where it fits, at most `mostPlaces` (`more`: there may be others), and where none does what comes nearest. `left`: nobody
 * looked, since the other quotes took all that may be looked at.
 */
export type Typed = { places: Passage[]; more: boolean; nearest: { start: number; end: number } | null; left: boolean };

/** How many places of a quote are told, and how many of its letters are looked at: these stand inside words too. */
export const mostPlaces = 50;
const mostLooked = 500;
/** In code points: a quote; a passage of which one leaves something out, as also the nearest that is named; what stands around one. */
export const longestQuote = 2000;
export const longestPassage = 300;
const longestContext = 200;
/** A quote with its prefix and suffix, in units. */
const mostUnits = 2 * (longestQuote + 2 * longestContext);

/** How many units may be compared and looked through for the quotes of one text, beside the one pass over it for all of them. */
const mostWork = 40_000_000;
/** What a comparison takes beside its units. */
const oneComparison = 64;

const leftOut = /\[\s*(?:\u2026|\.{3})\s*\]|\(\s*(?:\u2026|\.{3})\s*\)|\u2026|\.(?:\s?\.){2,}/;

/** A part that is looked for: its letters and digits, the rest as typed, and what of it stands before the first and after the last of these. */
type Part = { letters: string; at: Uint32Array; core: string; head: string; tail: string };

const endOf = (text: string, unit: number): number => {
  let end = unit + ((text.charCodeAt(unit) & 0xfc00) === 0xd800 ? 2 : 1);
  while (end < text.length && /\p{M}/u.test(text.charAt(end))) end += 1;
  return end;
};

const partOf = (typed: string): Part | null => {
  const { text: letters, at } = bare(typed);
  if (letters === '') return null;
  const [start, end] = [at[0] ?? 0, endOf(typed, at.at(-1) ?? 0)];
  return { letters, at, core: plain(typed.slice(start, end)), head: plain(typed.slice(0, start)), tail: plain(typed.slice(end)) };
};

type Whole = { text: string; letters: Bare; work: { left: number } };
type Stretch = { start: number; end: number };

const wholeOf = (text: string, work: number): Whole => ({ text, letters: bare(text), work: { left: work } });

/** The least stretch of the text from `at` on (or back, with `step` -1) that is the same as `typed`; null if none is. */
const reach = ({ text, work }: Whole, at: number, typed: string, step: 1 | -1): number | null => {
  if (typed === '') return at;
  for (let to = at + step; to >= 0 && to <= text.length && Math.abs(to - at) <= 4 * typed.length + longestContext; to += step) {
    work.left -= oneComparison + Math.abs(to - at);
    if (work.left < 0) return null;
    const found = plain(step === 1 ? text.slice(at, to) : text.slice(to, at));
    if (found === typed) return to;
    if (!(step === 1 ? typed.startsWith(found) : typed.endsWith(found))) return null;
  }
  return null;
};

/** Where the part stands if its letters begin at `index` of the text's letters; null where anything else of it differs. */
const standsAt = (of: Whole, index: number, { letters: { length }, core, head, tail }: Part): Stretch | null => {
  const { text, letters, work } = of;
  const [first, last] = [letters.at[index] ?? 0, endOf(text, letters.at[index + length - 1] ?? 0)];
  work.left -= oneComparison + last - first;
  // Longer than any stretch that may be quoted: what is between its letters alone makes it so.
  if (work.left < 0 || last - first > mostUnits || !isSame(plain(text.slice(first, last)), core)) return null;
  const [start, end] = [reach(of, first, head, -1), reach(of, last, tail, 1)];
  return start === null || end === null ? null : { start, end };
};

/** What a quote is looked for by: it whole with its prefix and suffix, and its parts if it leaves something out. */
type Sought = { quote: Quote; whole: Part | null; own: Part | null; parts: Part[] };

const soughtFor = (quote: Quote): Sought => {
  const { exact, prefix, suffix } = quote;
  const parts = leftOut.test(exact) ? exact.split(leftOut).flatMap((part) => partOf(part) ?? []) : [];
  const own = partOf(exact);
  return { quote, whole: prefix || suffix ? partOf(`${prefix ?? ''}${exact}${suffix ?? ''}`) : own, own, parts };
};

/** Whether something of the passage is left out at an ellipsis between its parts. */
export const leavesOut = (quote: Quote): boolean => soughtFor(quote).parts.length > 1;

const lastPoints = (text: string, most: number): string => (text.length <= most ? text : [...text].slice(-most).join(''));
const firstPoints = (text: string, most: number): string => (text.length <= most ? text : [...text].slice(0, most).join(''));
const isWithin = (text: string, start: number, end: number, most: number): boolean =>
  end - start <= most || (end - start <= 2 * most && [...text.slice(start, end)].length <= most);
const isBounded = (text: string, { start, end }: Stretch, { prefix, suffix }: Quote): boolean =>
  (Boolean(prefix) || !isInsideWord(text, start)) && (Boolean(suffix) || !isInsideWord(text, end));

/** The quote at a place where it stands with its prefix and suffix. */
const passageAt = (of: Whole, index: number, { quote, whole, own }: Sought): Passage | null => {
  const found = whole && standsAt(of, index, whole);
  if (!found || !whole) return null;
  const { prefix, suffix } = quote;
  const before = whole.at.findIndex((unit) => unit >= (prefix ?? '').length);
  const within = own === whole ? found : own && standsAt(of, index + before, own);
  if (!within || !isBounded(of.text, within, quote) || !isWithin(of.text, within.start, within.end, longestQuote)) return null;
  return {
    ...within,
    prefix: prefix && lastPoints(of.text.slice(found.start, within.start), longestContext),
    suffix: suffix && firstPoints(of.text.slice(within.end, found.end), longestContext),
  };
};

/** The first places of a part whose letters lie between two indexes of the text's letters. */
const placesBetween = (of: Whole, part: Part, from: number, to: number): Stretch[] => {
  const found: Stretch[] = [];
  const near = of.letters.text.slice(Math.max(0, from), Math.max(0, to));
  for (let at = near.indexOf(part.letters); at >= 0 && of.work.left >= 0; at = near.indexOf(part.letters, at + 1)) {
    const place = standsAt(of, Math.max(0, from) + at, part);
    if (place && !isInsideWord(of.text, place.start) && !isInsideWord(of.text, place.end)) found.push(place);
  }
  return found;
};

/** What the prefix and suffix of a quote at this place are in the text; null where they are not there. */
const contextAt = (text: string, { start, end }: Stretch, { prefix, suffix }: Quote): Pick<Passage, 'prefix' | 'suffix'> | null => {
  const [before, after] = [text.slice(Math.max(0, start - mostUnits), start), text.slice(end, end + mostUnits)];
  const own = [prefix ? besideOf(before, prefix, -1) : '', suffix ? besideOf(after, suffix, 1) : ''];
  if (own[0] === undefined || own[1] === undefined) return null;
  return { prefix: prefix && lastPoints(own[0], longestContext), suffix: suffix && firstPoints(own[1], longestContext) };
};

/** What `typed` is at the end (`side` -1) or at the beginning of a text; undefined if it is not there. */
const besideOf = (text: string, typed: string, side: 1 | -1): string | undefined => {
  const of = wholeOf(text, mostWork / 1000);
  const part = partOf(typed);
  if (part === null) {
    const to = reach(of, side === 1 ? 0 : text.length, plain(typed), side);
    return to === null ? undefined : side === 1 ? text.slice(0, to) : text.slice(to);
  }
  const place = standsAt(of, side === 1 ? 0 : of.letters.text.length - part.letters.length, part);
  const between = place && (side === 1 ? text.slice(0, place.start) : text.slice(place.end));
  if (!place || plain(between ?? '') !== '') return undefined;
  return side === 1 ? text.slice(0, place.end) : text.slice(place.start);
};

/** The passages around one place of a part (`anchor`) in which all parts stand in their order, from the first to the last: the first ones. */
const passagesAround = (of: Whole, index: number, { quote, parts }: Sought, anchor: number): Passage[] => {
  const own = parts[anchor];
  const [middle] = own ? placesBetween(of, own, index, index + own.letters.length) : [];
  if (!own || !middle) return [];
  const most = parts.length > 1 ? longestPassage : longestQuote;
  // Of a sign there come three letters at most.
  const reachable = most * 3;
  let [starts, ends] = [[middle], [middle]];
  for (const part of parts.slice(0, anchor).reverse()) {
    const latest = starts.at(-1)?.start ?? 0;
    starts = placesBetween(of, part, index - reachable, index).filter(({ end }) => end <= latest);
    if (starts.length === 0) return [];
  }
  const after = index + own.letters.length;
  for (const part of parts.slice(anchor + 1)) {
    const earliest = ends[0]?.end ?? 0;
    ends = placesBetween(of, part, after, after + reachable).filter(({ start }) => start >= earliest);
    if (ends.length === 0) return [];
  }
  const found: Passage[] = [];
  for (const { start } of starts)
    for (const { end } of ends) {
      of.work.left -= oneComparison;
      if (found.length > mostPlaces || of.work.left < 0) return found;
      const context = isWithin(of.text, start, end, most) ? contextAt(of.text, { start, end }, quote) : null;
      if (context) found.push({ start, end, ...context });
    }
  return found;
};

const mostWidened = 40;
/** The places where words part before and after a place inside one; the place itself where none does. */
const partsAround = (text: string, unit: number): [number, number] => {
  let [before, after] = [unit, unit];
  while (before > unit - mostWidened && isInsideWord(text, before)) before -= 1;
  while (after < unit + mostWidened && isInsideWord(text, after)) after += 1;
  return [before, after];
};

/** The letters from one index to another as a stretch of the text, whole words of it. */
const wordsAt = ({ text, letters: { at } }: Whole, first: number, last: number): Stretch => {
  const [start] = partsAround(text, at[first] ?? 0);
  const [, end] = partsAround(text, endOf(text, at[last] ?? 0));
  return { start, end: start + firstPoints(text.slice(start, end), longestPassage).length };
};

/** The same, but for words at its ends of which less than half of the letters is in it. */
const mostlyWordsAt = (of: Whole, first: number, last: number): Stretch => {
  const { text, letters } = of;
  const [from, to] = [letters.at[first] ?? 0, endOf(text, letters.at[last] ?? 0)];
  const whole = wordsAt(of, first, last);
  const [[, next], [previous]] = [partsAround(text, from), partsAround(text, to)];
  const start = next - from < from - whole.start ? next : whole.start;
  const end = to - previous < whole.end - to ? previous : whole.end;
  const stretch = text.slice(start, end);
  return start < end ? { start: start + stretch.length - stretch.trimStart().length, end } : whole;
};

const gram = 4;
const hashes = 1 << 20;
const hashAt = (text: string, index: number): number => {
  let hash = 0;
  for (let unit = index; unit < index + gram; unit += 1) hash = (hash * 31 + text.charCodeAt(unit)) & (hashes - 1);
  return hash;
};

/** The stretch that has the most runs of four letters in common with the part, if it has a third of them. It is only ever named, never taken for the quote. */
const nearestTo = (of: Whole, { letters }: Part): Stretch | null => {
  const grams = letters.length - gram + 1;
  if (grams < 1) return null;
  const { text } = of.letters;
  const sought = new Uint8Array(hashes);
  for (let index = 0; index < grams; index += 1) sought[hashAt(letters, index)] = 1;
  const hits = new Uint8Array(Math.max(0, text.length - gram + 1));
  let [inside, best, bestAt] = [0, 0, 0];
  for (let index = 0; index < hits.length; index += 1) {
    const hit = sought[hashAt(text, index)] ?? 0;
    hits[index] = hit;
    inside += hit - (hits[index - grams] ?? 0);
    if (inside > best) [best, bestAt] = [inside, index];
  }
  if (best * 3 < grams) return null;
  return mostlyWordsAt(of, hits.indexOf(1, Math.max(0, bestAt - grams + 1)), bestAt + gram - 1);
};

/** By which `searchTyped` answers what became of a quote. */
export const quoteKey = ({ exact, prefix, suffix }: Quote): string => JSON.stringify([exact, prefix, suffix]);

const found = (all: readonly Passage[], more: boolean): Typed => ({
  places: all.slice(0, mostPlaces),
  more: more || all.length > mostPlaces,
  nearest: null,
  left: false,
});

/** By letters, where in the text's letters they begin: the first places, at most one more than are looked at. */
type Places = ReadonlyMap<string, readonly number[]>;
const placesOf = (places: Places, part: Part | null | undefined): readonly number[] => places.get(part?.letters ?? '') ?? [];

/** Where the quote stands; null if nowhere. */
const typedIn = (of: Whole, sought: Sought, places: Places): Typed | null => {
  const { whole, parts } = sought;
  const indexes = placesOf(places, whole);
  const passages = indexes.flatMap((index) => passageAt(of, index, sought) ?? []);
  if (passages.length > 0) return found(passages, indexes.length > mostLooked);
  // Where the part stands that stands in the fewest places.
  const counts = parts.map((part) => placesOf(places, part).length);
  const anchor = counts.indexOf(Math.min(...counts));
  const anchors = placesOf(places, parts[anchor]);
  const around = new Map<string, Passage>();
  for (const index of anchors) {
    if (around.size > mostPlaces) break;
    for (const passage of passagesAround(of, index, sought, anchor)) around.set(`${passage.start} ${passage.end}`, passage);
  }
  return around.size > 0 ? found([...around.values()], anchors.length > mostLooked) : null;
};

/** What comes nearest to a quote that stands nowhere: its letters where other signs differ, else what has most of them in a row. */
const nearestIn = (of: Whole, { whole }: Sought, places: Places): Typed['nearest'] => {
  if (whole === null) return null;
  const [same] = placesOf(places, whole);
  if (same !== undefined) return wordsAt(of, same, same + whole.letters.length - 1);
  of.work.left -= hashes + of.letters.text.length;
  return of.work.left < 0 ? null : nearestTo(of, whole);
};

/**
 * Looks for all quotes at once; by `quoteKey`. What differs from the text by how it is set and typed alone stands there, and so does what leaves something out
 * at an ellipsis, up to the longest passage. A place begins and ends where words do; letters, digits, their case and marks, and signs other than quotation
 * marks and dashes are the same. Takes time linear in the text and in the quotes: what comes after a bounded number of comparisons is `left`.
 */
export const searchTyped = (text: string, quotes: readonly Quote[], most = mostWork): Map<string, Typed> => {
  const of = wholeOf(text, most);
  const all = quotes.map(soughtFor);
  const looked = all.flatMap(({ whole, parts }) => [whole, ...parts].flatMap((part) => part?.letters ?? []));
  const { places } = occurrencesOf(of.letters.text, looked, mostLooked + 1);
  const left: Typed = { places: [], more: false, nearest: null, left: true };
  // What was found when the work was at its end may be one of several.
  const typed = all.map((one) => [one, typedIn(of, one, places), of.work.left < 0] as const);
  return new Map(
    typed.map(([one, stands, isLeft]) => [
      quoteKey(one.quote),
      isLeft ? left : (stands ?? { ...left, nearest: nearestIn(of, one, places), left: false }),
    ]),
  );
};

/** Whether the quote, plainly typed, is all of the text from one place to another; as a passage. */
export const typedAt = (text: string, start: number, end: number, quote: Quote): Passage | null => {
  if (end - start > mostUnits) return null;
  const own = text.slice(start, end);
  const context = contextAt(text, { start, end }, quote);
  if (context === null) return null;
  if (isSame(plain(own), plain(quote.exact))) return { start, end, ...context };
  const sought = soughtFor({ exact: quote.exact, prefix: null, suffix: null });
  const [first] = sought.parts;
  if (!first) return null;
  const of = wholeOf(own, mostWork / 1000);
  // It begins with its first part.
  const at = of.letters.text.indexOf(first.letters);
  if (at >= 0 && passagesAround(of, at, sought, 0).some((passage) => passage.start === 0 && passage.end === own.length))
    return { start, end, ...context };
  return null;
};
