import type { Api, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { answerOrWrong } from '../../parts/asking.ts';
import { duration, instant, number } from '../../parts/dates.ts';
import { errorSummary, nothingWrong, submit, textField } from '../../parts/form.ts';
import { facts, link, table } from '../../parts/list.ts';
import { barPlot, linePlot } from '../../parts/plot.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';
import { kinds } from './queue.ts';

type Statistics = Schemas['ReviewStatistics'];
type Votes = Statistics['votes'];

const dayLength = 86_400_000;
/** So many days back the age of the queue is shown. */
const daysBack = 7;

const read = (api: Api, asOf: string | undefined): Promise<Statistics> =>
  answerOf(api.GET('/v1/reviews/stats', { params: { query: asOf === undefined ? {} : { asOf } } }));

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const share = (part: number | null): string => (part === null ? '–' : percent.format(part));
const waits = (seconds: number | null): string => (seconds === null ? 'none' : duration(seconds));
/** To a tenth; 0 where none waits. */
const hours = (seconds: number | null): number => Math.round((seconds ?? 0) / 360) / 10;

const columns = ['Votes', 'Approved', 'Rejected', 'Changes requested', 'Overturned', 'Reverted', 'Approved, share', 'Overturned, share'];
const cells = (votes: Votes): string[] => [
  ...[votes.decided, votes.approved, votes.rejected, votes.changesRequested, votes.overturned, votes.reverted].map((count) =>
    number(count),
  ),
  share(votes.approvedShare),
  share(votes.overturnedShare),
];

/** The ends of the days before a moment, the earliest first. */
const endsBefore = (moment: string): string[] => {
  const last = Date.parse(moment.slice(0, 10));
  return Array.from({ length: daysBack }, (_, index) => new Date(last - (daysBack - index) * dayLength).toISOString().slice(0, 10));
};

const section = (id: string, title: string, inside: Html): Html =>
  html`<section aria-labelledby="${id}"><h2 class="ds-heading" data-size="md" id="${id}">${title}</h2>${inside}</section>`;

const figures = (now: Statistics, past: readonly { day: string; was: Statistics }[]): Html => {
  const days = [...now.decidedPerDay].reverse();
  const ages = [...past.map(({ day, was }) => ({ over: `${day}T23:59:59Z`, was })), { over: now.asOf, was: now }];
  return html`${facts([
    ['Open edits', number(now.open)],
    ['Wait for a reviewer', now.waitingFor && number(now.waitingFor.reviewer)],
    ['Wait for their author', now.waitingFor && number(now.waitingFor.author)],
    ['Cannot be approved as they are', now.outdated === null ? null : number(now.outdated)],
    ['The oldest waits', waits(now.oldestSeconds)],
    ['Half wait no longer than', waits(now.medianSeconds)],
    ['Nine of ten wait no longer than', waits(now.p90Seconds)],
  ])}
${section(
  'age',
  'Age of the queue',
  html`${linePlot({
    id: 'plot-age',
    title: 'For how long open edits have waited, in hours',
    heading: 'When',
    over: ages.map(({ over }) => over),
    series: [
      { label: 'half, no longer than', values: ages.map(({ was }) => hours(was.medianSeconds)) },
      { label: 'nine of ten, no longer than', values: ages.map(({ was }) => hours(was.p90Seconds)) },
      { label: 'the oldest', values: ages.map(({ was }) => hours(was.oldestSeconds)) },
    ],
  })}${linePlot({
    id: 'plot-open',
    title: 'Open edits',
    heading: 'When',
    over: ages.map(({ over }) => over),
    series: [{ label: 'open', values: ages.map(({ was }) => was.open) }],
  })}`,
)}
${section(
  'days',
  'Decided per day',
  days.length === 0
    ? html`<p class="ds-paragraph">Nothing was decided in the last 30 days.</p>`
    : barPlot({
        id: 'plot-days',
        title: 'Votes per day, of the last 30 days those with one',
        heading: 'Day',
        over: days.map(({ day }) => day),
        series: [
          { label: 'approved', values: days.map(({ approved }) => approved) },
          { label: 'rejected', values: days.map(({ rejected }) => rejected) },
          { label: 'changes requested', values: days.map(({ changesRequested }) => changesRequested) },
        ],
      }),
)}
${section(
  'kinds',
  'By kind of change',
  table(
    'An edit with several kinds counts for each',
    ['Kind', 'Open', ...columns],
    now.byKind.map(({ kind, open, ...votes }) => [
      kinds.some(({ value }) => value === kind) ? link(`/desk/queue?kind=${kind}`, inWords(kind)) : inWords(kind),
      number(open),
      ...cells(votes),
    ]),
  ),
)}
${section(
  'reviewers',
  'By reviewer',
  now.byReviewer.length === 0
    ? html`<p class="ds-paragraph">Nobody has voted.</p>`
    : table(
        'The votes by who cast them',
        ['Reviewer', ...columns],
        [...now.byReviewer.map(({ reviewer, ...votes }) => [safeText(reviewer), ...cells(votes)]), ['All', ...cells(now.votes)]],
      ),
)}`;
};

const statistics = async ({ api, query }: Asked): Promise<Page> => {
  const asOf = query.get('asOf')?.trim() || undefined;
  const found = await answerOrWrong(read(api, asOf));
  const wrong = 'wrong' in found ? found.wrong : nothingWrong;
  const now = 'answer' in found ? found.answer : null;
  const past = now === null ? [] : await Promise.all(endsBefore(now.asOf).map(async (day) => ({ day, was: await read(api, day) })));
  return {
    title: 'How the review goes',
    above: [{ href: '/desk', text: 'Desk' }],
    scripts: ['wrong'],
    ...(now === null && { status: 400 }),
    body: html`${errorSummary(wrong)}
<form method="get" action="/desk/statistics" class="actions">${textField({ name: 'asOf', label: 'As of the end of', type: 'date', value: asOf ?? '', wrong })}${submit('Show', { variant: 'secondary' })}${link('/desk/statistics', 'Now')}</form>
${now !== null && html`<p class="ds-paragraph">As of ${instant(now.asOf)}.</p>${figures(now, past)}`}`,
  };
};

/** How many edits wait and for how long, and what was decided. */
export const statisticsPages: readonly PageSpec[] = [page({ path: '/desk/statistics', signedIn: true, handle: statistics })];
