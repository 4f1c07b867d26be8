import type { Pool } from 'pg';
import type { PartyItem, SourceItem } from '../items.ts';
import { forEver } from '../versions.ts';
import type { Client, MakesPublic, QueryOptions } from './types.ts';
import { record } from './viewers.ts';

/** A party or source as it is now, and whether an approved edit uses it already. Its item is null where the model does not have it. */
type Named = { id: string; item: PartyItem | SourceItem | null; used: boolean };

/** The parties and sources of these ids, and all that stand above the parties: documents name those too. */
const namedSql = `
  WITH RECURSIVE named(id) AS (
    SELECT id COLLATE "C" FROM unnest($1::text[]) AS asked(id)
    UNION SELECT p.parent FROM named JOIN ${record}.parties AS p ON p.id = named.id AND p.to_position = ${forEver} WHERE p.parent IS NOT NULL)
  SELECT named.id, coalesce(p.item, s.item) AS item, EXISTS (SELECT FROM ${record}.public AS used WHERE used.id = named.id) AS used
  FROM named LEFT JOIN ${record}.parties AS p ON p.id = named.id AND p.to_position = ${forEver}
    LEFT JOIN ${record}.sources AS s ON s.id = named.id AND s.to_position = ${forEver}`;

const isParty = (item: PartyItem | SourceItem): item is PartyItem => 'aliases' in item;

const load = async (pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, Named>> => {
  const { rows } = ids.length === 0 ? { rows: [] } : await pool.query<Named>(namedSql, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
};

const isUnknown = (known: ReadonlyMap<string, Named>) => (id: string) => (known.get(id)?.item ?? null) === null;

const madeBy = (uses: readonly string[], known: ReadonlyMap<string, Named>): MakesPublic => {
  const ids = new Set(uses);
  const made: MakesPublic = { parties: [], sources: [] };
  // What is added to the set while it is walked through is walked through too.
  for (const id of ids) {
    const { item, used } = known.get(id) ?? { item: null, used: false };
    if (item === null) continue;
    if (isParty(item) && item.parent !== null) ids.add(item.parent);
    if (used) continue;
    if (isParty(item)) made.parties.push(item);
    else made.sources.push(item);
  }
  return made;
};

/** Looks parties and sources up. What it answers tells which of some that an edit uses its approval would make public. */
export type MakesPublicOf = (ids: readonly string[], client: Client) => Promise<(uses: readonly string[]) => MakesPublic>;

/** Makes the function that looks them up. It waits for what the model of the edits knows and that of the record does not: a reviewer has to see it. */
export const createMakesPublic = ({ pool, models }: Pick<QueryOptions, 'pool' | 'models'>): MakesPublicOf => {
  return async (ids, client) => {
    let known = await load(pool, ids);
    if (ids.some(isUnknown(known))) {
      const { position } = await models.status(['reviews']);
      await models.reached(['record'], position, client);
      known = await load(pool, ids);
    }
    return (uses) => madeBy(uses, known);
  };
};
