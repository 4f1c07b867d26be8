import { type EditDocument, type Incident, preview } from '@averment/domain';
import { idsIn } from '../projections/record/relevant.ts';
import { documentInput } from '../projections/record/render.ts';
import { forEver } from '../versions.ts';
import { decodeCursor, encodeCursor, listOf, pageOf } from './cursors.ts';
import { endOf, foldTo, type History, readHistory, sceneAt } from './past.ts';
import type { Reach } from './then.ts';
import type { EditItem, Lease, Queries, QueryOptions, Viewer } from './types.ts';
import { record, reviews, seesIncident, seesReview } from './viewers.ts';

/** The lease that holds now, by the database's clock; one of another version, or of an edit that is not submitted, is none. Aliases `e` and `l`. */
export const joinLease = `
  LEFT JOIN work.leases AS l ON l.incident = e.incident AND l.edit = e.edit AND l.version = e.version AND l.until > clock_timestamp() AND e.state = 'submitted'`;
/** The columns of `joinLease` that `leaseOf` reads. */
export const leaseColumns = `l.holder, to_char(l.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until`;
export type LeaseRow = { holder: string | null; until: string | null };
export const leaseOf = ({ holder, until }: LeaseRow): Lease => (holder === null || until === null ? null : { holder, until });

type Row = LeaseRow & { edit: number; document: string; author: string };

const itemOf = (row: Row): EditItem => ({ ...(JSON.parse(row.document) as EditDocument), lease: leaseOf(row) });

/** The record as it was before an applied edit, else as it is: what an edit is previewed against. */
const stateBefore = (history: History, edit: number): { state: Incident; position: bigint } => {
  const own = history.appends.get(history.id) ?? [];
  const applied = own.find(({ events }) => events.some((event) => event.type === 'EditApplied' && event.edit === edit));
  if (applied === undefined) return { state: foldTo(own, () => true).state, position: forEver - 1n };
  return { state: foldTo(own, ({ position }) => position < applied.position).state, position: applied.position };
};

/** The edits of an incident, and what one would do. Contributors see their own. */
export const createEditQueries = ({
  pool,
  log,
  vocabulary,
  reach,
}: Pick<QueryOptions, 'pool' | 'log' | 'vocabulary'> & { reach: Reach }): Pick<
  Queries,
  'edits' | 'edit' | 'openEdits' | 'reviewedAt' | 'preview'
> => {
  const seesEdit = (viewer: Viewer, author: string): boolean => seesReview(viewer) || viewer?.subject === author;

  const edit: Queries['edit'] = async (incident, number, viewer) => {
    const { rows } = await pool.query<Row>(
      `SELECT e.edit, e.document, e.author, ${leaseColumns} FROM ${reviews}.edits AS e ${joinLease} WHERE e.incident = $1 AND e.edit = $2`,
      [incident, number],
    );
    return rows[0] === undefined || !seesEdit(viewer, rows[0].author) ? null : itemOf(rows[0]);
  };

  const edits: Queries['edits'] = async (incident, { limit, cursor }, viewer) => {
    const list = listOf('edits', { incident });
    const after = decodeCursor(cursor, list, ['number']);
    const author = seesReview(viewer) ? null : (viewer?.subject ?? '');
    const { rows } = await pool.query<Row>(
      `SELECT e.edit, e.document, e.author, ${leaseColumns} FROM ${reviews}.edits AS e ${joinLease}
       WHERE e.incident = $1 AND e.edit > $2 AND ($3::text IS NULL OR e.author = $3) ORDER BY e.edit LIMIT $4`,
      [incident, after?.[0] ?? 0, author, limit + 1],
    );
    if (rows.length === 0) {
      const { rows: known } = await pool.query(`SELECT published, author FROM ${record}.incidents WHERE id = $1`, [incident]);
      if (known[0] === undefined || !seesIncident(viewer, known[0])) return null;
    }
    return pageOf(rows, limit, itemOf, (last) => encodeCursor(list, [last.edit]));
  };

  return {
    edit,
    edits,
    openEdits: async (subject) => {
      const { rows } = await pool.query<{ open: number }>(
        `SELECT (
           (SELECT count(*) FROM ${reviews}.edits WHERE author = $1 AND state IN ('submitted', 'changes_requested')) +
           (SELECT count(*) FROM work.submitted AS s WHERE s.subject = $1 AND s.at > now() - interval '1 hour'
              AND NOT EXISTS (SELECT FROM ${reviews}.edits AS e WHERE e.incident = s.incident AND e.edit = s.edit))
         )::int AS open`,
        [subject],
      );
      return rows[0]?.open ?? 0;
    },
    reviewedAt: async (parties) => {
      const { rows } = await pool.query<{ party: string; position: string }>(
        `SELECT party, position::text FROM ${reviews}.reviewed WHERE party = ANY($1)`,
        [parties],
      );
      return new Map(rows.map(({ party, position }) => [party, BigInt(position)]));
    },
    preview: async (incident, number, viewer, reading) => {
      const end = await endOf(log, incident);
      if (end === null) return null;
      // What an edit names was registered before it: else it would be shown without the names that a reviewer has to see.
      const then = await reach(['record'], { position: end }, reading);
      const history = await readHistory(pool, log, incident, then, idsIn);
      if (history === null) return null;
      const { state, position } = stateBefore(history, number);
      const found = state.edits.get(number);
      if (found === undefined || !seesEdit(viewer, found.author)) return null;
      return preview({ ...documentInput(sceneAt(history, state, position), vocabulary), edit: number }) ?? null;
    },
  };
};
