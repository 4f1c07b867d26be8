import { addKeysIn, type DomainEvent, isPrivatePerson, nameKeys } from '@averment/domain';
import type { PoolClient } from 'pg';
import { type Kept, type PartyItem, type SourceItem, wholeOf } from '../../items.ts';
import type { Version, Versions } from '../../versions.ts';
import { loadUsers } from './load.ts';
import { namedAs, type Register, type SourceVersion } from './register.ts';
import { changesDocument } from './relevant.ts';

/**
 * Whose names may stand in which incidents that do not name them by their ids: persons of whom reviewers have said that they are private. It is told by single
 * words, so that it may be somebody else; who it is, `privateNamesIn` says of each text. Who was confirmed once counts, whatever they are by now.
 */

/** Incidents and sources with the keys of their words, and people with those of their names. */
export const spokenTables = (schema: string): string => `
  -- The keys of the names that people ever had who ever were private; confirmed: reviewers have said that they are.
  CREATE TABLE ${schema}.private_names (key text COLLATE "C" NOT NULL, party text COLLATE "C" NOT NULL, confirmed boolean NOT NULL, PRIMARY KEY (key, party));
  -- The keys of the words in incidents and sources that may be names.
  CREATE TABLE ${schema}.text_keys (id text COLLATE "C" PRIMARY KEY, word_keys text[] COLLATE "C" NOT NULL);
`;
export const spokenIndexes = (schema: string): string => `
  CREATE INDEX private_names_party ON ${schema}.private_names (party);
  CREATE INDEX text_keys_keys ON ${schema}.text_keys USING gin (word_keys);
`;
export const spokenCompared = [
  { table: 'private_names', key: ['key', 'party'] },
  { table: 'text_keys', key: ['id'] },
];

export const nameColumns = { key: 'text', party: 'text', confirmed: 'boolean' };
export const keyColumns = { id: 'text', word_keys: 'text[]' };

type Parties = Versions<Kept<PartyItem>>;
/** Nobody's of who never was private. */
export const privateNameRows = ([party, versions]: [string, readonly Version<Kept<PartyItem>>[]]) => {
  const items = versions.map(({ value }) => wholeOf(value));
  if (!items.some(isPrivatePerson)) return [];
  const keys = new Set(items.flatMap(namedAs).flatMap(nameKeys));
  const confirmed = items.some(({ privacyConfirmed }) => privacyConfirmed);
  return [...keys].map((key) => ({ key, party, confirmed }));
};

/** As PostgreSQL orders them. */
const inOrder = (keys: Iterable<string>): string[] => [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
export const keyRow = (id: string, keys: Iterable<string>) => {
  const sorted = inOrder(keys);
  return sorted.length === 0 ? [] : [{ id, word_keys: sorted }];
};

/** What the public reads of a source beside its text, of which it reads quotes. */
const saidOf = ({ url, publisher, title, authors, originalUrl, archiveUrl }: SourceItem) => [
  url,
  publisher,
  title,
  authors,
  originalUrl,
  archiveUrl,
];
const sourceKeys = (versions: readonly Version<SourceVersion>[]): Set<string> =>
  versions.reduce((keys, { value }) => addKeysIn(saidOf(wholeOf(value.item)), keys), new Set<string>());
export const sourceKeyRow = ([id, versions]: [string, readonly Version<SourceVersion>[]]) => keyRow(id, sourceKeys(versions));

/** The keys of the words in what an incident's documents are made of. */
export const keysOf = (events: readonly DomainEvent[]): Set<string> =>
  events.filter(changesDocument).reduce((keys, { data }) => addKeysIn(data, keys), new Set<string>());

/** An incident with the keys of its words and the sources that it names. */
export type Speaking = { keys: ReadonlySet<string>; sources: Iterable<string> };
/** The confirmed people whose names may stand in each. */
export type Spoken = ReadonlyMap<string, ReadonlySet<string>>;

const among = (
  incidents: ReadonlyMap<string, Speaking>,
  byKey: ReadonlyMap<string, readonly string[]>,
  ofSource: (id: string) => Iterable<string>,
): Spoken =>
  new Map(
    [...incidents].map(([id, { keys, sources }]) => {
      const people = new Set<string>();
      if (byKey.size > 0) for (const key of keys) for (const party of byKey.get(key) ?? []) people.add(party);
      for (const source of sources) for (const party of ofSource(source)) people.add(party);
      return [id, people];
    }),
  );

/** The same from a whole register, where nothing is in tables yet. */
export const createSpoken = ({ parties, sources }: { parties: Parties; sources: Register['sources'] }) => {
  const byKey = new Map<string, string[]>();
  for (const party of parties)
    for (const { key, party: id, confirmed } of privateNameRows(party)) if (confirmed) byKey.set(key, [...(byKey.get(key) ?? []), id]);
  const ofSource = (id: string): string[] => {
    const versions = sources.get(id);
    if (byKey.size === 0 || versions === undefined) return [];
    return [...sourceKeys(versions)].flatMap((key) => byKey.get(key) ?? []);
  };
  return (incidents: ReadonlyMap<string, Speaking>): Spoken => among(incidents, byKey, ofSource);
};

type Pair = { of: string; party: string };
const grouped = (pairs: readonly Pair[]): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  for (const { of, party } of pairs) found.set(of, [...(found.get(of) ?? []), party]);
  return found;
};

/** The same from the tables, in which the parties and sources of the batch are already. */
export const loadSpoken = async (tx: PoolClient, schema: string, incidents: ReadonlyMap<string, Speaking>): Promise<Spoken> => {
  const speaking = [...incidents.values()];
  const [keys, sources] = [new Set(speaking.flatMap((one) => [...one.keys])), new Set(speaking.flatMap((one) => [...one.sources]))];
  if (keys.size + sources.size === 0) return new Map();
  const { rows } = await tx.query<Pair>(
    `SELECT key AS of, party FROM ${schema}.private_names WHERE confirmed AND key = ANY($1)
     UNION ALL
     SELECT t.id, n.party FROM ${schema}.text_keys AS t JOIN ${schema}.private_names AS n ON n.confirmed AND n.key = ANY(t.word_keys) WHERE t.id = ANY($2)`,
    [[...keys], [...sources]],
  );
  const found = grouped(rows);
  return among(incidents, found, (source) => found.get(source) ?? []);
};

/**
 * The incidents in the tables in which names of confirmed people may stand that they do not name so far, since a party is confirmed or called otherwise, or a
 * source says something else. `changed`: these parties and sources, which are in the tables too.
 */
export const loadSpeakingAnew = async (tx: PoolClient, schema: string, changed: Register): Promise<string[]> => {
  const [parties, sources] = [[...changed.parties.keys()], [...changed.sources.keys()]];
  if (parties.length + sources.length === 0) return [];
  const { rows } = await tx.query<Pair>(
    `SELECT t.id AS of, n.party FROM ${schema}.private_names AS n JOIN ${schema}.text_keys AS t ON t.word_keys @> ARRAY[n.key] WHERE n.confirmed AND n.party = ANY($1)
     UNION
     SELECT t.id, n.party FROM ${schema}.text_keys AS t JOIN ${schema}.private_names AS n ON n.confirmed AND n.key = ANY(t.word_keys) WHERE t.id = ANY($2)`,
    [parties, sources],
  );
  if (rows.length === 0) return [];
  const isSource = (id: string): boolean => id.startsWith('source_');
  const users = await loadUsers(tx, schema, [...new Set(rows.flatMap(({ of, party }) => (isSource(of) ? [of, party] : [party])))]);
  const speaking = rows.flatMap(({ of, party }) =>
    (isSource(of) ? [...(users.get(of) ?? [])] : [of]).filter((id) => !users.get(party)?.has(id)),
  );
  return [...new Set(speaking)];
};
