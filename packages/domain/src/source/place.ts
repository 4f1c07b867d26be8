import type { SentCitation } from './citation.ts';
import type { Extraction } from './imported.ts';

/** Where a passage of a text stands in the document that the text was read from: its page, or the time at which it is said in a film. */

/** Erased places are absent. */
export type Placed = Partial<Pick<Extraction, 'pages' | 'cues'>>;
type Told = Pick<SentCitation, 'page' | 'from' | 'to'>;
type Offsets = { start: number; end: number };

/** The index of the first part that ends after an offset. */
const firstAfter = (parts: readonly Offsets[], offset: number): number => {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
};

const timesOf = (cues: NonNullable<Placed['cues']>, { start, end }: Offsets): { from: number; to: number } | null => {
  const first = cues[firstAfter(cues, start)];
  const last = cues[firstAfter(cues, end - 1)] ?? cues.at(-1);
  return first && last ? { from: first.from, to: Math.max(first.to, last.to) } : null;
};

/** What was told with a quotation, or follows from where it stands, and what of that which was told cannot be. */
export const placeOf = (
  { pages, cues }: Placed = {},
  sent: Told,
  at: Offsets,
): { told: Told; wrong: (readonly [keyof Told, string])[] } => {
  const wrong: (readonly [keyof Told, string])[] = [];
  const page = pages ? (pages[firstAfter(pages, at.start)]?.page ?? null) : null;
  if (page !== null && sent.page !== null && sent.page !== page) wrong.push(['page', `is not where it stands: that is page ${page}`]);
  const times = cues ? timesOf(cues, at) : null;
  // Of a long caption one may say more exactly when the words are said.
  if (times !== null && sent.from !== null && (sent.from < times.from || (sent.to ?? 0) > times.to))
    wrong.push(['from', `is not when it is said: that is from ${times.from} to ${times.to}`]);
  const [from, to] = sent.from === null && times !== null ? [times.from, times.to] : [sent.from, sent.to];
  return { told: { page: page ?? sent.page, from, to }, wrong };
};

/** Reports what cannot be of the times of a citation. */
export const checkTimes = (
  { quote, position, from, to, scene }: Pick<SentCitation, 'quote' | 'position' | 'from' | 'to' | 'scene'>,
  report: (field: 'from' | 'to' | 'scene', message: string) => void,
): void => {
  if ((from === null) !== (to === null)) report(from === null ? 'from' : 'to', 'is needed where the other one is given');
  else if (from !== null && to !== null && to <= from) report('to', 'must be later than from');
  if (scene === null) return;
  if (quote !== null || position !== null) report('scene', 'stands in place of words from the text: send these in a citation of their own');
  if (from === null && to === null) report('from', 'is needed to say where the scene is');
};
