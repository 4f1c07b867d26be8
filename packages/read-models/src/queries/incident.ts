import { comparison } from '@averment/domain';
import type { QueryResult } from 'pg';
import { etagOf } from '../projections/record/render.ts';
import { ModelMissing } from '../runner/advance.ts';
import { isMissing } from '../runner/model.ts';
import { createBatch } from './batches.ts';
import { createPast, type Past, positionOf, readHistory } from './past.ts';
import type { Reach } from './then.ts';
import type { LogMoment, Moment, Queries, QueryOptions, Reading, ServedPast, Viewer } from './types.ts';
import { documentFor, record, recordModel, seesIncident, tierOf } from './viewers.ts';

/** How `current` reads a text of an incident: the columns of tag and text, for each tier of readers. */
type Columns = { etag: string; body: string };
const documents: Columns = {
  etag: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_etag, i.etag) WHEN 'review' THEN coalesce(i.review_etag, i.etag) ELSE i.etag END`,
  body: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_document, i.document) WHEN 'review' THEN coalesce(i.review_document, i.document) ELSE i.document END`,
};
const comparisons: Columns = { etag: 'i.comparison_etag', body: 'i.comparison' };

type Asked = { id: string; viewer: Viewer; held: string | undefined };
type Row = {
  n: number;
  position: string;
  parked: string[] | null;
  /** Null where there is no such incident. */
  published: boolean | null;
  author: string | null;
  etag: string;
  body: string | null;
};

/**
 * Reads the text as it is now, and how the model stands, in one statement: both are of the same moment. $1: ids, $2: the tags that callers hold, whose
 * texts are not read, $3: their tiers.
 */
const currentSql = ({ etag, body }: Columns): string => `
  SELECT asked.n::int, (SELECT position::text FROM ${record}.checkpoint) AS position,
    (SELECT array_agg(stream) FROM runner.parked WHERE model = '${recordModel}') AS parked,
    i.published, i.author, ${etag} AS etag, CASE WHEN ${etag} = asked.held THEN NULL ELSE ${body} END AS body
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(id, held, tier, n) LEFT JOIN ${record}.incidents AS i ON i.id = asked.id`;

const rowsOf = async (result: Promise<QueryResult<Row>>): Promise<Row[]> => {
  try {
    return (await result).rows;
  } catch (error) {
    throw isMissing(error) ? new ModelMissing('the model record is not there', { cause: error }) : error;
  }
};

/** What the caller of a past read may see of it: then as now, nothing before it was published but to those who review it. */
const visiblePast = (past: Past | null, viewer: Viewer): Past | null => {
  if (past === null) return null;
  const { state } = past;
  return seesIncident(viewer, { published: state.revision !== null, author: state.edits.get(1)?.author ?? null }) ? past : null;
};

const servedPast = (body: string, { revision, position }: Past): ServedPast => ({
  ...{ body, etag: etagOf(body), asOfRevision: revision, position: String(position) },
});

/** An incident and its comparison, now from the model, in the past from the log. */
export const createIncidentQueries = (
  options: Pick<QueryOptions, 'pool' | 'log' | 'vocabulary'> & { reach: Reach },
): Pick<Queries, 'incident' | 'comparison' | 'incidentAt' | 'comparisonAt'> => {
  const { pool, log, reach, vocabulary } = options;
  const pastOf = createPast(vocabulary);

  const current = (name: string, columns: Columns): Queries['incident'] => {
    const text = currentSql(columns);
    const find = createBatch<Asked, Row>(async (asked) => {
      const values = [asked.map(({ id }) => id), asked.map(({ held }) => held ?? null), asked.map(({ viewer }) => tierOf(viewer))];
      const found: Row[] = [];
      for (const row of await rowsOf(pool.query<Row>({ name, text, values }))) found[row.n - 1] = row;
      return found;
    });
    return async (id, viewer, reading) => {
      const row = await find({ id, viewer, held: reading?.held });
      if (row === undefined) throw new ModelMissing('the model record has no checkpoint');
      const { position, parked, published, author, etag, body } = row;
      reading?.stood({ position: BigInt(position), parked: new Set(parked) });
      return published === null || !seesIncident(viewer, { published, author }) ? null : { body, etag };
    };
  };

  const momentOf = async (id: string, revision: number): Promise<LogMoment | null> => {
    const position = await positionOf(log, id, revision);
    return position === null ? null : { position };
  };

  const past = async (id: string, moment: Moment, viewer: Viewer, reading: Reading): Promise<Past | null> => {
    const there = 'revision' in moment ? await momentOf(id, moment.revision) : moment;
    if (there === null) return null;
    const then = await reach(['record'], there, reading);
    const history = await readHistory(pool, log, id, then);
    return history && visiblePast(pastOf(history, then.position), viewer);
  };

  const servePast = (found: Past | null, make: (past: Past) => object): ServedPast | null =>
    found && servedPast(JSON.stringify(make(found)), found);

  return {
    incident: current('incident', documents),
    comparison: current('comparison', comparisons),
    incidentAt: async (id, moment, viewer, reading) =>
      servePast(await past(id, moment, viewer, reading), (found) => documentFor(viewer, found)),
    comparisonAt: async (id, moment, viewer, reading) =>
      servePast(await past(id, moment, viewer, reading), ({ document }) => comparison(document)),
  };
};
