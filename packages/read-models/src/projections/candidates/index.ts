import {
  type Incident,
  type IncidentDocument,
  isEmptied,
  isOpenEdit,
  type Profile,
  type ProfileFacts,
  profileContent,
  profileNames,
  profileOf,
  proposersOf,
  survivorOf,
  type Vocabulary,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Rows } from '../../projection.ts';
import { factsOf, namesOf, type Register } from '../record/register.ts';
import { digestOf } from '../record/render.ts';
import { insertRows, setFromNew } from '../statements.ts';
import { storedKeys } from './keys.ts';
import { renewPairs, turned } from './pairs.ts';

export { pairAll } from './pairs.ts';
export { candidateIndexes, candidatesCompared, candidateTables } from './tables.ts';

/** `left`: the state without the texts that are concealed or kept from the public, null where there are none. */
type Holder = { id: string; state: Incident; left: Incident | null; rendered: { document: IncidentDocument } | null };
type Unit = { members: ReadonlyMap<string, Holder> };
/** What an incident is compared by, as it is written; null where it takes no part. */
export type Profiled = { incident: string; published: boolean; retracted: boolean; authors: string[]; profile: Profile } | null;

/** The parties and sources that an incident is compared by: when one changes, so may its profile. */
export const comparedBy = (state: Incident): string[] => {
  const { parties, sources } = profileNames(profileContent(state));
  return [...parties, ...sources];
};

const takesPart = ({ status, edits }: Incident): boolean => {
  if (status !== 'proposed') return status === 'published' || status === 'retracted';
  const proposal = edits.get(1);
  return proposal !== undefined && isOpenEdit(proposal);
};

/** The names of parties and the addresses of sources count as they are by now. */
const factsIn = ({ parties, sources }: Register, vocabulary: Vocabulary): ProfileFacts => {
  const now = (id: string) => parties.get(id)?.at(-1)?.value;
  const known = (id: string) => {
    const party = now(id);
    return party && factsOf(party);
  };
  const named = (id: string) => {
    const party = now(id);
    if (party === undefined) return undefined;
    const { kind, private: isPrivate } = party;
    return { id, kind, private: isPrivate, names: namesOf(party) };
  };
  return {
    vocabulary,
    parties: (id) => {
      const [party, into] = [named(id), survivorOf(id, known)];
      return party && { ...party, survivor: into === id ? null : (named(into) ?? null) };
    },
    sources: (id) => sources.get(id)?.at(-1)?.value.item,
  };
};

/**
 * What an incident is compared by: no text that is concealed or kept from the public, as reasons are told to others too. What it absorbed counts with it, also in
 * what was decided of the two. An incident of which nothing is left to read takes no part.
 */
export const profiledOf = (
  { members }: Unit,
  { id, state, left, rendered }: Holder,
  register: Register,
  vocabulary: Vocabulary,
): Profiled => {
  if (!takesPart(state) || (rendered !== null && isEmptied(rendered.document))) return null;
  const held = [id, ...state.absorbed.keys()];
  const distinct = new Set(held.flatMap((each) => [...(members.get(each)?.state.distinctFrom.keys() ?? [])]));
  const input = { id, ...profileContent(left ?? state), members: held, distinct: [...distinct] };
  return {
    incident: id,
    published: state.recordRevision !== null,
    retracted: state.status === 'retracted',
    authors: proposersOf(state),
    profile: profileOf(input, factsIn(register, vocabulary)),
  };
};

const columns = { incident: 'text', digest: 'text', published: 'boolean', retracted: 'boolean', authors: 'text[]', profile: 'json' };
const keyColumns = { key: 'bigint', incident: 'text' };
const rowOf = (profiled: NonNullable<Profiled>) => ({ ...profiled, digest: digestOf(JSON.stringify(profiled)) });
const keysOf = ({ incident, profile }: NonNullable<Profiled>) => storedKeys(profile).map((key) => ({ key, incident }));

/** The rows of incidents in tables that have none of them. Their pairs are found when all are there (`pairAll`). */
export const profileRows = (profiled: readonly Profiled[]): Rows[] => {
  const there = profiled.filter((each) => each !== null);
  return [
    { table: 'profiles', columns, rows: there.map(rowOf) },
    { table: 'meeting_keys', columns: keyColumns, rows: there.flatMap(keysOf) },
  ];
};

/** Writes what has become of these incidents, and which others may be one with them. */
export const writeCandidates = async (tx: PoolClient, schema: string, members: ReadonlyMap<string, Profiled>): Promise<void> => {
  const ids = [...members.keys()];
  if (ids.length === 0) return;
  const { rows } = await tx.query<{ incident: string; digest: string }>(
    `SELECT incident, digest FROM ${schema}.profiles WHERE incident = ANY($1)`,
    [ids],
  );
  const known = new Map(rows.map(({ incident, digest }) => [incident, digest]));
  const written = new Map([...members].map(([id, profiled]) => [id, profiled && rowOf(profiled)]));
  const changed = ids.filter((id) => written.get(id)?.digest !== known.get(id));
  if (changed.length === 0) return;

  const count = new Map<bigint, number>();
  const { rows: before } = await tx.query<{ key: string }>(
    `DELETE FROM ${schema}.meeting_keys WHERE incident = ANY($1) RETURNING key::text`,
    [changed],
  );
  for (const key of before.map((row) => BigInt(row.key))) count.set(key, (count.get(key) ?? 0) - 1);
  const there = changed.flatMap((id) => written.get(id) ?? []);
  const keys = there.flatMap(keysOf);
  for (const { key } of keys) count.set(key, (count.get(key) ?? 0) + 1);
  await insertRows(tx, `${schema}.meeting_keys`, keyColumns, keys);

  const gone = changed.filter((id) => written.get(id) === null);
  if (gone.length > 0) await tx.query(`DELETE FROM ${schema}.profiles WHERE incident = ANY($1)`, [gone]);
  await insertRows(tx, `${schema}.profiles`, columns, there, `ON CONFLICT (incident) DO UPDATE SET ${setFromNew(columns, ['incident'])}`);
  await renewPairs(tx, schema, [...new Set([...changed, ...(await turned(tx, schema, count))])]);
};
