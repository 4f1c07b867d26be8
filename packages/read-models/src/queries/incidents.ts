import { dayRange } from '@averment/domain';
import type { Pool } from 'pg';
import { forEver } from '../versions.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { type CursorKind, decodeCursor, encodeCursor } from './cursors.ts';
import type { IncidentFilters, IncidentItem, IncidentSort, Queries } from './types.ts';
import { record } from './viewers.ts';

/** What each sort orders by; the id breaks ties. The kind is that of its value in a cursor. */
const sorts: Record<IncidentSort, { column: string; order: 'ASC' | 'DESC'; kind: CursorKind }> = {
  '-recordedAt': { column: 'record_position', order: 'DESC', kind: 'position' },
  recordedAt: { column: 'record_position', order: 'ASC', kind: 'position' },
  '-occurred': { column: 'occurred_order', order: 'DESC', kind: 'number' },
  occurred: { column: 'occurred_order', order: 'ASC', kind: 'number' },
};

/** The configuration of the full-text search, for texts and questions alike: english finds "shots" where one asks for "shot", and leaves names of any language alone. */
const language = `'pg_catalog.english'`;

/** Conditions on the days of the incident, which overlap the days asked for. Columns `occurred_from` and `occurred_to` of `alias`. */
export const addDays = (where: Conditions, alias: string, { from, to }: { from?: string | undefined; to?: string | undefined }): void => {
  if (from !== undefined) where.add(`${alias}.occurred_to >= ?`, dayRange(from).lower);
  if (to !== undefined) where.add(`${alias}.occurred_from <= ?`, dayRange(to).upper);
};

const addBox = (where: Conditions, [west, south, east, north]: [number, number, number, number]): void => {
  const inBox = 'point(r.lon, r.lat) <@ box(point(?, ?), point(?, ?))';
  if (west <= east) where.add(`r.lat IS NOT NULL AND ${inBox}`, west, south, east, north);
  else where.add(`r.lat IS NOT NULL AND (${inBox} OR ${inBox})`, west, south, 180, north, -180, south, east, north);
};

const addFilters = (where: Conditions, filters: IncidentFilters): void => {
  const { q, from, to, region, locality, agency, aspect, standing, disputed, hasRuling, bbox, status } = filters;
  if (q !== undefined) where.add(`r.search @@ websearch_to_tsquery(${language}, ?)`, q);
  addDays(where, 'r', { from, to });
  if (region !== undefined) where.add('r.region = ?', region);
  if (locality !== undefined) where.add('lower(r.locality) = lower(?)', locality);
  if (agency !== undefined) where.add('r.agencies @> ARRAY[?::text]', agency);
  if (aspect !== undefined) where.add('r.aspects @> ARRAY[?::text]', aspect);
  if (standing !== undefined) where.add('r.standings @> ARRAY[?::text]', standing);
  if (disputed !== undefined) where.add(disputed ? 'r.disputed' : 'NOT r.disputed');
  if (hasRuling !== undefined) where.add(hasRuling ? 'r.has_ruling' : 'NOT r.has_ruling');
  if (bbox !== undefined) addBox(where, bbox);
  if (status !== undefined) where.add('r.status = ?', status);
};

/** Rows as they are now, or as they were at a position. */
const addMoment = (where: Conditions, position: string | null): void => {
  if (position === null) {
    where.add(`r.to_position = ${forEver}`);
    return;
  }
  where.add('r.from_position <= ?', position);
  where.add('r.to_position > ?', position);
  // True of all rows of that time. It lets a scan by the sort's index begin there, instead of at the newest row.
  where.add('r.record_position <= ?', position);
};

type Row = { position: string; id: string | null; item: string; key: string };

/**
 * The list of incidents, now or as of a position. The first page of now reads the model's own position in the same statement, and pins it: later
 * pages show the list as it was then, whatever has happened since.
 */
export const createIncidentList = (pool: Pool): Queries['incidents'] => {
  return async (filters, { limit, cursor, sort = '-recordedAt', position }) => {
    const { column, order, kind } = sorts[sort];
    const list = `incidents ${sort}`;
    const after = decodeCursor(cursor, list, ['position', kind, 'id']);
    const at = after?.[0] ?? (position === null ? null : String(position));
    const where = createConditions();
    addMoment(where, at);
    addFilters(where, filters);
    if (after !== null) where.add(`(r.${column}, r.id) ${order === 'DESC' ? '<' : '>'} (?, ?)`, ...after.slice(1));
    const { rows } = await pool.query<Row>(
      `SELECT c.position::text, f.id, f.item, f.key
       FROM ${record}.checkpoint AS c LEFT JOIN LATERAL (
         SELECT r.id, r.item, r.${column}::text AS key, r.${column} AS value FROM ${record}.incident_rows AS r WHERE ${where.sql()}
         ORDER BY r.${column} ${order}, r.id ${order} LIMIT ${where.value(limit + 1)}) AS f ON true
       ORDER BY f.value ${order}, f.id ${order}`,
      where.values,
    );
    const pinned = at ?? rows[0]?.position ?? '0';
    const found = rows.filter(({ id }) => id !== null);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ item }): IncidentItem => JSON.parse(item)),
      next: found.length > limit && last !== undefined ? encodeCursor(list, [pinned, last.key, last.id ?? '']) : null,
      position: pinned,
    };
  };
};
