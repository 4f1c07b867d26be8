import type { Machine } from './machine.ts';
import { median, ratioOf } from './measure.ts';

/** One line of the table, with the figures of its rounds. Without a peer there is no ratio; `met` is null where there is nothing to meet. */
export type Line = {
  measure: string;
  own: string;
  peer: string;
  ratio: string;
  aim: string;
  met: boolean | null;
  share: string;
  figures: { own: readonly number[]; unit: Unit };
};

type Unit = 'per second' | 'ms' | 'MiB';

/** Three digits that count, and the unit. */
const shown = (value: number, unit: Unit): string => {
  const digits = value >= 100 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : value.toPrecision(3);
  return unit === 'per second' ? `${digits}/s` : `${digits} ${unit}`;
};

const spread = (values: readonly number[], unit: Unit): string =>
  values.length === 1
    ? shown(median(values), unit)
    : `${shown(median(values), unit)} (${shown(Math.min(...values), unit)} – ${shown(Math.max(...values), unit)})`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A figure beside its peer's. The aim is the ratio to reach (`least`), or not to pass (`most`). */
export const compared = (
  measure: string,
  { own, peer }: Record<'own' | 'peer', readonly number[]>,
  { unit, aim, share }: { unit: Unit; aim: { least: number } | { most: number } | null; share: readonly number[] },
): Line => {
  const { ratio, min, max } = ratioOf(own, peer);
  return {
    measure,
    own: spread(own, unit),
    peer: spread(peer, unit),
    ratio: `${ratio.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)})`,
    aim: aim === null ? 'printed' : 'least' in aim ? `≥ ${aim.least}` : `≤ ${aim.most}`,
    met: aim === null ? null : 'least' in aim ? ratio >= aim.least : ratio <= aim.most,
    share: share.length === 0 ? '–' : percent(median(share)),
    figures: { own, unit },
  };
};

/** A figure that stands alone; `most` is the value that its median is not to pass. */
export const alone = (
  measure: string,
  own: readonly number[],
  { unit, most, share }: { unit: Unit; most?: number; share?: number },
): Line => ({
  measure,
  own: spread(own, unit),
  peer: '–',
  ratio: '–',
  aim: most === undefined ? 'printed' : `≤ ${shown(most, unit)}`,
  met: most === undefined ? null : median(own) <= most,
  share: share === undefined ? '–' : percent(share),
  figures: { own, unit },
});

/** A line for what could not be measured here. */
export const skipped = (measure: string, why: string): Line => ({
  measure,
  own: `skipped: ${why}`,
  peer: '–',
  ratio: '–',
  aim: '–',
  met: null,
  share: '–',
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
export const table = (lines: readonly Line[]): string => {
  const rows = lines.map((line) => [line.measure, line.own, line.peer, line.ratio, line.aim, verdict(line.met), line.share]);
  const bars = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [bars(columns), bars(columns.map(() => '---')), ...rows.map(bars)].join('\n');
};

const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'yes' : '**no**');
