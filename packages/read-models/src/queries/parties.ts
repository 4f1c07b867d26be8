import { seesPrivateNames, seesUnused } from '@averment/access';
import { partySummary, type Standing, skeletonOf } from '@averment/domain';
import type { PartyItem } from '../items.ts';
import { factsOf } from '../projections/record/register.ts';
import { digestOf } from '../projections/record/render.ts';
import { beginningsOf } from '../search/question.ts';
import { forEver } from '../versions.ts';
import { createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, fillingPage, listOf, pageOf } from './cursors.ts';
import type { Reading } from './index.ts';
import { createFind, createMergedInto, isFoundBy, isUsed, itemFor } from './known.ts';
import type { Queries } from './types.ts';
import { partyFor, shownOf } from './viewers.ts';

/** Parties as they are now, by name, and how the claims of one fared. */
export const createPartyQueries = (
  reading: Pick<Reading, 'pool' | 'schemas'>,
): Pick<Queries, 'party' | 'parties' | 'partySummary' | 'lookAlikes'> => {
  const {
    pool,
    schemas: { record },
  } = reading;
  const find = createFind(reading, 'parties');
  const mergedInto = createMergedInto(reading);

  const party: Queries['party'] = async (id, viewer) => {
    const found = await find(id);
    return found !== undefined && (found.used || seesUnused(viewer)) ? partyFor(viewer, shownOf(viewer, found)) : null;
  };

  const parties: Queries['parties'] = async (filters, { limit, cursor }, viewer) => {
    const { q, kind, externalId, identifier } = filters;
    const list = listOf('parties', filters);
    const after = decodeCursor(cursor, list, ['text', 'id']);
    const where = createConditions();
    where.add(`p.to_position = ${forEver}`);
    if (!seesUnused(viewer)) where.add(isUsed(record, 'p'));
    // No search and no filter finds whom the public is not to know by name.
    if (!seesPrivateNames(viewer)) where.add('NOT p.private');
    if (kind !== undefined) where.add('p.kind = ?', kind);
    if (externalId !== undefined || identifier !== undefined || q !== undefined) where.add(isFoundBy(viewer, 'p'));
    if (externalId !== undefined) where.add('p.external_id = ?', externalId);
    if (identifier !== undefined) where.add('p.identifiers @> ARRAY[?::text]', identifier);
    if (q !== undefined) {
      const words = beginningsOf(q);
      if (words === null) return { items: [], next: null };
      where.add('p.words @@ ?::tsquery', words);
    }
    if (after !== null) where.add('(p.name_order, p.id) > (?, ?)', ...after);
    const { rows } = await pool.query(
      fillingPage(
        `SELECT p.id, ${itemFor(viewer, 'p')} AS item, p.name_order AS name FROM ${record}.parties AS p WHERE ${where.sql()} ORDER BY p.name_order, p.id LIMIT ${where.value(limit + 1)}`,
        'item',
      ),
      where.values,
    );
    return pageOf(
      rows,
      limit,
      ({ item }): PartyItem => item,
      ({ id, name }) => encodeCursor(list, [name, id]),
      rows[0]?.found,
    );
  };

  return {
    party,
    parties,
    lookAlikes: async (names) => {
      const { rows } = await pool.query<{ id: string; name: string; like: string }>(
        `SELECT n.party AS id, n.name, own.name AS like
         FROM unnest($1::text[], $2::text[]) AS own(name, skeleton) JOIN ${record}.party_names AS n ON n.skeleton = own.skeleton AND n.name <> own.name
         ORDER BY n.party, n.n LIMIT 100`,
        [names, names.map((name) => digestOf(skeletonOf(name)))],
      );
      return rows;
    },
    partySummary: async (id, viewer) => {
      const item = await party(id, viewer);
      if (item === null || item.private) return null;
      // Two passes over an index that holds all of it: one statement over both groupings would read a tenth of all claims, each in its place.
      const { rows } = await pool.query<{ standing: Standing; claims: number; incidents: number }>(
        `SELECT standing, count(*)::int AS claims, (SELECT count(DISTINCT survivor)::int FROM ${record}.claims WHERE speaker = ANY($1)) AS incidents
         FROM ${record}.claims WHERE speaker = ANY($1) GROUP BY standing`,
        [await mergedInto(id)],
      );
      const byStanding = new Map(rows.map(({ standing, claims }) => [standing, claims]));
      return partySummary(factsOf(item), { incidents: rows[0]?.incidents ?? 0, byStanding });
    },
  };
};
