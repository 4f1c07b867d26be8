import { answer } from '@averment/domain';
import { isUndecodable } from '@averment/event-log';
import { isoText, type Logger } from '@averment/platform';
import { z } from 'zod';
import type { LoggedAppend } from './appends.ts';
import type { Connection, Model } from './model.ts';

/** An event that a projection could not take. Its stream is parked in this model from here on, until the event is retried or skipped. */
export const parkedShape = z.object({
  id: z.string().describe('Its number'),
  projection: z.string().describe('The projection that could not take it'),
  stream: z.string().describe('The stream that it stands in'),
  revision: answer.revision,
  position: answer.position,
  type: z.string().describe('The type of the event'),
  error: z.string().describe('What went wrong the last time'),
  /** How often it was applied in vain. */
  attempts: z.int().describe('How often it was tried'),
  state: answer.oneOf<'parked' | 'skipped'>().describe('`parked`, or `skipped`'),
  at: answer.instant,
});
export type Parked = z.output<typeof parkedShape>;

/** What is left unapplied in a model: parked streams, from the first revision of the parked append on, and single events that an admin skipped. */
export type Unapplied = {
  /** The first revision that is parked, by stream. */
  parked: Map<string, number>;
  /** Revisions that are skipped, by stream. */
  skipped: Map<string, Set<number>>;
};

const listed = `
  SELECT id, projection, stream, revision, position, type, error, attempts, 'parked' AS state, ${isoText('parked_at', 3)} AS at
    FROM runner.parked WHERE model = ANY($1)
  UNION ALL
  SELECT id, projection, stream, revision, position, type, error, attempts, 'skipped', ${isoText('skipped_at', 3)}
    FROM runner.skipped WHERE projection = ANY($2)`;

const toParked = (row: Omit<Parked, 'id' | 'position'> & { id: unknown; position: unknown }): Parked => ({
  ...row,
  id: String(row.id),
  position: String(row.position),
});

/** Everything parked in these models, and everything skipped in their projections, oldest position first. */
export const listParked = async (connection: Connection, models: readonly Model[]): Promise<Parked[]> => {
  const { rows } = await connection.query(`${listed} ORDER BY position, id`, namesOf(models));
  return rows.map(toParked);
};

const namesOf = (models: readonly Model[]) => [models.map(({ schema }) => schema), models.map(({ projection }) => projection.name)];

/** Asks what is left unapplied. To be read in the transaction that applies, once its lock is held. */
export const unappliedStatement = ({ schema, projection }: Model): string => `
  SELECT stream, first_revision AS revision, true AS parked FROM runner.parked WHERE model = '${schema}'
  UNION ALL SELECT stream, revision, false FROM runner.skipped WHERE projection = '${projection.name}'`;

export const unappliedFrom = (rows: readonly { stream: string; revision: number; parked: boolean }[]): Unapplied => {
  const unapplied: Unapplied = { parked: new Map(), skipped: new Map() };
  for (const { stream, revision, parked } of rows) {
    if (parked) unapplied.parked.set(stream, revision);
    else unapplied.skipped.set(stream, (unapplied.skipped.get(stream) ?? new Set()).add(revision));
  }
  return unapplied;
};

export type Poison = { stream: string; revision: number; first: number; position: bigint; type: string; error: string; attempts: number };

/** Records the event, or that it (or another event of its stream) failed again. Only the first 2,000 characters of the error are kept. */
export const park = async (connection: Connection, { schema, projection }: Model, poison: Poison): Promise<void> => {
  await connection.query(
    `INSERT INTO runner.parked AS old (projection, model, stream, revision, first_revision, position, type, error, attempts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (model, stream) DO UPDATE
       SET revision = excluded.revision, first_revision = excluded.first_revision, position = excluded.position, type = excluded.type, error = excluded.error,
           attempts = excluded.attempts + CASE WHEN old.revision = excluded.revision THEN old.attempts ELSE 0 END`,
    [
      projection.name,
      schema,
      poison.stream,
      poison.revision,
      poison.first,
      poison.position,
      poison.type,
      poison.error.slice(0, 2000),
      poison.attempts,
    ],
  );
};

/** Logs what was parked. The error itself stands in the parked record only: it may quote a text, and logs are for ever. */
export const tellParked = (logger: Logger, { projection, schema }: Model, parked: readonly Poison[]): void => {
  for (const { stream, revision, position, type } of parked) {
    const event = { projection: projection.name, model: schema, stream, revision, position: String(position), type };
    logger.error(event, 'an event was parked, its stream waits');
  }
};

/**
 * Notes the erasures in appends of parked streams: their rows keep the erased text until the model is rebuilt, and the recorded error may quote it.
 * Erasures up to `erasedUntil` were in force before the model's first row was made.
 */
export const noteErasures = async (
  connection: Connection,
  { schema, projection }: Model,
  { parked, skipped }: Unapplied,
  appends: readonly LoggedAppend[],
  erasedUntil: bigint,
): Promise<void> => {
  if (parked.size === 0 && skipped.size === 0) return;
  const waits = ({ stream, first }: LoggedAppend) => first >= (parked.get(stream) ?? Number.POSITIVE_INFINITY) || skipped.has(stream);
  const erased = appends.filter(({ events }) => events.some(({ type }) => type === 'TextErased'));
  const streams = erased.filter((append) => append.position > erasedUntil && waits(append)).map(({ stream }) => stream);
  if (streams.length === 0) return;
  const without = 'not shown, since a text of this stream was erased';
  await connection.query('UPDATE runner.parked SET erasure_waits = true, error = $3 WHERE model = $1 AND stream = ANY($2)', [
    schema,
    streams,
    without,
  ]);
  await connection.query('UPDATE runner.skipped SET error = $3 WHERE projection = $1 AND stream = ANY($2)', [
    projection.name,
    streams,
    without,
  ]);
};

/** Notes into which incidents parked merges lead. */
export const noteMerges = async (
  connection: Connection,
  { schema }: Model,
  { parked }: Unapplied,
  appends: readonly LoggedAppend[],
): Promise<void> => {
  if (parked.size === 0) return;
  const waiting = appends.filter(({ stream, first }) => first >= (parked.get(stream) ?? Number.POSITIVE_INFINITY));
  const merges = waiting.flatMap(({ stream, events }) =>
    events.flatMap((event) => (!isUndecodable(event) && event.type === 'IncidentMerged' ? [{ stream, into: event.data.into }] : [])),
  );
  for (const { stream, into } of merges) {
    await connection.query(
      `UPDATE runner.parked SET merges_into = array_append(array_remove(merges_into, $3), $3) WHERE model = $1 AND stream = $2`,
      [schema, stream, into],
    );
  }
};

/** Which parked events are meant: those that fit every member given. `error` is a part of the recorded error. */
export type ParkedFilter = { projection?: string; stream?: string; type?: string; error?: string };

/** The ids of at most `limit` parked events that fit, the least tried first, and how many fit in all. */
export const findParked = async (
  connection: Connection,
  models: readonly Model[],
  { projection, stream, type, error }: ParkedFilter,
  limit: number,
): Promise<{ ids: string[]; matched: number }> => {
  const { rows } = await connection.query<{ id: string; matched: number }>(
    `SELECT id::text, (count(*) OVER ())::int AS matched FROM runner.parked
      WHERE model = ANY($1) AND ($2::text IS NULL OR projection = $2) AND ($3::text IS NULL OR stream = $3) AND ($4::text IS NULL OR type = $4)
        AND ($5::text IS NULL OR position($5 IN error) > 0)
      ORDER BY attempts, parked.position, id LIMIT $6`,
    [models.map(({ schema }) => schema), projection ?? null, stream ?? null, type ?? null, error ?? null, limit],
  );
  return { ids: rows.map(({ id }) => id), matched: rows[0]?.matched ?? 0 };
};

/** Replaces what is parked in the live build by what is parked in the new one. An event that is parked in both keeps the id that admins know. */
export const replaceParked = async (connection: Connection, live: Model, next: Model): Promise<void> => {
  const schemas = [live.schema, next.schema];
  const both = 'old.model = $1 AND new.model = $2 AND old.stream = new.stream AND old.revision = new.revision';
  await connection.query(
    `UPDATE runner.parked AS old SET error = new.error, erasure_waits = new.erasure_waits, merges_into = new.merges_into, attempts = old.attempts + new.attempts
       FROM runner.parked AS new WHERE ${both}`,
    schemas,
  );
  await connection.query(
    `DELETE FROM runner.parked AS old WHERE old.model = $1 AND NOT EXISTS (SELECT FROM runner.parked AS new WHERE ${both})`,
    schemas,
  );
  await connection.query(
    `DELETE FROM runner.parked AS new WHERE new.model = $2 AND EXISTS (SELECT FROM runner.parked AS old WHERE ${both})`,
    schemas,
  );
  await connection.query('UPDATE runner.parked SET model = $1 WHERE model = $2', schemas);
};

/** Parks in a new build what is parked in the live one, so that the same is missing in both. */
export const parkAlike = async (connection: Connection, live: Model, next: Model): Promise<void> => {
  await connection.query(
    `INSERT INTO runner.parked (projection, model, stream, revision, first_revision, position, type, error, attempts)
     SELECT projection, $2, stream, revision, first_revision, position, type, error, attempts FROM runner.parked WHERE model = $1`,
    [live.schema, next.schema],
  );
};

/** Whether something is parked in the new build and no longer in the live one. */
export const unlikeParked = async (connection: Connection, live: Model, next: Model): Promise<boolean> => {
  const { rowCount } = await connection.query(
    `SELECT stream, first_revision FROM runner.parked WHERE model = $2 EXCEPT SELECT stream, first_revision FROM runner.parked WHERE model = $1`,
    [live.schema, next.schema],
  );
  return (rowCount ?? 0) > 0;
};

/** Forgets all skips: an admin is asked again. */
export const forgetSkipped = async (connection: Connection, { name }: Model['projection']): Promise<void> => {
  await connection.query('DELETE FROM runner.skipped WHERE projection = $1', [name]);
};
