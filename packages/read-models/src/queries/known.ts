import { seesConcealed, type Viewer } from '@averment/access';
import { batched } from '@averment/platform';
import type { PartyItem, SourceItem } from '../items.ts';
import { forEver } from '../versions.ts';
import { pointReads } from './batches.ts';
import type { Reading } from './index.ts';

type Items = { parties: PartyItem; sources: SourceItem };
/** A party or source as it is now, as reviewers and auditors read it where that is more, and whether an approved edit uses it. */
type Known<Item> = { item: Item; review: Item | null; used: boolean };

/** The condition that an approved edit uses the party or source of this alias, in the model `record` of that schema. */
export const isUsed = (record: string, alias: string): string =>
  `EXISTS (SELECT FROM ${record}.public AS used WHERE used.id = ${alias}.id)`;

/** The column of a party or source of this alias with what the viewer reads of it. */
export const itemFor = (viewer: Viewer, alias: string): string =>
  seesConcealed(viewer) ? `coalesce(${alias}.review_item, ${alias}.item)` : `${alias}.item`;

/** The condition that one is found by its texts. By those that a decision keeps none but reviewers and auditors find it. */
export const isFoundBy = (viewer: Viewer, alias: string): string => (seesConcealed(viewer) ? 'true' : `${alias}.review_item IS NULL`);

/** Makes the function that finds one of them by its id. */
export const createFind = <Table extends keyof Items>(
  { pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>,
  table: Table,
): ((id: string) => Promise<Known<Items[Table]> | undefined>) =>
  batched(
    async (ids) => {
      const { rows } = await pool.query<Known<Items[Table]> & { id: string }>({
        name: table,
        text: `SELECT k.id, k.item, k.review_item AS review, ${isUsed(record, 'k')} AS used FROM ${record}.${table} AS k WHERE k.id = ANY($1) AND k.to_position = ${forEver}`,
        values: [ids],
      });
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id));
    },
    { ...pointReads, keyOf: (id) => id },
  );

/** Makes the function that answers a party with all that are merged into it now, itself first. */
export const createMergedInto =
  ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>) =>
  async (id: string): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>({
      name: 'merged into',
      text: `WITH RECURSIVE same(id) AS (
               SELECT $1::text COLLATE "C" UNION SELECT p.id FROM same JOIN ${record}.parties AS p ON p.merged_into = same.id AND p.to_position = ${forEver})
             SELECT id FROM same`,
      values: [id],
    });
    return [id, ...rows.map((row) => row.id).filter((other) => other !== id)];
  };
