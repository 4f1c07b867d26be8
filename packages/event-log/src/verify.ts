import canonicalize from 'canonicalize';
import type { Pool } from 'pg';
import { openEnvelope } from './codec.ts';
import { digestOf, restore } from './disclosure.ts';
import { erasedAmong, erasedBy, erasedKey, erasureType } from './missing.ts';
import type { StoredEvent } from './port.ts';
import { available } from './postgres/errors.ts';
import { createReader } from './postgres/reader.ts';

/** What is wrong, and where. `what` is a stable code, `detail` is for people; neither holds any text of the vault. */
export type Finding = {
  what:
    | 'corrupt'
    | 'not_canonical'
    | 'position_gap'
    | 'revision_gap'
    | 'stamp'
    | 'append_not_whole'
    | 'text_missing'
    | 'text_not_erased'
    | 'text_unmatched'
    | 'head';
  stream: string | null;
  revision: number | null;
  position: bigint | null;
  detail: string;
};

/** What was looked at. */
export type Verified = { events: number; head: bigint };

const pageSize = 500;

/**
 * Reads the whole log again, up to where it ended at the start, and yields whatever is not as it was written: bytes, hashes and canonical form, columns
 * beside the bytes, revisions and positions without gaps and in one order, stamps, appends whole, each digest disclosed or erased, erased texts gone,
 * texts that belong to nothing. Memory is bounded by a page; the order of each stream is looked at by the database.
 * Returns what was looked at. Rejects with `LogUnavailable`.
 */
export async function* verifyLog({ pool }: { pool: Pool }): AsyncGenerator<Finding, Verified> {
  const reader = createReader(pool);
  const head = await reader.head();
  yield* queryFindings(pool, headStatement, [], 'head');

  let before: StoredEvent | undefined;
  let events = 0;
  while ((before?.position ?? 0n) < head) {
    const page = (await reader.readAll(before?.position ?? 0n, pageSize, true)).filter(({ position }) => position <= head);
    if (page.length === 0) break;
    for (const event of page) {
      yield* sequenceFindings(before, event);
      yield* bytesFindings(event);
      before = event;
    }
    yield* missingTexts(reader, page);
    yield* lingeringTexts(reader, page);
    events += page.length;
  }
  if (before && before.revision !== before.last) yield finding('append_not_whole', before, `the log ends before revision ${before.last}`);

  yield* queryFindings(pool, streamsStatement, [head], 'revision_gap');
  yield* queryFindings(pool, unmatchedStatement, [], 'text_unmatched');
  return { events, head };
}

const finding = (what: Finding['what'], { stream, revision, position }: StoredEvent, detail: string): Finding => ({
  what,
  stream,
  revision,
  position,
  detail,
});

/** How an event follows the one before it in the log. Positions are given without gaps here, so a missing event shows. */
function* sequenceFindings(before: StoredEvent | undefined, event: StoredEvent): Generator<Finding> {
  const expected = (before?.position ?? 0n) + 1n;
  if (event.position !== expected) yield finding('position_gap', event, `position ${expected} is missing`);
  const inside = before !== undefined && before.revision !== before.last;
  const follows = before?.stream === event.stream && before.revision + 1 === event.revision;
  if (inside && !(follows && before.last === event.last)) {
    yield finding('append_not_whole', before, `the append up to revision ${before.last} is cut off after this event`);
  }
  if (inside && follows ? before.recordedAt !== event.recordedAt : before !== undefined && before.recordedAt >= event.recordedAt) {
    yield finding('stamp', event, `recorded at ${event.recordedAt}, after ${before?.recordedAt}`);
  }
}

function* bytesFindings(event: StoredEvent): Generator<Finding> {
  const envelope = openEnvelope(event);
  if (typeof envelope === 'string') return yield finding('corrupt', event, envelope);
  if (canonicalize(envelope) !== event.canonical)
    yield finding('not_canonical', event, 'the bytes are not the canonical form of their JSON');
}

type Reader = ReturnType<typeof createReader>;

/** Digests without a disclosure that no later event of the stream erases, and disclosures without a digest. */
async function* missingTexts(reader: Reader, page: readonly StoredEvent[]): AsyncGenerator<Finding> {
  const restored = page.map((event) => ({ event, ...textsOf(event) }));
  const wanted = restored.flatMap(({ event, missing }) => missing.map((digest) => ({ ...event, digest })));
  // The vault's own list is not asked: what counts is what the log says.
  const erased = await erasedAmong(wanted, { ...reader, listed: async () => [] });
  for (const { event, missing, unmatched } of restored) {
    for (const digest of missing) {
      if (!erased.has(erasedKey({ ...event, digest })))
        yield finding('text_missing', event, `nothing is disclosed for ${digest}, and nothing erased it`);
    }
    if (unmatched > 0) yield finding('text_unmatched', event, `${unmatched} disclosures do not belong to the event`);
  }
}

const textsOf = ({ canonical, disclosures }: StoredEvent): { missing: string[]; unmatched: number } => {
  try {
    const { texts, missing } = restore((JSON.parse(canonical) as { data: unknown }).data, disclosures);
    return { missing, unmatched: disclosures.length - texts.length };
  } catch {
    // Named as corrupt already, or a disclosure that is none.
    return { missing: [], unmatched: disclosures.length };
  }
};

/** Texts that an event of this page erases, and that the vault still holds. */
async function* lingeringTexts(reader: Reader, page: readonly StoredEvent[]): AsyncGenerator<Finding> {
  for (const erasure of page.filter(({ type }) => type === erasureType)) {
    for (const [revision, texts] of Map.groupBy(erasedBy(erasure), (text) => text.revision)) {
      const [event] = await reader.readStream(erasure.stream, revision, { to: revision, texts: true });
      const held = new Set(event?.disclosures.map(digestOf));
      for (const { digest } of texts) {
        if (event && held.has(digest))
          yield finding('text_not_erased', event, `${digest} is erased at revision ${erasure.revision}, and still disclosed`);
      }
    }
  }
}

const headStatement = `
  SELECT NULL AS stream, NULL AS revision, h.position, 'the head says ' || h.position || ', the last event is at ' || coalesce(e.position, 0) AS detail
  FROM log.head h LEFT JOIN (SELECT position FROM log.events ORDER BY position DESC LIMIT 1) e ON true
  WHERE h.position <> coalesce(e.position, 0)`;

const streamsStatement = `
  SELECT stream, revision, position,
         CASE WHEN revision = previous + 1 THEN 'it stands before revision ' || previous ELSE 'it follows revision ' || previous END AS detail
  FROM (
    SELECT stream, revision, position, coalesce(lag(revision) OVER stream, -1) AS previous, coalesce(lag(position) OVER stream, 0) AS earlier
    FROM log.events WHERE position <= $1 WINDOW stream AS (PARTITION BY stream ORDER BY revision)
  ) AS e
  WHERE revision <> previous + 1 OR position <= earlier`;

const unmatchedStatement = `
  SELECT t.stream, t.revision, NULL AS position, 'texts attempted at ' || t.attempted_at || ' belong to no event' AS detail
  FROM vault.texts t
  WHERE t.attempted_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM log.events e WHERE e.stream = t.stream AND e.revision = t.revision AND e.sha256 = t.sha256)`;

type FoundRow = { stream: string | null; revision: number | null; position: string | null; detail: string };

async function* queryFindings(pool: Pool, text: string, values: unknown[], what: Finding['what']): AsyncGenerator<Finding> {
  const { rows } = await available(() =>
    pool.query<FoundRow>(`SELECT stream, revision, position::text, detail FROM (${text}) AS f LIMIT 10000`, values),
  );
  for (const { stream, revision, position, detail } of rows)
    yield { what, stream, revision, position: position === null ? null : BigInt(position), detail };
}
