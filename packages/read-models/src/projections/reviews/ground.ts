import { type DomainEvent, type Edit, type Ground, type PartyFacts, quotesByPlace } from '@averment/domain';
import type { PoolClient } from 'pg';
import type { ProjectionContext } from '../../projection.ts';
import { loadQuotes } from '../quotes.ts';
import { factsOf } from '../record/register.ts';
import { insertRows, setFromNew } from '../statements.ts';
import { partyColumns, partyRows, useColumns, useRows } from './rows.ts';

/** What edits are judged by beside their incident: parties, who of them was reviewed, and quotes. */

export type Streams = ReadonlyMap<string, DomainEvent[]>;

/** Writes the parties of the batch as they are now, and answers which they are. */
export const projectParties = async (tx: PoolClient, streams: Streams, context: ProjectionContext): Promise<string[]> => {
  const own = [...streams].filter(([stream]) => stream.startsWith('party_'));
  const begun = own.filter(([, [first]]) => first !== undefined && first.revision > 0);
  const read = await context.readStreams(begun.map(([stream, events]) => ({ stream, from: 0, to: events.at(-1)?.revision ?? 0 })));
  const rows = own.flatMap(([id, events]) => partyRows(id, read.get(id) ?? events));
  const replace = `ON CONFLICT (id) DO UPDATE SET ${setFromNew(partyColumns, ['id'])}`;
  await insertRows(tx, `${context.schema}.parties`, partyColumns, rows, replace);
  return rows.map(({ id }) => id);
};

export const usersOf = async (tx: PoolClient, schema: string, parties: readonly string[]): Promise<string[]> => {
  if (parties.length === 0) return [];
  const { rows } = await tx.query(`SELECT DISTINCT incident FROM ${schema}.edit_uses WHERE used = ANY($1)`, [parties]);
  return rows.map(({ incident }) => incident);
};

/** Writes which parties and sources the incidents' edits use, then answers what is known by now of all parties that their edits have used. */
export const groundOf = async (tx: PoolClient, schema: string, incidents: readonly string[], streams: Streams): Promise<Ground> => {
  const uses = incidents.flatMap((incident) => useRows(incident, streams.get(incident) ?? []));
  await insertRows(tx, `${schema}.edit_uses`, useColumns, uses, 'ON CONFLICT DO NOTHING');
  const { rows } = await tx.query(
    `SELECT p.id, p.item, coalesce(r.position >= p.privacy_said, false) AS reviewed
     FROM ${schema}.parties AS p LEFT JOIN ${schema}.reviewed AS r ON r.party = p.id
     WHERE p.id IN (SELECT used FROM ${schema}.edit_uses WHERE incident = ANY($1))`,
    [incidents],
  );
  const found = new Map<string, PartyFacts>(rows.map(({ id, item }) => [id, factsOf(item)]));
  const reviewed = new Set<string>(rows.flatMap((row) => (row.reviewed ? [row.id] : [])));
  return { parties: (id) => found.get(id), privacyReviewed: (id) => reviewed.has(id) };
};

/** The incidents with open edits that may quote one of these sources. */
export const quotersOf = async (tx: PoolClient, schema: string, sources: readonly string[]): Promise<string[]> => {
  if (sources.length === 0) return [];
  const { rows } = await tx.query(
    `SELECT DISTINCT incident FROM ${schema}.edit_uses JOIN ${schema}.edits ON stream = incident WHERE used = ANY($1) AND next_actor IS NOT NULL`,
    [sources],
  );
  return rows.map(({ incident }) => incident);
};

/** The quotes on record from the sources that these edits quote. */
export const quotedBy = async (tx: PoolClient, schema: string, edits: readonly Edit[]): Promise<Required<Pick<Ground, 'quoted'>>> => {
  const versions = edits.flatMap(({ versions }) => versions.at(-1) ?? []);
  const sources = versions.flatMap(({ changes, quotes }) => quotes ?? quotesByPlace(changes)).map(({ source }) => source);
  const found = await loadQuotes(tx, schema, [...new Set(sources)]);
  return { quoted: (source) => found.get(source) ?? [] };
};
