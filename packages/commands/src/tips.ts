import { hash, timingSafeEqual } from 'node:crypto';
import {
  type DomainEvent,
  decideTake,
  evolveTip,
  idOfUuid,
  initialTip,
  isTypeId,
  type TipAbout,
  type TipOutcome,
  type TipSubject,
  uuidOf,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type Clock, inTurn, type Random } from '@averment/platform';
import type { Pool } from 'pg';
import { nothing } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import { createExecute } from './execute.ts';
import { createFolds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';

/** What outsiders say is wrong. Tips are rows, which end, and no part of the record; that somebody took one is an event of its stream. */

export type SentTip = { about: TipAbout; text: string; contact: string | null };
export type TipState = 'waiting' | 'taken' | 'closed';
/** What its sender is told: not who looks into it. */
export type TipProgress = {
  id: string;
  about: TipAbout;
  state: TipState;
  receivedAt: string;
  takenAt: string | null;
  closedAt: string | null;
  outcome: TipOutcome | null;
  note: string | null;
  expiresAt: string;
};
/** As who may take it sees it; `contact` is null but for who took it. */
export type TipItem = TipProgress & { text: string; contact: string | null; takenBy: string | null };

type Row = {
  id: string;
  secret: Buffer;
  about_kind: TipSubject;
  about_id: string;
  text: string;
  contact: string | null;
  received_at: Date;
  expires_at: Date;
  taken_by: string | null;
  taken_at: Date | null;
  closed_at: Date | null;
  outcome: TipOutcome | null;
  note: string | null;
};

/** How many may wait at once, of all senders: a flood leaves room for nothing else, and nobody could read it. */
export const mostTips = 10_000;

const newTipSecret = (random: Random): string => `avt_${random.bytes(32).toString('base64url')}`;
const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');
const absent = digestOf('');

const stateOf = ({ closed_at, taken_by }: Row): TipState => (closed_at !== null ? 'closed' : taken_by !== null ? 'taken' : 'waiting');
const progressOf = (row: Row): TipProgress => ({
  id: idOfUuid('tip', row.id),
  about: { kind: row.about_kind, id: row.about_id },
  state: stateOf(row),
  receivedAt: row.received_at.toISOString(),
  takenAt: row.taken_at?.toISOString() ?? null,
  closedAt: row.closed_at?.toISOString() ?? null,
  outcome: row.outcome,
  note: row.note,
  expiresAt: row.expires_at.toISOString(),
});
const itemOf = (row: Row, subject: string): TipItem => ({
  ...progressOf(row),
  text: row.text,
  contact: row.taken_by === subject ? row.contact : null,
  takenBy: row.taken_by,
});

const conditions: Record<TipState | 'all', string> = {
  waiting: 'taken_by IS NULL AND closed_at IS NULL',
  taken: 'taken_by IS NOT NULL AND closed_at IS NULL',
  closed: 'closed_at IS NOT NULL',
  all: 'true',
};

type Tools = {
  log: EventLog<DomainEvent>;
  pool: Pool;
  clock: Clock;
  random: Random;
  identify: (caller: Caller) => Identity;
  /** For how long a tip is kept, in milliseconds. */
  retention: number;
  onAppended?: (position: bigint) => void;
};

export const createTips = ({ log, pool, clock, random, identify, retention, onAppended = () => undefined }: Tools) => {
  const execute = createExecute({ log, clock, serial: inTurn(), onAppended });
  const folds = createFolds({ log, initial: initialTip, evolve: evolveTip, budget: 1000 });
  const find = async (id: string): Promise<Row | undefined> => {
    if (!isTypeId('tip', id)) return undefined;
    const { rows } = await pool.query<Row>('SELECT * FROM work.tips WHERE id = $1 AND expires_at > $2', [uuidOf(id), clock.now()]);
    return rows[0];
  };

  return {
    /** Keeps a tip; null where as many wait as may. The secret is told once: only its digest is kept. */
    send: async ({ about, text, contact }: SentTip): Promise<{ id: string; secret: string; expiresAt: string } | null> => {
      const [id, secret, now] = [random.uuid(), newTipSecret(random), clock.now()];
      const expires = new Date(now.getTime() + retention);
      const { rowCount } = await pool.query(
        `INSERT INTO work.tips (id, secret, about_kind, about_id, text, contact, received_at, expires_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM work.tips WHERE ${conditions.waiting}) < ${mostTips}`,
        [id, digestOf(secret), about.kind, about.id, text, contact, now, expires],
      );
      return rowCount === 0 ? null : { id: idOfUuid('tip', id), secret, expiresAt: expires.toISOString() };
    },
    /** What became of a tip, for who has its secret; null also for another one's. */
    follow: async (id: string, secret: string): Promise<TipProgress | null> => {
      const row = await find(id);
      const isRight = timingSafeEqual(digestOf(secret), row?.secret ?? absent);
      return isRight && row !== undefined ? progressOf(row) : null;
    },
    /** Oldest first, from behind `after` on: at most so many. `next` is where the page after it begins. */
    list: async (
      state: TipState | 'all',
      { after, limit, subject }: { after: bigint; limit: number; subject: string },
    ): Promise<{ items: TipItem[]; next: string | null }> => {
      const { rows } = await pool.query<Row & { place: string }>(
        `SELECT *, n::text AS place FROM work.tips WHERE n > $1 AND expires_at > $2 AND ${conditions[state]} ORDER BY n LIMIT $3`,
        [after, clock.now(), limit + 1],
      );
      const shown = rows.slice(0, limit);
      return { items: shown.map((row) => itemOf(row, subject)), next: rows.length > limit ? (shown.at(-1)?.place ?? null) : null };
    },
    /** Refusals: `NotFound`, `TipState`, `IdempotencyKeyReused`, `Busy`. */
    take: async (caller: Caller, id: string): Promise<CommandResult<TipItem & { position: string }>> => {
      const row = await find(id);
      if (row === undefined) return nothing();
      const about = { kind: row.about_kind, id: row.about_id };
      const asked = { actor: caller.subject, about, mayTakeOver: caller.role === 'reviewer', isClosed: row.closed_at !== null };
      const taken = await execute(folds, caller, identify(caller), {
        stream: id,
        decide: async ({ state }) => decideTake(state, asked),
        answer: async (_, { position }) => String(position),
      });
      // The event decides. A row that its process did not come to change is set right by whoever comes next.
      const { by, at } = (await folds.fresh(id)).state.taken ?? {};
      if (by !== undefined) await pool.query('UPDATE work.tips SET taken_by = $2, taken_at = $3 WHERE id = $1', [row.id, by, at]);
      if (!taken.ok) return taken;
      const now = await find(id);
      return now === undefined ? nothing() : { ok: true, value: { ...itemOf(now, caller.subject), position: taken.value } };
    },
    /** Says what became of a tip that the subject took; said again it is said otherwise. Refusals: `NotFound`, `TipState`. */
    close: async (
      subject: string,
      { id, outcome, note }: { id: string; outcome: TipOutcome; note: string | null },
    ): Promise<CommandResult<TipItem>> => {
      const row = await find(id);
      if (row === undefined) return nothing();
      const { rows } = await pool.query<Row>(
        'UPDATE work.tips SET closed_at = coalesce(closed_at, $3), outcome = $4, note = $5 WHERE id = $1 AND taken_by = $2 RETURNING *',
        [row.id, subject, clock.now(), outcome, note],
      );
      const [closed] = rows;
      return closed === undefined
        ? refused('TipState', 'Who took a tip says what became of it. Take it first.')
        : { ok: true, value: itemOf(closed, subject) };
    },
  };
};
export type Tips = ReturnType<typeof createTips>;

/** Deletes the tips whose time is over, and answers how many they were. */
export const deleteTips = async (pool: Pick<Pool, 'query'>, now: Date): Promise<number> =>
  (await pool.query('DELETE FROM work.tips WHERE expires_at <= $1', [now])).rowCount ?? 0;
