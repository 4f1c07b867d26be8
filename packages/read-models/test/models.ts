import type { DomainEvent } from '@averment/domain';
import { createLogger, migrate } from '@averment/platform';
import { type TestServer, testPools, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t from 'tap';
import {
  createQueries,
  createRunner,
  type IncidentSort,
  type LogMoment,
  type Models as ModelsStand,
  migrations,
  type Queries,
  type ReadContext,
} from '../src/index.ts';
import type { Projection } from '../src/projection.ts';
import { erasureRequests } from '../src/projections/erasure-requests.ts';
import { createRecordProjection } from '../src/projections/record/index.ts';
import { createReviewsProjection } from '../src/projections/reviews/index.ts';
import { installed } from './installed.ts';
import type { World } from './world.ts';

/** The projection with something done to the events that it takes, in whichever way it takes them. */
export const withEvents = (projection: Projection, change: (events: readonly DomainEvent[]) => readonly DomainEvent[]): Projection => ({
  ...projection,
  apply: async (tx, events, context) => projection.apply(tx, [...change(events)], context),
  ...(projection.bulk && {
    bulk: () => {
      const building = projection.bulk?.() ?? { pass: () => [] };
      return {
        ...building,
        pass: (appends) => building.pass(appends.map((append) => ({ ...append, events: [...change(append.events)] }))),
        take: (groups, folded) => {
          const changed = groups.map((group) => new Map([...group].map(([stream, events]) => [stream, change(events)])));
          return building.take?.(changed, folded) ?? [];
        },
      };
    },
  }),
});

/** The projection that cannot take these events, by stream and revision, while they are poison. */
export const poisoned =
  (poison: ReadonlySet<string>) =>
  (projection: Projection): Projection =>
    withEvents(projection, (events) => {
      if (events.some(({ stream, revision }) => poison.has(`${stream} ${revision}`))) throw new Error('poison');
      return events;
    });

const logger = createLogger({ level: 'silent', name: 'test' });
/** Nothing here must outlive a crash, so nothing waits for the disk. */
export const unsafe = ['fsync = off', 'synchronous_commit = off'];
const server = await testServer(t, { extra: unsafe });

/** The table of the leases that queries join; its owner is `packages/commands`. */
const leases = `CREATE SCHEMA work; CREATE TABLE work.leases (stream text, edit integer, version integer, holder text, taken timestamptz, until timestamptz, PRIMARY KEY (stream, edit))`;

/** The log, which notes the events that are read from streams with their texts. */
export const noting = (log: World['log'], read: DomainEvent[]): World['log'] => ({
  ...log,
  readStream: async (stream, from, options) => {
    const events = await log.readStream(stream, from, options);
    if (options?.texts !== false) read.push(...(events as DomainEvent[]));
    return events;
  },
});

type Test = { teardown(run: () => Promise<void> | void): void };

/** A database with the models of a world. `wrap` may put something around the projections; `queried` is the log that queries read. */
export const models = async (
  t: Test,
  world: Pick<World, 'log' | 'clock'>,
  wrap: (projection: Projection) => Projection = (one) => one,
  queried: World['log'] = world.log,
  reached: (position: bigint) => Promise<void> = async () => undefined,
  { createDatabase }: Pick<TestServer, 'createDatabase'> = server,
) => {
  const url = await createDatabase();
  await migrate(url, migrations);
  const { pool, applying, end } = testPools(url);
  await pool.query(leases);
  const names = ['record', 'reviews'] as const;
  /** As a process that has just started: nothing is in memory. */
  const newProjections = () => [createRecordProjection(installed), createReviewsProjection(installed), erasureRequests].map(wrap);
  const newRunner = (batch?: number) =>
    createRunner({
      pool,
      applying,
      log: world.log,
      projections: newProjections(),
      logger,
      erase: async () => undefined,
      logName: async () => 'test.0',
      ...(batch === undefined ? {} : { batch }),
    });
  const runners = [newRunner()];
  await runners[0]?.ensure();
  t.teardown(async () => {
    for (const runner of runners) await runner.close();
    await end();
  });
  const runner = () => runners.at(-1) ?? newRunner();
  const advance = async () => {
    for (const name of names) await runner().advance(name);
  };
  const status: ModelsStand['status'] = async (wanted) => {
    const each = [...(await runner().status(wanted)).values()];
    const lowest = each.map(({ position }) => position ?? 0n).sort((one, other) => (one < other ? -1 : 1))[0] ?? 0n;
    return { position: lowest, parked: new Set(each.flatMap(({ parked }) => [...parked])) };
  };
  const stand: ModelsStand = {
    status,
    reached: async (wanted, position) => {
      await reached(position);
      return status(wanted);
    },
    positionAt: async ({ ends }) =>
      (await world.log.readAll(0n, 100_000, { texts: false })).findLast(({ recordedAt }) => recordedAt <= ends)?.position ?? 0n,
  };
  const options = {
    pool,
    log: queried,
    ...installed,
    clock: world.clock.now,
    projections: newProjections(),
    models: stand,
    rendered: () => void (documents += 1),
  };
  let documents = 0;
  return {
    pool,
    queries: askedByNobody(createQueries(options)),
    /** How many documents of the past were rendered since it was asked the last time. */
    renderings: () => {
      const since = documents;
      documents = 0;
      return since;
    },
    advance,
    runner,
    /** Ends the process and starts another one that applies so many events at once. */
    restart: async (batch?: number) => {
      await runner().close();
      runners.push(newRunner(batch));
    },
    rebuild: async () => {
      for (const name of names) await runner().rebuild(name);
    },
  };
};

/** The queries, asked without a request. */
const askedByNobody = (queries: Queries) => {
  const nobody = (): ReadContext => ({
    held: undefined,
    noteFreshness: () => undefined,
    client: { name: 'test', signal: new AbortController().signal },
  });
  type Asked = Parameters<Queries['incidents']>;
  type ListOptions = Omit<Asked[1], 'moment'> & { sort?: IncidentSort; position?: bigint | null; moment?: LogMoment | null };
  return {
    ...queries,
    incidents: (
      filters: Asked[0],
      { position = null, moment = position === null ? null : { position }, ...options }: ListOptions,
      viewer: Asked[2],
    ) => queries.incidents(filters, { ...options, moment }, viewer, nobody()),
    changedIncidents: (...[asked, paging, viewer, context = nobody()]: Defaulted<Queries['changedIncidents']>) =>
      queries.changedIncidents(asked, paging, viewer, context),
    incidentAt: (...[id, moment, viewer, context = nobody()]: Defaulted<Queries['incidentAt']>) =>
      queries.incidentAt(id, moment, viewer, context),
    comparisonAt: (...[id, moment, viewer, context = nobody()]: Defaulted<Queries['comparisonAt']>) =>
      queries.comparisonAt(id, moment, viewer, context),
    incidentEvent: (...[id, revision, viewer, context = nobody()]: Defaulted<Queries['incidentEvent']>) =>
      queries.incidentEvent(id, revision, viewer, context),
    claims: (
      filters: Parameters<Queries['claims']>[0],
      { moment = null, ...paging }: { limit: number; cursor: string | null; moment?: LogMoment | null },
      viewer: Asked[2],
    ) => queries.claims(filters, { ...paging, moment }, viewer, nobody()),
    explain: (...[id, pointer, paging, viewer, context = nobody()]: Defaulted<Queries['explain']>) =>
      queries.explain(id, pointer, paging, viewer, context),
    diff: (...[id, from, to, viewer, context = nobody()]: Defaulted<Queries['diff']>) => queries.diff(id, from, to, viewer, context),
    incidentEvents: (...[id, paging, viewer, context = nobody()]: Defaulted<Queries['incidentEvents']>) =>
      queries.incidentEvents(id, paging, viewer, context),
    feed: (...[after, limit, viewer, context = nobody()]: Defaulted<Queries['feed']>) => queries.feed(after, limit, viewer, context),
    edit: (...[id, edit, viewer, context = nobody()]: Defaulted<Queries['edit']>) => queries.edit(id, edit, viewer, context),
    edits: (...[id, paging, viewer, context = nobody()]: Defaulted<Queries['edits']>) => queries.edits(id, paging, viewer, context),
    reviews: (...[filters, options, viewer, context = nobody()]: Defaulted<Queries['reviews']>) =>
      queries.reviews(filters, options, viewer, context),
    reviewStats: (...[time = null, context = nobody()]: Partial<Parameters<Queries['reviewStats']>>) => queries.reviewStats(time, context),
    ownEdits: (...[filters, paging, viewer, context = nobody()]: Defaulted<Queries['ownEdits']>) =>
      queries.ownEdits(filters, paging, viewer, context),
    preview: (...[id, edit, viewer, context = nobody()]: Defaulted<Queries['preview']>) => queries.preview(id, edit, viewer, context),
  };
};
/** The parameters of a query, of which the last may be left out. */
type Defaulted<Query extends (...given: never[]) => unknown> =
  Parameters<Query> extends [...infer Before, ReadContext] ? [...Before, context?: ReadContext] : never;

export type Models = Awaited<ReturnType<typeof models>>;

const tables: Record<string, string[]> = {
  record_v21: [
    ...['folded', 'parties', 'party_names', 'sources', 'public', 'concealed', 'quotes', 'incidents', 'incident_rows', 'claims'],
    ...['incident_uses', 'merges', 'register_changed', 'incident_changed', 'profiles', 'meeting_keys', 'candidate_pairs'],
  ],
  reviews_v22: [
    'folded',
    'policies',
    'parties',
    'reviewed',
    'headings',
    'edits',
    'waits',
    'votes',
    'counts',
    'notices',
    'edit_uses',
    'quotes',
  ],
};

/** Every row of every table of the models, of those in use or of another build, in an order that is the same for equal tables. */
export const everyRow = async (pool: Pool, build: '' | '_next' = ''): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {};
  for (const [schema, names] of Object.entries(tables)) {
    for (const name of names) {
      const { rows } = await pool.query(`SELECT r::text AS row FROM ${schema}${build}.${name} AS r`);
      found[`${schema}.${name}`] = rows.map(({ row }) => String(row)).sort();
    }
  }
  return found;
};
