import type { Pool } from 'pg';
import type { PartyItem, SourceItem } from '../items.ts';
import { forEver } from '../versions.ts';
import type { Reading } from './index.ts';
import type { Client, MakesPublic, Names } from './types.ts';

/** A party or source: what stands above it (of a merged party its survivor), whether an approved edit uses it already, whether the model has it, and what it is called. */
type Named = {
  id: string;
  parent: string | null;
  used: boolean;
  known: boolean;
  name: string | null;
  /** Of a party. */
  kind: string | null;
  /** Of a source. */
  publisher: string | null;
};
type Known = ReadonlyMap<string, Named>;

const party = `p.id = named.id AND p.to_position = ${forEver}`;
const source = `s.id = named.id AND s.to_position = ${forEver}`;

/** The parties and sources of these ids, and all that stand above the parties: documents name those too. */
const namedSql = (record: string): string => `
  WITH RECURSIVE named(id) AS (
    SELECT id COLLATE "C" FROM unnest($1::text[]) AS asked(id)
    UNION SELECT coalesce(p.merged_into, p.parent) FROM named JOIN ${record}.parties AS p ON ${party} WHERE coalesce(p.merged_into, p.parent) IS NOT NULL)
  SELECT named.id, coalesce(p.merged_into, p.parent) AS parent, EXISTS (SELECT FROM ${record}.public AS used WHERE used.id = named.id) AS used, coalesce(p.id, s.id) IS NOT NULL AS known,
    coalesce(p.item ->> 'name', s.item ->> 'title') AS name, p.kind, s.item ->> 'publisher' AS publisher
  FROM named LEFT JOIN ${record}.parties AS p ON ${party} LEFT JOIN ${record}.sources AS s ON ${source}`;

/** The parties and sources of these ids as they are now. */
const itemsSql = (record: string): string => `
  SELECT named.id, coalesce(p.item, s.item) AS item
  FROM unnest($1::text[]) AS named(id) LEFT JOIN ${record}.parties AS p ON ${party} LEFT JOIN ${record}.sources AS s ON ${source}`;

const rowsOf = async <Row extends { id: string }>(pool: Pool, sql: string, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> => {
  const { rows } = ids.length === 0 ? { rows: [] } : await pool.query<Row>(sql, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
};

/** Of what is used and what stands above it, what is known and not public yet. */
const notPublic = (uses: readonly string[], known: Known): string[] => {
  const ids = new Set(uses);
  // What is added to the set while it is walked through is walked through too.
  for (const id of ids) {
    const parent = known.get(id)?.parent ?? null;
    if (parent !== null) ids.add(parent);
  }
  return [...ids].filter((id) => known.get(id)?.known && !known.get(id)?.used);
};

/** So many parties and sources are in one answer whole, and so many by name, but for those of a single edit. */
const most = { whole: 400, named: 4000 };

/** How many of the lists fit into one answer: the first at least. */
const fitting = (lists: readonly (readonly string[])[], most: number): number => {
  let sum = 0;
  const end = lists.findIndex((ids, index) => {
    sum += ids.length;
    return index > 0 && sum > most;
  });
  return end < 0 ? lists.length : end;
};

const isParty = (item: PartyItem | SourceItem): item is PartyItem => 'aliases' in item;

/**
 * Takes of some edits the parties and sources that each uses. Answers how many of the edits, from the first on, fit into one answer, and functions that
 * tell what approval of one of those would make public, and what that is called which it uses.
 */
export type MakesPublicOf = (
  edits: readonly (readonly string[])[],
  client: Client,
) => Promise<{ fit: number; madeBy(uses: readonly string[]): MakesPublic; namesOf(uses: readonly string[]): Names }>;

/** Makes the function that answers it. Where the model `reviews` knows of more than `record`, it waits for `record`: a reviewer has to see it. */
export const createMakesPublic = ({ pool, models, schemas: { record } }: Pick<Reading, 'pool' | 'models' | 'schemas'>): MakesPublicOf => {
  const [findNamed, findItems] = [namedSql(record), itemsSql(record)];
  return async (edits, client) => {
    const ids = [...new Set(edits.flat())];
    let known = await rowsOf<Named>(pool, findNamed, ids);
    if (ids.some((id) => !known.get(id)?.known)) {
      const { position } = await models.status(['reviews']);
      await models.reached(['record'], position, client);
      known = await rowsOf<Named>(pool, findNamed, ids);
    }
    const made = edits.map((uses) => notPublic(uses, known));
    const fit = Math.min(fitting(made, most.whole), fitting(edits, most.named));
    const items = await rowsOf<{ id: string; item: PartyItem | SourceItem | null }>(pool, findItems, [
      ...new Set(made.slice(0, fit).flat()),
    ]);
    const madeBy = (uses: readonly string[]): MakesPublic => {
      const found = notPublic(uses, known).flatMap((id) => items.get(id)?.item ?? []);
      return { parties: found.filter(isParty), sources: found.filter((item): item is SourceItem => !isParty(item)) };
    };
    const namesOf = (uses: readonly string[]): Names => {
      const named = uses.flatMap((id) => known.get(id) ?? []).filter(({ known }) => known);
      return {
        parties: named.flatMap(({ id, name, kind }) => (kind === null ? [] : [{ id, name, kind }])),
        sources: named.flatMap(({ id, name, kind, publisher }) => (kind === null ? [{ id, title: name, publisher }] : [])),
      };
    };
    return { fit, madeBy, namesOf };
  };
};
