import { type DomainEvent, figuresOf, isReviewEvent, type Review, type VoteCast, type Waiting } from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Rows } from '../../projection.ts';
import { insertRows, recordset, writeRows } from '../statements.ts';
import type { EditRow } from './render.ts';

/** What the statistics count: each wait and each vote with the positions that changed it, for any moment; and how many there are of what by now. */

export const waitColumns = {
  stream: 'text',
  edit: 'int',
  version: 'int',
  kinds: 'text[]',
  submitted_at: 'timestamptz',
  begun: 'bigint',
  ended: 'bigint',
};
export const voteColumns = {
  stream: 'text',
  revision: 'int',
  position: 'bigint',
  edit: 'int',
  kinds: 'text[]',
  reviewer: 'text',
  decision: 'text',
  voted_at: 'timestamptz',
  overturned: 'bigint',
  reverted: 'bigint',
};
const endColumns = { stream: 'text', edit: 'int', version: 'int', ended: 'bigint' };
const fateColumns = { stream: 'text', revision: 'int', overturned: 'bigint', reverted: 'bigint' };

type Wait = { stream: string; edit: number; version: number; kinds: string[]; submitted_at: string; begun: bigint; ended: bigint | null };
type Cast = {
  stream: string;
  revision: number;
  position: bigint;
  edit: number;
  kinds: string[];
  reviewer: string;
  decision: VoteCast['decision'];
  voted_at: string;
  overturned: bigint | null;
  reverted: bigint | null;
};
type End = { stream: string; edit: number; version: number; ended: bigint };
type Fate = { stream: string; revision: number; overturned: bigint | null; reverted: bigint | null };

const counts = ['open', 'approved', 'rejected', 'changes_requested', 'overturned', 'reverted'] as const;
type Count = (typeof counts)[number];
const countColumns = {
  counted: 'text',
  name: 'text',
  ...(Object.fromEntries(counts.map((count) => [count, 'int'])) as Record<Count, 'int'>),
};
type Counted = { counted: string; name: string } & Record<Count, number>;

/** Waits are counted by the day, the hour and the minute of their submission, so that the one at any place in their order is found by few steps. */
export const waitLevels = [10, 13, 16] as const;

const countOf: Record<VoteCast['decision'], Count> = { approve: 'approved', reject: 'rejected', request_changes: 'changes_requested' };

/** Sums of what is counted. */
export const createCounts = () => {
  const sums = new Map<string, Counted>();
  const add = (counted: string, name: string, count: Count, by: number) => {
    const key = `${counted} ${name}`;
    const row = sums.get(key) ?? { counted, name, open: 0, approved: 0, rejected: 0, changes_requested: 0, overturned: 0, reverted: 0 };
    row[count] += by;
    sums.set(key, row);
  };
  return {
    wait: ({ kinds, submittedAt }: Waiting, by: 1 | -1) => {
      add('all', '', 'open', by);
      for (const kind of kinds) add('kind', kind, 'open', by);
      for (const level of waitLevels) add(`waits ${level}`, new Date(submittedAt).toISOString().slice(0, level), 'open', by);
    },
    /** An edit as it is, or was: whether it waits for its author, and whether it is outdated. */
    stand: ({ next_actor, outdated }: Pick<EditRow, 'next_actor' | 'outdated'>, by: 1 | -1) => {
      add('stand', 'author', 'open', next_actor === 'author' ? by : 0);
      add('stand', 'outdated', 'open', outdated === null ? 0 : by);
    },
    vote: ({ kinds, by }: VoteCast, count: Count, day: string | null) => {
      add('all', '', count, 1);
      for (const kind of kinds) add('kind', kind, count, 1);
      add('reviewer', by, count, 1);
      if (day !== null) add('day', day, count, 1);
    },
    rows: (): Counted[] => [...sums.values()],
  };
};
export type Counts = ReturnType<typeof createCounts>;

/** What these events of a stream bring: new rows, and what becomes of earlier ones. `state` is folded at least to the last of them. */
export const figureRows = (state: Pick<Review<{ kind: string }>, 'edits'>, events: readonly DomainEvent[], sums: Counts) => {
  const [waits, votes, ends]: [Wait[], Cast[], End[]] = [[], [], []];
  const fates = new Map<number, Fate>();
  const meets = (stream: string, { revision }: VoteCast, fate: Partial<Fate>) =>
    fates.set(revision, { ...(fates.get(revision) ?? { stream, revision, overturned: null, reverted: null }), ...fate });
  for (const event of events.filter(isReviewEvent)) {
    const { stream, position, recordedAt } = event;
    const { begun, ended, cast, overturned = [], reverted = [] } = figuresOf(state, event);
    if (begun !== undefined) {
      const { edit, version, kinds, submittedAt } = begun;
      waits.push({ stream, edit, version, kinds, submitted_at: submittedAt, begun: position, ended: null });
      sums.wait(begun, 1);
    }
    if (ended !== undefined) {
      ends.push({ stream, edit: ended.edit, version: ended.version, ended: position });
      sums.wait(ended, -1);
    }
    if (cast !== undefined) {
      const { revision, kinds, by: reviewer, decision } = cast;
      const [edit, fate] = [event.edit ?? 0, { overturned: null, reverted: null }];
      votes.push({ stream, revision, position, edit, kinds, reviewer, decision, voted_at: recordedAt, ...fate });
      sums.vote(cast, countOf[decision], recordedAt.slice(0, 10));
    }
    for (const vote of overturned) {
      meets(stream, vote, { overturned: position });
      sums.vote(vote, 'overturned', null);
    }
    for (const vote of reverted) {
      meets(stream, vote, { reverted: position });
      sums.vote(vote, 'reverted', null);
    }
  }
  return { waits, votes, ends, fates: [...fates.values()] };
};
type FigureRows = ReturnType<typeof figureRows>;

/** The same of a whole stream: what became of each row stands in it. */
export const wholeFigures = (state: Parameters<typeof figureRows>[0], events: readonly DomainEvent[], sums: Counts) => {
  const { waits, votes, ends, fates } = figureRows(state, events, sums);
  const ended = new Map(ends.map((end) => [`${end.edit} ${end.version}`, end.ended]));
  const votesBy = new Map(votes.map((vote) => [vote.revision, vote]));
  for (const { revision, overturned, reverted } of fates) {
    const vote = votesBy.get(revision);
    if (vote !== undefined) Object.assign(vote, { overturned: overturned ?? vote.overturned, reverted: reverted ?? vote.reverted });
  }
  return { waits: waits.map((wait) => ({ ...wait, ended: ended.get(`${wait.edit} ${wait.version}`) ?? null })), votes };
};

export const countedRows = (sums: Counts): Rows => ({ table: 'counts', columns: countColumns, rows: sums.rows() });

/** Writes what a batch brings. */
export const writeFigures = async (tx: PoolClient, schema: string, all: readonly FigureRows[], sums: Counts): Promise<void> => {
  await insertRows(
    tx,
    `${schema}.waits`,
    waitColumns,
    all.flatMap(({ waits }) => waits),
  );
  await insertRows(
    tx,
    `${schema}.votes`,
    voteColumns,
    all.flatMap(({ votes }) => votes),
  );
  await writeRows(
    tx,
    `UPDATE ${schema}.waits AS known SET ended = new.ended FROM ${recordset(endColumns)}
      WHERE known.stream = new.stream AND known.edit = new.edit AND known.version = new.version`,
    all.flatMap(({ ends }) => ends),
  );
  await writeRows(
    tx,
    `UPDATE ${schema}.votes AS known SET overturned = coalesce(new.overturned, known.overturned), reverted = coalesce(new.reverted, known.reverted)
       FROM ${recordset(fateColumns)} WHERE known.stream = new.stream AND known.revision = new.revision`,
    all.flatMap(({ fates }) => fates),
  );
  await writeCounts(tx, schema, sums);
};

/** Adds to what is counted. */
export const writeCounts = (tx: PoolClient, schema: string, sums: Counts): Promise<void> =>
  insertRows(
    tx,
    `${schema}.counts AS known`,
    countColumns,
    sums.rows(),
    `ON CONFLICT (counted, name) DO UPDATE SET ${counts.map((count) => `${count} = known.${count} + excluded.${count}`).join(', ')}`,
  );
