import type { Erratum } from '@averment/domain';
import { tellingNames } from '@averment/domain';
import { isoText } from '@averment/platform';
import { createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, fillingPage, pageOf } from './cursors.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

type Row = { id: string; item: string; at: string; found: number };

/** What whoever quoted from the record has to know, the newest first. Everybody reads what the public does. */
export const createErrata =
  ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>): Queries['errata'] =>
  async ({ limit, cursor }) => {
    const after = decodeCursor(cursor, 'errata', ['time', 'id']);
    const where = createConditions();
    if (after !== null) where.add('(e.recorded_at, e.id) < (?, ?)', ...after);
    const { rows } = await pool.query<Row>(
      fillingPage(
        `SELECT e.id, e.item, ${isoText('e.recorded_at', 6)} AS at FROM ${record}.errata AS e
         WHERE ${where.sql()} ORDER BY e.recorded_at DESC, e.id DESC LIMIT ${where.value(limit + 1)}`,
        'item',
      ),
      where.values,
    );
    return pageOf(
      rows,
      limit,
      ({ item }) => tellingNames(JSON.parse(item) as Erratum),
      ({ at, id }) => encodeCursor('errata', [at, id]),
      rows[0]?.found,
    );
  };
