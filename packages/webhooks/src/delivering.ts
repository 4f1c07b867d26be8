import { idOfUuid } from '@averment/domain';
import { type Clock, type Logger, type Random, shared } from '@averment/platform';
import type { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { askedFor } from './backoff.ts';
import { fanOut } from './fan-out.ts';
import { claim, type First, firstOf, type Line, noteFailed, noteTaken, release } from './lines.ts';
import type { Message, Post } from './post.ts';
import { createMessageIds, createSeal } from './secrets.ts';
import type { Attempt, DisabledReason } from './shapes.ts';

/** What became of an attempt. */
export type Sent = 'taken' | 'failed';

type Tools = {
  pool: Pool;
  serverKey: Uint8Array;
  clock: Clock;
  random: Random;
  logger: Logger;
  post: Post;
  /** How long after an attempt (from 1) the next one comes, in milliseconds. */
  backoff: (tried: number) => number;
  /** Requests under way at once in this process. */
  concurrency: number;
  /** How long an attempt may take, and for how long a delivery is tried, in milliseconds. */
  timeout: number;
  giveUp: number;
  /** Those of these subjects who have no valid key any more. */
  withoutKey: (subjects: readonly string[]) => Promise<readonly string[]>;
  /** Is told when there will be something to do; it may pass that on or not. */
  wakeAt: (time: Date) => void;
  told: (sent: Sent) => void;
};

export type Delivering = {
  /** Makes deliveries of new events and begins to send what is due, as far as there is room; goes on by itself as requests end. Calls are shared. */
  run(): Promise<void>;
  /** Breaks off the requests under way, which are sent again, and begins no more. */
  close(): Promise<void>;
};

const userAgent = 'Averment';
/** How long after an attempt's time is over its line is held, in milliseconds. */
const spare = 10_000;
/** Deliveries of a line that are sent before others have their turn. */
const mostInARow = 20;

/**
 * Sends to webhooks what the record tells: at least once each, the events of one incident one after the other, those of different ones beside each other. What is
 * under way, due and done stands in the database; any number of processes may do so at once.
 */
export const createDelivering = (tools: Tools): Delivering => {
  const { pool, clock, random, logger, post, backoff, concurrency, timeout, giveUp, withoutKey, wakeAt, told } = tools;
  const { open } = createSeal(tools.serverKey);
  const messageId = createMessageIds(tools.serverKey);
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();

  const messageOf = async (webhook: string, first: First, now: Date): Promise<Message> => {
    const { position, event, revision, type, recorded_at: timestamp, url, secret, former, former_until: until } = first;
    const id = messageId(event);
    const data = { position, incidentId: first.stream, revision, type };
    const body = JSON.stringify({ type, timestamp, data });
    const secrets = [secret, ...(former !== null && until !== null && until > now ? [former] : [])];
    const opened = await Promise.all(secrets.map((sealed) => open(webhook, sealed)));
    return {
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': opened.map((each) => new Webhook(each).sign(id, now, body)).join(' '),
      },
      body,
    };
  };

  const disabled = (webhook: string, reason: DisabledReason) =>
    logger.warn(
      { webhook: idOfUuid('webhook', webhook), reason },
      'a webhook is disabled: its receiver is told of nothing until its owner enables it',
    );

  const heldUntil = (now: Date) => new Date(now.getTime() + timeout + spare);

  /** Sends the first delivery of a line and notes what became of it. Answers whether to go on with the line, which is still held then. */
  const send = async (line: Line, mayGoOn: boolean): Promise<boolean> => {
    const at = clock.now();
    const first = await firstOf(pool, line, at);
    if (first === null) return release(pool, line, at);
    const message = await messageOf(line.webhook, first, at);
    const begun = performance.now();
    const { status, error, retryAfter } = await post(message, stop.signal);
    if (error === 'interrupted') return release(pool, line, at);
    const attempt: Attempt = { at: at.toISOString(), status, error, milliseconds: Math.round(performance.now() - begun) };
    const now = clock.now();
    if (status !== null && status >= 200 && status < 300) {
      told('taken');
      return noteTaken(pool, line, first, { attempt, now, heldUntil: mayGoOn ? heldUntil(now) : null });
    }
    told('failed');
    const notBefore = askedFor(retryAfter, now);
    const next = now.getTime() + backoff(first.tried + 1);
    const due = new Date(Math.max(next, notBefore?.getTime() ?? 0));
    const reason = await noteFailed(pool, line, first, { attempt, now, due, notBefore, gone: status === 410, giveUp });
    if (reason !== null) disabled(line.webhook, reason);
    else wakeAt(due);
    return false;
  };

  /** Sends what waits in a line, one after the other, as long as all is taken; but others want their turn too. */
  const sendLine = async (line: Line): Promise<void> => {
    for (let left = mostInARow - 1; await send(line, left > 0); left -= 1);
  };

  const disableWithoutKey = async (): Promise<void> => {
    const { rows } = await pool.query<{ subject: string }>('SELECT DISTINCT subject FROM webhooks.webhooks WHERE disabled_at IS NULL');
    const gone = await withoutKey(rows.map(({ subject }) => subject));
    if (gone.length === 0) return;
    const found = await pool.query<{ id: string }>(
      `UPDATE webhooks.webhooks SET disabled_at = $2, reason = 'no_key' WHERE subject = ANY($1) AND disabled_at IS NULL RETURNING id`,
      [gone, clock.now()],
    );
    for (const { id } of found.rows) disabled(id, 'no_key');
  };

  const start = (line: Line): void => {
    const sending = sendLine(line)
      .catch((error: unknown) => {
        logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'a delivery was not noted, and is sent again');
      })
      .finally(() => {
        underWay.delete(sending);
        if (!stop.signal.aborted) run().catch(() => undefined);
      });
    underWay.add(sending);
  };

  const run = shared(
    async () => {
      if (stop.signal.aborted) return;
      await disableWithoutKey();
      await fanOut(pool, clock.now());
      const most = concurrency - underWay.size;
      if (most <= 0) return;
      const lines = await claim(pool, { most, now: clock.now(), lease: random.uuid(), until: heldUntil(clock.now()) });
      for (const line of lines) start(line);
    },
    { parallel: 1 },
  );

  return {
    run,
    close: async () => {
      stop.abort();
      await Promise.all([...underWay, run().catch(() => undefined)]);
      await Promise.all(underWay);
    },
  };
};
