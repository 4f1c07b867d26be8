import { type ScaleBand, scaleBand, scaleLinear, scaleUtc } from 'd3-scale';
import { curveLinear, curveStepAfter, line } from 'd3-shape';
import { type Html, html } from '../html.ts';
import { dayInWords, instantInWords, number, shortDay } from './dates.ts';
import { plainText, safeText } from './text.ts';

/** Values of one kind, one for each of what they are `over`; null where there is none. */
export type Series = { label: string; values: readonly (number | null)[] };

/**
 * What a plot tells. `id` is its own on its page, `title` names it. `over`: days (`YYYY-MM-DD`), moments (ISO 8601) or names, which `heading` says what they
 * are. At most four series, for so many are told apart without colours. `say` says a value in words; without it, it is a number.
 */
export type Plot = {
  id: string;
  title: string;
  heading: string;
  over: readonly string[];
  series: readonly Series[];
  say?: (value: number) => string;
};

const size = { width: 480, height: 240, top: 12, right: 12, bottom: 28 };
const mostSeries = 4;

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
const named = (text: string): string =>
  dayInWords(text) ?? (/^\d{4}-\d{2}-\d{2}T/.test(text) ? instantInWords(text) : null) ?? plainText(text);

const sayer =
  ({ say = number }: Plot) =>
  (value: number | null | undefined) =>
    typeof value === 'number' ? say(value) : 'none';
const present = (values: Series['values']): number[] => values.filter((value) => value !== null);

/** What the plot shows, in a sentence a series: from when to when, its least, its most and its last value. */
const description = (plot: Plot): string => {
  const said = sayer(plot);
  const [first, last] = [plot.over[0], plot.over.at(-1)];
  const span = first === undefined || last === undefined ? '' : `From ${named(first)} to ${named(last)}. `;
  const each = plot.series.map(({ label, values }) => {
    const some = present(values);
    if (some.length === 0) return `${plainText(label)}: none.`;
    return `${plainText(label)}: from ${said(Math.min(...some))} to ${said(Math.max(...some))}, at last ${said(some.at(-1))}.`;
  });
  return span + each.join(' ');
};

const table = (plot: Plot): Html => {
  const said = sayer(plot);
  return html`<details class="ds-details"><summary>${plot.title}: the figures</summary>
<div class="plot-scroll" tabindex="0" role="region" aria-label="${plot.title}: the figures"><table class="ds-table">
<thead><tr><th scope="col">${plot.heading}</th>${plot.series.map(({ label }) => html`<th scope="col">${safeText(label)}</th>`)}</tr></thead>
<tbody>${plot.over.map((each, index) => html`<tr><th scope="row">${named(each)}</th>${plot.series.map(({ values }) => html`<td>${said(values[index])}</td>`)}</tr>`)}</tbody>
</table></div></details>`;
};

/** Fillings that differ without colours too: full, stripes, dots, and only an edge. */
const patterns = (id: string): Html =>
  html`<defs><pattern id="${id}-fill-1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="plot-ground-1" width="6" height="6"/><rect class="plot-ink-1" width="3" height="6"/></pattern>
<pattern id="${id}-fill-2" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="plot-ground-2" width="6" height="6"/><circle class="plot-ink-2" cx="3" cy="3" r="2"/></pattern></defs>`;

type Box = { x: number; y: number; width: number; height: number };
const bar = (id: string, index: number, { x, y, width, height }: Box): Html => {
  const fill = index === 1 || index === 2 ? html` fill="url(#${id}-fill-${index})"` : '';
  return html`<rect class="plot-bar-${index}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"${fill}/>`;
};

const legend = ({ series }: Plot, sample: (index: number) => Html): Html | string =>
  series.length < 2
    ? ''
    : html`<ul class="plot-legend">${series.map(({ label }, index) => html`<li><svg width="32" height="16" aria-hidden="true">${sample(index)}</svg> ${safeText(label)}</li>`)}</ul>`;

const figure = (plot: Plot, drawing: () => Html, sample: (index: number) => Html, height = size.height): Html => {
  const { id, title, over, series } = plot;
  if (series.length > mostSeries) throw new RangeError(`${series.length} series, and at most ${mostSeries} are told apart`);
  const caption = html`<figcaption id="${id}-caption">${title}</figcaption>`;
  if (over.length === 0) return html`<figure class="plot">${caption}<p>Nothing to show yet.</p></figure>`;
  return html`<figure class="plot">${caption}
<div class="plot-scroll" tabindex="0" role="region" aria-labelledby="${id}-caption">
<svg class="plot-image" viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description(plot)}</desc>
${patterns(id)}${drawing()}</svg></div>
${legend(plot, sample)}
${table(plot)}
</figure>`;
};

/** The values' own scale, from 0, and the values at which it is marked: whole ones, if all are whole. */
const valueScale = ({ series }: Plot, [from, to]: [number, number]) => {
  const values = series.flatMap(({ values: some }) => present(some));
  const scale = scaleLinear()
    .domain([Math.min(0, ...values), Math.max(1, ...values)])
    .range([from, to])
    .nice(5);
  const ticks = scale.ticks(5);
  return { scale, ticks: values.every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks };
};

/** The values at the left, with a line across for each mark. `left` is where the plot itself begins. */
const upright = (plot: Plot) => {
  const said = sayer(plot);
  const { scale, ticks } = valueScale(plot, [size.height - size.bottom, size.top]);
  const left = 12 + 8 * Math.max(...ticks.map((tick) => said(tick).length));
  const axis = ticks.map((tick) => {
    const y = scale(tick).toFixed(1);
    return html`<line class="plot-rule" x1="${left}" x2="${size.width - size.right}" y1="${y}" y2="${y}"/><text class="plot-text" x="${left - 6}" y="${y}" dy="0.35em" text-anchor="end">${said(tick)}</text>`;
  });
  return { scale, left, axis };
};

const under = (x: number, words: string): Html =>
  html`<text class="plot-text" x="${x.toFixed(1)}" y="${size.height - 8}" text-anchor="middle">${words}</text>`;

/** Bars of all series, side by side within each band. */
const bars = (
  { id, over, series }: Plot,
  bands: ScaleBand<string>,
  boxOf: (value: number, start: number, width: number) => Box,
): Html[] => {
  const inner = scaleBand<number>()
    .domain(series.map((_, index) => index))
    .range([0, bands.bandwidth()])
    .paddingInner(0.1);
  return over.flatMap((each, at) =>
    series.map(({ values }, index) => {
      const value = values[at] ?? 0;
      return value === 0 ? html`` : bar(id, index, boxOf(value, (bands(each) ?? 0) + (inner(index) ?? 0), inner.bandwidth()));
    }),
  );
};

const columns = (plot: Plot): Html => {
  const { scale, left, axis } = upright(plot);
  const bands = scaleBand<string>()
    .domain(plot.over)
    .range([left, size.width - size.right])
    .padding(0.15);
  const every = Math.ceil(plot.over.length / 6);
  const days = plot.over.filter((_, index) => index % every === 0);
  const box = (value: number, x: number, width: number): Box => {
    const [top, bottom] = [scale(Math.max(0, value)), scale(Math.min(0, value))];
    return { x, y: top, width, height: bottom - top };
  };
  return html`${axis}${bars(plot, bands, box)}${days.map((each) => under((bands(each) ?? 0) + bands.bandwidth() / 2, shortDay(each)))}`;
};

/** So high is what is told of one name: its words, and beneath them its bars. */
const rowHeight = ({ series }: Plot): number => 22 + 14 * series.length;

const rows = (plot: Plot): Html => {
  const said = sayer(plot);
  const { scale } = valueScale(plot, [0, size.width - 100]);
  const bands = scaleBand<string>()
    .domain(plot.over)
    .range([0, rowHeight(plot) * plot.over.length]);
  const inner = 14;
  return html`${plot.over.map((each, at) => {
    const top = bands(each) ?? 0;
    return html`<text class="plot-text" x="0" y="${top + 14}">${plainText(each)}</text>${plot.series.map(({ values }, index) => {
      const value = values[at] ?? 0;
      const y = top + 18 + inner * index;
      return html`${bar(plot.id, index, { x: Math.min(scale(0), scale(value)), y, width: Math.abs(scale(value) - scale(0)), height: inner - 2 })}<text class="plot-text" x="${(Math.max(scale(0), scale(value)) + 6).toFixed(1)}" y="${y + inner - 3}">${said(values[at])}</text>`;
    })}`;
  })}`;
};

/** Counts as bars: of days as columns side by side, of names as rows with the name over its bars. */
export const barPlot = (plot: Plot): Html => {
  const overDays = plot.over.every(isDay);
  const sample = (index: number) => bar(plot.id, index, { x: 1, y: 1, width: 30, height: 14 });
  return figure(plot, () => (overDays ? columns(plot) : rows(plot)), sample, overDays ? size.height : rowHeight(plot) * plot.over.length);
};

const [dayLong, yearLong] = [86_400_000, 365 * 86_400_000];

/** How marks of a span of time are told: by the year, the month, the day or the minute. */
const markFormat = (span: number): Intl.DateTimeFormat => {
  const parts: Intl.DateTimeFormatOptions =
    span > 4 * yearLong
      ? { year: 'numeric' }
      : span > 120 * dayLong
        ? { year: 'numeric', month: 'short' }
        : span > 2 * dayLong
          ? { month: 'short', day: 'numeric' }
          : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat('en', { ...parts, timeZone: 'UTC' });
};

const drawLines = (plot: Plot, curve: typeof curveLinear): Html => {
  const { scale, left, axis } = upright(plot);
  const times = plot.over.map((each) => new Date(each));
  const [first = new Date(0), last = first] = [times[0], times.at(-1)];
  const along = scaleUtc()
    .domain([first, last])
    .range([left, size.width - size.right]);
  const format = markFormat(last.getTime() - first.getTime());
  const path = line<number | null>(
    (_, index) => along(times[index] ?? first),
    (value) => scale(value ?? 0),
  )
    .defined((value) => value !== null)
    .curve(curve)
    .digits(1);
  const marks = along.ticks(4).filter((mark) => along(mark) < size.width - 24);
  return html`${axis}${marks.map((mark) => under(along(mark), format.format(mark)))}${plot.series.map(({ values }, index) => html`<path class="plot-line-${index}" d="${path(values) ?? ''}"/>`)}`;
};

const linesOf = (plot: Plot, curve: typeof curveLinear): Html =>
  figure(
    plot,
    () => drawLines(plot, curve),
    (index) => html`<path class="plot-line-${index}" d="M0,8H32"/>`,
  );

/** Values over days or moments, joined by lines, each series with dashes of its own. */
export const linePlot = (plot: Plot): Html => linesOf(plot, curveLinear);

/** Values over days or moments, each of which holds until the next. */
export const stepPlot = (plot: Plot): Html => linesOf(plot, curveStepAfter);
