import type { Pool } from 'pg';

/** A lease that holds now. `taken` is when the holder took it; renewing keeps it. RFC 3339 in UTC, by the database's clock. */
export type LeaseRow = { version: number; holder: string; taken: string; until: string };

const columns = `version, holder,
  to_char(taken AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS taken,
  to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until`;

// $1 incident, $2 edit, $3 version, $4 holder, $5 milliseconds.
// One conditional update: of two reviewers at once the second waits for the first one's row and then sees it.
const takeSql = `
INSERT INTO work.leases AS held (incident, edit, version, holder, taken, until)
VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5 * interval '1 millisecond')
ON CONFLICT (incident, edit) DO UPDATE SET
  version = excluded.version,
  holder = excluded.holder,
  taken = CASE WHEN held.holder = excluded.holder AND held.version = excluded.version AND held.until > clock_timestamp() THEN held.taken ELSE excluded.taken END,
  until = excluded.until
WHERE held.holder = excluded.holder OR held.until <= clock_timestamp() OR held.version < excluded.version
RETURNING ${columns}`;

// $1 incident, $2 edit, $3 version.
const currentSql = `SELECT ${columns} FROM work.leases WHERE incident = $1 AND edit = $2 AND version = $3 AND until > clock_timestamp()`;

// $1 incident, $2 edit, $3 holder.
const giveBackSql = 'DELETE FROM work.leases WHERE incident = $1 AND edit = $2 AND holder = $3';

// $1 incident, $2 edit, $3 holder, $4 the moment of the break: a lease that the same holder took after it stays.
const breakSql = 'DELETE FROM work.leases WHERE incident = $1 AND edit = $2 AND holder = $3 AND taken <= $4::timestamptz';

// $1 incident, $2 edit.
const endSql = 'DELETE FROM work.leases WHERE incident = $1 AND edit = $2';

/** The rows of `work.leases` (architecture.md, decision 13). The database's clock alone judges them. */
export const createLeaseTable = (pool: Pool) => ({
  /** Takes or renews; undefined when another holds the edit in this version. `duration` in milliseconds. */
  async take(incident: string, edit: number, version: number, holder: string, duration: number): Promise<LeaseRow | undefined> {
    return (await pool.query<LeaseRow>(takeSql, [incident, edit, version, holder, duration])).rows[0];
  },
  async current(incident: string, edit: number, version: number): Promise<LeaseRow | undefined> {
    return (await pool.query<LeaseRow>(currentSql, [incident, edit, version])).rows[0];
  },
  async giveBack(incident: string, edit: number, holder: string): Promise<void> {
    await pool.query(giveBackSql, [incident, edit, holder]);
  },
  async removeBroken(incident: string, edit: number, holder: string, at: string): Promise<void> {
    await pool.query(breakSql, [incident, edit, holder, at]);
  },
  async end(incident: string, edit: number): Promise<void> {
    await pool.query(endSql, [incident, edit]);
  },
});
export type LeaseTable = ReturnType<typeof createLeaseTable>;
