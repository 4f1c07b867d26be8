import { inTransaction } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { type Erasure, erasureType, textsIn } from '../erased.ts';
import { readFeedState, servedAt } from '../feed-state.ts';
import { type EventLog, isUndecodable, type Logged, type Mark, OtherLog } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { StreamUnreadable } from '../unreadable.ts';

/** The vault's database, and the log whose erasures it follows. */
export type Erasing = { pool: Pool; log: Pick<EventLog<object>, 'readAll' | 'readStream' | 'readStored' | 'head' | 'holds'> };

type Placed = Erasure & { position: bigint };

const pageSize = 500;

/**
 * Follows the log by one page from the vault's own checkpoint: lists what was erased, takes the values out of the vault's rows, and deletes what was
 * attempted on those streams without reaching the log. Rows and checkpoint go in one transaction; if another process was faster, nothing is done.
 * `streams` changed; `more` asks to be called again. Rejects with `LogUnavailable`, with `OtherLog` where the log is not the one that was followed, and with
 * `StreamUnreadable` for an erasure that cannot be read: going on would leave an erased text in the vault for ever, unless an admin let the feed pass over it.
 */
export const advanceErasures = async ({ pool, log }: Erasing): Promise<{ position: bigint; more: boolean; streams: string[] }> => {
  const { position: from, mark } = await followed(pool);
  const page = (await log.readAll(from, pageSize, { texts: false })) as Logged<StructureOnly>[];
  if (mark && !(await log.holds(mark)))
    throw new OtherLog(`the event log has not the event at position ${mark.position} that the vault has followed it to`);
  const last = page.at(-1);
  if (!last) return { position: from, more: false, streams: [] };

  const erasures = await erasuresIn(log, page);
  if (erasures.length === 0) {
    const moved = await pass(pool, from, last);
    return { position: moved ? last.position : from, more: true, streams: [] };
  }
  const streams = [...new Set(erasures.map(({ stream }) => stream))];
  const stored = await Promise.all(streams.map((stream) => hashesOf(log, stream)));
  const done = await available(() =>
    inTransaction(pool, async (tx) => {
      const moved = await tx.query(`UPDATE vault.checkpoint SET ${moveTo} WHERE position = $1`, move(from, last));
      if (moved.rowCount === 0) return false;
      for (const erasure of erasures) await erase(tx, erasure);
      for (const hashes of stored) await deleteAttempts(tx, hashes);
      return true;
    }),
  );
  return { position: done ? last.position : from, more: true, streams: done ? streams : [] };
};

/**
 * Follows the log to where it ends now. Every start does so before it serves, so that a vault restored from a backup brings no erased text back.
 * Rejects with `LogUnavailable`.
 */
export const eraseToHead = async (erasing: Erasing): Promise<{ streams: string[] }> => {
  const head = await erasing.log.head();
  const changed = new Set<string>();
  for (;;) {
    const { position, more, streams } = await advanceErasures(erasing);
    for (const stream of streams) changed.add(stream);
    if (position >= head || !more) return { streams: [...changed] };
  }
};

type StructureOnly = Placed & { type: string };

const erasuresIn = async (log: Erasing['log'], page: readonly Logged<StructureOnly>[]): Promise<Placed[]> => {
  const found: Placed[] = [];
  for (const event of page) {
    // An erasure that was passed over because it could not be read comes with the event that carries it.
    const carried = event.type === 'FeedEventMended' ? await servedAt(log, event.position) : event;
    if (carried?.type !== erasureType) continue;
    if (!isUndecodable(carried)) found.push(carried as StructureOnly);
    else if (!(await readFeedState(log)).state.has(String(event.position))) throw new StreamUnreadable(carried);
  }
  return found;
};

/** Up to where the vault has followed the log, 0n at its beginning, and an event up to there that it knows again. Rejects with `LogUnavailable`. */
export const followed = async (pool: Pool): Promise<{ position: bigint; mark: Mark | null }> => {
  const { rows } = await available(() =>
    pool.query<{ position: string; seenAt: string | null; sha256: string | null }>(
      'SELECT position::text, seen_at::text AS "seenAt", sha256 FROM vault.checkpoint',
    ),
  );
  const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
  const isKnown = seenAt !== null && sha256 !== null && BigInt(seenAt) <= BigInt(position);
  return { position: BigInt(position), mark: isKnown ? { position: BigInt(seenAt), sha256 } : null };
};

/** The last event whose hash is not known (another program's) leaves the mark where it is. */
const moveTo = 'position = $2, seen_at = coalesce($3::bigint, seen_at), sha256 = coalesce($4, sha256)';
const move = (from: bigint, { position, sha256 }: { position: bigint; sha256?: string }) => [
  from,
  position,
  sha256 ? position : null,
  sha256 || null,
];

/** Passes events that erase nothing. It waits for no flush: after a crash they are simply read once more. */
const pass = async (pool: Pool, from: bigint, to: { position: bigint; sha256?: string }): Promise<boolean> => {
  const moved = await available(() =>
    pool.query({
      name: 'averment_pass_erasures',
      text: `UPDATE vault.checkpoint SET ${moveTo} FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unflushed WHERE position = $1`,
      values: move(from, to),
    }),
  );
  return moved.rowCount === 1;
};

const erase = async (tx: PoolClient, erasure: Placed): Promise<void> => {
  const texts = textsIn(erasure);
  const streams = texts.map(({ stream }) => stream);
  const revisions = texts.map(({ revision }) => revision);
  const digests = texts.map(({ digest }) => digest);
  await tx.query(
    `INSERT INTO vault.erasures (stream, revision, digest, position)
     SELECT *, $4::bigint FROM unnest($1::text[], $2::integer[], $3::text[]) ON CONFLICT DO NOTHING`,
    [streams, revisions, digests, erasure.position],
  );
  await tx.query(
    `UPDATE vault.texts AS t
     SET disclosures = coalesce((
       SELECT string_agg(d.disclosure, '~' ORDER BY d.n)
       FROM string_to_table(t.disclosures, '~') WITH ORDINALITY AS d(disclosure, n)
       WHERE translate(encode(sha256(convert_to(d.disclosure, 'UTF8')), 'base64'), '+/=', '-_') NOT IN (
         SELECT x.digest FROM vault.erasures x WHERE x.stream = t.stream AND x.revision = t.revision
       )
     ), '')
     FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::integer[])) AS e(stream, revision)
     WHERE t.stream = e.stream AND t.revision = e.revision`,
    [streams, revisions],
  );
};

type Hashes = { stream: string; revisions: number[]; hashes: Buffer[] };

const hashesOf = async (log: Erasing['log'], stream: string): Promise<Hashes> => {
  const found: Hashes = { stream, revisions: [], hashes: [] };
  for (let from = 0; ; from += pageSize) {
    const page = await log.readStored(stream, from, { to: from + pageSize - 1, texts: false, whatIsLeft: true });
    for (const { revision, sha256 } of page) {
      found.revisions.push(revision);
      found.hashes.push(Buffer.from(sha256, 'hex'));
    }
    // Of a stream that was cut off nothing more is known.
    if (page.length < pageSize) return found;
  }
};

/** Another event stands where these were tried, so they will never be in the log. What is tried beyond its end may still be under way. */
const deleteAttempts = async (tx: PoolClient, { stream, revisions, hashes }: Hashes): Promise<void> => {
  await tx.query(
    `DELETE FROM vault.texts t USING unnest($2::integer[], $3::bytea[]) AS e(revision, sha256)
     WHERE t.stream = $1 AND t.revision = e.revision AND t.sha256 <> e.sha256`,
    [stream, revisions, hashes],
  );
};
