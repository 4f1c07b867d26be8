import { comparison, type IncidentDocument } from '@averment/domain';
import { etagOf } from '../projections/record/render.ts';
import { createBatch } from './batches.ts';
import { createPast, type Past, positionOf, readHistory } from './past.ts';
import type { Moment, Queries, QueryOptions, Served, ServedPast, Viewer } from './types.ts';
import { record, seesIncident, shownTo } from './viewers.ts';

type Documents = {
  published: boolean;
  author: string | null;
  document: string;
  etag: string;
  public_document: string | null;
  public_etag: string | null;
};
type Comparisons = { published: boolean; author: string | null; comparison: string; comparison_etag: string };

const serve = (body: string): Served => ({ body, etag: etagOf(body) });

/** What the caller of a past read may see of it: then as now, nothing before it was published but to those who review it. */
const visiblePast = (past: Past | null, viewer: Viewer): Past | null => {
  if (past === null) return null;
  const { state } = past;
  return seesIncident(viewer, { published: state.revision !== null, author: state.edits.get(1)?.author ?? null }) ? past : null;
};

/** An incident and its comparison, now from the model, in the past from the log. */
export const createIncidentQueries = (
  options: Pick<QueryOptions, 'pool' | 'log' | 'reached' | 'vocabulary'>,
): Pick<Queries, 'incident' | 'comparison' | 'incidentAt' | 'comparisonAt'> => {
  const { pool, log, reached, vocabulary } = options;
  const pastOf = createPast(vocabulary);

  const batch = <Row extends { published: boolean; author: string | null }>(name: string, columns: string) =>
    createBatch<Row>(async (ids) => {
      const text = `SELECT id, published, author, ${columns} FROM ${record}.incidents WHERE id = ANY($1)`;
      const { rows } = await pool.query<Row & { id: string }>({ name, text, values: [ids] });
      return new Map(rows.map((row) => [row.id, row]));
    });
  const findDocument = batch<Documents>('incident', 'document, etag, public_document, public_etag');
  const findComparison = batch<Comparisons>('comparison', 'comparison, comparison_etag');

  const past = async (id: string, moment: Moment, viewer: Viewer): Promise<Past | null> => {
    if ('revision' in moment) {
      const position = await positionOf(log, id, moment.revision);
      if (position === null) return null;
      await reached(position);
    }
    const history = await readHistory(pool, log, id);
    return history && visiblePast(pastOf(history, moment), viewer);
  };

  const servePast = (found: Past | null, make: (document: IncidentDocument) => object): ServedPast | null =>
    found && { ...serve(JSON.stringify(make(found.document))), asOfRevision: found.revision, position: String(found.position) };

  return {
    incident: async (id, viewer) => {
      const found = await findDocument(id);
      if (found === undefined || !seesIncident(viewer, found)) return null;
      const { document, etag, public_document, public_etag } = found;
      return viewer === null && public_document !== null && public_etag !== null
        ? { body: public_document, etag: public_etag }
        : { body: document, etag };
    },
    comparison: async (id, viewer) => {
      const found = await findComparison(id);
      return found === undefined || !seesIncident(viewer, found) ? null : { body: found.comparison, etag: found.comparison_etag };
    },
    incidentAt: async (id, moment, viewer) => servePast(await past(id, moment, viewer), (document) => shownTo(viewer, document)),
    comparisonAt: async (id, moment, viewer) => servePast(await past(id, moment, viewer), comparison),
  };
};
