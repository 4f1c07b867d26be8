import type { EventType } from '@averment/domain';
import type { Durable, EventLog } from '@averment/event-log';
import { escapeLiteral, type Pool } from 'pg';
import { partyMerges } from './parties.ts';

/** The event that decided something which other streams have to follow. */
export type Deciding = { stream: string; revision: number };

/** What is noted: under which name, in which table of `work`, and the types of the events that decide it. */
export type Noted = { name: string; table: 'merging' | 'erasing' | 'anchoring'; types: readonly EventType[] };
export const merges: Noted = {
  name: 'merges',
  table: 'merging',
  types: ['IncidentMerged', 'IncidentUnmerged', ...partyMerges, 'ClaimMoved'],
};
export const anchorings: Noted = {
  name: 'revised sources',
  table: 'anchoring',
  types: ['SourceTextRevised', 'SourceWithdrawn', 'ClaimReceived'],
};
export const erasures: Noted = { name: 'erasure requests', table: 'erasing', types: ['ErasureRequested', 'ErasureApproved'] };

type Row = { position: string; seenAt: string | null; sha256: string | null };

/**
 * Notes every event of these types, also those that cannot be read, with its checkpoint: whatever ends this process, what was noted is done. `onNoted` is
 * called before that is committed.
 */
export const createNoting = (
  { name, table, types }: Noted,
  log: Pick<EventLog<object>, 'holds'>,
  onNoted: () => void = () => undefined,
): Durable => {
  const deciding: ReadonlySet<string> = new Set(types);
  return {
    name,
    current: async (connection) => {
      const { rows } = await connection.query<Row>(
        `SELECT position::text, seen_at::text AS "seenAt", sha256 FROM work.${table}_checkpoint`,
      );
      const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
      const mark = seenAt === null || sha256 === null ? null : { position: BigInt(seenAt), sha256 };
      if (mark === null || (await log.holds(mark))) return { position: BigInt(position), mark };
      // The log came back from a backup. Doing everything once more does nothing that was done.
      await connection.query(`UPDATE work.${table}_checkpoint SET position = 0, seen_at = NULL, sha256 = NULL WHERE position = $1`, [
        position,
      ]);
      return { position: 0n, mark: null };
    },
    move: (from, { position, mark }) => `
      UPDATE work.${table}_checkpoint
         SET position = ${position}${mark === null ? '' : `, seen_at = ${mark.position}, sha256 = ${escapeLiteral(mark.sha256)}`}
       WHERE position = ${from}`,
    apply: async (tx, events) => {
      const decided = events.filter(({ type }) => deciding.has(type));
      if (decided.length === 0) return;
      onNoted();
      await tx.query(
        `INSERT INTO work.${table} (position, stream, revision)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[]) ON CONFLICT DO NOTHING`,
        [decided.map(({ position }) => String(position)), decided.map(({ stream }) => stream), decided.map(({ revision }) => revision)],
      );
    },
  };
};

/**
 * Follows all that was noted, the earliest first. What fails stays noted, with what was decided of the same stream later, and keeps nothing else from being done.
 * Rejects with the first failure.
 */
export const followNoted = async ({
  pool,
  noted: { table },
  follow,
}: {
  pool: Pool;
  noted: Noted;
  follow: (place: Deciding) => Promise<void>;
}): Promise<void> => {
  const { rows } = await pool.query<Deciding & { position: string }>(
    `SELECT position::text, stream, revision FROM work.${table} ORDER BY work.${table}.position`,
  );
  const failed = new Map<string, unknown>();
  for (const { position, stream, revision } of rows) {
    if (failed.has(stream)) continue;
    try {
      await follow({ stream, revision });
      await pool.query(`DELETE FROM work.${table} WHERE position = $1`, [position]);
    } catch (error) {
      failed.set(stream, error);
    }
  }
  for (const error of failed.values()) throw error;
};
