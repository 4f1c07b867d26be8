import { diffArrays } from 'diff';
import { isSame, plain } from '../plain.ts';
import { pointOf, type QuotedText, quotedText, unitOf } from '../quote.ts';
import { longestQuote, type Quote } from '../typed.ts';
import { type Because, contradicted, lowerIn, namesIn, tellsOfCorrection } from './contradicted.ts';
import { sentenceAround, type Word, wordAfter, wordsOf } from './words.ts';

/**
 * Where quotations from one revision of a text stand in the next one. Both revisions are laid side by side once, word by word, so that each quotation is looked
 * for where it stood, however often its words come; only one whose place is gone is looked for elsewhere. Offsets of quotations count code points.
 */

type Offsets = { start: number; end: number };
/** A quotation of the old text, as it was found there. */
export type Anchor = { quote: Pick<Quote, 'exact'>; position: Offsets };

/** What of a passage stayed, went and came, in its order: `same` and `removed` together are the old one, `same` and `added` the new one. */
export type WordDifference = { kind: 'same' | 'removed' | 'added'; text: string };
export type Passage = { exact: string; position: Offsets };

export type Reanchored =
  /** The same words at the same place. */
  | { state: 'unchanged'; passage: Passage }
  /** The same words, perhaps typed otherwise, at another place. */
  | { state: 'moved'; passage: Passage }
  /** Other words that deny nothing of it and have its numbers and names: to be proposed, with what differs. */
  | { state: 'changed'; passage: Passage; differences: WordDifference[] }
  /** Not to be carried over. `nearest` is only to be shown, with why it is not taken; null where there is none. */
  | { state: 'gone'; nearest: (Passage & { differences: WordDifference[]; because: Because[] }) | null };

type Side = QuotedText & { words: Word[] };
type Stretch = { start: number; end: number };

const sideOf = (text: string): Side => ({ ...quotedText(text), words: wordsOf(text) });

/** By word of the old text which word of the new one it is, or -1; `known`: by word of the new one, whether it was in the old one. */
type Alignment = { same: Int32Array; known: Uint8Array };

/** Beyond so many lines, or words, that went or came in one place, nothing is laid side by side there: it takes time by their square. */
const mostEdits = 2500;

type Pair = { from: Stretch; to: Stretch };

/** The words of each line of a text, from and up to but not including, and all of them as one key. */
const linesOf = ({ text, words }: Side): (Stretch & { key: string })[] => {
  const lines: (Stretch & { key: string })[] = [];
  let start = 0;
  for (let end = 1; end <= words.length; end += 1) {
    const [last, next] = [words[end - 1], words[end]];
    if (last === undefined || (next !== undefined && !text.slice(last.end, next.start).includes('\n'))) continue;
    lines.push({
      start,
      end,
      key: words
        .slice(start, end)
        .map(({ key }) => key)
        .join(' '),
    });
    start = end;
  }
  return lines;
};

/** The words of the two texts in pairs of stretches that belong together: lines that are the same, and what stands between these. */
const pairsOf = (from: Side, to: Side): { same: Pair[]; other: Pair[] } => {
  const [lines, others] = [linesOf(from), linesOf(to)];
  const changes = diffArrays(
    lines.map(({ key }) => key),
    others.map(({ key }) => key),
    { maxEditLength: mostEdits },
  );
  const pairs: { same: Pair[]; other: Pair[] } = { same: [], other: [] };
  let [line, other] = [0, 0];
  let open: Pair = { from: { start: 0, end: 0 }, to: { start: 0, end: 0 } };
  for (const { count, added, removed } of changes ?? []) {
    const isSame = !added && !removed;
    if (isSame) pairs.other.push(open);
    for (let step = 0; step < count; step += 1) {
      const ends = { from: lines[line]?.end ?? 0, to: others[other]?.end ?? 0 };
      if (isSame)
        pairs.same.push({
          from: { start: lines[line]?.start ?? 0, end: ends.from },
          to: { start: others[other]?.start ?? 0, end: ends.to },
        });
      if (!added) line += 1;
      if (!removed) other += 1;
    }
    const [at, next] = [lines[line - 1]?.end ?? 0, others[other - 1]?.end ?? 0];
    open = isSame
      ? { from: { start: at, end: at }, to: { start: next, end: next } }
      : { from: { ...open.from, end: at }, to: { ...open.to, end: next } };
  }
  return {
    same: pairs.same,
    other: [...pairs.other, { from: { ...open.from, end: from.words.length }, to: { ...open.to, end: to.words.length } }],
  };
};

const keysOf = (words: readonly Word[], { start, end }: Stretch): string[] => words.slice(start, end).map(({ key }) => key);

const aligned = (from: Side, to: Side): Alignment => {
  const same = new Int32Array(from.words.length).fill(-1);
  const known = new Uint8Array(to.words.length);
  const note = (word: number, other: number): void => {
    same[word] = other;
    known[other] = 1;
  };
  const pairs = pairsOf(from, to);
  for (const pair of pairs.same)
    for (let step = 0; step < pair.from.end - pair.from.start; step += 1) note(pair.from.start + step, pair.to.start + step);
  for (const pair of pairs.other) {
    let [word, other] = [pair.from.start, pair.to.start];
    for (const { count, added, removed } of diffArrays(keysOf(from.words, pair.from), keysOf(to.words, pair.to), {
      maxEditLength: mostEdits,
    }) ?? []) {
      if (!added && !removed) for (let step = 0; step < count; step += 1) note(word + step, other + step);
      if (!added) word += count;
      if (!removed) other += count;
    }
  }
  return { same, known };
};

/** Which words a stretch of units has a part of. */
const wordsIn = ({ words }: Side, { start, end }: Stretch): Stretch => {
  const first = wordAfter(words, start);
  let last = first;
  while (last < words.length && (words[last]?.start ?? end) < end) last += 1;
  return { start: first, end: last };
};

/** The new words in place of old ones: from the first that stayed to the last, and at the ends as many as went there; null where none stayed. */
const across = ({ same }: Alignment, to: Side, { start, end }: Stretch): Stretch | null => {
  let [first, last] = [start, end - 1];
  while (first < end && same[first] === -1) first += 1;
  while (last >= first && same[last] === -1) last -= 1;
  if (first >= end) return null;
  const [before, after] = [(same[first] ?? 0) - (first - start), (same[last] ?? 0) + 1 + (end - 1 - last)];
  // Words that stayed beside the quotation are none of it.
  const least = start > 0 ? (same[start - 1] ?? -1) + 1 : 0;
  const most = end < same.length && (same[end] ?? -1) !== -1 ? (same[end] ?? 0) : to.words.length;
  return { start: Math.max(before, least, 0), end: Math.min(after, most) };
};

/** To where the signs reach that the quotation has before its first word (`step` -1) or behind its last one: all of them, else those that are there too. */
const withSigns = (text: string, at: number, signs: string, step: 1 | -1): number => {
  const beside = (to: number): string => (step === 1 ? text.slice(at, to) : text.slice(Math.max(0, to), at));
  const whole = at + step * signs.length;
  if (beside(whole) === signs) return whole;
  const wanted = plain(signs);
  let best = at;
  for (let to = at + step; to >= 0 && to <= text.length && Math.abs(to - at) <= signs.length + 3; to += step) {
    const found = plain(beside(to));
    if (!(step === 1 ? wanted.startsWith(found) : wanted.endsWith(found))) break;
    if (/\S/.test(text.charAt(step === 1 ? to - 1 : to))) best = to;
  }
  return best;
};

/** A stretch of the new text's words as a passage, with the signs and the parts of words with which the quotation begins and ends. */
const stretchOf = (from: Side, to: Side, quoted: Stretch, own: Stretch, words: Stretch): Stretch => {
  const [ownFirst, ownLast] = [from.words[own.start], from.words[own.end - 1]];
  const [first, last] = [to.words[words.start], to.words[words.end - 1]];
  if (!ownFirst || !ownLast || !first || !last) return { start: 0, end: 0 };
  const partBefore =
    quoted.start > ownFirst.start && first.end - first.start === ownFirst.end - ownFirst.start ? quoted.start - ownFirst.start : 0;
  const partAfter = quoted.end < ownLast.end && last.end - last.start === ownLast.end - ownLast.start ? ownLast.end - quoted.end : 0;
  return {
    start:
      partBefore > 0
        ? first.start + partBefore
        : withSigns(to.text, first.start, from.text.slice(quoted.start, Math.max(quoted.start, ownFirst.start)), -1),
    end:
      partAfter > 0
        ? last.end - partAfter
        : withSigns(to.text, last.end, from.text.slice(Math.min(quoted.end, ownLast.end), quoted.end), 1),
  };
};

const pieces = /[\p{L}\p{M}\p{N}\u00ad]+|\s+|[^\p{L}\p{M}\p{N}\s]/gu;

/** What differs between two passages, by words, blanks and signs. */
export const differencesOf = (one: string, other: string): WordDifference[] =>
  diffArrays(one.match(pieces) ?? [], other.match(pieces) ?? []).map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value.join(''),
  }));

/** How much of two passages is the same, by words: 0 to 1. */
const likeness = (one: readonly Word[], other: readonly Word[]): number => {
  const kept = diffArrays(
    one.map(({ key }) => key),
    other.map(({ key }) => key),
  ).reduce((sum, { count, added, removed }) => sum + (added || removed ? 0 : count), 0);
  return (2 * kept) / Math.max(1, one.length + other.length);
};
/** A passage that is less like the quotation is written anew; one that is much less so is not even shown. A sentence in another place has to be more like it. */
const leastLike = 0.75;
const leastShown = 0.4;
const leastElsewhere = 0.7;

type Revisions = { from: Side; to: Side; alignment: Alignment; language: string; lower: ReadonlySet<string> };

const judged = ({ from, to, language, lower }: Revisions, one: Stretch, other: Stretch, within: boolean): Because[] => {
  const [old, own] = [wordsIn(from, one), wordsIn(to, other)];
  return contradicted(
    {
      from: { words: from.words.slice(old.start, old.end), isName: namesIn(from.text, lower) },
      to: { words: to.words.slice(own.start, own.end), isName: namesIn(to.text, lower) },
      language,
    },
    within,
  );
};

const passageOf = (to: Side, { start, end }: Stretch): Passage => ({
  exact: to.text.slice(start, end),
  position: { start: pointOf(to, start), end: pointOf(to, end) },
});

/** What became of a quotation if its place in the new text is this one. */
const at = (of: Revisions, { quote, position }: Anchor, quoted: Stretch, place: Stretch): Reanchored => {
  const { from, to } = of;
  const passage = passageOf(to, place);
  const [sentence, own] = [sentenceAround(from.text, quoted.start, quoted.end), sentenceAround(to.text, place.start, place.end)];
  const because = new Set([...judged(of, quoted, place, true), ...judged(of, sentence, own, false)]);
  const [old, next] = [wordsIn(from, quoted), wordsIn(to, place)];
  const like = likeness(from.words.slice(old.start, old.end), to.words.slice(next.start, next.end));
  if (like < leastLike) because.add('words');
  if (tellsOfCorrection(to.text.slice(own.start, own.end)) && !tellsOfCorrection(from.text.slice(sentence.start, sentence.end)))
    because.add('correction');
  // Typing and setting change no word, whatever the language.
  if (because.size === 1 && because.has('language') && isTypedAlike(from, quoted, to, place) && isTypedAlike(from, sentence, to, own))
    because.clear();
  if (because.size > 0)
    return { state: 'gone', nearest: { ...passage, differences: differencesOf(quote.exact, passage.exact), because: [...because] } };
  if (passage.exact === quote.exact && passage.position.start === position.start) return { state: 'unchanged', passage };
  if (isTypedAlike(from, quoted, to, place)) return { state: 'moved', passage };
  return { state: 'changed', passage, differences: differencesOf(quote.exact, passage.exact) };
};

const isTypedAlike = (from: Side, one: Stretch, to: Side, other: Stretch): boolean =>
  isSame(plain(from.text.slice(one.start, one.end)), plain(to.text.slice(other.start, other.end)));

/** Where the words of the quotation were, laid side by side; null where nothing of it stayed there. */
const inPlace = (of: Revisions, quoted: Stretch, own: Stretch): Stretch | null => {
  const words = across(of.alignment, of.to, own);
  if (words === null || words.end <= words.start) return null;
  const isLike = likeness(of.from.words.slice(own.start, own.end), of.to.words.slice(words.start, words.end)) >= leastShown;
  return isLike ? stretchOf(of.from, of.to, quoted, own, words) : null;
};

/** Whether a stretch of the new text was not in the old one: what was there before has its own quotations. */
const isNew = (alignment: Alignment, start: number, end: number): boolean =>
  alignment.known.subarray(start, end).reduce((sum, known) => sum + known, 0) * 2 < end - start;

/** The sentences of the new text, by their words, that are like the quotation's own: those in which most of its rarer words stand. */
const elsewhere = (of: Revisions, quoted: Stretch, own: Stretch): Stretch[] => {
  const { from, to } = of;
  const words = from.words.slice(own.start, own.end);
  const sought = words.map(({ key }) => key);
  const counts = new Map<string, number>();
  for (const key of sought) counts.set(key, (counts.get(key) ?? 0) + 1);
  // A window of as many words, moved over the text: how many of the quotation's words are in it.
  const size = Math.min(sought.length, to.words.length);
  const left = new Map(counts);
  let [shared, best] = [0, 0];
  const starts: { start: number; shared: number }[] = [];
  for (let end = 0; end < to.words.length; end += 1) {
    const come = to.words[end]?.key ?? '';
    if (counts.has(come)) {
      if ((left.get(come) ?? 0) > 0) shared += 1;
      left.set(come, (left.get(come) ?? 0) - 1);
    }
    if (end >= size) {
      const gone = to.words[end - size]?.key ?? '';
      if (counts.has(gone)) {
        left.set(gone, (left.get(gone) ?? 0) + 1);
        if ((left.get(gone) ?? 0) > 0) shared -= 1;
      }
    }
    if (end >= size - 1) starts.push({ start: end - size + 1, shared });
    if (shared > best && isNew(of.alignment, end - size + 1, end + 1)) best = shared;
  }
  if (best < leastElsewhere * sought.length) return [];
  const sentence = sentenceAround(from.text, quoted.start, quoted.end);
  const around = wordsIn(from, sentence);
  const scored = starts
    .filter((one) => one.shared === best && isNew(of.alignment, one.start, one.start + size))
    .slice(0, mostPlaces)
    .map(({ start }) => {
      const place = stretchOf(from, to, quoted, own, { start, end: start + size });
      const there = wordsIn(to, sentenceAround(to.text, place.start, place.end));
      const like = likeness(from.words.slice(around.start, around.end), to.words.slice(there.start, there.end));
      const context = likeness(
        from.words.slice(Math.max(0, own.start - 12), own.end + 12),
        to.words.slice(Math.max(0, start - 12), start + size + 12),
      );
      return { place, like, context };
    })
    .filter(({ like }) => like >= leastElsewhere);
  const most = Math.max(...scored.map(({ context }) => context));
  return scored.filter(({ context }) => context === most).map(({ place }) => place);
};
const mostPlaces = 20;

const reanchorOne = (of: Revisions, anchor: Anchor): Reanchored => {
  const { from, to } = of;
  const quoted = { start: unitOf(from, anchor.position.start), end: unitOf(from, anchor.position.end) };
  const own = wordsIn(from, quoted);
  if (own.end === own.start) return { state: 'gone', nearest: null };
  const here = inPlace(of, quoted, own);
  if (here !== null) {
    const found = at(of, anchor, quoted, here);
    if (found.state !== 'gone') return found;
    // A place whose words were corrected is the quotation's own, also where an old wording stands elsewhere too.
    if (!isTypedAlike(from, quoted, to, here)) return found;
    const [other, ...more] = elsewhere(of, quoted, own).map((place) => at(of, anchor, quoted, place));
    return other !== undefined && other.state === 'moved' && more.length === 0 ? other : found;
  }
  const places = elsewhere(of, quoted, own);
  const [place, ...others] = places;
  if (place === undefined) return { state: 'gone', nearest: null };
  const found = at(of, anchor, quoted, place);
  if (others.length === 0 || found.state === 'gone') return found;
  const nearest = passageOf(to, place);
  return { state: 'gone', nearest: { ...nearest, differences: differencesOf(anchor.quote.exact, nearest.exact), because: ['several'] } };
};

/**
 * What became of each quotation in the new text, in their order. `language`: the BCP 47 tag of the texts, by which negations and numbers in words are known; of
 * a language whose words are not known a quotation is carried over only where its sentence has the same words. Takes time linear in the texts where they differ in
 * few words; where they differ in very many, the texts are gone through once for each quotation.
 */
export const reanchored = (oldText: string, newText: string, anchors: readonly Anchor[], language: string): Reanchored[] => {
  const [from, to] = [sideOf(oldText), sideOf(newText)];
  const of = { from, to, alignment: aligned(from, to), language, lower: lowerIn(from.words, to.words) };
  return anchors.map((anchor) => {
    const found = reanchorOne(of, anchor);
    const isTooLong = found.state !== 'gone' && found.passage.position.end - found.passage.position.start > longestQuote;
    return isTooLong ? { state: 'gone', nearest: null } : found;
  });
};
