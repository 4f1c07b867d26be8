import { isoText } from '@averment/platform';
import type { Pool } from 'pg';
import type { Lease, Leases } from './port.ts';

const columns = `holder, ${isoText('taken', 6)} AS taken, ${isoText('until', 3)} AS until`;

// $1 stream, $2 edit, $3 version, $4 holder, $5 milliseconds.
// One conditional update: of two reviewers at once the second waits for the first one's row and then sees it.
const takeSql = `
INSERT INTO work.leases AS held (stream, edit, version, holder, taken, until)
VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5 * interval '1 millisecond')
ON CONFLICT (stream, edit) DO UPDATE SET
  version = excluded.version,
  holder = excluded.holder,
  taken = CASE WHEN held.holder = excluded.holder AND held.version = excluded.version AND held.until > clock_timestamp() THEN held.taken ELSE excluded.taken END,
  until = excluded.until
WHERE held.holder = excluded.holder OR held.until <= clock_timestamp() OR held.version < excluded.version
RETURNING ${columns}`;

// $1 stream, $2 edit, $3 version.
const currentSql = `SELECT ${columns} FROM work.leases WHERE stream = $1 AND edit = $2 AND version = $3 AND until > clock_timestamp()`;

// $1 stream, $2 edit, $3 holder.
const giveBackSql = 'DELETE FROM work.leases WHERE stream = $1 AND edit = $2 AND holder = $3';

// $1 stream, $2 edit, $3 holder, $4 the moment of the break: a lease that the same holder took after it stays.
const breakSql = 'DELETE FROM work.leases WHERE stream = $1 AND edit = $2 AND holder = $3 AND taken <= $4::timestamptz';

// $1 stream, $2 edit.
const endSql = 'DELETE FROM work.leases WHERE stream = $1 AND edit = $2';

/** Leases as rows of `work.leases`, judged by the database's clock alone. */
export const createPostgresLeases = (pool: Pool): Leases => ({
  take: async ({ stream, edit }, { version, holder, duration }) =>
    (await pool.query<Lease>(takeSql, [stream, edit, version, holder, duration])).rows[0],
  current: async ({ stream, edit }, version) => (await pool.query<Lease>(currentSql, [stream, edit, version])).rows[0],
  giveBack: async ({ stream, edit }, holder) => void (await pool.query(giveBackSql, [stream, edit, holder])),
  removeBroken: async ({ stream, edit }, holder, at) => void (await pool.query(breakSql, [stream, edit, holder, at])),
  end: async ({ stream, edit }) => void (await pool.query(endSql, [stream, edit])),
});
