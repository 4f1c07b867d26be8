import { seesConcealed, seesEdit, seesIncident, seesReview, seesUnused, type Viewer } from '@averment/access';
import {
  aggregateOf,
  contributors,
  contributorsOf,
  type DomainEvent,
  diffDocuments,
  type EditDocument,
  editWithConcealed,
  evolveIncident,
  type Incident,
  initialIncident,
  lastEdits,
  markConcealed,
  type NewEvent,
  type Preview,
  preview,
  returning,
  type Tally,
  takeMergeBack,
  withConcealed,
} from '@averment/domain';
import { isoText } from '@averment/platform';
import { withoutConcealed } from '../projections/concealed.ts';
import { loadQuotes } from '../projections/quotes.ts';
import { loadConcealed } from '../projections/record/load.ts';
import { idsIn } from '../projections/record/relevant.ts';
import { concealsText, documentInput, type RenderInput, type Shown } from '../projections/record/render.ts';
import { forEver } from '../versions.ts';
import { decodeCursor, encodeCursor, fillingPage, listOf } from './cursors.ts';
import { isIncident } from './event-items.ts';
import type { IntoPast } from './index.ts';
import type { MakesPublicOf } from './makes-public.ts';
import { endOf, foldTo, type History, readEdits, readHistory, renderInputAt } from './past.ts';
import { type QueuedRow, queuedColumns, queuedOf } from './queued.ts';
import type { EditItem, Lease, Queries, ReadContext } from './types.ts';
import { giveUpIf } from './work.ts';

/** A lease of this version that holds now, by the database's clock. By the collation of leases, whose index serves it then. Aliases `e` and `l`. */
const holds = 'l.stream = e.stream COLLATE "default" AND l.edit = e.edit AND l.version = e.version AND l.until > clock_timestamp()';
/** The lease that holds now; of an edit that is not submitted there is none. */
export const joinLease = `
  LEFT JOIN work.leases AS l ON ${holds} AND e.state = 'submitted'`;
/** Nobody holds it. PostgreSQL takes a condition on what `joinLease` joins for one that few edits meet, and sorts them all. */
export const isFree = `(e.state <> 'submitted' OR NOT EXISTS (SELECT FROM work.leases AS l WHERE ${holds}))`;
/** The columns of `joinLease` that `leaseOf` reads. */
export const leaseColumns = `l.holder, ${isoText('l.until', 3)} AS until`;
export type LeaseRow = { holder: string | null; until: string | null };
export const leaseOf = ({ holder, until }: LeaseRow): Lease => (holder === null || until === null ? null : { holder, until });

type Row = LeaseRow & QueuedRow & { edit: number; document: string; contributors: string[]; uses: string[] };
const columns = `e.edit, e.document, e.contributors, e.uses, ${queuedColumns}, ${leaseColumns}`;

/** The record as it was before an applied edit, else as it is: what an edit is previewed against. */
const stateBefore = (history: History, edit: number): Shown & { position: bigint; isApplied: boolean } => {
  const own = history.appends.get(history.id) ?? [];
  const applied = own.find(({ events }) => events.some((event) => event.type === 'EditApplied' && event.edit === edit));
  if (applied === undefined) return { ...foldTo(history, history.id, () => true), position: forEver - 1n, isApplied: false };
  return { ...foldTo(history, history.id, ({ position }) => position < applied.position), position: applied.position, isApplied: true };
};

/** What comes back from the survivors if the merge is taken back, as of a position; under ids that approval will give anew. */
const returnedIn = (appends: History['appends'], { id, mergedInto }: Incident, edit: number, until: bigint): NewEvent[] => {
  const found: NewEvent[] = [];
  const seen = new Set([id]);
  for (let at = mergedInto; at !== null && !seen.has(at); ) {
    seen.add(at);
    const events: DomainEvent[] = (appends.get(at) ?? []).filter(({ position }) => position < until).flatMap((append) => append.events);
    found.push(...returning(events, { from: id ?? '', command: noCommand, edit }));
    at = events.reduce(evolveIncident, initialIncident()).mergedInto;
  }
  return found;
};
const noCommand = '00000000-0000-0000-0000-000000000000';

/** The edits of an incident, a source or a party, and what one would do to an incident. Contributors see their own. */
export const createEditQueries = (
  { pool, log, clock, vocabulary, tagCase, reach, turns, schemas: { record, reviews } }: IntoPast,
  makesPublicOf: MakesPublicOf,
): Pick<Queries, 'edits' | 'edit' | 'openEdits' | 'tallyOf' | 'reviewedAt' | 'quotesFrom' | 'preview'> => {
  /** The edits as the viewer may see them, as many as fit into one answer. Few incidents hold concealed texts, and nothing else does, so what is left of one is folded when it is asked for. */
  const shownEdits = async (stream: string, rows: Row[], viewer: Viewer, { client }: ReadContext): Promise<EditItem[]> => {
    const uses = rows.map((row) => row.uses);
    const { fit, madeBy } = await makesPublicOf(uses, client);
    const now = clock();
    const items = rows.slice(0, fit).map((row): EditItem => {
      const document = JSON.parse(row.document) as EditDocument;
      return { ...document, lease: leaseOf(row), ...queuedOf(row, now), makesPublic: madeBy(row.uses) };
    });
    // Of a source or party an author reads again what the own edit says.
    if (items.length === 0 || seesConcealed(viewer) || !isIncident(stream)) return items;
    const concealed = await loadConcealed(pool, record, [stream]);
    if (concealed.size === 0) return items;
    const events = await readEdits({ pool, log }, stream, new Set(items.map((item) => item.edit)));
    const left = withoutConcealed(events, concealed).reduce(evolveIncident, initialIncident());
    return items.map((item) => editWithConcealed(item, left));
  };

  const installed = { vocabulary, tagCase };

  /** What the edit would do, as the viewer may see it: all but reviewers and auditors see it without what corrections conceal now. */
  const previewIn = (input: RenderInput, edit: number, viewer: Viewer, history: History): Preview | null => {
    const { state } = input.member;
    const unmerges = takeMergeBack(state.edits.get(edit)?.versions.at(-1)?.changes ?? []);
    const backIn = (appends: History['appends']) => (unmerges ? returnedIn(appends, state, edit, input.position) : []);
    const whole = preview({ ...documentInput(input, installed), edit, returned: backIn(history.appends) });
    if (whole === undefined || seesConcealed(viewer) || !concealsText(input)) return whole ?? null;
    const returned = backIn(new Map([...history.appends, ...history.left]));
    const left = preview({ ...documentInput(input, installed, 'left'), edit, returned });
    if (left === undefined) return null;
    const [before, after] = [withConcealed(whole.before, left.before), withConcealed(whole.after, left.after)];
    return { ...whole, before, after, changes: markConcealed(diffDocuments(before, after)), warnings: left.warnings };
  };

  const edit: Queries['edit'] = async (stream, number, viewer, context) => {
    const { rows } = await pool.query<Row>(
      `SELECT ${columns} FROM ${reviews}.edits AS e ${joinLease} WHERE e.stream = $1 AND e.edit = $2`,
      [stream, number],
    );
    if (rows[0] === undefined || !seesEdit(viewer, rows[0].contributors)) return null;
    const [item] = await shownEdits(stream, [rows[0]], viewer, context);
    return item ?? null;
  };

  /** Whether the viewer may see that there is such an incident, source or party. */
  const isSeen = async (stream: string, viewer: Viewer): Promise<boolean> => {
    const { kind } = aggregateOf(stream);
    if (kind === 'incident') {
      const { rows } = await pool.query(`SELECT published, authors FROM ${record}.incidents WHERE id = $1`, [stream]);
      return rows[0] !== undefined && seesIncident(viewer, rows[0]);
    }
    const table = { source: 'sources', party: 'parties' }[kind];
    const { rows } = await pool.query(`SELECT FROM ${record}.${table} WHERE id = $1 LIMIT 1`, [stream]);
    return rows.length > 0 && seesUnused(viewer);
  };

  const edits: Queries['edits'] = async (stream, { limit, cursor }, viewer, context) => {
    const list = listOf('edits', { stream });
    const after = decodeCursor(cursor, list, ['number']);
    const own = seesReview(viewer) ? null : (viewer?.subject ?? '');
    const { rows } = await pool.query<Row & { found: number }>(
      fillingPage(
        `SELECT ${columns} FROM ${reviews}.edits AS e ${joinLease}
         WHERE e.stream = $1 AND e.edit > $2 AND ($3::text IS NULL OR e.contributors @> ARRAY[$3]) ORDER BY e.edit LIMIT $4`,
        'document',
      ),
      [stream, after?.[0] ?? 0, own, limit + 1],
    );
    if (rows.length === 0 && !(await isSeen(stream, viewer))) return null;
    const items = await shownEdits(stream, rows.slice(0, limit), viewer, context);
    const last = items.at(-1);
    return { items, next: (rows[0]?.found ?? 0) > items.length && last !== undefined ? encodeCursor(list, [last.edit]) : null };
  };

  return {
    edit,
    edits,
    openEdits: async (subject) => {
      const { rows } = await pool.query<{ open: number }>(
        `SELECT (
           (SELECT count(*) FROM ${reviews}.edits WHERE author = $1 AND state IN ('submitted', 'changes_requested')) +
           (SELECT count(*) FROM work.submitted AS s WHERE s.subject = $1 AND s.at > now() - interval '1 hour'
              AND NOT EXISTS (SELECT FROM ${reviews}.edits AS e WHERE e.stream = s.stream AND e.edit = s.edit))
         )::int AS open`,
        [subject],
      );
      return rows[0]?.open ?? 0;
    },
    tallyOf: async (subject) => {
      const { rows } = await pool.query<Tally>(
        `SELECT count(*) FILTER (WHERE state = 'applied')::int AS applied, count(*) FILTER (WHERE state = 'rejected')::int AS rejected
         FROM (SELECT state FROM ${reviews}.edits WHERE author = $1 ORDER BY submitted_at DESC LIMIT ${lastEdits}) AS last`,
        [subject],
      );
      return rows[0] ?? { applied: 0, rejected: 0 };
    },
    reviewedAt: async (parties) => {
      const { rows } = await pool.query<{ party: string; position: string }>(
        `SELECT party, position::text FROM ${reviews}.reviewed WHERE party = ANY($1)`,
        [parties],
      );
      return new Map(rows.map(({ party, position }) => [party, BigInt(position)]));
    },
    quotesFrom: (sources) => loadQuotes(pool, reviews, sources),
    preview: async (incident, number, viewer, context) => {
      const end = await endOf(log, incident);
      if (end === null) return null;
      // What an edit names was registered before it; an earlier moment would lack names that a reviewer has to see.
      const then = await reach(['record'], { position: end }, context);
      return turns(context.client.name, context.client.signal, async () => {
        // The first, too: what was split from a proposal is shown on it.
        const own = new Set([number, 1]);
        const history = await readHistory(
          { pool, log },
          incident,
          then,
          (stores, stream) => readEdits(stores, stream, stream === incident ? own : new Set()),
          idsIn,
        );
        giveUpIf(context.client.signal);
        if (history === null) return null;
        const { position, isApplied, ...shown } = stateBefore(history, number);
        const found = shown.state.edits.get(number);
        if (found === undefined || !seesEdit(viewer, contributors(found))) return null;
        const previewed = previewIn(renderInputAt(history, shown, position), number, viewer, history);
        if (previewed === null) return null;
        const shownTo = ({ edit }: { edit: number }) => seesEdit(viewer, contributorsOf(shown.state, edit));
        const wouldConflict = isApplied ? [] : previewed.wouldConflict.filter(shownTo);
        const { parties, sources } = previewed.after;
        const uses = [...parties, ...sources].map(({ id }) => id);
        const { madeBy } = await makesPublicOf([uses], context.client);
        return { ...previewed, wouldConflict, makesPublic: madeBy(uses) };
      });
    },
  };
};
