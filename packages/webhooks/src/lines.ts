import { inTransaction } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Attempt, DisabledReason } from './shapes.ts';

/** The deliveries of one incident to one webhook, held by who sends the first of them. */
export type Line = { webhook: string; stream: string; lease: string };
/** The first delivery of a line, with all that it takes to send it. */
export type First = {
  n: string;
  stream: string;
  position: string;
  tried: number;
  begun_at: Date | null;
  event: string;
  revision: number;
  type: string;
  recorded_at: string;
  url: string;
  secret: string;
  former: string | null;
  former_until: Date | null;
};

/** Requests of one webhook that are under way at once. */
const mostOfWebhook = 4;
/**
 * Takes up to `most` lines that are due, of each webhook a few, which nobody else gets until they are let go, or it is `until`: longer than any attempt takes, so
 * that whoever held one has ended.
 */
export const claim = async (
  pool: Pool,
  { most, now, lease, until }: { most: number; now: Date; lease: string; until: Date },
): Promise<Line[]> => {
  const { rows } = await pool.query<Line>(
    `WITH found AS (
       SELECT d.webhook, d.stream
         FROM webhooks.webhooks AS w
        CROSS JOIN LATERAL (
          SELECT webhook, stream, due FROM webhooks.lines
           WHERE webhook = w.id AND due <= $1 AND (leased_until IS NULL OR leased_until <= $1)
           ORDER BY due, stream
           LIMIT greatest(0, ${mostOfWebhook} - (SELECT count(*) FROM webhooks.lines WHERE webhook = w.id AND leased_until > $1))
             FOR UPDATE SKIP LOCKED) AS d
        WHERE w.disabled_at IS NULL AND (w.not_before IS NULL OR w.not_before <= $1)
        ORDER BY d.due LIMIT $2)
     UPDATE webhooks.lines AS l SET lease = $3, leased_until = $4 FROM found
      WHERE l.webhook = found.webhook AND l.stream = found.stream
     RETURNING l.webhook, l.stream, l.lease`,
    [now, most, lease, until],
  );
  return rows;
};

/** The delivery of a line that is sent next; null where none waits, or the webhook is to be left alone. */
export const firstOf = async (pool: Pool, { webhook, stream }: Line, now: Date): Promise<First | null> => {
  const { rows } = await pool.query<First>(
    `SELECT d.n::text, d.stream, d.position::text, d.tried, d.begun_at, e.id AS event, e.revision, e.type, e.recorded_at, w.url, w.secret, w.former, w.former_until
       FROM webhooks.deliveries AS d JOIN webhooks.events AS e USING (position) JOIN webhooks.webhooks AS w ON w.id = d.webhook
      WHERE d.webhook = $1 AND d.stream = $2 AND d.state = 'waiting' AND w.disabled_at IS NULL AND (w.not_before IS NULL OR w.not_before <= $3)
      ORDER BY d.position LIMIT 1`,
    [webhook, stream, now],
  );
  return rows[0] ?? null;
};

/** What becomes of a line that was held, if a delivery of it waits: it is due then, or held on until then. */
type Next = { due: Date } | { heldUntil: Date };

/** Lets a line go, or holds it on; it is gone where no delivery of it waits. Answers whether it is still held. The line has to be locked. */
const goOn = async (tx: PoolClient, { webhook, stream }: Line, next: Next): Promise<boolean> => {
  const waits = await tx.query(`SELECT FROM webhooks.deliveries WHERE webhook = $1 AND stream = $2 AND state = 'waiting' LIMIT 1`, [
    webhook,
    stream,
  ]);
  if (waits.rowCount === 0) {
    await tx.query('DELETE FROM webhooks.lines WHERE webhook = $1 AND stream = $2', [webhook, stream]);
    return false;
  }
  if ('heldUntil' in next) {
    await tx.query('UPDATE webhooks.lines SET leased_until = $3 WHERE webhook = $1 AND stream = $2', [webhook, stream, next.heldUntil]);
    return true;
  }
  await tx.query('UPDATE webhooks.lines SET lease = NULL, leased_until = NULL, due = $3 WHERE webhook = $1 AND stream = $2', [
    webhook,
    stream,
    next.due,
  ]);
  return false;
};

/**
 * Does something with a line that is still held, with its webhook and itself locked in the order in which `fanOut` locks them, and goes on with it as `run` says.
 * Where somebody else holds it by now, or the webhook is gone, nothing is done: what was sent is sent once more. Answers whether the line is still held.
 */
const whileHeld = (pool: Pool, line: Line, run: (tx: PoolClient) => Promise<Next>): Promise<boolean> =>
  inTransaction(
    pool,
    async (tx) => {
      await tx.query('SELECT FROM webhooks.webhooks WHERE id = $1 FOR UPDATE', [line.webhook]);
      const held = await tx.query('SELECT FROM webhooks.lines WHERE webhook = $1 AND stream = $2 AND lease = $3 FOR UPDATE', [
        line.webhook,
        line.stream,
        line.lease,
      ]);
      return held.rowCount === 1 && (await goOn(tx, line, await run(tx)));
    },
    // What a crash of the database takes back is sent once more.
    { durable: false },
  );

/** Lets a line go with nothing done. */
export const release = (pool: Pool, line: Line, now: Date): Promise<boolean> => whileHeld(pool, line, async () => ({ due: now }));

const noteAttempt = (tx: PoolClient, { n }: First, attempt: Attempt, state: 'waiting' | 'taken' | 'given_up') =>
  tx.query(
    `UPDATE webhooks.deliveries
        SET attempts = attempts || $2::jsonb, tried = tried + 1, begun_at = coalesce(begun_at, $3), state = $4, done_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE $5::timestamptz END
      WHERE n = $1`,
    [n, JSON.stringify([attempt]), attempt.at, state, new Date(Date.parse(attempt.at) + attempt.milliseconds)],
  );

/** Notes that the receiver took a delivery. The next one of its incident may go at once: answers whether there is one and the line is held on until then. */
export const noteTaken = (
  pool: Pool,
  line: Line,
  first: First,
  { attempt, now, heldUntil }: { attempt: Attempt; now: Date; heldUntil: Date | null },
): Promise<boolean> =>
  whileHeld(pool, line, async (tx) => {
    await noteAttempt(tx, first, attempt, 'taken');
    await tx.query('UPDATE webhooks.webhooks SET taken_at = $2, failing_since = NULL WHERE id = $1', [line.webhook, now]);
    return heldUntil === null ? { due: now } : { heldUntil };
  });

export type Failed = {
  attempt: Attempt;
  now: Date;
  /** When it is tried again. */
  due: Date;
  /** Until when the receiver wants to be left alone; null where it did not say. */
  notBefore: Date | null;
  /** The receiver is gone for good. */
  gone: boolean;
  /** For how long a delivery is tried, in milliseconds. */
  giveUp: number;
};

/**
 * Notes that a delivery was not taken. One that was tried for long is given up if the receiver took others meanwhile; if not, the webhook is disabled, and its
 * deliveries wait. Answers why it was disabled, null where it was not.
 */
export const noteFailed = async (pool: Pool, line: Line, first: First, failed: Failed): Promise<DisabledReason | null> => {
  const { attempt, now, due, notBefore, gone, giveUp } = failed;
  let reason: DisabledReason | null = null;
  await whileHeld(pool, line, async (tx) => {
    const { rows } = await tx.query<{ taken_at: Date | null }>(
      `UPDATE webhooks.webhooks SET failing_since = coalesce(failing_since, $2), not_before = coalesce($3, not_before) WHERE id = $1 RETURNING taken_at`,
      [line.webhook, attempt.at, notBefore],
    );
    const begun = first.begun_at ?? new Date(attempt.at);
    const isOver = now.getTime() - begun.getTime() >= giveUp;
    const tookOthers = (rows[0]?.taken_at ?? new Date(0)) > begun;
    await noteAttempt(tx, first, attempt, !gone && isOver && tookOthers ? 'given_up' : 'waiting');
    if (gone) reason = 'gone';
    else if (isOver && !tookOthers) reason = 'failing';
    if (reason !== null)
      await tx.query('UPDATE webhooks.webhooks SET disabled_at = $2, reason = $3 WHERE id = $1 AND disabled_at IS NULL', [
        line.webhook,
        now,
        reason,
      ]);
    return { due: isOver && tookOthers ? now : due };
  });
  return reason;
};
