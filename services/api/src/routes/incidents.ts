import { everybody, type Viewer, writers } from '@averment/access';
import { answer } from '@averment/domain';
import { goneOfText, type Moment, type Paging } from '@averment/read-models';
import { z } from 'zod';
import { found, granted, tagged, withheld } from '../http/found.ts';
import { requireLog } from '../http/log-name.ts';
import { foundThen, logMomentOf, momentOf, saidTime } from '../http/moments.ts';
import { askedIn } from '../http/vocabulary.ts';
import { Refusal } from '../problems/problem.ts';
import { type Answer, type Input, type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import {
  anyStanding,
  box,
  country,
  day,
  exactly,
  externalId,
  flag,
  logMoment,
  logPosition,
  paging,
  pathId,
  region,
  streamRevision,
  term,
  words,
} from '../schemas/parameters.ts';
import { comparison, diff, events, explanation, goneIncident, incident, listedIncident, recordedEvent } from '../schemas/record.ts';
import { answeredAs } from '../schemas/registry.ts';
import { ofIncident, proposal } from '../schemas/review.ts';
import type { Services } from '../services.ts';
import { aboutValue } from './claims.ts';
import { requireDistinct } from './parties.ts';
import { broughtLimit } from './sources.ts';

const params = z.strictObject({ id: pathId('incident') });
const past = {
  ...logMoment,
  asOfRevision: streamRevision.nullable().default(null).describe('The revision of the incident that is asked for'),
};
const howExact =
  '`asOf` is a time as exact as it is written: `2026-01-14T12:00:00Z` means to the end of that second, `2026-01-14` to the end of that day, for an incident in its own time zone as it stands now, for a list in UTC. `Averment-As-Of-Time` says up to when the answer goes. A time that is not over is 400. `asOfPosition` is a position of the log.';
const pastDescription = `With one of \`asOf\`, \`asOfPosition\` and \`asOfRevision\` the answer is what the record said then, whole appends only. \`Averment-As-Of\` and \`Averment-As-Of-Revision\` name the position and the stream revision used. ${howExact}`;

/** The document as it is now or was then, with the headers that name the moment. */
const served = (document: { body: string | null; etag: string; asOfRevision?: number; position?: string }, at: Moment | null = null) => ({
  body: document.body,
  etag: document.etag,
  headers: { ...then(document.position, document.asOfRevision), ...saidTime(at), ...proofOf(document.body) },
});
/** A link (RFC 8288) to where the ledger proves the last event of the record; of an incident alone, whose document begins so, once it is published. */
const proofOf = (body: string | null): Record<string, string> => {
  const [, id, revision] = /^\{"id":"(incident_\w+)","revision":(\d+),/.exec(body ?? '') ?? [];
  return revision === undefined ? {} : { link: `</v1/incidents/${id}/events/${revision}/proof>; rel="https://c2sp.org/tlog-proof"` };
};
const then = (position?: string, asOfRevision?: number): Record<string, string> => ({
  ...(position !== undefined && { 'averment-as-of': position }),
  ...(asOfRevision !== undefined && { 'averment-as-of-revision': String(asOfRevision) }),
});

const aboutQ =
  'Searches titles, places, names of parties, statements of claims that stand, and what disputes, proceedings and rulings say. All words have to be there; `"words in a row"`, `-without` and `or` do what they say. English forms of a word find one another (`shot`, `shots`), letter case and accents do not matter, and Latin letters are found by plain ones (`Lukasz` finds Łukasz, `Strasse` Straße). Signs split words, and what they hold together is found in parts and whole (`Garcia` and `Garcia-Lopez`, `1490` and `14-1490`, `US` and `U.S.`). Very common words (`the`, `of`) are passed over beside others; in quotes and alone they count. Chinese, Japanese, Thai, Lao, Khmer and Burmese are found by any row of letters.';

const keptCopy =
  'every incident of which anything that is served may have changed since, each once, in the order of `changedAt`, as it is now: in `items`, with the `etag` of its document, or in `gone`. Read the pages to the end, then go on with `changedAfter=<position>`, and send `log` back: nothing is missed, something may come twice.';

const misplaced = (name: string, message: string): Refusal =>
  new Refusal('InvalidParameter', { detail: `${name} ${message}.`, errors: [{ pointer: `/query/${name}`, message }] });

/** Throws where all that was written of the incident was erased, or is withheld by order of a court. */
const requireLeft = <D extends { body: string | null }>(document: D): D => {
  const gone = document.body === null ? null : goneOfText(document.body);
  if (gone === 'withheld') throw withheld();
  if (gone === 'erased') throw new Refusal('Gone');
  return document;
};

/** The same of what is told of an incident beside its document, by that. */
const requireIncidentLeft = async (id: string, viewer: Viewer, { queries }: Services): Promise<void> => {
  const now = await queries.incident(id, viewer);
  if (now !== null) requireLeft(now);
};
/** A comparison or a document of the past without a title: there may be nothing else. */
const lacksTitle = ({ body }: { body: string | null }): boolean => body?.includes('"title":null') ?? false;

/** What the routes of an incident's documents have in common. */
const dated = {
  roles: everybody,
  params,
  query: z.strictObject(past),
  models: ['record'],
  dated: true,
  cached: true,
  problems: ['TimeInFuture', 'Gone', 'Withheld'],
} as const;
type Dated = Input<z.output<typeof params>, z.output<typeof dated.query>, unknown>;

/** Answers a document as it is now, or as it was at the moment asked for. */
const nowOrThen =
  (now: 'incident' | 'comparison', atMoment: 'incidentAt' | 'comparisonAt') =>
  async ({ path, query, viewer, context }: Dated, services: Services): Promise<Answer> => {
    const { queries } = services;
    const at = await momentOf(query, { ...path, viewer, queries });
    const asked = { ...path, asOfRevision: query.asOfRevision };
    const document =
      at === null
        ? requireLeft(found(await queries[now](path.id, viewer, context)))
        : await foundThen(await queries[atMoment](path.id, at, viewer, context), asked, viewer, services);
    if ((at !== null || now === 'comparison') && lacksTitle(document)) await requireIncidentLeft(path.id, viewer, services);
    return served(document, at);
  };

/** Answers which incidents changed after a position. Throws for filters: of an incident that fits one no longer, a copy would not be told. */
const changedIncidents = async (
  {
    after,
    log,
    status,
    limit,
    cursor,
    ...others
  }: Paging & { after: bigint; log: string | undefined; status: string } & Record<string, unknown>,
  { viewer, context }: Pick<Dated, 'viewer' | 'context'>,
  { queries, logName }: Services,
): Promise<Answer> => {
  const sent = Object.entries(others).flatMap(([name, value]) => ((value ?? null) === null ? [] : [name]));
  const wrong = [...sent, ...(status === 'published' || status === 'all' ? [] : ['status'])];
  if (wrong.length > 0) {
    const message =
      'does not go with changedAfter: of an incident that fits no longer nothing could be told. Keep all, and filter what you keep';
    throw new Refusal('InvalidParameter', {
      detail: `${wrong.join(', ')} ${message}.`,
      errors: wrong.slice(0, 10).map((name) => ({ pointer: `/query/${name}`, message })),
    });
  }
  const followed = await requireLog(async () => `${await logName()}.${queries.incidentForm}`, log, 'changedAfter');
  const page = await queries.changedIncidents({ after, all: status === 'all' }, { limit, cursor }, viewer, context);
  return { body: { ...page, log: followed } };
};

export const incidentRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/incidents',
    operation: 'proposeIncident',
    tag: 'Incidents',
    summary: 'Propose a new incident',
    description:
      'It is edit 1 of an incident that is not public until the edit is approved. One request may bring all that an article needs: `sources` and `parties` are registered with it, and their refs stand wherever an id may. All is checked before the first of it is written; sent again with the same `Idempotency-Key`, it completes what was left. With the `externalId` of an incident that is there already it is 409, and `existing` names that one to those who may see it.',
    roles: writers,
    body: proposal,
    bodyLimit: broughtLimit,
    idempotent: true,
    answers: { 201: { description: 'It is submitted for review', schema: ofIncident.submitted } },
    problems: [
      'MachineKinds',
      'InvalidChange',
      'LocalTimeUnclear',
      'QuoteNotFound',
      'QuoteAmbiguous',
      'PrivateName',
      'SourceTextUnknown',
      'TextErased',
      'RecordState',
      'EditTooLarge',
      'LooksAlike',
      'ExternalIdTaken',
      'QuotaExceeded',
      'Busy',
    ],
    handle: async ({ body, caller, viewer }, { commands }) => {
      requireDistinct(body.parties, viewer);
      return { status: 201, ...tagged(granted(await commands.proposeIncident(caller(), body))) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents',
    operation: 'listIncidents',
    tag: 'Incidents',
    summary: 'Find incidents',
    description: `What \`aspect\`, \`value\`, \`about\`, \`speaker\` and \`source\` ask for has to be true of one claim that stands: one that is not retracted, superseded or deprecated, or that a ruling decided nevertheless. \`standing\` asks for others. \`from\` and \`to\` bound the day of the incident. \`bbox\` is west,south,east,north. With \`asOf\` or \`asOfPosition\` the list is as it was then. ${howExact} A cursor pins the position of the first page, and works only with the same moment. With \`changedAfter\` it is what a copy needs that was whole at that position: ${keptCopy}`,
    roles: everybody,
    query: z.strictObject({
      q: words(500).optional().describe(aboutQ),
      externalId: externalId.optional(),
      from: day.optional().describe('The first day of the incident'),
      to: day.optional().describe('The last day of the incident'),
      country: country.optional(),
      region: region.optional(),
      locality: words(200).optional().describe('Its name; letter case and accents do not matter'),
      agency: pathId('party').optional().describe('An agency that took part'),
      aspect: term.optional().describe('What a claim speaks of: a name of `/v1/vocabulary`'),
      value: exactly(100).optional().describe(aboutValue),
      about: pathId('party').optional().describe('Of whom a claim speaks'),
      speaker: pathId('party').optional().describe('Who said it'),
      source: pathId('source').optional().describe('Alone it also finds what disputes, proceedings and rulings cite'),
      standing: anyStanding
        .optional()
        .describe('The standing of that claim, or `any`. With it `q` searches the statements of all claims, those that do not stand too'),
      disputed: flag.optional().describe('Whether a claim that stands is marked disputed'),
      hasRuling: flag.optional().describe('Whether there is a ruling that is not retracted'),
      bbox: box
        .optional()
        .describe('Where on the globe: west,south,east,north in degrees. West may be more than east: over the antimeridian'),
      status: z
        .enum(['published', 'merged', 'retracted', 'all'])
        .default('published')
        .describe('`all`: of every status. A merged incident is shown with the one that it is merged into'),
      ...logMoment,
      changedAfter: logPosition
        .optional()
        .describe(
          'The position up to which a copy is whole: `position` of the last answer, or 0. It goes with `status` (`published` or `all`) and `log` alone',
        ),
      log: exactly(150).optional().describe('The `log` of the answer before; it goes with `changedAfter` alone'),
      sort: z
        .enum(['-recordedAt', 'recordedAt', '-occurred', 'occurred'])
        .default('-recordedAt')
        .describe('In which order: `-` is falling. An unknown date counts as before all others'),
      ...paging,
    }),
    models: ['record'],
    list: true,
    cached: true,
    answers: {
      200: {
        description: 'Incidents, with the position that the list was read at',
        schema: answeredAs(
          'Incidents',
          pageOf(listedIncident).extend({
            position: answer.position.describe('Where the list was read; with `changedAfter`, where to go on after the last page'),
            gone: z
              .array(goneIncident)
              .optional()
              .describe('With `changedAfter`: incidents that left the list, or of which nothing may be kept'),
            log: z.string().optional().describe('With `changedAfter`: to what the position belongs; opaque. Send it back'),
          }),
          'A page of incidents',
        ),
      },
    },
    problems: ['TimeInFuture', 'LogChanged'],
    handle: async (
      { query: { limit, cursor, sort, asOf, asOfPosition, changedAfter: after, log, ...filters }, viewer, context },
      services,
    ) => {
      if (after !== undefined) {
        const others = { asOf, asOfPosition, sort: sort === '-recordedAt' ? null : sort };
        return changedIncidents({ ...filters, ...others, after, log, limit, cursor }, { viewer, context }, services);
      }
      if (log !== undefined) throw misplaced('log', 'goes with changedAfter alone');
      const at = logMomentOf({ asOf, asOfPosition });
      const page = await services.queries.incidents(askedIn(filters, services), { limit, cursor, sort, moment: at }, viewer, context);
      return { body: page, headers: { ...then(at === null ? undefined : page.position), ...saidTime(at) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}',
    operation: 'readIncident',
    tag: 'Incidents',
    summary: 'Read an incident',
    description: `What was claimed, by whom, in which source; what was disputed, found and corrected. ${pastDescription}`,
    ...dated,
    answers: {
      200: {
        description: 'The incident',
        schema: incident,
        headers: {
          Link: 'Where the ledger proves the last event of its record, with `rel="https://c2sp.org/tlog-proof"`; absent before it is published',
        },
      },
    },
    handle: nowOrThen('incident', 'incidentAt'),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/comparison',
    operation: 'compareVoices',
    tag: 'Incidents',
    summary: 'Read the accounts side by side',
    description: `Aspects are rows, voices columns. ${pastDescription}`,
    ...dated,
    answers: { 200: { description: 'The comparison', schema: comparison } },
    handle: nowOrThen('comparison', 'comparisonAt'),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/events',
    operation: 'readEvents',
    tag: 'Incidents',
    summary: "Read the incident's events",
    description:
      'Oldest first, read from the log. Everybody sees the events of the record; reviewers and auditors also see those of the review. Without a key and for apps, `actor`, `author` and `approvedBy` are roles.',
    roles: everybody,
    params,
    query: z.strictObject(paging),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'Events', schema: events } },
    handle: async ({ path, query, viewer, context }, { queries }) => ({
      body: found(await queries.incidentEvents(path.id, query, viewer, context)),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/events/{revision}',
    operation: 'readEvent',
    tag: 'Incidents',
    summary: 'Read one event of the incident',
    description:
      'By its revision in the stream of the incident, as the list of events shows it. One that the caller may not see is not there.',
    roles: everybody,
    params: params.extend({ revision: streamRevision.describe("The event's place in the stream of the incident, from 0") }),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'The event', schema: recordedEvent } },
    handle: async ({ path, viewer, context }, { queries }) => ({
      body: found(await queries.incidentEvent(path.id, path.revision, viewer, context)),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/explain',
    operation: 'explainField',
    tag: 'Incidents',
    summary: 'Read the events behind a field',
    description:
      '`pointer` is a JSON Pointer into the incident as it stands now, such as `/claims/0/statement`; in a list the id of an entry may stand in place of its index (`/claims/claim_…/standing`). The events are those that set the field, changed it, or brought about what it follows from.',
    roles: everybody,
    params,
    query: z.strictObject({
      pointer: z
        .string()
        .max(500, 'must have at most 500 characters')
        .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer (RFC 6901), like /claims/0/statement')
        .describe('What is asked about, in the incident as it stands now: a JSON Pointer (RFC 6901)'),
      ...paging,
    }),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'The field, and the events behind it', schema: explanation } },
    handle: async ({ path, query: { pointer, ...page }, viewer, context }, { queries }) => {
      const explained = found(await queries.explain(path.id, pointer, page, viewer, context));
      if (explained.pointer !== null) return { body: explained };
      const message = 'leads nowhere in the incident as it stands now';
      throw new Refusal('InvalidParameter', { detail: `pointer ${message}`, errors: [{ pointer: '/query/pointer', message }] });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/diff',
    operation: 'compareRevisions',
    tag: 'Incidents',
    summary: 'Read what changed between two revisions',
    description:
      'What the incident says otherwise at the later revision, by JSON Pointers into its document. Each change names the revision of the append that made it last, of an entry also that which added it, with edit, author and reason. Both are revisions at which an append ended; at others there is nothing to see.',
    roles: everybody,
    params,
    query: z.strictObject({
      from: streamRevision.describe('The earlier revision'),
      to: streamRevision.describe('The later revision'),
    }),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'The changes, each with the revision that made it, whose edit that was and why', schema: diff } },
    problems: ['Gone', 'Withheld'],
    handle: async ({ path, query, viewer, context }, services) => {
      if (query.from > query.to) {
        const message = 'must not be after `to`';
        throw new Refusal('InvalidParameter', { detail: `from ${message}`, errors: [{ pointer: '/query/from', message }] });
      }
      await requireIncidentLeft(path.id, viewer, services);
      const changes = await services.queries.diff(path.id, query.from, query.to, viewer, context);
      return { body: await foundThen(changes, { ...path, ...query }, viewer, services) };
    },
  }),
];
