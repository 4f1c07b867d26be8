import { type DomainEvent, isTypeId, reviewEvents } from '@averment/domain';
import { type Connection, type Durable, type EventLog, isUndecodable, type Logged, OtherLog } from '@averment/event-log';
import { digestOf, type Entry, encodeEntry, leafHash, shownOf } from '@averment/verify-log';
import { escapeLiteral } from 'pg';
import { type Grown, grow, levels } from './grow.ts';

type Followed = { position: string; seenAt: string | null; sha256: string | null };

/** Whether something of the event is ever shown to the public: not of the review, and not of what the service keeps of itself. */
const isOfTheRecord = ({ stream, type }: { stream: string; type: string }): boolean =>
  !reviewEvents.has(type) && (['incident', 'source', 'party'] as const).some((kind) => isTypeId(kind, stream));

/** What the ledger says of an event as it was read with its canonical bytes. What cannot be decoded is never shown. */
export const entryOf = (event: Logged<DomainEvent>): Entry => {
  const canonical = event.canonical ?? '';
  const isShown = !isUndecodable(event) && isOfTheRecord(event);
  // Another program's event has no digest beside it.
  return { event: event.sha256 || digestOf(canonical), shown: isShown ? digestOf(shownOf(canonical)) : null };
};

/**
 * The ledger as a follower: a leaf for each event of the log, in its order, and the tiles of their tree. It is never begun anew by itself: `current` rejects
 * with `OtherLog` where the log has not the last event that has a leaf.
 */
export const createLedgerFollower = (log: Pick<EventLog<object>, 'holds'>): Durable => ({
  name: 'ledger',
  canonical: true,
  current: async (connection) => {
    const { rows } = await connection.query<Followed>('SELECT position::text, seen_at::text AS "seenAt", sha256 FROM ledger.followed');
    const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
    const mark = seenAt === null || sha256 === null ? null : { position: BigInt(seenAt), sha256 };
    if (mark !== null && !(await log.holds(mark)))
      throw new OtherLog(
        `the event log has not the event at position ${mark.position} that the ledger has a leaf of: the ledger stands still. If the log was restored from a backup: npm run ledger -- begin-anew (docs/operations.md)`,
      );
    return { position: BigInt(position), mark };
  },
  move: (from, { position, mark }) => `
    UPDATE ledger.followed
       SET position = ${position}${mark === null ? '' : `, seen_at = ${mark.position}, sha256 = ${escapeLiteral(mark.sha256)}`}
     WHERE position = ${from}`,
  apply: async (tx, events) => {
    const { size, open } = await endOf(tx);
    const entries = events.map(entryOf);
    const hashes = entries.map((entry) => leafHash(encodeEntry(entry)));
    await Promise.all([
      tx.query(
        `INSERT INTO ledger.leaves (index, position, stream, revision, type, event, shown)
         SELECT $1::bigint + n - 1, position, stream, revision, type, decode(event, 'hex'), decode(shown, 'hex')
         FROM unnest($2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS e(position, stream, revision, type, event, shown, n)`,
        [
          size,
          events.map(({ position }) => String(position)),
          events.map(({ stream }) => stream),
          events.map(({ revision }) => revision),
          events.map(({ type }) => type),
          entries.map(({ event }) => event),
          entries.map(({ shown }) => shown),
        ],
      ),
      writeTiles(tx, grow(size, open, hashes)),
      tx.query('UPDATE ledger.followed SET size = $1', [size + events.length]),
    ]);
  },
});

/** How many leaves there are, and the last tiles that are not whole. */
const endOf = async (tx: Connection): Promise<{ size: number; open: Grown[] }> => {
  const { rows } = await tx.query<{ size: string; level: number | null; index: string; hashes: Buffer }>(
    `SELECT f.size::text, t.level, t.index::text, t.hashes
     FROM ledger.followed f CROSS JOIN generate_series(0, ${levels - 2}) AS l(level)
     LEFT JOIN ledger.tiles t ON t.level = l.level AND t.index = f.size >> (8 * (l.level + 1))`,
  );
  const open = rows.flatMap(({ level, index, hashes }) => (level === null ? [] : [{ level, index: Number(index), hashes }]));
  return { size: Number(rows[0]?.size ?? 0), open };
};

const writeTiles = (tx: Connection, tiles: readonly Grown[]): Promise<unknown> =>
  tx.query(
    `INSERT INTO ledger.tiles (level, index, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
     ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
  );
