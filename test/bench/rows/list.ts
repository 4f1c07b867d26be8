import type { Row } from '../bench.ts';
import { partyOf } from '../cast.ts';
import { connect, expected, type Http } from '../http.ts';
import { interleaved, quantile, underLoad } from '../measure.ts';
import { compared, type Line } from '../report.ts';

/** Questions that a reader of the list asks, each followed by its cursor. */
const questions = [
  'region=US-TX',
  `agency=${partyOf('agency 7')}`,
  'aspect=vehicle_motion&standing=standing',
  'from=2023-01-01&to=2023-03-31',
  'region=US-WA&from=2022-01-01&to=2022-12-31&sort=-occurred',
  'bbox=-110,32,-100,40',
  'locality=Elmfield%20TX',
  'sort=occurred',
];
const searches = ['q=Fairhaven', 'q=officers%20%22moved%20toward%22', 'q=Redcliff%20TX', 'q=hospital%20Oakmont'];

/** Asks for the first page and, where there is one, the next. Latencies of the single requests, in milliseconds. */
const ask = async (http: Http, question: string, latencies: number[]): Promise<void> => {
  let cursor = '';
  for (let page = 0; page < 2; page += 1) {
    const begun = performance.now();
    const { next } = expected(await http.get(`/v1/incidents?${question}${cursor}`), 200);
    latencies.push(performance.now() - begun);
    if (typeof next !== 'string') return;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
};

const measure = async (http: Http, asked: readonly string[], times: number, part: number): Promise<number> => {
  const latencies: number[] = [];
  await underLoad({ flight: 2, count: asked.length * times }, (index) => ask(http, asked[index % asked.length] ?? '', latencies));
  return quantile(
    latencies.sort((one, other) => one - other),
    part,
  );
};

/** Questions at many incidents, beside the same at few. */
const atMany =
  (what: string, asked: readonly string[]): Row =>
  async ({ stacks, quick, rounds }) => {
    const [large, small] = [await stacks.large(), await stacks.small()];
    const [many, few] = [await large.serve(), await small.serve()];
    const [own, peer] = [connect(many.url, 2, null), connect(few.url, 2, null)];
    const times = quick ? 3 : 40;
    for (const http of [own, peer]) await measure(http, asked, times, 0.99);
    const figures = await interleaved(rounds, {
      own: () => measure(own, asked, times, 0.99),
      peer: () => measure(peer, asked, times, 0.99),
    });
    await Promise.all([own.close(), peer.close(), many.stop(), few.stop()]);
    const measured = `${what} at ${large.incidents} incidents, p99; beside it at ${small.incidents}`;
    return [compared(measured, figures, { unit: 'ms', aim: { most: 2 }, share: [] })];
  };

export const list = atMany('list with filters and cursor', questions);
/** What a copy asks that was whole a while ago, or never. */
export const delta = atMany('what changed since a position, with cursor', [
  'changedAfter=0',
  'changedAfter=1000',
  'changedAfter=0&limit=200',
]);

/** The list and the search as they were before every fifth incident changed, beside those of now. Medians of the requests. */
export const past: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.large();
  const served = await stack.serve();
  const http = connect(served.url, 2, null);
  const then = (question: string) => `${question}&asOf=${encodeURIComponent(stack.past.toISOString())}`;
  const times = quick ? 3 : 40;
  const lines: Line[] = [];
  for (const [what, asked] of [
    ['list', questions],
    ['full-text search', searches],
  ] as const) {
    const figures = await interleaved(rounds, {
      own: () => measure(http, asked.map(then), times, 0.5),
      peer: () => measure(http, asked, times, 0.5),
    });
    const measured = `${what} as of a past moment at ${stack.incidents} incidents, p50; beside it now`;
    lines.push(compared(measured, figures, { unit: 'ms', aim: { most: 2 }, share: [] }));
  }
  await Promise.all([http.close(), served.stop()]);
  return lines;
};
