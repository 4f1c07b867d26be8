import { diffArrays } from 'diff';
import { type Html, html } from '../html.ts';
import { number } from './dates.ts';
import { shown } from './text.ts';

/** What became of a stretch of a text. */
type Piece = { kind: 'kept' | 'removed' | 'added'; text: string };

/** A word or a sign, and the white space that follows it. The first one of a text may be empty. */
type Token = { word: string; gap: string };

/** Two texts that differ in more words, or paragraphs, are shown one after the other: to compare them takes time by the square of that. */
const maxEditLength = 1000;

const tokensOf = (text: string, lang: string | null): Token[] => {
  const words = new Intl.Segmenter(lang ?? undefined, { granularity: 'word' });
  const tokens: Token[] = [{ word: '', gap: '' }];
  for (const { segment } of words.segment(text)) {
    // What nobody sees may share a segment with the blank before it.
    const word = segment.trimStart();
    const last = tokens.at(-1);
    if (last) last.gap += segment.slice(0, segment.length - word.length);
    if (word !== '') tokens.push({ word, gap: '' });
  }
  return tokens;
};

/**
 * Puts pieces of one kind together. Of what is removed and added at one place the former comes first, and white space after both of them is kept.
 */
const gathered = (pieces: readonly Piece[]): Piece[] => {
  const found: Piece[] = [];
  const pending = { removed: '', added: '' };
  const keep = (text: string) => {
    const last = found.at(-1);
    if (last?.kind === 'kept') last.text += text;
    else if (text !== '') found.push({ kind: 'kept', text });
  };
  const flush = () => {
    const [removed, added] = [pending.removed.trimEnd(), pending.added.trimEnd()];
    const gap = pending.removed.slice(removed.length);
    const same = removed !== '' && added !== '' && gap === pending.added.slice(added.length);
    for (const kind of ['removed', 'added'] as const) {
      const text = same ? { removed, added }[kind] : pending[kind];
      if (text !== '') found.push({ kind, text });
      pending[kind] = '';
    }
    if (same) keep(gap);
  };
  for (const { kind, text } of pieces) {
    if (kind !== 'kept') pending[kind] += text;
    else if (text !== '') {
      flush();
      keep(text);
    }
  }
  flush();
  return found;
};

const textOf = (tokens: readonly Token[]): string => tokens.map(({ word, gap }) => word + gap).join('');

/**
 * What became of the words of a text. White space is compared as well, but each by the word that it follows: as words of their own, blanks would be kept and
 * the words between them be torn apart.
 */
const piecesOf = (before: string, after: string, lang: string | null): Piece[] => {
  const [old, now] = [tokensOf(before, lang), tokensOf(after, lang)];
  const changes = diffArrays(old, now, { comparator: (one, other) => one.word === other.word, maxEditLength });
  const whole: Piece[] = [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ];
  if (changes === undefined) return whole;
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  for (const { added, removed, count } of changes) {
    if (removed) pieces.push({ kind: 'removed', text: textOf(old.slice(i, (i += count))) });
    else if (added) pieces.push({ kind: 'added', text: textOf(now.slice(j, (j += count))) });
    else
      for (const { word, gap } of now.slice(j, j + count)) {
        const was = old[i++]?.gap ?? '';
        j++;
        pieces.push({ kind: 'kept', text: word });
        if (was === gap) pieces.push({ kind: 'kept', text: gap });
        else pieces.push({ kind: 'removed', text: was }, { kind: 'added', text: gap });
      }
  }
  return gathered(pieces);
};

const spaces: Record<string, [sign: string, name: string]> = {
  ' ': ['␣', 'space'],
  '\n': ['↵', 'line end'],
  '\r': ['␍', 'carriage return'],
  '\t': ['⇥', 'tab'],
  '\u00a0': ['⍽', 'no-break space'],
};

/** White space as signs, with its names for who hears the page. */
const spaceShown = (text: string): Html[] =>
  (text.match(/(\s)\1*/gu) ?? []).map((run) => {
    const [sign, name] = spaces[run[0] ?? ''] ?? ['␣', 'other space'];
    const names = run.length === 1 ? name : `${number(run.length)} times ${name}`;
    return html`<span class="diff-space" title="${names}" aria-hidden="true">${sign.repeat(Math.min(run.length, 8))}</span><span class="ds-sr-only">${names} </span>${run.includes('\n') && run}`;
  });

const changed = (text: string): (Html | string)[] => (/^\s+$/u.test(text) ? spaceShown(text) : shown(text));

const pieceShown = ({ kind, text }: Piece): Html | (Html | string)[] =>
  kind === 'kept'
    ? shown(text)
    : kind === 'removed'
      ? html`<del><span class="ds-sr-only">removed: </span>${changed(text)}</del>`
      : html`<ins><span class="ds-sr-only">added: </span>${changed(text)}</ins>`;

const inline = (before: string, after: string, lang: string | null): Html => html`${piecesOf(before, after, lang).map(pieceShown)}`;

/**
 * A text with what was removed (`<del>`) and added (`<ins>`), word by word, changes of white space too. `lang` (BCP 47, null if
 * nobody knows) is that of the texts: it tells what is a word.
 */
export const wordDiff = (before: string, after: string, lang: string | null): Html =>
  html`<span class="diff" ${lang !== null && html`lang="${lang}"`} dir="auto">${inline(before, after, lang)}</span>`;

/** Each with the line ends that follow it. */
const paragraphsOf = (text: string): string[] => text.match(/\n*[^\n]+\n*|^\n+$/gu) ?? [];

const counted = (count: number): string => `${number(count)} ${count === 1 ? 'paragraph' : 'paragraphs'} unchanged`;

/** Unchanged paragraphs, of which those in the middle are only counted: `context` are kept beside a change. */
const unchanged = (paragraphs: readonly string[], before: number, after: number): Html => {
  const hidden = paragraphs.length - before - after;
  const plain = (some: readonly string[]) => some.map((text) => html`<p>${shown(text)}</p>`);
  return hidden < 2
    ? html`${plain(paragraphs)}`
    : html`${plain(paragraphs.slice(0, before))}<p class="diff-skipped">… ${counted(hidden)}</p>${plain(paragraphs.slice(paragraphs.length - after))}`;
};

/** Long texts, paragraph by paragraph: what changed as `wordDiff` shows it, with `context` unchanged paragraphs beside it, and how many others there are. */
export const textDiff = (before: string, after: string, lang: string | null, { context = 1 } = {}): Html => {
  const [old, now] = [paragraphsOf(before), paragraphsOf(after)];
  const changes = diffArrays(old, now, { maxEditLength }) ?? [
    { value: old, added: false, removed: true },
    { value: now, added: true, removed: false },
  ];
  const shownChanges = changes.map(({ value, added, removed }, index) => {
    if (!added && !removed) return unchanged(value, index === 0 ? 0 : context, index === changes.length - 1 ? 0 : context);
    const previous = changes[index - 1];
    const next = changes[index + 1];
    if (removed && next?.added) return html`<p>${inline(value.join(''), next.value.join(''), lang)}</p>`;
    if (added && previous?.removed) return '';
    return html`<p>${inline(removed ? value.join('') : '', added ? value.join('') : '', lang)}</p>`;
  });
  return html`<div class="diff" ${lang !== null && html`lang="${lang}"`} dir="auto">${shownChanges}</div>`;
};
