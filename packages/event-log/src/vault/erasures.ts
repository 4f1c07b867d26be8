import type { DomainEvent } from '@averment/domain';
import { inTransaction } from '@averment/platform';
import { escapeLiteral, type Pool } from 'pg';
import type { Connection, Durable } from '../durable.ts';
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
 * The vault as a follower: lists what was erased, takes the values out of the vault's rows, and deletes what was attempted on those streams without reaching
 * the log. `apply` rejects with `StreamUnreadable` for an erasure that cannot be read: going on would leave an erased text in the vault for ever, unless an
 * admin let the feed pass over it.
 */
export const createErasures = (log: Erasing['log']): Durable => ({
  name: 'erasures',
  current: async (connection) => {
    const at = await followed(connection);
    await requireHeld(log, at.mark);
    return at;
  },
  move,
  apply: async (tx, events) => (await prepare(log, events)).write(tx),
});

/**
 * Follows the log by one page; if another process was faster, nothing is done. `streams` changed; `more` asks to be called again. Rejects with
 * `LogUnavailable`, and with `OtherLog` where the log is not the one that was followed.
 */
export const advanceErasures = async ({ pool, log }: Erasing): Promise<{ position: bigint; more: boolean; streams: string[] }> => {
  const { position: from, mark } = await followed(pool);
  const page = (await log.readAll(from, pageSize, { texts: false })) as Logged<DomainEvent>[];
  await requireHeld(log, mark);
  const last = page.at(-1);
  if (!last) return { position: from, more: false, streams: [] };
  const { streams, write } = await prepare(log, page);
  const seen = page.findLast(({ sha256 }) => sha256);
  const to = { position: last.position, mark: seen?.sha256 ? { position: seen.position, sha256: seen.sha256 } : null };
  const moved = await available(() =>
    inTransaction(pool, async (tx) => {
      if ((await tx.query(move(from, to))).rowCount === 0) return false;
      await write(tx);
      return true;
    }),
  );
  return moved ? { position: last.position, more: true, streams } : { position: from, more: true, streams: [] };
};

const requireHeld = async (log: Erasing['log'], mark: Mark | null): Promise<void> => {
  if (mark && !(await log.holds(mark)))
    throw new OtherLog(`the event log has not the event at position ${mark.position} that the vault has followed it to`);
};

/** The last event whose hash is not known (another program's) leaves the mark where it is. */
const move: Durable['move'] = (from, { position, mark }) => `
  UPDATE vault.checkpoint
     SET position = ${position}${mark === null ? '' : `, seen_at = ${mark.position}, sha256 = ${escapeLiteral(mark.sha256)}`}
   WHERE position = ${from}`;

/** Reads what the page's erasures need, so that the transaction is short: which streams they change, and what writes it. */
const prepare = async (log: Erasing['log'], page: readonly Logged<DomainEvent>[]) => {
  const erasures = await erasuresIn(log, page);
  const streams = [...new Set(erasures.map(({ stream }) => stream))];
  const stored = await Promise.all(streams.map((stream) => hashesOf(log, stream)));
  const write = async (tx: Connection): Promise<void> => {
    for (const erasure of erasures) await erase(tx, erasure);
    for (const hashes of stored) await deleteAttempts(tx, hashes);
  };
  return { streams, write };
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

const erasuresIn = async (log: Erasing['log'], page: readonly Logged<DomainEvent>[]): Promise<Placed[]> => {
  const found: Placed[] = [];
  for (const event of page) {
    // An erasure that was passed over because it could not be read comes with the event that carries it.
    const carried = event.type === 'FeedEventMended' ? await servedAt(log, event.position) : event;
    if (carried?.type !== erasureType) continue;
    if (!isUndecodable(carried)) found.push(carried as Placed);
    else if (!(await readFeedState(log)).state.has(String(event.position))) throw new StreamUnreadable(carried);
  }
  return found;
};

/** Up to where the vault has followed the log, 0n at its beginning, and an event up to there that it knows again. Rejects with `LogUnavailable`. */
export const followed = async (pool: Connection): Promise<{ position: bigint; mark: Mark | null }> => {
  const { rows } = await available(() =>
    pool.query<{ position: string; seenAt: string | null; sha256: string | null }>(
      'SELECT position::text, seen_at::text AS "seenAt", sha256 FROM vault.checkpoint',
    ),
  );
  const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
  const isKnown = seenAt !== null && sha256 !== null && BigInt(seenAt) <= BigInt(position);
  return { position: BigInt(position), mark: isKnown ? { position: BigInt(seenAt), sha256 } : null };
};

const erase = async (tx: Connection, erasure: Placed): Promise<void> => {
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
const deleteAttempts = async (tx: Connection, { stream, revisions, hashes }: Hashes): Promise<void> => {
  await tx.query(
    `DELETE FROM vault.texts t USING unnest($2::integer[], $3::bytea[]) AS e(revision, sha256)
     WHERE t.stream = $1 AND t.revision = e.revision AND t.sha256 <> e.sha256`,
    [stream, revisions, hashes],
  );
};
