import type { Machine } from './machine.ts';
import { median, ratioOf } from './measure.ts';

/** What a ratio is to reach (`least`), or not to pass (`most`). */
type Aim = { least: number } | { most: number };

/**
 * One line of the table, with the figures of its rounds. Without a peer there is no ratio; `met` is null where there is nothing to meet. `against` is the
 * aim for the ratio to the build that this one is measured against.
 */
export type Line = {
  measure: string;
  own: string;
  peer: string;
  ratio: string;
  aim: string;
  met: boolean | null;
  share: string;
  against: Aim | null;
  figures: { own: readonly number[]; unit: Unit };
};

type Unit = 'per second' | 'ms' | 'µs' | 'MiB' | 'in all';

/** Three digits that count, and the unit. */
const shown = (value: number, unit: Unit): string => {
  if (unit === 'in all') return String(value);
  const digits = value >= 100 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : value.toPrecision(3);
  return unit === 'per second' ? `${digits}/s` : `${digits} ${unit}`;
};

const spread = (values: readonly number[], unit: Unit): string =>
  values.length === 1
    ? shown(median(values), unit)
    : `${shown(median(values), unit)} (${shown(Math.min(...values), unit)} – ${shown(Math.max(...values), unit)})`;

/** Nothing beside nothing has no ratio. */
const shownRatio = ({ ratio, min, max }: ReturnType<typeof ratioOf>): string =>
  Number.isNaN(ratio) ? '–' : `${ratio.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)})`;
const shownAim = (aim: Aim): string => ('least' in aim ? `≥ ${aim.least}` : `≤ ${aim.most}`);
const isMet = (aim: Aim, ratio: number): boolean => ('least' in aim ? ratio >= aim.least : ratio <= aim.most);

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A figure beside its peer's. */
export const compared = (
  measure: string,
  { own, peer }: Record<'own' | 'peer', readonly number[]>,
  { unit, aim, share, against = null }: { unit: Unit; aim: Aim | null; share: readonly number[]; against?: Aim | null },
): Line => {
  const ratio = ratioOf(own, peer);
  return {
    measure,
    own: spread(own, unit),
    peer: spread(peer, unit),
    ratio: shownRatio(ratio),
    aim: aim === null ? 'printed' : shownAim(aim),
    met: aim === null ? null : isMet(aim, ratio.ratio),
    share: share.length === 0 ? '–' : percent(median(share)),
    against,
    figures: { own, unit },
  };
};

/** A figure that stands alone; `most` is the value that its median is not to pass, `least` the one that it is to reach. */
export const alone = (
  measure: string,
  own: readonly number[],
  { unit, most, least, share, against = null }: { unit: Unit; most?: number; least?: number; share?: number; against?: Aim | null },
): Line => {
  const bound = most ?? least;
  const aim = most === undefined ? { least: least ?? 0 } : { most };
  return {
    measure,
    own: spread(own, unit),
    peer: '–',
    ratio: '–',
    aim: bound === undefined ? 'printed' : `${most === undefined ? '≥' : '≤'} ${shown(bound, unit)}`,
    met: bound === undefined ? null : isMet(aim, median(own)),
    share: share === undefined ? '–' : percent(share),
    against,
    figures: { own, unit },
  };
};

/** A line for what could not be measured here. */
export const skipped = (measure: string, why: string): Line => ({
  measure,
  own: `skipped: ${why}`,
  peer: '–',
  ratio: '–',
  aim: '–',
  met: null,
  share: '–',
  against: null,
  figures: { own: [], unit: 'per second' },
});

export const about = (
  machine: Machine,
  { seed, rounds, quick, scale, at }: { seed: number; rounds: number; quick: boolean; scale: number; at: Date },
): string =>
  [
    `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${machine.cores} cores (${machine.model}), ${machine.memoryGiB} GiB · Node ${machine.node} · fsync on`,
    `fdatasync of 8 KiB: ${machine.fdatasyncs}/s · load of the machine before the run: ${machine.load} · seed ${seed} · ${rounds} rounds${scale === 1 ? '' : ` · data sets of ${scale} times their size`}${quick ? ' · quick form: the sizes are too small to say anything' : ''}`,
  ].join('\n');

const columns = ['measure', 'here', 'beside it', 'ratio (rounds)', 'aim', 'met', 'generator'];

/** The lines as a table of Markdown. */
export const table = (lines: readonly Line[]): string =>
  markdown(
    columns,
    lines.map((line) => [line.measure, line.own, line.peer, line.ratio, line.aim, verdict(line.met), line.share]),
  );

/** A line by its name, however many events or bytes there happened to be. */
const nameOf = ({ measure }: Line): string => measure.replaceAll(/\d+ (events|bytes)/g, '$1');

/** Both builds' lines, paired by their names. The last column has the ratio to what stands beside this build in its own process. */
export const pairs = (lines: readonly Line[], others: readonly Line[], other: string): string => {
  const named = new Map(others.map((line) => [nameOf(line), line]));
  const pairOf = (line: Line): string[] => {
    const beside = line.ratio === '–' ? '–' : `${line.ratio}${line.met === null ? '' : `, aim ${line.aim}: ${verdict(line.met)}`}`;
    const peer = named.get(nameOf(line));
    named.delete(nameOf(line));
    if (peer === undefined || line.figures.own.length === 0 || peer.figures.own.length === 0)
      return [line.measure, line.own, peer?.own ?? '–', '–', '–', '', beside];
    const { against } = line;
    const ratio = ratioOf(line.figures.own, peer.figures.own);
    return [
      ...[line.measure, line.own, peer.own, shownRatio(ratio)],
      ...(against === null ? ['printed', ''] : [shownAim(against), verdict(isMet(against, ratio.ratio))]),
      beside,
    ];
  };
  const paired = lines.map(pairOf);
  const lonely = [...named.values()].map((line) => [line.measure, '–', line.own, '–', '–', '', '–']);
  return markdown(['measure', 'this build', other, 'ratio (rounds)', 'aim', 'met', 'to what stands beside it'], [...paired, ...lonely]);
};

const markdown = (heads: readonly string[], rows: readonly string[][]): string => {
  const bars = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [bars(heads), bars(heads.map(() => '---')), ...rows.map(bars)].join('\n');
};

const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'yes' : '**no**');
