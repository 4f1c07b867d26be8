import type { DomainEvent } from '@averment/domain';
import { goneOf } from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Rows } from '../../projection.ts';
import { groupsOf } from '../../runner/groups.ts';
import { appendsOf } from '../appends.ts';
import { insertRows } from '../statements.ts';
import { changesItem } from './register.ts';
import type { Member, Unit } from './unit.ts';

/**
 * Where what is served of each published incident may last have changed: the position of the last append that changes what is shown of it, of one that a merge
 * ever tied to it, or of a party or source that one of them uses. It follows from the events alone, and nothing that is served changes without it.
 */
export const changedTables = (schema: string): string => `
  -- Where each party and source last changed, in any of its versions.
  CREATE TABLE ${schema}.register_changed (stream text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);
  -- Where each published incident may last have changed, and what whoever keeps a copy has to know beside its row: gone is why nothing of it may be kept,
  -- review_gone the same for reviewers and auditors.
  CREATE TABLE ${schema}.incident_changed (
    incident text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, merged_into text COLLATE "C", gone text, review_gone text);
`;
export const changedIndexes = (schema: string): string => `
  CREATE INDEX incident_changed_position ON ${schema}.incident_changed (position, incident);
`;
export const changedCompared = [
  { table: 'register_changed', key: ['stream'] },
  { table: 'incident_changed', key: ['incident'] },
];

/** The position of the last append of each source and party that changed what is shown of it, by its id. */
export type RegisterChanged = ReadonlyMap<string, bigint>;

/** Takes whole streams. */
export const registerChanged = (streams: Iterable<readonly [string, readonly DomainEvent[]]>): Map<string, bigint> =>
  new Map(
    [...streams].flatMap(([stream, events]): [string, bigint][] => {
      const last = appendsOf(events).findLast((append) => append.events.some(changesItem));
      return last === undefined ? [] : [[stream, last.position]];
    }),
  );

const registerColumns = { stream: 'text', position: 'bigint' };
const registerRowsOf = (changed: RegisterChanged) => [...changed].map(([stream, position]) => ({ stream, position }));
export const registerChangedRows = (changed: RegisterChanged): Rows => ({
  table: 'register_changed',
  columns: registerColumns,
  rows: registerRowsOf(changed),
});
export const writeRegisterChanged = (tx: PoolClient, schema: string, changed: RegisterChanged): Promise<void> =>
  insertRows(
    tx,
    `${schema}.register_changed`,
    registerColumns,
    registerRowsOf(changed),
    'ON CONFLICT (stream) DO UPDATE SET position = excluded.position',
  );

export const loadRegisterChanged = async (tx: PoolClient, schema: string, ids: readonly string[]): Promise<RegisterChanged> => {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ stream: string; position: string }>({
    name: `changed ${schema}`,
    text: `SELECT stream, position::text FROM ${schema}.register_changed WHERE stream = ANY($1)`,
    values: [ids],
  });
  return new Map(rows.map(({ stream, position }) => [stream, BigInt(position)]));
};

/** Where what is shown of members that merges tie may last have changed. */
const lastOf = (members: readonly Member[], changed: RegisterChanged): bigint => {
  let last = 0n;
  const note = (position = 0n) => {
    if (position > last) last = position;
  };
  for (const { changedAt, uses, newUses } of members) {
    note(changedAt);
    for (const used of [uses, newUses]) for (const id of used) note(changed.get(id));
  }
  return last;
};

const tiedIn = ({ members, merges }: Unit): Member[][] => {
  const ties = [...merges].flatMap(([incident, versions]) => versions.map(({ value }) => [incident, value.target] as const));
  return groupsOf(members.keys(), ties).map((ids) => ids.flatMap((id) => members.get(id) ?? []));
};

const columns = { incident: 'text', position: 'bigint', merged_into: 'text', gone: 'text', review_gone: 'text' };
const rowsOf = (unit: Unit, changed: RegisterChanged) =>
  tiedIn(unit).flatMap((tied) => {
    const position = lastOf(tied, changed);
    return tied.flatMap(({ id, state, rendered }) => {
      if (rendered === null || rendered.row === null) return [];
      const [gone, review_gone] = [goneOf(rendered.open), goneOf(rendered.whole)];
      return [{ incident: id, position, merged_into: state.mergedInto, gone, review_gone }];
    });
  });

/** The rows of units that were folded from their first events. */
export const incidentChangedRows = (units: readonly Unit[], changed: RegisterChanged): Rows => ({
  table: 'incident_changed',
  columns,
  rows: units.flatMap((unit) => rowsOf(unit, changed)),
});

/** Writes where the units have changed. `changed` has the parties and sources that they use. */
export const writeIncidentChanged = async (
  tx: PoolClient,
  schema: string,
  units: readonly Unit[],
  changed: RegisterChanged,
): Promise<void> => {
  const fresh = units.filter((unit) => unit.fresh).flatMap(({ members }) => [...members.keys()]);
  if (fresh.length > 0) await tx.query(`DELETE FROM ${schema}.incident_changed WHERE incident = ANY($1)`, [fresh]);
  await insertRows(
    tx,
    `${schema}.incident_changed AS known`,
    columns,
    units.flatMap((unit) => rowsOf(unit, changed)),
    `ON CONFLICT (incident) DO UPDATE SET position = greatest(known.position, excluded.position), merged_into = excluded.merged_into, gone = excluded.gone,
       review_gone = excluded.review_gone`,
  );
};
