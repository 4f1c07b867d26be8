import { inTransaction } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';

/** Deliveries of one webhook that wait at once; further events become deliveries once there is room. */
const mostWaiting = 10_000;
const pageSize = 500;

type Behind = {
  id: string;
  types: string[];
  incident: string | null;
  agency: string | null;
  region: string | null;
  position: string;
  head: string;
};

/** Makes deliveries of the events that active webhooks want and have not got yet, each webhook in log order. */
export const fanOut = async (pool: Pool, now: Date): Promise<void> => {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT w.id FROM webhooks.webhooks AS w, webhooks.checkpoint AS c WHERE w.disabled_at IS NULL AND w.position < c.position ORDER BY w.n',
  );
  for (const { id } of rows) while (await inTransaction(pool, (tx) => step(tx, id, now), { durable: false }));
};

/** Takes a webhook on by a page; false where there is no more to do, no room, or another process at it. */
const step = async (tx: PoolClient, id: string, now: Date): Promise<boolean> => {
  const behind = await tx.query<Behind>(
    `SELECT w.id, w.types, w.incident, w.agency, w.region, w.position::text, c.position::text AS head
       FROM webhooks.webhooks AS w, webhooks.checkpoint AS c
      WHERE w.id = $1 AND w.disabled_at IS NULL AND w.position < c.position
        FOR UPDATE OF w SKIP LOCKED`,
    [id],
  );
  const [webhook] = behind.rows;
  if (webhook === undefined) return false;
  const waiting = await tx.query(`SELECT FROM webhooks.deliveries WHERE webhook = $1 AND state = 'waiting' LIMIT $2`, [id, mostWaiting]);
  const room = Math.min(pageSize, mostWaiting - (waiting.rowCount ?? 0));
  if (room <= 0) return false;
  const wanted = await tx.query<{ position: string; stream: string }>(
    `SELECT position::text, stream FROM webhooks.events
      WHERE position > $1 AND position <= $2 AND ($3::text[] = '{}' OR type = ANY($3)) AND ($4::text IS NULL OR stream = $4)
        AND ($5::text IS NULL OR agencies && (
          WITH RECURSIVE one AS (SELECT $5 AS party UNION SELECT p.party FROM webhooks.parties AS p JOIN one ON p."into" = one.party)
          SELECT array_agg(party) FROM one)) AND ($6::text IS NULL OR $6 = ANY(regions))
      ORDER BY webhooks.events.position LIMIT $7`,
    [webhook.position, webhook.head, webhook.types, webhook.incident, webhook.agency, webhook.region, room],
  );
  const events = wanted.rows;
  // The lines first: they stay locked, so that nobody takes one away that gets another delivery.
  await tx.query(
    `INSERT INTO webhooks.lines AS l (webhook, stream, due)
     SELECT $1, stream, $3 FROM (SELECT DISTINCT unnest($2::text[]) AS stream) AS s ORDER BY stream
     ON CONFLICT (webhook, stream) DO UPDATE SET due = l.due`,
    [id, events.map(({ stream }) => stream), now],
  );
  await tx.query(
    `INSERT INTO webhooks.deliveries (webhook, position, stream, created_at)
     SELECT $1, position, stream, $4 FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS e(position, stream, n) ORDER BY n
     ON CONFLICT DO NOTHING`,
    [id, events.map(({ position }) => position), events.map(({ stream }) => stream), now],
  );
  const upTo = events.length === room ? events.at(-1)?.position : webhook.head;
  await tx.query('UPDATE webhooks.webhooks SET position = $2 WHERE id = $1', [id, upTo]);
  return upTo !== webhook.head;
};
