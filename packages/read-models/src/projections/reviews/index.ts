import {
  type DomainEvent,
  type Edit,
  evolveIncident,
  evolveParty,
  type Ground,
  type Incident,
  initialIncident,
  initialParty,
  type PartyFacts,
  type Policy,
  quotesByPlace,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Projection, ProjectionContext } from '../../projection.ts';
import { byStream } from '../appends.ts';
import { loadFolded, writeFolded } from '../folded.ts';
import { loadQuotes, projectQuotes } from '../quotes.ts';
import { factsOf, partyVersions } from '../record/register.ts';
import { insertRows, setFromNew } from '../statements.ts';
import { createStates, type States } from '../states.ts';
import { createEditRenderer, type EditRenderer, type EditRow, headingOf, isOpen, usedBy } from './render.ts';
import { projectReviewed } from './reviewed.ts';
import { reviewCompared, reviewIndexes, reviewTables } from './tables.ts';

/** How many incidents are in memory at once. */
const incidentsAtOnce = 200;

type Streams = ReadonlyMap<string, DomainEvent[]>;
type Shown = { heading: { id: string; title: string | null; region: string | null }; edits: EditRow[] };

const editColumns = {
  incident: 'text',
  edit: 'int',
  document: 'text',
  state: 'text',
  version: 'int',
  author: 'text',
  kinds: 'text[]',
  priority: 'text',
  uses: 'text[]',
  submitted_at: 'timestamptz',
  due_at: 'timestamptz',
  next_actor: 'text',
  approvals: 'json',
  quotes_beyond_limit: 'json',
};
const decisions: Partial<Record<DomainEvent['type'], string>> = {
  EditApproved: 'approve',
  EditRejected: 'reject',
  EditChangesRequested: 'request_changes',
};

/** Writes the parties of the batch as they are now, and answers which they are. */
const projectParties = async (tx: PoolClient, streams: Streams, context: ProjectionContext): Promise<string[]> => {
  const own = [...streams].filter(([stream]) => stream.startsWith('party_'));
  const begun = own.filter(([, [first]]) => first !== undefined && first.revision > 0);
  const read = await context.readStreams(begun.map(([stream, events]) => ({ stream, from: 0, to: events.at(-1)?.revision ?? 0 })));
  const rows = own.flatMap(([id, events]) => {
    const whole = read.get(id) ?? events;
    const item = partyVersions(whole).at(-1)?.value;
    const { privacySaid } = whole.reduce(evolveParty, initialParty());
    return item === undefined || privacySaid === null ? [] : [{ id, item, privacy_said: privacySaid }];
  });
  const columns = { id: 'text', item: 'json', privacy_said: 'bigint' };
  await insertRows(tx, `${context.schema}.parties`, columns, rows, `ON CONFLICT (id) DO UPDATE SET ${setFromNew(columns, ['id'])}`);
  return rows.map(({ id }) => id);
};

const usersOf = async (tx: PoolClient, schema: string, parties: readonly string[]): Promise<string[]> => {
  if (parties.length === 0) return [];
  const { rows } = await tx.query(`SELECT DISTINCT incident FROM ${schema}.edit_uses WHERE used = ANY($1)`, [parties]);
  return rows.map(({ incident }) => incident);
};

/** Writes which parties and sources the incidents' edits use, then answers what is known by now of all parties that their edits have used. */
const groundOf = async (tx: PoolClient, schema: string, incidents: readonly string[], streams: Streams): Promise<Ground> => {
  const uses = incidents.flatMap((incident) => {
    const changes = (streams.get(incident) ?? []).flatMap((event) =>
      event.type === 'EditSubmitted' || event.type === 'EditRevised' ? event.data.changes : [],
    );
    return [...usedBy(changes)].map((used) => ({ incident, used }));
  });
  await insertRows(tx, `${schema}.edit_uses`, { incident: 'text', used: 'text' }, uses, 'ON CONFLICT DO NOTHING');
  const { rows } = await tx.query(
    `SELECT p.id, p.item, coalesce(r.position > p.privacy_said, false) AS reviewed
     FROM ${schema}.parties AS p LEFT JOIN ${schema}.reviewed AS r ON r.party = p.id
     WHERE p.id IN (SELECT used FROM ${schema}.edit_uses WHERE incident = ANY($1))`,
    [incidents],
  );
  const found = new Map<string, PartyFacts>(rows.map(({ id, item }) => [id, factsOf(item)]));
  const reviewed = new Set<string>(rows.flatMap((row) => (row.reviewed ? [row.id] : [])));
  return { parties: (id) => found.get(id), privacyReviewed: (id) => reviewed.has(id) };
};

/** The incidents with open edits that may quote one of these sources. */
const quotersOf = async (tx: PoolClient, schema: string, sources: readonly string[]): Promise<string[]> => {
  if (sources.length === 0) return [];
  const { rows } = await tx.query(
    `SELECT DISTINCT incident FROM ${schema}.edit_uses JOIN ${schema}.edits USING (incident) WHERE used = ANY($1) AND next_actor IS NOT NULL`,
    [sources],
  );
  return rows.map(({ incident }) => incident);
};

/** The quotes on record from the sources that open edits quote. */
const quotedBy = async (tx: PoolClient, schema: string, states: Iterable<Incident>): Promise<Required<Pick<Ground, 'quoted'>>> => {
  const versions = [...states].flatMap((state) => [...openEdits(state)]).flatMap(({ versions }) => versions.at(-1) ?? []);
  const sources = versions.flatMap(({ changes, quotes }) => quotes ?? quotesByPlace(changes)).map(({ source }) => source);
  const found = await loadQuotes(tx, schema, [...new Set(sources)]);
  return { quoted: (source) => found.get(source) ?? [] };
};

const openEdits = (state: Incident): Set<Edit> => new Set([...state.edits.values()].filter(isOpen));

/** Folds the events, and answers the edits that they change: those that they name, and what was or is open, because conflicts follow the record. */
const fold = (state: Incident, events: readonly DomainEvent[], all: boolean): { state: Incident; changed: Edit[] } => {
  const open = openEdits(state);
  for (const event of events) evolveIncident(state, event);
  const named = new Set(events.map(({ edit }) => edit));
  return { state, changed: [...state.edits.values()].filter((edit) => all || open.has(edit) || named.has(edit.edit) || isOpen(edit)) };
};

const writeShown = async (tx: PoolClient, schema: string, shown: readonly Shown[]): Promise<void> => {
  await insertRows(
    tx,
    `${schema}.incidents AS known`,
    { id: 'text', title: 'text', region: 'text' },
    shown.map(({ heading }) => heading),
    'ON CONFLICT (id) DO UPDATE SET title = excluded.title, region = excluded.region WHERE (known.title, known.region) IS DISTINCT FROM (excluded.title, excluded.region)',
  );
  await insertRows(
    tx,
    `${schema}.edits AS known`,
    editColumns,
    shown.flatMap(({ edits }) => edits),
    `ON CONFLICT (incident, edit) DO UPDATE SET ${setFromNew(editColumns, ['incident', 'edit'])} WHERE known.document <> excluded.document`,
  );
};

const writeVotes = (tx: PoolClient, schema: string, events: readonly DomainEvent[]): Promise<void> =>
  insertRows(
    tx,
    `${schema}.votes`,
    { incident: 'text', revision: 'int', edit: 'int', reviewer: 'text', decision: 'text', voted_at: 'timestamptz' },
    events.flatMap(({ type, stream, revision, edit, actor, recordedAt }) =>
      decisions[type] === undefined
        ? []
        : [{ incident: stream, revision, edit, reviewer: actor, decision: decisions[type], voted_at: recordedAt }],
    ),
  );

type Tools = { states: States; render: EditRenderer };

/** `users` are incidents whose edits name a party that changed: what an edit says of its approvals speaks of parties as they are now. */
const projectIncidents = async (
  tx: PoolClient,
  context: ProjectionContext,
  incidents: readonly string[],
  { streams, users, states, render }: Tools & { streams: Streams; users: ReadonlySet<string> },
): Promise<void> => {
  const { schema } = context;
  const eventsOf = (id: string): DomainEvent[] => streams.get(id) ?? [];
  const erased = new Set(incidents.filter((id) => eventsOf(id).some(({ type }) => type === 'TextErased')));
  const ground = await groundOf(tx, schema, incidents, streams);
  const folded = await loadFolded(tx, schema, incidents);
  const whole = await context.readStreams([...erased].map((id) => ({ stream: id, from: 0, to: eventsOf(id).at(-1)?.revision ?? 0 })));
  const begun = await states.take(context, new Map(incidents.filter((id) => !erased.has(id)).map((id) => [id, folded.get(id) ?? -1])));
  const members = incidents.map((id) => {
    const events = whole.get(id) ?? eventsOf(id);
    const member = fold(begun.get(id) ?? initialIncident(), events, erased.has(id) || users.has(id));
    states.keep(context, id, member.state);
    return member;
  });
  const quoted = await quotedBy(
    tx,
    schema,
    members.map(({ state }) => state),
  );
  const shown = members.map(
    ({ state, changed }): Shown => ({
      heading: { id: state.id ?? '', ...headingOf(state) },
      edits: changed.map((edit) => render(state, edit, { ...ground, ...quoted })),
    }),
  );
  await writeShown(tx, schema, shown);
};

const project = async (tx: PoolClient, events: DomainEvent[], context: ProjectionContext, tools: Tools): Promise<void> => {
  const { schema } = context;
  const streams = byStream(events);
  const parties = await projectParties(tx, streams, context);
  const reviewed = await projectReviewed(tx, schema, streams);
  const users = new Set(await usersOf(tx, schema, [...parties, ...reviewed]));
  const { sources } = await projectQuotes(tx, schema, streams);
  const quoters = await quotersOf(tx, schema, sources);
  const own = [...streams.keys()].filter((stream) => stream.startsWith('incident_'));
  const incidents = [...new Set([...own, ...users, ...quoters])];
  for (let first = 0; first < incidents.length; first += incidentsAtOnce) {
    await projectIncidents(tx, context, incidents.slice(first, first + incidentsAtOnce), { streams, users, ...tools });
  }
  await writeVotes(tx, schema, events);
  await writeFolded(tx, schema, streams);
};

/** The projection `reviews`: edits with their versions and votes, the queue, and what the statistics count. Leases are joined when it is read. */
export const createReviewsProjection = (options: { policy: Policy }): Projection => {
  const tools: Tools = { states: createStates(), render: createEditRenderer(options) };
  return {
    name: 'reviews',
    version: 2,
    ddl: reviewTables,
    indexes: reviewIndexes,
    streams: ['incident_', 'party_'],
    apply: (tx, events, context) => project(tx, events, context, tools),
    compared: reviewCompared,
  };
};
