import { type DomainEvent, isOpenEdit, type PolicyInForce, policyStream, type Vocabulary } from '@averment/domain';
import { together } from '@averment/platform';
import type { PoolClient } from 'pg';
import type { Projection, ProjectionContext } from '../../projection.ts';
import { absorbing, besides } from '../absorbed.ts';
import { byStream } from '../appends.ts';
import { loadFolded, writeFolded } from '../folded.ts';
import { projectQuotes } from '../quotes.ts';
import { insertRows, setFromNew } from '../statements.ts';
import { buildReviews } from './bulk.ts';
import { createCounts, figureRows, writeCounts, writeFigures } from './figures.ts';
import { createFolds, type Folds, writeFolds } from './folds.ts';
import { groundOf, projectParties, quotedBy, quotersOf, type Streams, usersOf } from './ground.ts';
import { foldMember, shownOf, textsNeeded } from './member.ts';
import { projectPolicy, waitingIn } from './policy.ts';
import { isRegistered, type Reviewed, registeredIn } from './registered.ts';
import { createEditRenderer, createStand, type EditRenderer, type EditRow, type Heading, type Stand } from './render.ts';
import { projectReviewed } from './reviewed.ts';
import { editColumns, headingColumns, noticeColumns, noticeRows } from './rows.ts';
import { reviewCompared, reviewIndexes, reviewTables } from './tables.ts';

/** How many incidents are in memory at once. */
const incidentsAtOnce = 200;

type HeadingRow = Heading & { id: string };

/** Counts the edits that are written as they are, in place of what they were. */
const countStand = async (tx: PoolClient, schema: string, edits: readonly EditRow[]): Promise<void> => {
  if (edits.length === 0) return;
  const counts = createCounts();
  const { rows } = await tx.query<Pick<EditRow, 'next_actor' | 'outdated'>>(
    `SELECT next_actor, outdated FROM ${schema}.edits JOIN unnest($1::text[], $2::int[]) AS shown(stream, edit) USING (stream, edit)`,
    [edits.map(({ stream }) => stream), edits.map(({ edit }) => edit)],
  );
  for (const row of edits) counts.stand(row, 1);
  for (const row of rows) counts.stand(row, -1);
  await writeCounts(tx, schema, counts);
};

const writeShown = async (tx: PoolClient, schema: string, headings: readonly HeadingRow[], edits: readonly EditRow[]): Promise<void> => {
  await countStand(tx, schema, edits);
  await together([
    insertRows(
      tx,
      `${schema}.headings AS known`,
      headingColumns,
      headings,
      'ON CONFLICT (id) DO UPDATE SET title = excluded.title, region = excluded.region WHERE (known.title, known.region) IS DISTINCT FROM (excluded.title, excluded.region)',
    ),
    insertRows(
      tx,
      `${schema}.edits AS known`,
      editColumns,
      edits,
      `ON CONFLICT (stream, edit) DO UPDATE SET ${setFromNew(editColumns, ['stream', 'edit'])} WHERE known.document <> excluded.document OR known.search IS DISTINCT FROM excluded.search`,
    ),
  ]);
};

/** Writes what the events of the review tell whom, and what they add to the figures. */
const writeReviewed = async (tx: PoolClient, schema: string, reviewed: readonly Reviewed[]): Promise<void> => {
  const counts = createCounts();
  const figures = reviewed.map(({ state, news }) => figureRows(state, news, counts));
  const notices = reviewed.flatMap(({ state, news }) => noticeRows(state, news));
  await together([insertRows(tx, `${schema}.notices`, noticeColumns, notices), writeFigures(tx, schema, figures, counts)]);
};

const titlesOf = async (tx: PoolClient, schema: string, incidents: readonly string[]): Promise<ReadonlyMap<string, string | null>> => {
  const { rows } = await tx.query<HeadingRow>(`SELECT id, title FROM ${schema}.headings WHERE id = ANY($1)`, [incidents]);
  return new Map(rows.map(({ id, title }) => [id, title]));
};

type Tools = { folds: Folds; vocabulary: Vocabulary };
/** What renders edits under the rules of a batch. */
type Rendering = { render: EditRenderer; stand: Stand; policy: PolicyInForce };

/** In the incidents of `everyOpen`, what the open edits rest on beside the record has changed. */
const projectIncidents = async (
  tx: PoolClient,
  context: ProjectionContext,
  incidents: readonly string[],
  { streams, everyOpen, folds, render, stand }: Pick<Tools, 'folds'> & Rendering & { streams: Streams; everyOpen: ReadonlySet<string> },
): Promise<void> => {
  const { schema } = context;
  const [ground, folded, titles] = await together([
    groundOf(tx, schema, incidents, streams),
    loadFolded(tx, schema, incidents),
    titlesOf(tx, schema, incidents),
  ]);
  const begun = await folds.take(tx, context, new Map(incidents.map((id) => [id, folded.get(id) ?? -1])));
  const members = [...begun].map(([id, fold]) =>
    foldMember(id, fold, streams.get(id) ?? [], { ground, stand, everyOpen: everyOpen.has(id) }),
  );
  const read = await context.readStreams(members.flatMap(textsNeeded));
  const quoted = await quotedBy(
    tx,
    schema,
    members.flatMap(({ changed }) => changed.filter(isOpenEdit)),
  );
  const headings: HeadingRow[] = [];
  const rows: EditRow[] = [];
  for (const member of members) {
    const { id, fold } = member;
    const { edits, heading } = shownOf(member, read.get(id) ?? []);
    const state = { ...fold.state, edits: new Map(edits.map((edit) => [edit.edit, edit])) };
    const title = heading === undefined ? (titles.get(id) ?? null) : heading.title;
    rows.push(...edits.map((edit) => render(state, edit, { ...ground, ...quoted }, title)));
    if (heading !== undefined) headings.push({ id, ...heading });
  }
  const reviewed = members.map(({ fold, events }) => ({ state: fold.state, news: events }));
  await together([
    writeShown(tx, schema, headings, rows),
    writeReviewed(tx, schema, reviewed),
    writeFolds(tx, schema, [...begun.values()]),
  ]);
  for (const [id, fold] of begun) folds.keep(context, id, fold);
};

const project = async (tx: PoolClient, events: DomainEvent[], given: ProjectionContext, { folds, vocabulary }: Tools): Promise<void> => {
  const context = absorbing(given);
  const { schema } = context;
  const streams = byStream(await besides(context, events, false));
  const { policy, isNew } = await projectPolicy(tx, context, streams, vocabulary);
  const rendering: Rendering = { render: createEditRenderer(policy), stand: createStand(policy), policy };
  // Other rules make something else of every edit that is open.
  const waiting = isNew ? await waitingIn(tx, schema) : [];
  streams.delete(policyStream);
  const parties = await projectParties(tx, streams, context);
  const reviewed = await projectReviewed(tx, schema, streams);
  const users = await usersOf(tx, schema, [...parties, ...reviewed]);
  const { sources } = await projectQuotes(tx, schema, streams);
  const quoters = await quotersOf(tx, schema, sources);
  const own = [...streams.keys()].filter((stream) => stream.startsWith('incident_'));
  const everyOpen = new Set([...users, ...quoters, ...waiting.filter((stream) => !isRegistered(stream))]);
  const incidents = [...new Set([...own, ...everyOpen])];
  for (let first = 0; first < incidents.length; first += incidentsAtOnce) {
    await projectIncidents(tx, context, incidents.slice(first, first + incidentsAtOnce), { streams, everyOpen, folds, ...rendering });
  }
  const changed = [...reviewed, ...waiting.filter(isRegistered)];
  const registered = await registeredIn(tx, context, { streams, changed, policy });
  await writeShown(
    tx,
    schema,
    registered.map(({ heading }) => heading),
    registered.flatMap(({ edits }) => edits),
  );
  await writeReviewed(
    tx,
    schema,
    registered.map((one) => one.reviewed),
  );
  await writeFolded(tx, schema, streams);
};

/** The projection `reviews`: edits of incidents, sources and parties with their versions and votes, the queue, what the statistics count, and what happened to edits, for those who take part. Leases are joined when it is read. */
export const createReviewsProjection = ({ vocabulary }: { vocabulary: Vocabulary }): Projection => {
  const tools: Tools = { folds: createFolds(), vocabulary };
  return {
    name: 'reviews',
    version: 22,
    ddl: reviewTables,
    indexes: reviewIndexes,
    streams: ['incident_', 'party_', 'source_', policyStream],
    apply: (tx, events, context) => project(tx, events, context, tools),
    bulk: () => buildReviews(vocabulary),
    compared: reviewCompared,
  };
};
