import type { DomainEvent } from '@averment/domain';
import type { EventLog, Place } from '@averment/event-log';
import { isoText } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Building, Projection } from '../projection.ts';
import { liveModel, quoted } from './model.ts';

/** Those of the places that get a row, after the last stamp that has one. */
const rowsAfter = (last: string, places: readonly Place[]): Place[] => {
  const found: Place[] = [];
  for (const place of places) {
    const before = found.at(-1)?.recordedAt ?? last;
    // Both texts have the same length and zone, so they sort as the times do. A store's clock that was set back makes no row.
    if (tenth(toMicroseconds(place.recordedAt)) > tenth(toMicroseconds(before))) found.push(place);
  }
  return found;
};

const apply = async (tx: PoolClient, events: readonly Place[], { schema }: { schema: string }): Promise<void> => {
  const { rows } = await tx.query(`SELECT ${isoText('max(stamp)', 6)} AS stamp FROM ${schema}.times`);
  const found = rowsAfter(rows[0]?.stamp ?? '', events);
  if (found.length === 0) return;
  await tx.query(`INSERT INTO ${schema}.times SELECT * FROM unnest($1::timestamptz[], $2::bigint[])`, [
    found.map(({ recordedAt }) => recordedAt),
    found.map(({ position }) => String(position)),
  ]);
};

const bulk = (): Building => {
  let last = '';
  return {
    pass: (appends) => {
      const places = appends.flatMap(({ events }) => events);
      const found = rowsAfter(last, places);
      last = found.at(-1)?.recordedAt ?? last;
      const rows = found.map(({ recordedAt, position }) => ({ stamp: recordedAt, position }));
      return [{ table: 'times', columns: { stamp: 'timestamptz', position: 'bigint' }, rows }];
    },
  };
};

/**
 * Maps stamps of recording to positions: the running maximum of `recordedAt` at the first event of every tenth of a second that has one. What lies
 * between two rows is read from the log, so the table stays small and the answer exact.
 */
export const times: Projection = {
  name: 'times',
  version: 2,
  placesOnly: true,
  ddl: (schema) => `CREATE TABLE ${schema}.times (stamp timestamptz PRIMARY KEY, position bigint NOT NULL)`,
  indexes: () => '',
  streams: [''],
  apply,
  bulk,
  compared: [{ table: 'times', key: ['stamp'] }],
};

/** As PostgreSQL keeps it: ISO 8601 in UTC with microseconds; further digits are cut off, so that no time is rounded up. */
export const toMicroseconds = (time: string): string => {
  const [whole = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time)?.slice(1) ?? [];
  return `${whole}.${(fraction ?? '').padEnd(6, '0').slice(0, 6)}Z`;
};

/**
 * A time as exact as it was written: a day, a second, a millisecond. Its first and its last microsecond, ISO 8601 in UTC with six digits, which sort as the
 * times do.
 */
export type Span = { begins: string; ends: string };

const tenth = (stamp: string): string => stamp.slice(0, '2026-01-01T00:00:00.0'.length);

/** Whether the model has passed an event that was recorded after the time: then the time's position is settled, whatever is appended yet. */
export const isSettled = async (pool: Pool, time: string): Promise<boolean> => {
  const { rows } = await pool.query<{ settled: boolean }>(
    `SELECT EXISTS (SELECT FROM ${quoted(liveModel(times).schema)}.times WHERE stamp > $1) AS settled`,
    [toMicroseconds(time)],
  );
  return rows[0]?.settled === true;
};

/**
 * Position of the last append that was recorded at or before the time (RFC 3339 in UTC), 0n before the first. Only right for times at or before the last
 * stamp that the model has passed, or where nothing earlier can be appended any more.
 */
export const lookUp = async (pool: Pool, log: EventLog<DomainEvent>, time: string): Promise<bigint> => {
  const wanted = toMicroseconds(time);
  // The row before is where reading starts, because the row's own append may end after the time where each event of an append has its own stamp.
  const { rows } = await pool.query(
    `SELECT position::text FROM ${quoted(liveModel(times).schema)}.times WHERE stamp <= $1 ORDER BY stamp DESC LIMIT 2`,
    [wanted],
  );
  const start = rows.at(-1);
  if (start === undefined) return 0n;
  let found = 0n;
  let after = BigInt(start.position) - 1n;
  // The answer is mostly a few events away; in a busy second there may be thousands.
  for (let page = 16; ; page = Math.min(4 * page, 1024)) {
    const events = await log.readAll(after, page, { texts: false });
    for (const event of events) {
      if (toMicroseconds(event.recordedAt) > wanted) return found;
      if (event.revision === event.last) found = event.position;
      after = event.position;
    }
    if (events.length === 0) return found;
  }
};
