import type { EventType } from '@averment/domain';
import type { Durable, EventLog } from '@averment/event-log';
import { escapeLiteral } from 'pg';

const deciding: ReadonlySet<string> = new Set<EventType>(['IncidentMerged', 'IncidentUnmerged']);

type Row = { position: string; seenAt: string | null; sha256: string | null };

/**
 * Notes every merge and every end of one, also those that cannot be read, with its checkpoint: whatever ends this process, what was noted is done. `onNoted` is
 * called before that is committed.
 */
export const createMergeFollower = (log: Pick<EventLog<object>, 'holds'>, onNoted: () => void = () => undefined): Durable => ({
  name: 'merges',
  current: async (connection) => {
    const { rows } = await connection.query<Row>('SELECT position::text, seen_at::text AS "seenAt", sha256 FROM work.merging_checkpoint');
    const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
    const mark = seenAt === null || sha256 === null ? null : { position: BigInt(seenAt), sha256 };
    if (mark === null || (await log.holds(mark))) return { position: BigInt(position), mark };
    // The log came back from a backup. Doing everything once more does nothing that was done.
    await connection.query('UPDATE work.merging_checkpoint SET position = 0, seen_at = NULL, sha256 = NULL WHERE position = $1', [
      position,
    ]);
    return { position: 0n, mark: null };
  },
  move: (from, { position, mark }) => `
    UPDATE work.merging_checkpoint
       SET position = ${position}${mark === null ? '' : `, seen_at = ${mark.position}, sha256 = ${escapeLiteral(mark.sha256)}`}
     WHERE position = ${from}`,
  apply: async (tx, events) => {
    const decided = events.filter(({ type }) => deciding.has(type));
    if (decided.length === 0) return;
    onNoted();
    await tx.query(
      `INSERT INTO work.merging (position, stream, revision)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[]) ON CONFLICT DO NOTHING`,
      [decided.map(({ position }) => String(position)), decided.map(({ stream }) => stream), decided.map(({ revision }) => revision)],
    );
  },
});
