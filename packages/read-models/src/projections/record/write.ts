import {
  type ClaimDocument,
  type ConcealedText,
  errataIn,
  externalIdWord,
  folded,
  type LetOutOf,
  proposersOf,
  publicText,
  quotePlaces,
  saidBy,
  skeletonOf,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import { type Kept, type PartyItem, wholeOf } from '../../items.ts';
import type { Rows } from '../../projection.ts';
import { namesVector, textsVector } from '../../search/words.ts';
import { forEver, type Version } from '../../versions.ts';
import { loadLetOut } from '../quotes.ts';
import { type Columns, insertRows, recordset, setFromNew, writeRows } from '../statements.ts';
import type { Merges } from './merges.ts';
import { namesOf, type Register, type SourceVersion } from './register.ts';
import { digestOf, type Row, served } from './render.ts';
import { keyColumns, keyRow, privateNameRows, sourceKeyRow, nameColumns as spokenColumns } from './spoken.ts';
import type { Member, PublicSince, Unit } from './unit.ts';

type Range = { id: string; from_position: bigint; to_position: bigint };
const range = { id: 'text', from_position: 'bigint', to_position: 'bigint' };

const partyColumns = {
  ...range,
  item: 'json',
  review_item: 'json',
  name_order: 'text',
  kind: 'text',
  private: 'boolean',
  parent: 'text',
  merged_into: 'text',
  external_id: 'text',
  identifiers: 'text[]',
  words: 'tsvector',
};
const sourceColumns = {
  ...range,
  registered_position: 'bigint',
  item: 'json',
  review_item: 'json',
  url: 'text',
  text_sha256: 'text',
  external_id: 'text',
  words: 'tsvector',
};

const concealedColumns = { stream: 'text', revision: 'int', pointer: 'text' };

const nonEmpty = <T>(versions: readonly Version<T>[]): readonly Version<T>[] => versions.filter(({ from, to }) => from < to);
const nameColumns = { party: 'text', n: 'int', name: 'text', skeleton: 'text' };
/** The names by which a party is known now; an erased one is none. */
const nameRows = ([party, versions]: [string, readonly Version<Kept<PartyItem>>[]]) => {
  const last = versions.find(({ to }) => to === forEver)?.value;
  const now = last && wholeOf(last);
  const names = now === undefined ? [] : namesOf(now);
  return names.map((name, n) => ({ party, n, name: name.normalize('NFC'), skeleton: digestOf(skeletonOf(name)) }));
};

/** Null once it was erased. */
const externalIdColumn = ({ externalId }: Pick<PartyItem, 'externalId'>) => externalId && externalIdWord(externalId);

/** Both forms of an item. What is looked for is the whole: who may not read that is not told what was found by it. */
const bothOf = <Item extends object>({ whole, ...item }: Kept<Item>) => ({ item, review_item: whole ?? null });

const partyRows = ([id, versions]: [string, readonly Version<Kept<PartyItem>>[]]) =>
  nonEmpty(versions).map(({ from, to, value }) => ({
    id,
    from_position: from,
    to_position: to,
    ...bothOf(value),
    name_order: folded(value.name ?? ''),
    kind: value.kind,
    private: value.private,
    parent: value.parent,
    merged_into: value.mergedInto,
    external_id: externalIdColumn(wholeOf(value)),
    identifiers: wholeOf(value).identifiers.flatMap((one) => externalIdWord(one) ?? []),
    words: namesVector(namesOf(wholeOf(value))),
  }));

const sourceRows = ([id, versions]: [string, readonly Version<SourceVersion>[]]) =>
  nonEmpty(versions).map(({ from, to, value: { item, registered } }) => {
    const whole = wholeOf(item);
    return {
      id,
      from_position: from,
      to_position: to,
      registered_position: registered,
      ...bothOf(item),
      url: whole.url,
      text_sha256: whole.textSha256,
      external_id: externalIdColumn(whole),
      words: namesVector([whole.title, whole.publisher, ...(whole.authors ?? [])]),
    };
  });

/** Replaces all versions of the given parties and sources, and what decisions keep of their streams. */
export const writeRegister = async (
  tx: PoolClient,
  schema: string,
  { parties, sources }: Register,
  restricted: readonly ConcealedText[],
): Promise<void> => {
  const ids = [...parties.keys(), ...sources.keys()];
  if (ids.length > 0) await tx.query(`DELETE FROM ${schema}.concealed WHERE stream = ANY($1)`, [ids]);
  await insertRows(tx, `${schema}.concealed`, concealedColumns, restricted);
  if (parties.size > 0) await tx.query(`DELETE FROM ${schema}.parties WHERE id = ANY($1)`, [[...parties.keys()]]);
  await insertRows(tx, `${schema}.parties`, partyColumns, [...parties].flatMap(partyRows));
  if (parties.size > 0) await tx.query(`DELETE FROM ${schema}.party_names WHERE party = ANY($1)`, [[...parties.keys()]]);
  await insertRows(tx, `${schema}.party_names`, nameColumns, [...parties].flatMap(nameRows));
  if (parties.size > 0) await tx.query(`DELETE FROM ${schema}.private_names WHERE party = ANY($1)`, [[...parties.keys()]]);
  await insertRows(tx, `${schema}.private_names`, spokenColumns, [...parties].flatMap(privateNameRows));
  if (sources.size > 0) await tx.query(`DELETE FROM ${schema}.sources WHERE id = ANY($1)`, [[...sources.keys()]]);
  await insertRows(tx, `${schema}.sources`, sourceColumns, [...sources].flatMap(sourceRows));
  if (sources.size > 0) await tx.query(`DELETE FROM ${schema}.text_keys WHERE id = ANY($1)`, [[...sources.keys()]]);
  await insertRows(tx, `${schema}.text_keys`, keyColumns, [...sources].flatMap(sourceKeyRow));
};

/** The rows of parties and sources in tables that have none of them. */
export const registerRows = ({ parties, sources }: Register, restricted: readonly ConcealedText[]): Rows[] => [
  { table: 'concealed', columns: concealedColumns, rows: restricted },
  { table: 'parties', columns: partyColumns, rows: [...parties].flatMap(partyRows), made: madeOf(partyColumns) },
  { table: 'party_names', columns: nameColumns, rows: [...parties].flatMap(nameRows) },
  { table: 'sources', columns: sourceColumns, rows: [...sources].flatMap(sourceRows), made: madeOf(sourceColumns) },
  { table: 'private_names', columns: spokenColumns, rows: [...parties].flatMap(privateNameRows) },
  { table: 'text_keys', columns: keyColumns, rows: [...sources].flatMap(sourceKeyRow) },
];

const publicColumns = { id: 'text', from_position: 'bigint' };
const publicRowsOf = (since: PublicSince) => [...since].map(([id, from_position]) => ({ id, from_position }));
export const publicRows = (since: PublicSince): Rows => ({ table: 'public', columns: publicColumns, rows: publicRowsOf(since) });

/** Writes from which position on parties and sources are public: the earliest counts. */
export const writePublic = (tx: PoolClient, schema: string, since: PublicSince): Promise<void> =>
  insertRows(
    tx,
    `${schema}.public AS known`,
    publicColumns,
    publicRowsOf(since),
    'ON CONFLICT (id) DO UPDATE SET from_position = excluded.from_position WHERE excluded.from_position < known.from_position',
  );

const rowColumns = {
  ...range,
  record_position: 'bigint',
  digest: 'text',
  item: 'text',
  public_item: 'text',
  review_item: 'text',
  status: 'text',
  occurred_from: 'int',
  occurred_to: 'int',
  occurred_order: 'int',
  country: 'text',
  region: 'text',
  locality: 'text',
  lat: 'float8',
  lon: 'float8',
  facets: 'text[]',
  claims: 'jsonb',
  disputed: 'boolean',
  has_ruling: 'boolean',
  search: 'tsvector',
  all_search: 'tsvector',
  public_search: 'tsvector',
  public_all_search: 'tsvector',
} satisfies Columns<Range & Row & { record_position: bigint }>;

const vectorOrNull = (texts: readonly string[] | null): string | null => (texts === null ? null : textsVector(texts));

const rowVersions = ({ id, rows }: Member) =>
  rows.map(({ from, row, recordPosition }, index) => ({
    id,
    from_position: from,
    to_position: rows[index + 1]?.from ?? forEver,
    record_position: recordPosition,
    ...row,
    search: textsVector(row.search),
    all_search: vectorOrNull(row.all_search),
    public_search: vectorOrNull(row.public_search),
    public_all_search: vectorOrNull(row.public_all_search),
  }));

/** What COPY cannot give as it is stored. */
const madeOf = (columns: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([, type]) => type === 'tsvector' || type === 'jsonb')
      .map(([name, type]) => [name, `${name}::${type}`]),
  );

const closeRows = (schema: string): string => `
  UPDATE ${schema}.incident_rows AS shown SET to_position = new.at FROM ${recordset({ id: 'text', at: 'bigint' })}
  WHERE shown.id = new.id AND shown.to_position = ${forEver}`;

const incidentColumns = {
  id: 'text',
  published: 'boolean',
  authors: 'text[]',
  title: 'text',
  public_title: 'text',
  absorbed: 'text[]',
  document: 'text',
  etag: 'text',
  public_document: 'text',
  public_etag: 'text',
  review_document: 'text',
  review_etag: 'text',
  comparison: 'text',
  comparison_etag: 'text',
  public_comparison: 'text',
  public_comparison_etag: 'text',
};
const claimColumns = {
  id: 'text',
  incident: 'text',
  survivor: 'text',
  added_position: 'bigint',
  digest: 'text',
  item: 'text',
  public_item: 'text',
  speaker: 'text',
  about: 'text',
  aspect: 'text',
  standing: 'text',
  sources: 'text[]',
  value: 'text',
  unit: 'text',
  low: 'float8',
  high: 'float8',
  country: 'text',
  occurred_from: 'int',
  occurred_to: 'int',
};

/** What the claim says of its aspect: a word, or a number with its unit and bounds. */
const saidColumns = (claim: ClaimDocument) => {
  const said = saidBy(claim);
  const none = { value: null, unit: null, low: null, high: null };
  return said === null ? none : 'word' in said ? { ...none, value: said.word } : { ...none, ...said };
};

/** The incident that a claim is shown with: its own, or the last one that has absorbed it. */
const survivorOf = ({ members }: Unit, of: Member, claim: string): Member => {
  let found = of;
  for (const seen = new Set<Member>(); !seen.has(found); ) {
    seen.add(found);
    const into = members.get(found.state.mergedInto ?? '');
    if (into?.state.claims.has(claim)) found = into;
  }
  return found;
};

const claimRowsIn = (unit: Unit, known: ReadonlyMap<string, string>) => {
  const members = [...unit.members.values()];
  const added = new Map(members.flatMap((member) => [...member.added]));
  return members.flatMap((member) => claimRows(unit, member, added, known));
};

const claimRows = (unit: Unit, member: Member, added: ReadonlyMap<string, bigint>, known: ReadonlyMap<string, string>) => {
  const { id, rendered } = member;
  const open = rendered === null || rendered.open === rendered.document ? [] : rendered.open.claims;
  const publicItems = new Map(open.map((claim) => [claim.id, JSON.stringify(claim)]));
  return (rendered?.document.claims ?? [])
    .filter((claim) => survivorOf(unit, unit.members.get(claim.incidentId) ?? member, claim.id) === member)
    .map((claim) => {
      const item = JSON.stringify(claim);
      const publicItem = publicItems.get(claim.id) ?? item;
      const { country = null, occurred_from = null, occurred_to = null } = rendered?.row ?? {};
      const where = { country, occurred_from, occurred_to };
      return {
        id: claim.id,
        incident: claim.incidentId,
        survivor: id,
        added_position: added.get(claim.id) ?? 0n,
        item,
        public_item: publicItem === item ? null : publicItem,
        digest: digestOf(JSON.stringify([item, publicItem, id, where])),
        speaker: claim.speaker,
        about: claim.about,
        aspect: claim.aspect,
        standing: claim.standing,
        sources: [...new Set(claim.citations.map(({ source }) => source))],
        ...saidColumns(claim),
        ...where,
      };
    })
    .filter(({ id: claim, digest }) => known.get(claim) !== digest);
};

const incidentRow = ({ id, state, rendered }: Member, letOutOf: LetOutOf) =>
  rendered === null
    ? []
    : [
        {
          id,
          published: state.recordRevision !== null,
          authors: proposersOf(state),
          title: rendered.document.title,
          public_title: rendered.open.title,
          absorbed: rendered.document.mergedFrom,
          ...served(rendered, letOutOf),
        },
      ];

const errataColumns = { incident: 'text', id: 'text', recorded_at: 'timestamptz', item: 'text' };
const errataRows = ({ id: incident, state, rendered }: Member, letOutOf: LetOutOf) => {
  if (rendered === null) return [];
  const recordedOf = (ruling: string) => state.rulings.get(ruling)?.recordedAt ?? '';
  return errataIn(rendered.open, recordedOf).map((erratum) => ({
    incident,
    id: erratum.id,
    recorded_at: erratum.recordedAt,
    item: JSON.stringify(publicText(erratum, letOutOf)),
  }));
};

/** Notes where private persons came to be named of whom the past said more; `positions` is empty where none did. */
export const writeNewlyNamed = async (tx: PoolClient, schema: string, positions: readonly bigint[]): Promise<void> => {
  if (positions.length === 0) return;
  await tx.query(`DELETE FROM ${schema}.newly_named`);
  await tx.query(`INSERT INTO ${schema}.newly_named SELECT max(position) FROM unnest($1::bigint[]) AS position`, [positions.map(String)]);
};

const concealedRows = ({ concealed }: Member) => concealed;

const mergeRows = (merges: Merges) =>
  [...merges].flatMap(([incident, versions]) =>
    nonEmpty(versions).map(({ from, to, value }) => ({ incident, ...value, from_position: from, to_position: to })),
  );

const useColumns = { incident: 'text', used: 'text' };
const useRows = ({ id, newUses }: Member) => [...newUses].map((used) => ({ incident: id, used }));

const mergeColumns = { incident: 'text', target: 'text', since: 'bigint', from_position: 'bigint', to_position: 'bigint', cut: 'boolean' };

const clearFresh = async (tx: PoolClient, schema: string, units: readonly Unit[]): Promise<void> => {
  const ids = units.filter(({ fresh }) => fresh).flatMap(({ members }) => [...members.keys()]);
  if (ids.length === 0) return;
  await tx.query(`DELETE FROM ${schema}.incident_rows WHERE id = ANY($1)`, [ids]);
  await tx.query(`DELETE FROM ${schema}.claims WHERE incident = ANY($1)`, [ids]);
  await tx.query(`DELETE FROM ${schema}.incident_uses WHERE incident = ANY($1)`, [ids]);
  await tx.query(`DELETE FROM ${schema}.text_keys WHERE id = ANY($1)`, [ids]);
  await tx.query(`DELETE FROM ${schema}.concealed WHERE stream = ANY($1)`, [ids]);
};

/** Writes what the units have become: each table in one statement, whatever the number of incidents. `claims` are the digests of those that are written. */
export const writeUnits = async (
  tx: PoolClient,
  schema: string,
  units: readonly Unit[],
  claims: ReadonlyMap<string, string>,
): Promise<void> => {
  await clearFresh(tx, schema, units);
  const members = units.flatMap((unit) => [...unit.members.values()]);

  const closed = units.filter(({ fresh }) => !fresh).flatMap((unit) => [...unit.members.values()]);
  const closing = closed.flatMap(({ id, rows: [first] }) => (first === undefined ? [] : [{ id, at: first.from }]));
  await writeRows(tx, closeRows(schema), closing);
  await insertRows(tx, `${schema}.incident_rows`, rowColumns, members.flatMap(rowVersions));

  const letOutOf = await loadLetOut(tx, schema, quotePlaces(members.map(({ rendered }) => rendered?.open)));
  await insertRows(
    tx,
    `${schema}.incidents AS known`,
    incidentColumns,
    members.flatMap((member) => incidentRow(member, letOutOf)),
    `ON CONFLICT (id) DO UPDATE SET ${setFromNew(incidentColumns, ['id'])}
     WHERE (known.etag, known.public_etag, known.review_etag, known.comparison_etag, known.public_comparison_etag, known.published, known.authors) IS DISTINCT FROM
       (excluded.etag, excluded.public_etag, excluded.review_etag, excluded.comparison_etag, excluded.public_comparison_etag, excluded.published,
        excluded.authors)`,
  );
  const rendered = members.filter((member) => member.rendered !== null).map(({ id }) => id);
  if (rendered.length > 0) await tx.query(`DELETE FROM ${schema}.errata WHERE incident = ANY($1)`, [rendered]);
  await insertRows(
    tx,
    `${schema}.errata`,
    errataColumns,
    members.flatMap((member) => errataRows(member, letOutOf)),
  );
  // A claim that is known keeps the position at which it was added: a batch knows that only of its own claims.
  await insertRows(
    tx,
    `${schema}.claims`,
    claimColumns,
    units.flatMap((unit) => claimRowsIn(unit, claims)),
    `ON CONFLICT (id) DO UPDATE SET ${setFromNew(claimColumns, ['id', 'added_position'])}`,
  );
  await insertRows(tx, `${schema}.incident_uses`, useColumns, members.flatMap(useRows));
  await insertRows(
    tx,
    `${schema}.text_keys AS known`,
    keyColumns,
    members.flatMap(({ id, keys }) => keyRow(id, keys)),
    `ON CONFLICT (id) DO UPDATE SET word_keys = ARRAY(SELECT unnest(known.word_keys) UNION SELECT unnest(excluded.word_keys) ORDER BY 1) WHERE NOT known.word_keys @> excluded.word_keys`,
  );

  await insertRows(
    tx,
    `${schema}.concealed`,
    concealedColumns,
    units.filter(({ fresh }) => fresh).flatMap(({ members: fresh }) => [...fresh.values()].flatMap(concealedRows)),
  );

  const merged = units.filter(({ members: { size }, merges }) => size > 1 || merges.size > 0);
  if (merged.length === 0) return;
  const tied = merged.flatMap((unit) => [...unit.members.keys()]);
  // What went to another incident with the end of a merge has another id there.
  const shown = merged.flatMap((unit) => [...unit.members.values()].flatMap(({ state }) => [...state.claims.keys()]));
  await tx.query(`DELETE FROM ${schema}.claims WHERE incident = ANY($1) AND id <> ALL($2)`, [tied, shown]);
  await tx.query(`DELETE FROM ${schema}.merges WHERE incident = ANY($1)`, [tied]);
  await insertRows(
    tx,
    `${schema}.merges`,
    mergeColumns,
    merged.flatMap(({ merges }) => mergeRows(merges)),
  );
};

/** The rows of units that were folded from their first events, in tables that have none of them. */
export const unitRows = (units: readonly Unit[], letOutOf: LetOutOf): Rows[] => {
  const members = units.flatMap((unit) => [...unit.members.values()]);
  const none: ReadonlyMap<string, string> = new Map();
  return [
    { table: 'incident_rows', columns: rowColumns, rows: members.flatMap(rowVersions), made: madeOf(rowColumns) },
    { table: 'incidents', columns: incidentColumns, rows: members.flatMap((member) => incidentRow(member, letOutOf)) },
    { table: 'errata', columns: errataColumns, rows: members.flatMap((member) => errataRows(member, letOutOf)) },
    { table: 'claims', columns: claimColumns, rows: units.flatMap((unit) => claimRowsIn(unit, none)) },
    { table: 'incident_uses', columns: useColumns, rows: members.flatMap(useRows) },
    { table: 'text_keys', columns: keyColumns, rows: members.flatMap(({ id, keys }) => keyRow(id, keys)) },
    { table: 'concealed', columns: concealedColumns, rows: members.flatMap(concealedRows) },
    { table: 'merges', columns: mergeColumns, rows: units.flatMap(({ merges }) => mergeRows(merges)) },
  ];
};
