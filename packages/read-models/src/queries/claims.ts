import { seesPrivateNames, tierOf } from '@averment/access';
import { type Asked, type ClaimDocument, isTypeId, tellingNames } from '@averment/domain';
import { wordsOf } from '../search/facets.ts';
import type { createClaimsThen } from './claims-then.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, fillingPage, listOf, pageOf } from './cursors.ts';
import { addDays } from './incidents.ts';
import type { Reading } from './index.ts';
import { createMergedInto } from './known.ts';
import type { ClaimItem, Queries } from './types.ts';
import { shownTo } from './viewers.ts';

type Row = { id: string; item: string; title: string | null; added: string; found: number };

/** The party, and those that are merged into it. */
const addParty = (where: Conditions, column: string, [id, ...others]: string[]): void =>
  others.length === 0 ? where.add(`c.${column} = ?`, id) : where.add(`c.${column} = ANY(?::text[])`, [id, ...others]);

/** `words`: those that a word may stand as. */
const addValue = (where: Conditions, value: Asked, words: string[]): void => {
  if ('word' in value) {
    where.add('c.value = ANY(?::text[])', words);
    return;
  }
  const { unit, number } = value;
  const fits = `${unit === null ? 'c.unit IS NOT NULL' : 'c.unit = ?'} AND coalesce(c.low <= ?, true) AND coalesce(c.high >= ?, true)`;
  where.add(number === 0 ? `${fits} OR c.value = 'none'` : fits, ...(unit === null ? [] : [unit]), number, number);
};

/** Claims of all incidents as they stand now or stood then, the latest added first. Claims enter the record by approval only, so all of them are public. */
export const createClaimQueries = (
  reading: Pick<Reading, 'pool' | 'schemas'>,
  claimsThen: ReturnType<typeof createClaimsThen>,
): Pick<Queries, 'claims'> => {
  const {
    pool,
    schemas: { record },
  } = reading;
  const mergedInto = createMergedInto(reading);
  const wordsFor = async (value: Asked): Promise<string[]> => {
    const words = 'word' in value ? wordsOf(value) : [];
    const named = await Promise.all(words.map(async (word) => (isTypeId('party', word) ? mergedInto(word) : [word])));
    return named.flat();
  };
  return {
    claims: async (filters, { limit, cursor, moment }, viewer, context) => {
      if (moment !== null) return claimsThen(filters, { limit, cursor, moment }, viewer, context);
      const { speaker, about, aspect, value, standing, source, incident, country, from, to } = filters;
      const list = listOf('claims', filters);
      const before = decodeCursor(cursor, list, ['position']);
      const where = createConditions();
      for (const [column, party] of [
        ['speaker', speaker],
        ['about', about],
      ] as const)
        if (party !== undefined) addParty(where, column, await mergedInto(party));
      if (aspect !== undefined) where.add('c.aspect = ?', aspect);
      if (value !== undefined) addValue(where, value, await wordsFor(value));
      if (country !== undefined) where.add('c.country = ?', country);
      if (standing !== undefined) where.add('c.standing = ?', standing);
      if (source !== undefined) where.add('c.sources @> ARRAY[?::text]', source);
      if (incident !== undefined)
        where.add(
          `c.incident = ANY(ARRAY(SELECT unnest(absorbed) FROM ${record}.incidents WHERE id = ?) || ARRAY[?::text])`,
          incident,
          incident,
        );
      addDays(where, 'c', { from, to });
      if (before !== null) where.add('c.added_position < ?', ...before);
      const [shown, title] = tierOf(viewer) === 'public' ? ['coalesce(c.public_item, c.item)', 'public_title'] : ['c.item', 'title'];
      const { rows } = await pool.query<Row>(
        fillingPage(
          `SELECT c.id, ${shown} AS item, i.${title} AS title, c.added_position::text AS added
         FROM ${record}.claims AS c JOIN ${record}.incidents AS i ON i.id = c.incident
         WHERE ${where.sql()} ORDER BY c.added_position DESC LIMIT ${where.value(limit + 1)}`,
          'item',
        ),
        where.values,
      );
      const item = (row: Row): ClaimItem => ({ ...(JSON.parse(row.item) as ClaimDocument), incidentTitle: row.title });
      const page = pageOf(rows, limit, item, ({ added }) => encodeCursor(list, [added]), rows[0]?.found);
      const told = await shownTo(viewer, page, pool, record);
      return seesPrivateNames(viewer) ? told : { ...told, items: told.items.map(tellingNames) };
    },
  };
};
