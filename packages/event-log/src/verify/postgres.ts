import type { Pool } from 'pg';
import type { StoredEvent } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { createReader } from '../postgres/reader.ts';
import { type Finding, finding, type VerifiedLog } from './verified-log.ts';

/** The log in PostgreSQL: positions have no gaps, stamps only grow, and the order of each stream is looked at by the database. */
export const verifiedPostgres = (pool: Pool): VerifiedLog => ({
  reader: createReader(pool),
  next: sequenceFindings,
  atEnd: async function* (head) {
    yield* queryFindings(pool, headStatement, [], 'head');
    yield* queryFindings(pool, otherLogStatement, [], 'head');
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

// A head whose stamp is behind the last event's would let the next one be stamped before it.
const headStatement = `
  SELECT NULL AS stream, NULL AS revision, h.position,
         CASE WHEN h.position IS NULL THEN 'there is no head'
              WHEN h.position <> coalesce(e.position, 0) THEN 'the head says ' || h.position || ', the last event is at ' || coalesce(e.position, 0)
              ELSE 'the head is stamped before the last event' END AS detail
  FROM (SELECT) AS one LEFT JOIN log.head h ON true LEFT JOIN (SELECT position, recorded_at FROM log.events ORDER BY position DESC LIMIT 1) e ON true
  WHERE h.position IS NULL OR h.position <> coalesce(e.position, 0) OR h.recorded_at < e.recorded_at`;

const otherLogStatement = `
  SELECT NULL AS stream, NULL AS revision, c.position,
         CASE WHEN h.position = 0 THEN 'the log is empty, but the vault has followed one up to here: perhaps that is in EventStoreDB'
              ELSE 'the vault has followed a log up to here, this one ends at ' || h.position END AS detail
  FROM vault.checkpoint c JOIN log.head h ON c.position > h.position`;

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
