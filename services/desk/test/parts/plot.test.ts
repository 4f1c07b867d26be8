import t from 'tap';
import { barPlot, linePlot, type Plot, stepPlot } from '../../src/parts/plot.ts';

const days = ['2026-01-12', '2026-01-13', '2026-01-14'];
const one: Plot = { id: 'p', title: 'Decided per day', heading: 'Day', over: days, series: [{ label: 'edits', values: [2, 0, 1234] }] };
const two: Plot = { ...one, series: [...one.series, { label: 'of them refused', values: [1, null, 3] }] };
const drawn = async (piece: ReturnType<typeof barPlot>): Promise<string> => String(await piece);
const count = (markup: string, what: RegExp): number => markup.match(what)?.length ?? 0;
const cells = (markup: string): string[] =>
  [...markup.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell.replaceAll(/<[^>]*>/g, ''));

t.test('a plot is named, described, and told as a table', async (t) => {
  for (const plot of [barPlot, linePlot, stepPlot]) {
    const markup = await drawn(plot(two));
    t.match(markup, /<svg [^>]*role="img" aria-labelledby="p-title p-desc">/);
    t.match(markup, '<title id="p-title">Decided per day</title>');
    t.match(
      markup,
      'From January 12, 2026 to January 14, 2026. edits: from 0 to 1,234, at last 1,234. of them refused: from 1 to 3, at last 3.',
    );
    t.same(cells(markup), [
      ...['Day', 'edits', 'of them refused'],
      ...['January 12, 2026', '2', '1'],
      ...['January 13, 2026', '0', 'none'],
      ...['January 14, 2026', '1,234', '3'],
    ]);
    t.notMatch(markup, /style=/);
  }
});

t.test('days are columns whose height is their value', async (t) => {
  const heights = [...(await drawn(barPlot(one))).matchAll(/plot-bar-0" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"/g)].map(
    ([, height]) => Number(height),
  );
  t.equal(heights.length, 2, 'nothing is drawn of a day without any');
  t.ok((heights[1] ?? 0) > 100 * (heights[0] ?? 0));
  t.match(await drawn(barPlot(one)), '>Jan 14</text>');
});

t.test('names are rows', async (t) => {
  const markup = await drawn(barPlot({ ...one, heading: 'Aspect', over: ['speed', 'who <shot>', 'where'] }));
  t.match(markup, 'x="0" y="14">speed</text>');
  t.match(markup, '>who &lt;shot&gt;</text>');
  t.match(markup, '>1,234</text>');
});

t.test('series are told apart without colours, and named', async (t) => {
  const markup = await drawn(barPlot(two));
  t.match(markup, 'fill="url(#p-fill-1)"');
  t.match(markup, /<pattern id="p-fill-1"/);
  t.match(markup, /<ul class="plot-legend">.*<bdi>of them refused<\/bdi>/s);
  t.notMatch(await drawn(barPlot(one)), 'plot-legend');
  t.match(await drawn(linePlot(two)), 'class="plot-line-1"');
  t.throws(() => barPlot({ ...one, series: Array.from({ length: 5 }, () => ({ label: 'x', values: [1, 2, 3] })) }), RangeError);
});

t.test('a line has a gap where there is no value, a step holds its value', async (t) => {
  const path = (markup: string) => /plot-line-1" d="(M[^"]*)"\/><\/svg><\/div>/.exec(markup)?.[1] ?? '';
  t.equal(count(path(await drawn(linePlot(two))), /M/g), 2);
  const whole: Plot = { ...one, series: [...one.series, { label: 'x', values: [1, 2, 3] }] };
  const points = path(await drawn(stepPlot(whole)))
    .split(/[ML]/)
    .slice(1)
    .map((point) => point.split(',')[1]);
  t.equal(points.length, 5);
  t.equal(points[0], points[1]);
  t.equal(points[2], points[3]);
});

t.test('marks of the axis are whole where all values are, and said as the plot says', async (t) => {
  const few = await drawn(linePlot({ ...one, series: [{ label: 'x', values: [0, 1, 2] }] }));
  t.notMatch(few, />0\.5</);
  const said = await drawn(linePlot({ ...one, say: (value) => `${value} h` }));
  t.match(said, '>400 h</text>');
  t.match(said, '<td>1234 h</td>');
});

t.test('moments are said with their time', async (t) => {
  const moments = ['2026-01-14T08:00:00Z', '2026-01-14T20:30:00Z', '2026-01-14T22:00:00Z'];
  const markup = await drawn(stepPlot({ ...one, over: moments }));
  t.match(markup, '<th scope="row">January 14, 2026 at 20:30:00 UTC</th>');
  t.match(markup, '>12:00</text>');
});

t.test('a plot of nothing says so', async (t) => {
  const markup = await drawn(barPlot({ ...one, over: [], series: [] }));
  t.match(markup, 'Nothing to show yet.');
  t.notMatch(markup, '<svg');
  t.match(await drawn(linePlot({ ...one, over: ['2026-01-14'], series: [{ label: 'x', values: [null] }] })), 'x: none.');
});
