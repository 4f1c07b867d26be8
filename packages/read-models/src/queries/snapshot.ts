import { type ClaimDocument, type DomainEvent, publicText, quotePlaces, tellingNames } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { DatabaseAway } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { PartyItem } from '../items.ts';
import type { Projection } from '../projection.ts';
import { loadLetOut } from '../projections/quotes.ts';
import { erasedAfter } from '../runner/erased-after.ts';
import { ModelMissing } from '../runner/follower.ts';
import { isMissing } from '../runner/model.ts';
import { isSwapWanted } from '../runner/transaction.ts';
import { forEver } from '../versions.ts';
import { rowsInBatches, type Select } from './in-batches.ts';
import { goneOfText } from './left.ts';
import { schemasOf } from './schemas.ts';
import type { ClaimItem, IncidentItem } from './types.ts';
import { partyFor } from './viewers.ts';

/** An incident of the public list, and the one that shows its claims where it is merged. */
export type IncidentInSnapshot = IncidentItem & { mergedInto: string | null };
/** A claim of the public list, with what the public may call those that it names; null where that is nothing. */
export type ClaimInSnapshot = ClaimItem & { speakerName: string | null; voiceName: string | null; aboutName: string | null };

/** All that the public reads of the record, at one position of the log. Everything is read in the order of ids, one thing after the other. */
export type Snapshot = {
  position: bigint;
  /** What the log is called. */
  log: string;
  /** The streams that are missing, because an event of theirs is parked. */
  parked: readonly string[];
  /** The build of the tables that are read: another one may tell the same position otherwise. */
  model: string;
  /** What `GET /v1/incidents/{id}` answers without a key, word for word; nothing of what it refuses, because nothing is left of it. */
  documents(): AsyncGenerator<string[]>;
  incidents(): AsyncGenerator<IncidentInSnapshot[]>;
  claims(): AsyncGenerator<ClaimInSnapshot[]>;
  /** To be called in any case. */
  close(): Promise<void>;
};

/** A snapshot was given up: its rows are needed no more, or must not be shown any more. */
export class SnapshotEnded extends Error {
  override readonly name = 'SnapshotEnded';
}

type Options = {
  pool: Pick<Pool, 'connect'>;
  projections: readonly Projection[];
  log: Pick<EventLog<DomainEvent>, 'readAll'>;
};

/** How often it is looked whether the snapshot has to end, in milliseconds. */
const look = 1000;

/**
 * Opens a snapshot on a connection of the pool, in one transaction that sees one moment. A transaction keeps old rows, and a rebuild from its swap: it ends by
 * itself with `SnapshotEnded` once a rebuild wants to swap or a text was erased, and the server ends it where nothing is read for a minute.
 */
export const openSnapshot = async ({ pool, projections, log }: Options): Promise<Snapshot> => {
  const { record } = schemasOf(projections);
  const client = await pool.connect().catch((error: Error) => {
    throw new DatabaseAway(`no connection to the database: ${error.message}`, { cause: error });
  });
  let broken: Error | undefined;
  const lose = (why: Error) => {
    broken ??= why;
  };
  client.on('error', lose);
  let closing: Promise<void> | undefined;
  const end = async () => {
    await client.query('ROLLBACK').catch(lose);
    client.off('error', lose);
    client.release(broken ?? false);
  };
  const close = () => {
    closing ??= end();
    return closing;
  };
  try {
    await client.query(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL jit = off",
    );
    const head = await headOf(client, record);
    const position = BigInt(head.position);

    const isErased = erasedAfter(log, position);
    let looked = performance.now();
    const requireCurrent = async (): Promise<void> => {
      if (performance.now() - looked < look) return;
      looked = performance.now();
      if (await isSwapWanted(client, 'record')) throw new SnapshotEnded('the model is being put in place anew');
      if (await isErased()) throw new SnapshotEnded('a text was erased since');
    };
    if (await isSwapWanted(client, 'record')) throw new SnapshotEnded('the model is being put in place anew');

    const read = async function* <Row extends object, T>(select: Select, told: (rows: Row[]) => Promise<T[]> | T[]): AsyncGenerator<T[]> {
      const rows = rowsInBatches<Row>(client, select);
      // The database looks for the next rows while these are sent.
      const next = async () => {
        const { value } = await rows.next();
        return value && told(value);
      };
      let ahead = next();
      try {
        for (let found = await ahead; found !== undefined; found = await ahead) {
          ahead = next();
          // Told to whoever asks for it.
          ahead.catch(() => undefined);
          await requireCurrent();
          yield found;
        }
      } catch (error) {
        throw broken === undefined ? error : new DatabaseAway(`the connection broke: ${broken.message}`, { cause: error });
      } finally {
        await ahead.catch(() => undefined);
      }
    };
    return {
      position,
      log: head.log,
      parked: head.parked ?? [],
      model: `${record} ${head.build}`,
      documents: () =>
        read<{ body: string }, string>(documentsIn(record), (rows) =>
          rows.map(({ body }) => body).filter((body) => goneOfText(body) === null),
        ),
      incidents: () =>
        read<{ body: string; into: string | null }, IncidentInSnapshot>(incidentsIn(record), (rows) =>
          rows.map(({ body, into }) => ({ ...(JSON.parse(body) as IncidentItem), mergedInto: into })),
        ),
      claims: () => read<ClaimRow, ClaimInSnapshot>(claimsIn(record), (rows) => claimsTold(client, record, rows)),
      close,
    };
  } catch (error) {
    await close();
    throw isMissing(error) ? new ModelMissing('the model record is not there', { cause: error }) : error;
  }
};

type Head = { position: string; log: string; parked: string[] | null; build: string };
const headOf = async (client: PoolClient, record: string): Promise<Head> => {
  const { rows } = await client.query<Head>(
    `SELECT position::text, log, '${record}.incidents'::regclass::oid::text AS build,
       (SELECT array_agg(stream ORDER BY stream) FROM runner.parked WHERE model = $1) AS parked
     FROM ${record}.checkpoint`,
    [record],
  );
  if (rows[0] === undefined) throw new ModelMissing('the model record has no checkpoint');
  return rows[0];
};

const documentsIn = (record: string): Select => ({
  columns: { body: 'coalesce(i.public_document, i.document)' },
  from: `${record}.incidents AS i WHERE i.published`,
  order: 'i.id',
});
const incidentsIn = (record: string): Select => ({
  columns: { body: 'coalesce(r.public_item, r.item)', into: `(coalesce(i.public_document, i.document)::json)->>'mergedInto'` },
  from: `${record}.incident_rows_current AS r LEFT JOIN ${record}.incidents AS i ON i.id = r.id AND r.status = 'merged'`,
  order: 'r.id',
});
const claimsIn = (record: string): Select => ({
  columns: { body: 'coalesce(c.public_item, c.item)', title: 'i.public_title' },
  from: `${record}.claims AS c JOIN ${record}.incidents AS i ON i.id = c.incident`,
  order: 'c.id',
});

type ClaimRow = { body: string; title: string | null };

/** As the public list tells them: quotes as they were let out, and names as they may be told. */
const claimsTold = async (client: PoolClient, record: string, rows: readonly ClaimRow[]): Promise<ClaimInSnapshot[]> => {
  const claims = rows.map(({ body, title }) => ({ ...(JSON.parse(body) as ClaimDocument), incidentTitle: title }));
  const named = claims.flatMap(({ speaker, voice, about }) => [speaker, voice, about]).filter((id) => id !== null);
  const names = await namesOf(client, record, [...new Set(named)]);
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  const told = publicText(claims, await loadLetOut(client, record, quotePlaces(claims)));
  return told.map((claim) => ({
    ...tellingNames(claim),
    speakerName: nameOf(claim.speaker),
    voiceName: nameOf(claim.voice),
    aboutName: nameOf(claim.about),
  }));
};

/** What the public may call these parties. */
const namesOf = async (client: PoolClient, record: string, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> => {
  const { rows } = await client.query<{ id: string; item: PartyItem }>({
    name: `party names ${record}`,
    text: `SELECT p.id, p.item FROM ${record}.parties AS p JOIN ${record}.public AS used ON used.id = p.id WHERE p.id = ANY($1) AND p.to_position = ${forEver}`,
    values: [ids],
  });
  return new Map(rows.map(({ id, item }) => [id, partyFor(null, item).name]));
};
