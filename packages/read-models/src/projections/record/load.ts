import type { ConcealedText } from '@averment/domain';
import type { Kept, PartyItem, SourceItem } from '../../items.ts';
import type { Connection } from '../../runner/model.ts';
import { forEver, type Version } from '../../versions.ts';
import { byStreams } from '../concealed.ts';
import type { Merges } from './merges.ts';
import { nextOf, type Register, type SourceVersion } from './register.ts';

/** The reads of the tables that projecting and reading the past need. Positions come as text, because what `pg` makes of bigint depends on the pool. */
const rowsOf = async <Row>(tx: Connection, sql: string, ids: readonly string[]): Promise<Row[]> =>
  ids.length === 0 ? [] : ((await tx.query(sql, [ids])).rows as Row[]);

type Range = { id: string; from: string; to: string };
const addVersion = <T>(found: Map<string, Version<T>[]>, { id, from, to }: Range, value: T): void => {
  const versions = found.get(id) ?? [];
  versions.push({ from: BigInt(from), to: BigInt(to), value });
  found.set(id, versions);
};
const range = 'from_position::text AS from, to_position::text AS to';

/** Both forms of an item, as one. */
type Both<Item> = { item: Item; review: Item | null };
const both = 'item, review_item AS review';
const keptOf = <Item extends object>({ item, review }: Both<Item>): Kept<Item> => ({ ...item, ...(review !== null && { whole: review }) });

const loadParties = async (
  tx: Connection,
  schema: string,
  ids: readonly string[],
  found: Map<string, Version<Kept<PartyItem>>[]>,
): Promise<void> => {
  const rows = await rowsOf<Range & Both<PartyItem>>(
    tx,
    `SELECT id, ${range}, ${both} FROM ${schema}.parties WHERE id = ANY($1) ORDER BY id, from_position`,
    ids,
  );
  for (const row of rows) addVersion(found, row, keptOf(row));
};

const loadSources = async (
  tx: Connection,
  schema: string,
  ids: readonly string[],
  found: Map<string, Version<SourceVersion>[]>,
): Promise<void> => {
  const rows = await rowsOf<Range & Both<SourceItem> & { registered: string }>(
    tx,
    `SELECT id, ${range}, ${both}, registered_position::text AS registered FROM ${schema}.sources WHERE id = ANY($1) ORDER BY id, from_position`,
    ids,
  );
  for (const row of rows) addVersion(found, row, { item: keptOf(row), registered: BigInt(row.registered) });
};

/**
 * All versions of these parties and sources, and of all ancestors and survivors that the parties ever had. `known` are those that the batch itself changed:
 * taken from there, not from the tables.
 */
export const loadRegister = async (tx: Connection, schema: string, ids: ReadonlySet<string>, known: Register): Promise<Register> => {
  const parties = new Map<string, Version<Kept<PartyItem>>[]>();
  const sources = new Map<string, Version<SourceVersion>[]>();
  const asked = new Set<string>();
  const take = <T>(id: string, from: ReadonlyMap<string, readonly Version<T>[]>, to: Map<string, Version<T>[]>): boolean => {
    const versions = from.get(id);
    if (versions !== undefined) to.set(id, [...versions]);
    return versions !== undefined;
  };

  for (const id of ids) if (id.startsWith('source_') && !take(id, known.sources, sources)) asked.add(id);
  if (asked.size > 0) await loadSources(tx, schema, [...asked], sources);

  let wanted = [...ids].filter((id) => id.startsWith('party_'));
  while (wanted.length > 0) {
    for (const id of wanted) asked.add(id);
    const unknown = wanted.filter((id) => !take(id, known.parties, parties));
    if (unknown.length > 0) await loadParties(tx, schema, unknown, parties);
    const next = wanted.flatMap((id) => (parties.get(id) ?? []).flatMap(({ value }) => nextOf(value)));
    wanted = [...new Set(next.filter((id) => !asked.has(id)))];
  }
  return { parties, sources };
};

/** All versions of the merges of these incidents. */
export const loadMerges = async (tx: Connection, schema: string, incidents: readonly string[]): Promise<Merges> => {
  const rows = await rowsOf<Range & { target: string; since: string; cut: boolean }>(
    tx,
    `SELECT incident AS id, ${range}, target, since::text, cut FROM ${schema}.merges WHERE incident = ANY($1) ORDER BY incident, from_position`,
    incidents,
  );
  const merges: Merges = new Map();
  for (const row of rows) addVersion(merges, row, { target: row.target, since: BigInt(row.since), cut: row.cut });
  return merges;
};

/** Pairs of incidents that are, or once were, tied by a merge of one of these. */
export const loadTies = async (tx: Connection, schema: string, incidents: readonly string[]): Promise<[string, string][]> => {
  const rows = await rowsOf<{ incident: string; target: string }>(
    tx,
    `SELECT DISTINCT incident, target FROM ${schema}.merges WHERE incident = ANY($1) OR target = ANY($1)`,
    incidents,
  );
  return rows.map(({ incident, target }) => [incident, target]);
};

/** The texts of these streams that corrections conceal; streams without any are left out. */
export const loadConcealed = async (tx: Connection, schema: string, streams: readonly string[]): Promise<Map<string, ConcealedText[]>> => {
  const rows = await rowsOf<ConcealedText>(tx, `SELECT stream, revision, pointer FROM ${schema}.concealed WHERE stream = ANY($1)`, streams);
  return byStreams(rows);
};

/** What the records of these incidents have named so far. */
export const loadUses = async (tx: Connection, schema: string, incidents: readonly string[]): Promise<Map<string, Set<string>>> => {
  const rows = await rowsOf<{ incident: string; used: string }>(
    tx,
    `SELECT incident, used FROM ${schema}.incident_uses WHERE incident = ANY($1)`,
    incidents,
  );
  const uses = new Map<string, Set<string>>(incidents.map((id) => [id, new Set()]));
  for (const { incident, used } of rows) uses.get(incident)?.add(used);
  return uses;
};

/** Those of the incidents that name a private person whom their records did not name so far. `named`: what each names now. */
export const loadNewlyPrivate = async (
  tx: Connection,
  schema: string,
  named: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> => {
  const pairs = [...named].flatMap(([incident, ids]) =>
    [...ids].filter((id) => id.startsWith('party_')).map((used) => ({ incident, used })),
  );
  if (pairs.length === 0) return [];
  const { rows } = await tx.query<{ incident: string }>(
    `SELECT DISTINCT asked.incident FROM unnest($1::text[], $2::text[]) AS asked(incident, used)
       JOIN ${schema}.parties AS p ON p.id = asked.used AND p.to_position = ${forEver} AND p.private AND p.kind = 'person'
     WHERE NOT EXISTS (SELECT FROM ${schema}.incident_uses AS uses WHERE uses.incident = asked.incident AND uses.used = asked.used)`,
    [pairs.map(({ incident }) => incident), pairs.map(({ used }) => used)],
  );
  return rows.map(({ incident }) => incident);
};

/** The incidents that have named one of these parties and sources. */
export const loadUsers = async (tx: Connection, schema: string, used: readonly string[]): Promise<Map<string, Set<string>>> => {
  const rows = await rowsOf<{ incident: string; used: string }>(
    tx,
    `SELECT incident, used FROM ${schema}.incident_uses WHERE used = ANY($1)`,
    used,
  );
  const users = new Map<string, Set<string>>();
  for (const row of rows) users.set(row.used, (users.get(row.used) ?? new Set()).add(row.incident));
  return users;
};

/** Of the newest row in the list: its digest and the position of the last record event in it. */
export const loadShown = async (
  tx: Connection,
  schema: string,
  incidents: readonly string[],
): Promise<Map<string, { digest: string; recordPosition: bigint }>> => {
  const rows = await rowsOf<{ id: string; digest: string; position: string }>(
    tx,
    `SELECT id, digest, record_position::text AS position FROM ${schema}.incident_rows WHERE id = ANY($1) AND to_position = ${forEver}`,
    incidents,
  );
  return new Map(rows.map(({ id, digest, position }) => [id, { digest, recordPosition: BigInt(position) }]));
};

/** The digests of the claims of these incidents as they are written, by the claims' ids. */
export const loadClaims = async (tx: Connection, schema: string, incidents: readonly string[]): Promise<Map<string, string>> => {
  const rows = await rowsOf<{ id: string; digest: string }>(
    tx,
    `SELECT id, digest FROM ${schema}.claims WHERE incident = ANY($1)`,
    incidents,
  );
  return new Map(rows.map(({ id, digest }) => [id, digest]));
};

/** Those of these sources of which a decision keeps something. */
export const loadRestricted = async (tx: Connection, schema: string, sources: readonly string[]): Promise<string[]> => {
  const sql = `SELECT id FROM ${schema}.sources WHERE id = ANY($1) AND to_position = ${forEver} AND review_item IS NOT NULL`;
  return (await rowsOf<{ id: string }>(tx, sql, sources)).map(({ id }) => id);
};
