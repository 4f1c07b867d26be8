import { seesEdit, seesReview, type Viewer } from '@averment/access';
import { aggregateOf, type EditState, openComments } from '@averment/domain';
import { questionOf } from '../search/question.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, listOf, pageOf } from './cursors.ts';
import { isFree, joinLease, type LeaseRow, leaseColumns, leaseOf } from './edits.ts';
import type { Reading } from './index.ts';
import type { MakesPublicOf } from './makes-public.ts';
import { type QueuedRow, queuedColumns, queuedOf } from './queued.ts';
import { createNotRecused, fromNothing } from './recused.ts';
import type { EditRef, MakesPublic, Names, OwnEdit, Page, Queries, ReadContext, ReviewFilters, ReviewItem, ReviewSort } from './types.ts';

const isOpen = `e.state IN ('submitted', 'changes_requested')`;

/** High priority first, then who has waited longest: both are in the key, so that a cursor goes on after it. */
const rank = `CASE e.priority WHEN 'high' THEN 0 ELSE 1 END`;
const sorts: Record<ReviewSort, { keys: string[]; order: 'ASC' | 'DESC' }> = {
  submittedAt: { keys: ['e.submitted_at'], order: 'ASC' },
  '-submittedAt': { keys: ['e.submitted_at'], order: 'DESC' },
  dueAt: { keys: ['e.due_at'], order: 'ASC' },
  '-dueAt': { keys: ['e.due_at'], order: 'DESC' },
  priority: { keys: [rank, 'e.submitted_at'], order: 'ASC' },
};

const addState = (where: Conditions, state: NonNullable<ReviewFilters['state']>): void => {
  if (state === 'open') where.add(isOpen);
  else if (state === 'in_review') where.add('l.holder IS NOT NULL');
  else if (state !== 'all') where.add('e.state = ?', state);
};

const addFilters = (
  where: Conditions,
  { state = 'open', q, incident, kind, priority, holder, author, region, waitingFor, outdated, decidable }: ReviewFilters,
  { record, viewer, notRecused }: { record: string; viewer: Viewer; notRecused: { sql: string; values: unknown[] } },
): void => {
  addState(where, state);
  if (q !== undefined) {
    const asked = questionOf(q);
    if (asked === null) where.add('false');
    else where.add('e.search @@ ?::tsquery', asked);
  }
  if (incident !== undefined)
    where.add(`e.stream = ANY(ARRAY(SELECT unnest(absorbed) FROM ${record}.incidents WHERE id = ?) || ARRAY[?::text])`, incident, incident);
  if (decidable !== undefined) {
    const isReviewer = viewer?.role === 'reviewer';
    const may = isReviewer
      ? `(e.next_actor = 'reviewer' AND NOT e.hands @> ARRAY[?::text] AND ${notRecused.sql}) IS ${decidable}`
      : String(!decidable);
    where.add(may, ...(isReviewer ? [viewer.subject, ...notRecused.values] : []));
  }
  if (kind !== undefined) where.add('e.kinds @> ARRAY[?::text]', kind);
  if (priority !== undefined) where.add(`${rank} = ?`, priority === 'high' ? 0 : 1);
  if (holder === 'none') where.add(isFree);
  else if (holder !== undefined) where.add('l.holder = ?', holder);
  if (author !== undefined) where.add('e.author = ?', author);
  if (region !== undefined) where.add('i.region = ?', region);
  if (waitingFor !== undefined) where.add('e.next_actor = ?', waitingFor);
  if (outdated !== undefined) where.add(`e.outdated IS ${outdated ? 'NOT NULL' : 'NULL'}`);
};

type Row = LeaseRow &
  QueuedRow & {
    stream: string;
    edit: number;
    title: string | null;
    region: string | null;
    state: EditState;
    kinds: string[];
    uses: string[];
    author: string;
    contributors: string[];
    version: number;
    approvals: ReviewItem['approvals'];
    beyond: ReviewItem['quotesBeyondLimit'];
    outdated: ReviewItem['outdated'];
    rationale: string | null;
    etag: string;
    comments: ReviewItem['comments'];
    conflicts: ReviewItem['conflicts'];
  };

const collections = { incident: 'incidents', source: 'sources', party: 'parties' };
/** Where to read on about an edit. */
export const linksOf = ({ stream, edit }: EditRef): ReviewItem['links'] => {
  const path = `/v1/${collections[aggregateOf(stream).kind]}/${stream}`;
  return { edit: `${path}/edits/${edit}`, preview: `${path}/edits/${edit}/preview`, of: path };
};

const itemOf = (row: Row, names: Names, makesPublic: MakesPublic, now: Date): ReviewItem => ({
  of: aggregateOf(row.stream),
  incidentId: row.stream.startsWith('incident_') ? row.stream : null,
  edit: row.edit,
  title: row.title,
  rationale: row.rationale,
  etag: row.etag,
  links: linksOf(row),
  state: row.state,
  kinds: row.kinds,
  author: row.author,
  submittedAt: row.submitted,
  version: row.version,
  ...queuedOf(row, now),
  region: row.region,
  lease: leaseOf(row),
  approvals: row.approvals,
  quotesBeyondLimit: row.beyond,
  comments: row.comments,
  nextActor: row.next_actor,
  outdated: row.outdated,
  conflicts: row.conflicts,
  ...names,
  makesPublic,
});

/** What an author reads of an own edit beside what the queue says of it. */
type OwnPart = Omit<OwnEdit, keyof ReviewItem>;
const ownPart = {
  columns: `, e.document::json -> 'baseRevision' AS "baseRevision", e.document::json -> 'votes' AS votes, e.document::json -> 'comments' -> 'items' AS "openComments",
    e.document::json ->> 'withdrawnReason' AS "withdrawnReason", e.document::json -> 'appliedRevision' AS "appliedRevision", e.document::json -> 'reverts' AS reverts`,
  of: ({ baseRevision, votes, openComments: comments, withdrawnReason, appliedRevision, reverts }: OwnPart): OwnPart => ({
    baseRevision,
    votes,
    openComments: openComments({ comments }),
    withdrawnReason,
    appliedRevision,
    reverts,
  }),
};

const columns = `e.stream, e.edit, i.title, i.region, e.state, e.kinds, e.uses, e.author, e.contributors, e.version, ${queuedColumns},
  e.approvals, e.quotes_beyond_limit AS beyond, e.outdated, e.rationale, e.comments, e.etag, e.conflicts, ${leaseColumns}`;

/** The queue of edits. */
export const createReviewQueue = (
  { pool, clock, schemas: { record, reviews } }: Pick<Reading, 'pool' | 'clock' | 'schemas'>,
  makesPublicOf: MakesPublicOf,
): Pick<Queries, 'reviews' | 'review' | 'nextReviews' | 'openRefs' | 'ownEdits'> => {
  const from = `${reviews}.edits AS e JOIN ${reviews}.headings AS i ON i.id = e.stream ${joinLease}`;

  const notRecusedFrom = createNotRecused(pool, record);

  /** A page of edits, each with what `more` reads of it beside. */
  const listed = async <More extends object>(
    filters: ReviewFilters,
    { limit, cursor, sort = 'submittedAt', recused = fromNothing }: Parameters<Queries['reviews']>[1],
    { viewer, client, more }: { viewer: Viewer; client: ReadContext['client']; more: { columns: string; of: (row: Row & More) => More } },
  ): Promise<Page<ReviewItem & More>> => {
    const { keys, order } = sorts[sort];
    const list = listOf(`reviews ${sort}`, filters);
    const kinds = sort === 'priority' ? (['number', 'time', 'id', 'number'] as const) : (['time', 'id', 'number'] as const);
    const after = decodeCursor(cursor, list, kinds);
    const where = createConditions();
    if (!seesReview(viewer)) where.add('e.author = ?', viewer?.subject ?? '');
    addFilters(where, filters, { record, viewer, notRecused: await notRecusedFrom(recused) });
    const sortKeys = [...keys, 'e.stream', 'e.edit'];
    if (after !== null)
      where.add(`(${sortKeys.join(', ')}) ${order === 'ASC' ? '>' : '<'} (${sortKeys.map(() => '?').join(', ')})`, ...after);
    const { rows } = await pool.query<Row & More>(
      `SELECT ${columns}${more.columns} FROM ${from}
       WHERE ${where.sql()} ORDER BY ${sortKeys.map((key) => `${key} ${order}`).join(', ')} LIMIT ${where.value(limit + 1)}`,
      where.values,
    );
    const uses = rows.slice(0, limit).map((row) => row.uses);
    const { fit, madeBy, namesOf } = await makesPublicOf(uses, client);
    const now = clock();
    return pageOf(
      rows,
      fit,
      (row) => ({ ...itemOf(row, namesOf(row.uses), madeBy(row.uses), now), ...more.of(row) }),
      ({ submitted, due, stream, edit, priority }) =>
        encodeCursor(list, [
          ...(sort === 'priority' ? [priority === 'high' ? 0 : 1] : []),
          sort === 'dueAt' || sort === '-dueAt' ? due : submitted,
          stream,
          edit,
        ]),
    );
  };

  const next: Queries['nextReviews'] = async (filters, viewer, { passed, recused }) => {
    const subject = viewer?.subject ?? '';
    const find = async (where: Conditions, source: string) => {
      where.add(`e.next_actor = 'reviewer'`);
      where.add('NOT e.hands @> ARRAY[?::text]', subject);
      for (const { stream, edit } of passed) where.add('(e.stream, e.edit) <> (?, ?::int)', stream, edit);
      const { rows } = await pool.query<EditRef & { version: number }>(
        `SELECT e.stream, e.edit, e.version FROM ${source} WHERE ${where.sql()} ORDER BY ${rank}, e.due_at, e.stream, e.edit LIMIT 8`,
        where.values,
      );
      return rows;
    };
    const held = createConditions();
    held.add('l.holder = ? AND l.until > clock_timestamp()', subject);
    const own = await find(
      held,
      `work.leases AS l JOIN ${reviews}.edits AS e ON e.stream = l.stream AND e.edit = l.edit AND e.version = l.version`,
    );
    if (own.length > 0) return own;
    const { state = 'open', holder = 'none', ...others } = filters;
    if (holder !== 'none' || !['open', 'submitted', 'all'].includes(state)) return [];
    const free = createConditions();
    const notRecused = await notRecusedFrom(recused);
    addFilters(free, { ...others, state: 'submitted' }, { record, viewer, notRecused });
    free.add(notRecused.sql, ...notRecused.values);
    free.add(isFree);
    return find(free, `${reviews}.edits AS e JOIN ${reviews}.headings AS i ON i.id = e.stream`);
  };

  return {
    reviews: (filters, options, viewer, { client }) => listed(filters, options, { viewer, client, more: { columns: '', of: () => ({}) } }),
    ownEdits: ({ state }, paging, viewer, { client }) =>
      listed<OwnPart>({ state, author: viewer?.subject ?? '' }, { ...paging, sort: '-submittedAt' }, { viewer, client, more: ownPart }),
    review: async ({ stream, edit }, viewer, { client }) => {
      const { rows } = await pool.query<Row>(`SELECT ${columns} FROM ${from} WHERE e.stream = $1 AND e.edit = $2`, [stream, edit]);
      const [row] = rows;
      if (row === undefined || !seesEdit(viewer, row.contributors)) return null;
      const { madeBy, namesOf } = await makesPublicOf([row.uses], client);
      return itemOf(row, namesOf(row.uses), madeBy(row.uses), clock());
    },
    nextReviews: next,
    openRefs: async ({ limit, cursor }) => {
      const after = decodeCursor(cursor, 'open edits', ['id', 'number']) ?? ['', '0'];
      const { rows } = await pool.query<EditRef>(
        `SELECT e.stream, e.edit FROM ${reviews}.edits AS e WHERE ${isOpen} AND (e.stream, e.edit) > ($1, $2::int) ORDER BY e.stream, e.edit LIMIT $3`,
        [...after, limit + 1],
      );
      return pageOf(
        rows,
        limit,
        (row) => row,
        ({ stream, edit }) => encodeCursor('open edits', [stream, edit]),
      );
    },
  };
};
