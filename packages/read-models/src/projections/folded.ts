import type { PoolClient } from 'pg';
import type { Group, Rows } from '../projection.ts';
import { insertRows } from './statements.ts';

const columns = { stream: 'text', revision: 'int' };
const rowsOf = (streams: Group) => [...streams].map(([stream, events]) => ({ stream, revision: events.at(-1)?.revision ?? 0 }));

/** Up to which revision each stream is folded into the tables; streams that are not are left out. */
export const loadFolded = async (tx: PoolClient, schema: string, streams: readonly string[]): Promise<Map<string, number>> => {
  const { rows } = await tx.query(`SELECT stream, revision FROM ${schema}.folded WHERE stream = ANY($1)`, [streams]);
  return new Map(rows.map(({ stream, revision }) => [stream, revision]));
};

/** Writes how far the streams of a batch are folded: to their last event in it. */
export const writeFolded = (tx: PoolClient, schema: string, streams: Group): Promise<void> =>
  insertRows(tx, `${schema}.folded`, columns, rowsOf(streams), 'ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision');

/** The same rows of whole streams. */
export const foldedRows = (groups: readonly Group[]): Rows => ({ table: 'folded', columns, rows: groups.flatMap(rowsOf) });
