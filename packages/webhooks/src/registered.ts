import { derivedId, idOfUuid, uuidOf } from '@averment/domain';
import { type Clock, inTransaction, type Random } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { whyNoReceiver } from './addresses.ts';
import { createMessageIds, createSeal, newSecret } from './secrets.ts';
import type { Attempt, DeliveryItem, DeliveryState, DisabledReason, SentWebhook, WebhookItem, WebhookMade } from './shapes.ts';

/** Who asks for a change; null is a request that came without a key, which is never a repeat. */
export type Asked = { subject: string; idempotencyKey: string | null };
type Code = 'NotFound' | 'InvalidBody' | 'TooManyWebhooks' | 'IdempotencyKeyReused';
export type Refused = { ok: false; error: { code: Code; detail: string; errors?: { pointer: string; message: string }[] } };
type Result<T> = { ok: true; value: T } | Refused;

const refused = (code: Code, detail: string, more: Omit<Refused['error'], 'code' | 'detail'> = {}): Refused => ({
  ok: false,
  error: { code, detail, ...more },
});
const nothing = () => refused('NotFound', 'There is no webhook of that id, or it is another subject’s.');

type Tools<A extends Asked> = {
  pool: Pool;
  clock: Clock;
  random: Random;
  serverKey: Uint8Array;
  /** By what a request is known again: ids of its key in its several spellings, and the digest of its body. */
  identify: (asked: A) => { command: string; former: readonly string[]; request: string | null };
  /** The position of the last event of the log: a new webhook is told of what comes after it. */
  head: () => Promise<bigint>;
  /** Webhooks of one subject, and for how long the secret of before signs too, in milliseconds. */
  limit: number;
  secretGrace: number;
  privateAddresses: boolean;
  /** Is told that there may be something to send. */
  onWork: () => void;
};

type Row = {
  id: string;
  url: string;
  types: string[];
  incident: string | null;
  agency: string | null;
  region: string | null;
  former_until: Date | null;
  created_at: Date;
  position: string;
  taken_at: Date | null;
  failing_since: Date | null;
  disabled_at: Date | null;
  reason: DisabledReason | null;
  waiting: number;
};
const columns = `w.n::text AS place, w.id, w.url, w.types, w.incident, w.agency, w.region, w.former_until, w.created_at, w.position::text, w.taken_at, w.failing_since,
  w.disabled_at, w.reason, (SELECT count(*)::int FROM webhooks.deliveries WHERE webhook = w.id AND state = 'waiting') AS waiting`;

/** What is to be left undone, and what is answered nevertheless. */
class Undone extends Error {
  readonly result: Result<unknown>;
  constructor(result: Result<unknown>) {
    super('nothing was written');
    this.result = result;
  }
}

const repeated = async <T>(tx: PoolClient, commands: readonly string[], request: string | null): Promise<Result<T>> => {
  const { rows } = await tx.query<{ request: string | null; answer: T }>(
    'SELECT request, answer FROM webhooks.requests WHERE command = ANY($1)',
    [commands],
  );
  const [first] = rows;
  return first?.request === request
    ? { ok: true, value: first.answer }
    : refused('IdempotencyKeyReused', 'This Idempotency-Key was used for another body. Send a new key, or the first body again.');
};

/** What the API does with webhooks: each subject with its own. */
export const createWebhooks = <A extends Asked>(tools: Tools<A>) => {
  const { pool, clock, random, serverKey, identify, head, limit, secretGrace, privateAddresses, onWork } = tools;
  const { seal } = createSeal(serverKey);
  const messageId = createMessageIds(serverKey);
  const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
  const itemOf = (row: Row): WebhookItem => ({
    id: idOfUuid('webhook', row.id),
    url: row.url,
    filters: { types: row.types, incident: row.incident, agency: row.agency, region: row.region },
    state: row.disabled_at === null ? 'active' : 'disabled',
    disabledAt: iso(row.disabled_at),
    reason: row.reason,
    failingSince: iso(row.failing_since),
    takenAt: iso(row.taken_at),
    waiting: row.waiting,
    upTo: row.position,
    formerSecretUntil: row.former_until !== null && row.former_until > clock.now() ? iso(row.former_until) : null,
    createdAt: row.created_at.toISOString(),
  });

  const find = async (connection: Pick<Pool, 'query'>, subject: string, id: string): Promise<WebhookItem | null> => {
    const { rows } = await connection.query<Row>(`SELECT ${columns} FROM webhooks.webhooks AS w WHERE id = $1 AND subject = $2`, [
      uuidOf(id),
      subject,
    ]);
    return rows[0] === undefined ? null : itemOf(rows[0]);
  };

  /**
   * Does what a request asks for, once: the same request again is answered as the first time, without the secret, and another body under its key is refused. What
   * is refused leaves no trace.
   */
  const once = async <T extends object | null>(
    asked: A,
    run: (tx: PoolClient, command: string) => Promise<Result<{ answer: T; kept: T }>>,
  ): Promise<Result<T>> => {
    const { command, former, request } = identify(asked);
    const commands = [command, ...former];
    const isKnownAgain = asked.idempotencyKey !== null;
    try {
      return await inTransaction(pool, async (tx) => {
        if (isKnownAgain) {
          const noted = await tx.query(
            `INSERT INTO webhooks.requests (command, request)
             SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM webhooks.requests WHERE command = ANY($3)) ON CONFLICT DO NOTHING`,
            [command, request, commands],
          );
          if (noted.rowCount === 0) throw new Undone(await repeated<T>(tx, commands, request));
        }
        const result = await run(tx, command);
        if (!result.ok) throw new Undone(result);
        if (isKnownAgain)
          await tx.query('UPDATE webhooks.requests SET answer = $2 WHERE command = $1', [command, JSON.stringify(result.value.kept)]);
        return { ok: true, value: result.value.answer };
      });
    } catch (error) {
      if (error instanceof Undone) return error.result as Result<T>;
      throw error;
    }
  };

  /** Changes a webhook of the subject by a statement whose first parameter is its id. */
  const change = (asked: A, id: string, write: (tx: PoolClient, uuid: string) => Promise<unknown>): Promise<Result<WebhookItem>> =>
    once(asked, async (tx) => {
      const uuid = uuidOf(id);
      const own = await tx.query('SELECT FROM webhooks.webhooks WHERE id = $1 AND subject = $2 FOR UPDATE', [uuid, asked.subject]);
      if (own.rowCount === 0) return nothing();
      await write(tx, uuid);
      const item = await find(tx, asked.subject, id);
      return item === null ? nothing() : { ok: true, value: { answer: item, kept: item } };
    });

  return {
    /** Refusals: `InvalidBody`, `TooManyWebhooks`, `IdempotencyKeyReused`. */
    create: async (asked: A, { url, filters }: SentWebhook): Promise<Result<WebhookMade>> => {
      const why = whyNoReceiver(url, { privateAddresses });
      if (why !== null) return refused('InvalidBody', `The URL ${why}.`, { errors: [{ pointer: '/url', message: why }] });
      const position = String(await head());
      return once<WebhookMade>(asked, async (tx, command) => {
        await tx.query("SELECT pg_advisory_xact_lock(hashtext('webhooks of ' || $1))", [asked.subject]);
        const own = await tx.query('SELECT FROM webhooks.webhooks WHERE subject = $1', [asked.subject]);
        if ((own.rowCount ?? 0) >= limit) return refused('TooManyWebhooks', `One subject may have ${limit} webhooks: delete one first.`);
        const [id, secret] = [derivedId('webhook', command, 'webhook'), newSecret(random)];
        const uuid = uuidOf(id);
        const { types, incident, agency, region } = filters;
        await tx.query(
          `INSERT INTO webhooks.webhooks (id, subject, url, types, incident, agency, region, secret, created_at, position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
          [uuid, asked.subject, url, types, incident, agency, region, await seal(uuid, secret), clock.now(), position],
        );
        const item = await find(tx, asked.subject, id);
        if (item === null) return nothing();
        return { ok: true, value: { answer: { ...item, secret }, kept: { ...item, secret: null } } };
      });
    },
    /** Oldest first: at most so many, from behind the one of that number on. `next` is where the page after it begins. */
    list: async (subject: string, { after, limit: most }: { after: bigint; limit: number }) => {
      const { rows } = await pool.query<Row & { place: string }>(
        `SELECT ${columns} FROM webhooks.webhooks AS w WHERE subject = $1 AND n > $2 ORDER BY n LIMIT $3`,
        [subject, after, most + 1],
      );
      const shown = rows.slice(0, most);
      return { items: shown.map(itemOf), next: rows.length > most ? (shown.at(-1)?.place ?? null) : null };
    },
    /** Null where there is none, or it is another subject's. */
    read: (subject: string, id: string): Promise<WebhookItem | null> => find(pool, subject, id),
    /** Nothing is sent any more, but for what is under way. Refusals: `NotFound`, `IdempotencyKeyReused`. */
    remove: (asked: A, id: string): Promise<Result<null>> =>
      once<null>(asked, async (tx) => {
        const { rowCount } = await tx.query('DELETE FROM webhooks.webhooks WHERE id = $1 AND subject = $2', [uuidOf(id), asked.subject]);
        return rowCount === 0 ? nothing() : { ok: true, value: { answer: null, kept: null } };
      }),
    /** Gives it another secret; that of before signs too for a while. Refusals: `NotFound`, `IdempotencyKeyReused`. */
    rotate: (asked: A, id: string): Promise<Result<WebhookMade>> =>
      once<WebhookMade>(asked, async (tx) => {
        const [uuid, secret] = [uuidOf(id), newSecret(random)];
        const until = new Date(clock.now().getTime() + secretGrace);
        const { rowCount } = await tx.query(
          'UPDATE webhooks.webhooks SET former = secret, former_until = $3, secret = $4 WHERE id = $1 AND subject = $2',
          [uuid, asked.subject, until, await seal(uuid, secret)],
        );
        const item = rowCount === 0 ? null : await find(tx, asked.subject, id);
        return item === null ? nothing() : { ok: true, value: { answer: { ...item, secret }, kept: { ...item, secret: null } } };
      }),
    /** Events from that position on are sent, also those that were. Refusals: `NotFound`, `IdempotencyKeyReused`. */
    replay: async (asked: A, id: string, from: bigint): Promise<Result<WebhookItem>> => {
      const before = from > 0n ? from - 1n : 0n;
      const done = await change(asked, id, (tx, uuid) =>
        tx.query('UPDATE webhooks.webhooks SET position = least(position, $2) WHERE id = $1', [uuid, before]),
      );
      onWork();
      return done;
    },
    /** Goes on with what waits, and with what came meanwhile. Refusals: `NotFound`, `IdempotencyKeyReused`. */
    enable: async (asked: A, id: string): Promise<Result<WebhookItem>> => {
      const done = await change(asked, id, async (tx, uuid) => {
        await tx.query(
          'UPDATE webhooks.webhooks SET disabled_at = NULL, reason = NULL, failing_since = NULL, not_before = NULL WHERE id = $1',
          [uuid],
        );
        await tx.query(`UPDATE webhooks.deliveries SET begun_at = NULL WHERE webhook = $1 AND state = 'waiting'`, [uuid]);
        await tx.query('UPDATE webhooks.lines SET due = $2 WHERE webhook = $1', [uuid, clock.now()]);
      });
      onWork();
      return done;
    },
    /** Newest first, before the one of that number. Null where there is no such webhook. */
    deliveries: async (
      subject: string,
      id: string,
      { state, before, limit: most }: { state: DeliveryState | null; before: bigint | null; limit: number },
    ): Promise<{ items: DeliveryItem[]; next: string | null } | null> => {
      if ((await find(pool, subject, id)) === null) return null;
      const { rows } = await pool.query<Delivery>(
        `SELECT d.n::text, e.id AS event, d.position::text, d.stream, e.revision, e.type, d.state, d.created_at, d.done_at, l.due, d.attempts
           FROM webhooks.deliveries AS d
           JOIN webhooks.events AS e USING (position)
           LEFT JOIN webhooks.lines AS l ON l.webhook = d.webhook AND l.stream = d.stream
          WHERE d.webhook = $1 AND ($2::text IS NULL OR d.state = $2) AND ($3::bigint IS NULL OR d.n < $3)
          ORDER BY d.n DESC LIMIT $4`,
        [uuidOf(id), state, before, most + 1],
      );
      const shown = rows.slice(0, most);
      return {
        items: shown.map((row) => ({
          webhookId: messageId(row.event),
          position: row.position,
          incidentId: row.stream,
          revision: row.revision,
          type: row.type,
          state: row.state,
          createdAt: row.created_at.toISOString(),
          doneAt: iso(row.done_at),
          dueAt: row.state === 'waiting' ? iso(row.due) : null,
          attempts: row.attempts,
        })),
        next: rows.length > most ? (shown.at(-1)?.n ?? null) : null,
      };
    },
  };
};
export type Webhooks<A extends Asked> = ReturnType<typeof createWebhooks<A>>;

type Delivery = {
  n: string;
  event: string;
  position: string;
  stream: string;
  revision: number;
  type: string;
  state: DeliveryState;
  created_at: Date;
  done_at: Date | null;
  due: Date | null;
  attempts: Attempt[];
};
