import type { Pool } from 'pg';
import type { StoredEvent } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { createReader } from '../postgres/reader.ts';
import { type Finding, finding, type Source } from './source.ts';

/** The log in PostgreSQL: positions have no gaps, stamps only grow, and the order of each stream is looked at by the database. */
export const postgresSource = (pool: Pool): Source => ({
  reader: createReader(pool),
  next: sequenceFindings,
  atEnd: async function* (head) {
    yield* queryFindings(pool, headStatement, [], 'head');
    if (head === 0n) yield* queryFindings(pool, otherLogStatement, [], 'head');
    yield* queryFindings(pool, streamsStatement, [head], 'revision_gap');
  },
  unchecked: [],
  close: async () => undefined,
});

function* sequenceFindings(before: StoredEvent | undefined, event: StoredEvent): Generator<Finding> {
  const expected = (before?.position ?? 0n) + 1n;
  if (event.position !== expected) yield finding('position_gap', event, `position ${expected} is missing`);
  if (before === undefined) return;
  const isSameAppend = before.revision !== before.last && before.stream === event.stream && before.revision + 1 === event.revision;
  if (isSameAppend ? before.recordedAt !== event.recordedAt : before.recordedAt >= event.recordedAt)
    yield finding('stamp', event, `recorded at ${event.recordedAt}, after ${before.recordedAt}`);
}

const headStatement = `
  SELECT NULL AS stream, NULL AS revision, h.position, 'the head says ' || h.position || ', the last event is at ' || coalesce(e.position, 0) AS detail
  FROM log.head h LEFT JOIN (SELECT position FROM log.events ORDER BY position DESC LIMIT 1) e ON true
  WHERE h.position <> coalesce(e.position, 0)`;

const otherLogStatement = `
  SELECT NULL AS stream, NULL AS revision, position, 'the log is empty, but the vault has followed one up to here: perhaps that is in EventStoreDB' AS detail
  FROM vault.checkpoint WHERE position > 0`;

const streamsStatement = `
  SELECT stream, revision, position,
         CASE WHEN revision = previous + 1 THEN 'it stands before revision ' || previous ELSE 'it follows revision ' || previous END AS detail
  FROM (
    SELECT stream, revision, position, coalesce(lag(revision) OVER stream, -1) AS previous, coalesce(lag(position) OVER stream, 0) AS earlier
    FROM log.events WHERE position <= $1 WINDOW stream AS (PARTITION BY stream ORDER BY revision)
  ) AS e
  WHERE revision <> previous + 1 OR position <= earlier`;

type FoundRow = { stream: string | null; revision: number | null; position: string | null; detail: string };

async function* queryFindings(pool: Pool, text: string, values: unknown[], what: Finding['what']): AsyncGenerator<Finding> {
  const { rows } = await available(() =>
    pool.query<FoundRow>(`SELECT stream, revision, position::text, detail FROM (${text}) AS f LIMIT 10000`, values),
  );
  for (const { stream, revision, position, detail } of rows)
    yield { what, stream, revision, position: position === null ? null : BigInt(position), detail };
}
