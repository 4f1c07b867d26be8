import { createKey } from '@averment/access/testing';
import { systemClock, systemRandom } from '@averment/platform';
import type { Row } from '../bench.ts';
import { connect, expected, type Http } from '../http.ts';
import { decidedEach } from '../load.ts';
import { inRounds, interleaved, quantile, underLoad } from '../measure.ts';
import { compared } from '../report.ts';
import type { Loaded, Served } from '../stacks.ts';

/** Questions that reviewers ask of the queue. */
const questions = [
  '',
  'sort=priority',
  'sort=-dueAt',
  'kind=rank_claim&sort=dueAt',
  'holder=none',
  'region=US-TX',
  'author=author',
  'decidable=true',
];
const callers = 32;

type Caller = { http: Http };
/** A desk with its reviewers, each on a connection of their own, and an auditor. */
const open = async (stack: Loaded, served: Served) => {
  const reviewers: Caller[] = [];
  for (let index = 0; index < callers; index += 1) {
    const { key } = await createKey(
      stack.pool,
      { subject: `desk${index}`, role: 'reviewer' },
      { clock: systemClock, random: systemRandom },
    );
    reviewers.push({ http: connect(served.url, 1, key) });
  }
  const auditor = connect(served.url, 1, served.keys.auditor);
  const close = async () => {
    for (const { http } of reviewers) await http.close();
    await auditor.close();
    await served.stop();
  };
  return { reviewers, auditor, close };
};
type Desk = Awaited<ReturnType<typeof open>>;

const first = ({ reviewers }: Desk, index = 0): Http => {
  const found = reviewers[index % callers];
  if (found === undefined) throw new TypeError('the desk has no reviewers');
  return found.http;
};
const page = async (http: Http, index: number) => void expected(await http.get(`/v1/reviews?${questions[index % questions.length]}`), 200);
/** Takes the next edit, and gives it back. */
const next = async (http: Http): Promise<void> => {
  const { links } = expected(await http.post('/v1/reviews/next', {}), 200) as { links: { edit: string } };
  expected(await http.del(`${links.edit}/lease`), 200);
};

const p99 = async (count: number, call: (index: number) => Promise<unknown>): Promise<number> =>
  quantile((await underLoad({ flight: 1, count }, call)).latencies, 0.99);

/** The desk with many open edits beside one with few, and "next" beside a page of the queue. */
export const desk: Row = async ({ stacks, quick, rounds }) => {
  const [busy, calm] = [await stacks.busyDesk(), await stacks.quietDesk()];
  const [many, few] = [await open(busy, await busy.serve()), await open(calm, await calm.serve())];
  const times = quick ? 8 : 400;
  const asked: [string, (desk: Desk) => (index: number) => Promise<unknown>][] = [
    ['a page of the queue, eight filters and sorts', (own) => (index) => page(first(own), index)],
    ['the next edit, taken and given back', (own) => () => next(first(own))],
    ['figures of the review', (own) => async () => expected(await own.auditor.get('/v1/reviews/stats'), 200)],
  ];
  const lines = [];
  for (const [what, of] of asked) {
    for (const one of [many, few]) await p99(8, of(one));
    const figures = await interleaved(rounds, { own: () => p99(times, of(many)), peer: () => p99(times, of(few)) });
    const measured = `${what}, p99, ${busy.incidents} open and ${busy.incidents * decidedEach} decided edits; beside it ${calm.incidents} open ones`;
    lines.push(compared(measured, figures, { unit: 'ms', aim: { most: 2 }, share: [] }));
  }
  const count = quick ? 64 : 4000;
  const share: number[] = [];
  const figures: Record<'own' | 'peer', number[]> = { own: [], peer: [] };
  await inRounds(rounds, async () => {
    const taken = await underLoad({ flight: callers, count: count / 2 }, (index) => next(first(many, index)));
    const read = await underLoad({ flight: callers, count }, (index) => page(first(many, index), index));
    // Each took two requests.
    figures.own.push(taken.rate * 2);
    figures.peer.push(read.rate);
    share.push(taken.share);
  });
  const measured = `requests of ${callers} reviewers who take the next edit and give it back; beside it of as many who read a page of the queue`;
  lines.push(compared(measured, figures, { unit: 'per second', aim: { least: 0.5 }, share }));
  await Promise.all([many.close(), few.close()]);
  return lines;
};
