import { tierOf, type Viewer } from '@averment/access';
import { dayRange, folded } from '@averment/domain';
import { UnknownPosition } from '@averment/event-log';
import { type AskedOfClaim, claimPath, facetOf, facetsAsked, hidden } from '../search/facets.ts';
import { questionOf } from '../search/question.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { type CursorKind, decodeCursor, encodeCursor, listOf } from './cursors.ts';
import type { IntoPast } from './index.ts';
import type { Then } from './then.ts';
import type { IncidentFilters, IncidentItem, IncidentPage, IncidentSort, LogMoment, Queries } from './types.ts';
import { createShared, createTurns } from './work.ts';

/** What each sort orders by; the id breaks ties. The kind is that of its value in a cursor. */
const sorts: Record<IncidentSort, { column: 'record_position' | 'occurred_order'; order: 'ASC' | 'DESC'; kind: CursorKind }> = {
  '-recordedAt': { column: 'record_position', order: 'DESC', kind: 'position' },
  recordedAt: { column: 'record_position', order: 'ASC', kind: 'position' },
  '-occurred': { column: 'occurred_order', order: 'DESC', kind: 'number' },
  occurred: { column: 'occurred_order', order: 'ASC', kind: 'number' },
};

/**
 * The condition that the days of the incident overlap the days asked for. It is one range, not two comparisons: with two the planner does not see how few
 * rows meet both.
 */
export const addDays = (where: Conditions, alias: string, { from, to }: { from?: string | undefined; to?: string | undefined }): void => {
  const [first, last] = [from === undefined ? null : dayRange(from).lower, to === undefined ? null : dayRange(to).upper];
  if (first === null && last === null) return;
  if (first !== null && last !== null && first > last) {
    where.add('false');
    return;
  }
  where.add(`int4range(${alias}.occurred_from, ${alias}.occurred_to, '[]') && int4range(?::int, ?::int, '[]')`, first, last);
  // The range of an unknown day is the range of all days.
  where.add(`${alias}.occurred_from IS NOT NULL`);
};

const addBox = (where: Conditions, [west, south, east, north]: [number, number, number, number]): void => {
  where.add('r.lat BETWEEN ? AND ?', south, north);
  if (west <= east) where.add('r.lon BETWEEN ? AND ?', west, east);
  else where.add('r.lon >= ? OR r.lon <= ?', west, east);
};

/** Asks the one column where it is not null, which is where it differs from the other, and else the other. */
const either = (column: string, otherwise: string): string => `(${column} IS NULL AND (${otherwise})) OR ${found(column)}`;
const found = (column: string): string => `${column} @@ ?::tsquery`;

/** What is searched of claims that stand, and of all. The public finds nothing by what it is not shown, and learns nothing from what is missing in the list. */
const searched = {
  stands: { public: either('r.public_search', found('r.search')), others: found('r.search') },
  all: {
    public: either('r.public_all_search', either('r.all_search', found('r.search'))),
    others: either('r.all_search', found('r.search')),
  },
};

const addSearch = (where: Conditions, { q = '', standing }: IncidentFilters, viewer: Viewer): void => {
  const condition = searched[standing === undefined ? 'stands' : 'all'][tierOf(viewer) === 'public' ? 'public' : 'others'];
  const asked = questionOf(q);
  if (asked === null) where.add('false');
  else where.add(condition, ...Array(condition.split('?').length - 1).fill(asked));
};

/**
 * That there is one claim of which all is true that is asked. The facets find rows by an index; where they cannot tell whether it is one claim, each row found is
 * looked at.
 */
const addClaims = (where: Conditions, asked: AskedOfClaim): void => {
  const facets = facetsAsked(asked);
  const { standing, value } = asked;
  if (standing !== undefined && standing !== 'any') where.add('r.facets @> ARRAY[?::text]', facetOf('standing', standing));
  if (facets.length === 0) return;
  const single = standing === undefined ? facets.filter(({ length }) => length === 1) : [];
  if (single.length > 0) where.add('r.facets @> ?::text[]', single.flat());
  for (const some of facets)
    if (!single.includes(some)) where.add('r.facets && ?::text[]', standing === undefined ? some : [...some, ...some.map(hidden)]);
  const isTold = standing === undefined && facets.length === 1 && (value === undefined || 'word' in value);
  if (!isTold) where.add('jsonb_path_exists(r.claims, ?::jsonpath)', claimPath(asked));
};

const addFilters = (where: Conditions, filters: IncidentFilters, viewer: Viewer): void => {
  const { q, externalId, country, region, locality, agency, disputed, hasRuling, bbox, status } = filters;
  if (q !== undefined) addSearch(where, filters, viewer);
  if (externalId !== undefined) where.add('r.facets @> ARRAY[?::text]', facetOf('externalId', externalId));
  if (country !== undefined) where.add('r.country = ?', country);
  if (region !== undefined) where.add('r.region = ?', region);
  if (locality !== undefined) where.add('r.locality = ?', folded(locality));
  if (agency !== undefined) where.add('r.facets @> ARRAY[?::text]', facetOf('agency', agency));
  addClaims(where, filters);
  if (disputed !== undefined) where.add(disputed ? 'r.disputed' : 'NOT r.disputed');
  if (hasRuling !== undefined) where.add(hasRuling ? 'r.has_ruling' : 'NOT r.has_ruling');
  if (bbox !== undefined) addBox(where, bbox);
  if (status !== undefined && status !== 'all') where.add('r.status = ?', status);
};

/**
 * The parts that rows of a moment lie in, each with its condition: those that are current, and for the past those that were closed later. Each part is
 * read by itself in the order of the list, because the best plan for one is often the worst for the other.
 */
const partsAt = (where: Conditions, record: string, then: Then | null, column: 'record_position' | 'occurred_order'): string[] => {
  if (then === null) return [`${record}.incident_rows_current AS r WHERE true`];
  const tables = then.tables('record');
  const at = where.value(String(then.position));
  // No row of that time has a later record event, so a scan in that order may begin there. The planner would count this and the row's own
  // beginning twice over: the sum keeps it from guessing by the second.
  const begun = column === 'record_position' ? `r.record_position <= ${at} AND r.from_position + 0 <= ${at}` : `r.from_position <= ${at}`;
  const held = `${begun} AND r.to_position > ${at}`;
  return [`${tables}.incident_rows_current AS r WHERE ${held}`, `${tables}.incident_rows_past AS r WHERE ${held}`];
};

/**
 * The conditions on days for a list in the order of days, one for each part that is read by itself: those that may have begun before the first day asked
 * for are few, and without them the list has an end to begin from.
 */
const splitByDay = (where: Conditions, { from, to }: IncidentFilters): string[] => {
  const [first, last] = [from === undefined ? null : dayRange(from).lower, to === undefined ? null : dayRange(to).upper];
  if (first !== null && last !== null && first > last) return [' AND false'];
  const end = last === null ? '' : ` AND r.occurred_from IS NOT NULL AND r.occurred_order <= ${where.value(last)}`;
  if (first === null) return [end];
  const day = `${where.value(first)}::int`;
  const before = ` AND r.occurred_from IS NOT NULL AND r.occurred_order < ${day} AND int4range(r.occurred_from, r.occurred_to, '[]') @> ${day}`;
  return [`${end}${before}`, `${end} AND r.occurred_order >= ${day}`];
};

/** The column of what the list says, for each tier of readers. */
const items = { public: 'coalesce(r.public_item, r.item)', member: 'r.item', review: 'coalesce(r.review_item, r.item)' };

/** A moment as a filter among others: a cursor goes on with the list of this one only. */
const wordsOf = (moment: LogMoment | null): { position: string } | { time: object } | null =>
  moment === null || 'time' in moment ? moment : { position: String(moment.position) };

type Row = { position: string; id: string | null; item: string; key: string };

/** The work of a list is the database's, which does more at once than this process. */
const budget = { running: 8, each: 16, all: 128 };
const keptBytes = 8 * 1024 * 1024;

/**
 * The list of incidents, now or as of a position. The first page of now reads the model's own position in the same statement, and pins it: later
 * pages show the list as it was then, whatever has happened since.
 */
export const createIncidentList = ({ pool, log, reach, keyOf, schemas: { record } }: IntoPast): Queries['incidents'] => {
  const share = createShared<IncidentPage>(createTurns(budget), { bytes: keptBytes, sizeOf: (page) => JSON.stringify(page).length });

  /** What a cursor has pinned was there once: where the log ends before it, it is not the same any more. */
  const unlessBeyond =
    (cursor: readonly string[] | null) =>
    async (error: unknown): Promise<never> => {
      const [pinned] = cursor ?? [];
      if (pinned !== undefined && BigInt(pinned) > (await log.head())) throw new UnknownPosition(`the log ends before position ${pinned}`);
      throw error;
    };

  return async (filters, { limit, cursor, sort = '-recordedAt', moment }, viewer, context) => {
    const { column, order, kind } = sorts[sort];
    const asked = { ...filters, ...wordsOf(moment) };
    const list = listOf(`incidents ${sort}`, asked);
    const after = decodeCursor(cursor, list, ['position', kind, 'id']);
    const pinned = after === null ? moment : { position: BigInt(after[0] ?? 0) };
    const then = pinned && (await reach(['record'], pinned, context).catch(unlessBeyond(after)));

    const read = async (): Promise<IncidentPage> => {
      const where = createConditions();
      addFilters(where, filters, viewer);
      if (after !== null) where.add(`(r.${column}, r.id) ${order === 'DESC' ? '<' : '>'} (?, ?)`, ...after.slice(1));
      const ordered = `ORDER BY r.${column} ${order}, r.id ${order} LIMIT ${where.value(limit + 1)}`;
      const item = items[tierOf(viewer)];
      const columns = `r.id, ${item} AS item, r.${column}`;
      if (column !== 'occurred_order') addDays(where, 'r', filters);
      const days = column === 'occurred_order' ? splitByDay(where, filters) : [''];
      const parts = partsAt(where, record, then, column).flatMap((part) =>
        days.map((day) => `(SELECT ${columns} FROM ${part}${day} AND ${where.sql()} ${ordered})`),
      );
      const { rows } = await pool.query<Row>(
        `SELECT c.position::text, f.id, f.item, f.${column}::text AS key
       FROM ${record}.checkpoint AS c LEFT JOIN LATERAL (SELECT r.* FROM (${parts.join(' UNION ALL ')}) AS r ${ordered}) AS f ON true
       ORDER BY f.${column} ${order}, f.id ${order}`,
        where.values,
      );
      const position = then === null ? (rows[0]?.position ?? '0') : String(then.position);
      const found = rows.filter(({ id }) => id !== null);
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ item }): IncidentItem => JSON.parse(item)),
        next: found.length > limit && last !== undefined ? encodeCursor(list, [position, last.key, last.id ?? '']) : null,
        position,
      };
    };
    if (then === null) return read();
    const key = await keyOf(then, tierOf(viewer), sort, JSON.stringify(asked), limit, cursor ?? '', then.position);
    return share(key, context.client, read);
  };
};
