import { seesPrivateNames, type Viewer } from '@averment/access';
import { indexPrivateNames, type PrivateNames, tellingNames, withoutPrivateNames } from '@averment/domain';
import { batched } from '@averment/platform';
import type { Pool } from 'pg';
import type { PartyItem, SourceItem } from '../items.ts';
import { namedAs } from '../projections/record/register.ts';
import { namesVector } from '../search/words.ts';
import { forEver } from '../versions.ts';
import { pointReads } from './batches.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** Whose names the public does not read where: private persons, by all names that they ever had, as the model in these tables knows them now. */

type Named = { of: string; item: PartyItem };

/** Of `uses`, which says what uses which parties, those who are private persons now. */
const people = (record: string): string => `
  JOIN ${record}.parties AS now ON now.id = uses.used AND now.to_position = ${forEver} AND now.private AND now.kind = 'person'
  JOIN ${record}.parties AS p ON p.id = now.id`;

/** An incident's, with those of incidents that are or were merged with it. */
const ofIncidents = (record: string): string => `
  WITH tied(id, incident) AS (
    SELECT id, id FROM unnest($1::text[]) AS id
    UNION SELECT m.incident, m.target FROM ${record}.merges AS m WHERE m.incident = ANY($1)
    UNION SELECT m.target, m.incident FROM ${record}.merges AS m WHERE m.target = ANY($1))
  SELECT tied.id AS of, coalesce(p.review_item, p.item) AS item FROM tied JOIN ${record}.incident_uses AS uses ON uses.incident = tied.incident ${people(record)}`;

/** A source's: those of the published incidents that use it. */
const ofSources = (record: string): string => `
  SELECT cited.used AS of, coalesce(p.review_item, p.item) AS item FROM ${record}.incident_uses AS cited JOIN ${record}.incidents AS i ON i.id = cited.incident AND i.published
    JOIN ${record}.incident_uses AS uses ON uses.incident = cited.incident ${people(record)}
  WHERE cited.used = ANY($1)`;

const load = async (pool: Pool, name: string, text: string, ids: readonly string[]): Promise<Map<string, PrivateNames>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<Named>({ name, text, values: [ids] });
  const found = Map.groupBy(rows, ({ of }) => of);
  return new Map([...found].map(([of, named]) => [of, indexPrivateNames(named.flatMap(({ item }) => namedAs(item)))]));
};

/** The names of private persons that these incidents name; incidents that name none are left out. */
export const namesOfIncidents = (pool: Pool, record: string, ids: readonly string[]): Promise<Map<string, PrivateNames>> =>
  load(pool, `names in incidents ${record}`, ofIncidents(record), ids);

/** So many are told of whom nobody confirmed; of a common surname there may be thousands. */
const mostUnconfirmed = 50;
/** Persons who are private and have one of these keys (`allKeysIn`): all whom reviewers confirmed, and some others. */
export const createPrivateNamed = ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>): Queries['privateNamed'] => {
  const found = (confirmed: string, rest = '') => `
    (SELECT DISTINCT n.party FROM ${record}.private_names AS n
       JOIN ${record}.parties AS p ON p.id = n.party AND p.to_position = ${forEver} AND p.private AND p.kind = 'person'
     WHERE n.key = ANY($1) AND ${confirmed} ${rest})`;
  const text = `${found('n.confirmed')} UNION ALL ${found('NOT n.confirmed', `ORDER BY n.party LIMIT ${mostUnconfirmed}`)}`;
  return async (keys) => {
    if (keys.length === 0) return [];
    const { rows } = await pool.query<{ party: string }>({ name: `private named ${record}`, text, values: [keys] });
    return rows.map(({ party }) => party);
  };
};

/** What the viewer gets of sources. */
export type SourcesFor = (viewer: Viewer, items: readonly SourceItem[]) => Promise<SourceItem[]>;

/** Makes the function that shows sources: to the public without the names of private persons whom the incidents name that use them. */
export const createSourcesFor = ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>): SourcesFor => {
  const namesIn = batched(
    async (ids: readonly string[]) => {
      const found = await load(pool, `names in sources ${record}`, ofSources(record), ids);
      return ids.map((id) => found.get(id) ?? null);
    },
    { ...pointReads, keyOf: (id) => id },
  );
  return async (viewer, items) =>
    seesPrivateNames(viewer)
      ? [...items]
      : Promise.all(items.map(async (item) => tellingNames(withoutPrivateNames(item, await namesIn(item.id)))));
};

/** Those of the sources that are still found where the names are not searched. `asked`: a `tsquery`. */
export const stillFound = async (shown: readonly SourceItem[], asked: string, pool: Pool): Promise<ReadonlySet<string>> => {
  const changed = shown.filter(({ namesWithheld }) => namesWithheld !== undefined);
  const found = new Set(shown.map(({ id }) => id));
  if (changed.length === 0) return found;
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM unnest($1::text[], $2::text[]) AS shown(id, words) WHERE NOT words::tsvector @@ $3::tsquery',
    [
      changed.map(({ id }) => id),
      changed.map(({ title, publisher, authors }) => namesVector([title, publisher, ...(authors ?? [])])),
      asked,
    ],
  );
  for (const { id } of rows) found.delete(id);
  return found;
};
