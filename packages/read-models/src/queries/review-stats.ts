import { isoText } from '@averment/platform';
import type { Pool } from 'pg';
import { waitLevels } from '../projections/reviews/figures.ts';
import type { IntoPast } from './index.ts';
import type { Queries, ReviewStats } from './types.ts';

/** How many votes and waits there are of what is counted: in all, by kind of change, by reviewer, and votes by day. */
type Counted = { counted: 'all' | 'kind' | 'reviewer' | 'day' | 'stand'; name: string } & Sums;
type Sums = Record<'open' | 'approved' | 'rejected' | 'changes_requested' | 'overturned' | 'reverted', number>;
/** In seconds. */
type Ages = { oldest: number | null; median: number | null; p90: number | null };

const shares = { median: 0.5, p90: 0.9, oldest: 1 };

/** The votes of the last so many days are told by day. */
const days = 30;
const firstDay = (now: string): string => new Date(Date.parse(now) - (days - 1) * 86_400_000).toISOString().slice(0, 10);

const level = (schema: string, at: number, within: string | null, place: string) => `
  SELECT name, before FROM (
    SELECT name, open, sum(open) OVER (ORDER BY name) - open AS before FROM ${schema}.counts
     WHERE counted = 'waits ${at}' AND open > 0 ${within === null ? '' : `AND name >= ${within}.name AND name < ${within}.name || '~'`}) AS c
  WHERE before <= ${place} AND ${place} < before + open`;

/**
 * $1 shares. The submissions next to each of them in the order of age, found by the day, the hour and the minute in which they lie: however many wait, few rows are
 * read. `below` is how far between the two the share lies.
 */
export const agesSql = (schema: string): string => {
  const [day, hour, minute] = waitLevels;
  return `
  WITH wanted AS (
    SELECT share, share * (open - 1) - floor(share * (open - 1)) AS above, open - 1 - at AS place, row_number() OVER (PARTITION BY share ORDER BY at) AS n
      FROM ${schema}.counts, unnest($1::float8[]) AS share, LATERAL (VALUES (floor(share * (open - 1))), (ceil(share * (open - 1)))) AS two(at)
     WHERE counted = 'all' AND open > 0)
  SELECT share, above, ${isoText('s.submitted_at', 6)} AS submitted FROM wanted AS w
    CROSS JOIN LATERAL (${level(schema, day, null, 'w.place')}) AS d
    CROSS JOIN LATERAL (${level(schema, hour, 'd', '(w.place - d.before)')}) AS h
    CROSS JOIN LATERAL (${level(schema, minute, 'h', '(w.place - d.before - h.before)')}) AS m
    CROSS JOIN LATERAL (
      SELECT submitted_at FROM ${schema}.waits
       WHERE ended IS NULL AND submitted_at >= (m.name || ':00Z')::timestamptz AND submitted_at < (m.name || ':00Z')::timestamptz + interval '1 minute'
       ORDER BY submitted_at OFFSET w.place - d.before - h.before - m.before LIMIT 1) AS s
   ORDER BY share, n`;
};

/** The ages as of now, of what waits now. */
const agesNow = async (pool: Pool, schema: string, now: string): Promise<Ages> => {
  const { rows } = await pool.query<{ share: number; above: number; submitted: string }>({
    name: `review ages ${schema}`,
    text: agesSql(schema),
    values: [Object.values(shares)],
  });
  const age = (submitted: string) => Math.max(0, (Date.parse(now) - Date.parse(submitted)) / 1000);
  const at = (share: number): number | null => {
    const [younger, older = younger] = rows.filter((row) => row.share === share);
    if (younger === undefined || older === undefined) return null;
    return Math.floor(age(younger.submitted) + younger.above * (age(older.submitted) - age(younger.submitted)));
  };
  return { oldest: at(shares.oldest), median: at(shares.median), p90: at(shares.p90) };
};

const countsNow = async (pool: Pool, schema: string, now: string): Promise<Counted[]> => {
  const { rows } = await pool.query<Counted>({
    name: `review counts ${schema}`,
    text: `SELECT * FROM ${schema}.counts WHERE counted IN ('all', 'kind', 'reviewer', 'stand') OR (counted = 'day' AND name >= $1 AND name <= $2)`,
    values: [firstDay(now), now.slice(0, 10)],
  });
  return rows;
};

const added = (rows: readonly Counted[]): Counted[] => {
  const sums = new Map<string, Counted>();
  for (const { counted, name, ...row } of rows) {
    const key = `${counted} ${name}`;
    const known = sums.get(key);
    const add = (field: keyof Sums) => (known?.[field] ?? 0) + row[field];
    sums.set(key, {
      counted,
      name,
      open: add('open'),
      approved: add('approved'),
      rejected: add('rejected'),
      changes_requested: add('changes_requested'),
      overturned: add('overturned'),
      reverted: add('reverted'),
    });
  }
  return [...sums.values()];
};

/** The same as of a position, from each wait and each vote. */
const readThen = async (pool: Pool, schema: string, position: bigint, now: string): Promise<{ counts: Counted[]; ages: Ages }> => {
  const waits = `FROM ${schema}.waits WHERE begun <= $1 AND (ended IS NULL OR ended > $1)`;
  const age = `extract(epoch FROM greatest($2::timestamptz - submitted_at, interval '0'))`;
  const [ages, open, votes] = await Promise.all([
    pool.query<Ages>(
      `SELECT ${Object.entries(shares).map(([name, share]) => `floor(percentile_cont(${share}) WITHIN GROUP (ORDER BY ${age}))::int AS ${name}`)} ${waits}`,
      [position, now],
    ),
    pool.query<{ kinds: string[]; open: number }>(`SELECT kinds, count(*)::int AS open ${waits} GROUP BY kinds`, [position]),
    pool.query<Omit<Sums, 'open'> & { of: number; reviewer: string; day: string; kinds: string[] }>(
      `SELECT grouping(reviewer, day, kinds) AS of, reviewer, day::text, kinds, count(*) FILTER (WHERE decision = 'approve')::int AS approved,
         count(*) FILTER (WHERE decision = 'reject')::int AS rejected, count(*) FILTER (WHERE decision = 'request_changes')::int AS changes_requested,
         count(*) FILTER (WHERE overturned <= $1)::int AS overturned, count(*) FILTER (WHERE reverted <= $1)::int AS reverted
       FROM (SELECT *, (voted_at AT TIME ZONE 'UTC')::date AS day FROM ${schema}.votes WHERE position <= $1) AS v
       GROUP BY GROUPING SETS ((), (reviewer), (day), (kinds))`,
      [position],
    ),
  ]);
  const none = { approved: 0, rejected: 0, changes_requested: 0, overturned: 0, reverted: 0 };
  const ofVotes = votes.rows.flatMap(({ of, reviewer, day, kinds, ...sums }): Counted[] => {
    const row = { open: 0, ...sums };
    if (of === 0b111) return [{ counted: 'all', name: '', ...row }];
    if (of === 0b011) return [{ counted: 'reviewer', name: reviewer, ...row }];
    if (of === 0b101) return day >= firstDay(now) && day <= now.slice(0, 10) ? [{ counted: 'day', name: day, ...row }] : [];
    return kinds.map((name): Counted => ({ counted: 'kind', name, ...row }));
  });
  const ofWaits = open.rows.flatMap(({ kinds, ...row }): Counted[] => [
    { counted: 'all', name: '', ...none, ...row },
    ...kinds.map((name): Counted => ({ counted: 'kind', name, ...none, ...row })),
  ]);
  return { counts: added([...ofVotes, ...ofWaits]), ages: ages.rows[0] ?? { oldest: null, median: null, p90: null } };
};

const share = (part: number, of: number): number | null => (of === 0 ? null : Math.round((part / of) * 10_000) / 10_000);
const decidedOf = ({ approved, rejected, changes_requested: changesRequested }: Sums) => ({
  decided: approved + rejected + changesRequested,
  approved,
  rejected,
  changesRequested,
});
const votesOf = (sums: Sums): ReviewStats['votes'] => {
  const { overturned, reverted } = sums;
  const votes = decidedOf(sums);
  return {
    ...votes,
    overturned,
    reverted,
    approvedShare: share(votes.approved, votes.decided),
    overturnedShare: share(overturned, votes.decided),
    revertedShare: share(reverted, votes.approved),
  };
};
const nothing: Sums = { open: 0, approved: 0, rejected: 0, changes_requested: 0, overturned: 0, reverted: 0 };
const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const statsOf = (counts: readonly Counted[], ages: Ages): Omit<ReviewStats, 'asOf' | 'waitingFor' | 'outdated'> => {
  const of = (what: Counted['counted']) => counts.filter(({ counted }) => counted === what);
  const all = of('all')[0] ?? nothing;
  return {
    open: all.open,
    oldestSeconds: ages.oldest,
    medianSeconds: ages.median,
    p90Seconds: ages.p90,
    votes: votesOf(all),
    decidedPerDay: of('day')
      .map(({ name: day, ...sums }) => ({ day, ...decidedOf(sums) }))
      .sort((one, other) => inOrder(other.day, one.day)),
    byKind: of('kind')
      .map(({ name: kind, ...sums }) => ({ kind, open: sums.open, ...votesOf(sums) }))
      .filter(({ open, decided }) => open + decided > 0)
      .sort((one, other) => other.open - one.open || inOrder(one.kind, other.kind)),
    byReviewer: of('reviewer')
      .map(({ name: reviewer, ...sums }) => ({ reviewer, ...votesOf(sums) }))
      .sort((one, other) => other.decided - one.decided || inOrder(one.reviewer, other.reviewer)),
  };
};

/** Figures of the queue and of the votes: of now from what the model counts, of the past from each wait and vote. */
export const createReviewStats = ({ pool, clock, reach, turns, schemas: { reviews } }: IntoPast): Queries['reviewStats'] => {
  const ofNow = async (): Promise<ReviewStats> => {
    const now = clock().toISOString();
    const [counts, ages] = await Promise.all([countsNow(pool, reviews, now), agesNow(pool, reviews, now)]);
    const stats = statsOf(counts, ages);
    const stand = (name: string) => counts.find((row) => row.counted === 'stand' && row.name === name)?.open ?? 0;
    const [author, outdated] = [stand('author'), stand('outdated')];
    return { asOf: now, waitingFor: { reviewer: Math.max(0, stats.open - author), author }, outdated, ...stats };
  };
  return async (time, context) => {
    if (time === null) return ofNow();
    const then = await reach(['reviews'], { time }, context);
    return turns(context.client.name, context.client.signal, async () => {
      const { counts, ages } = await readThen(pool, then.tables('reviews'), then.position, time.ends);
      return { asOf: time.ends, waitingFor: null, outdated: null, ...statsOf(counts, ages) };
    });
  };
};
