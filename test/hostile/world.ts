import { type Client, client, expectStatus, type Keys } from '../e2e/client.ts';
import { type Owner, type Server, startServer } from '../e2e/server.ts';
import { type Contract, contractOf, type Document } from './contract.ts';

type Body = Record<string, unknown>;
export type Role = keyof Keys | 'none';

/** A record to attack: one of everything that a route can name. Nobody in it is real. */
export type World = {
  server: Server;
  contract: Contract;
  as(role: Role): Client;
  /** Who may be asked as: nobody, and one subject of each role. */
  roles: readonly Role[];
  source: string;
  party: string;
  person: string;
  /** Published; edit 1 is applied, edit 2 waits for review. Both are `contributor`'s. */
  incident: string;
  revision: number;
  claim: string;
  /** Proposed by `contributor`, not published. */
  unpublished: string;
  unpublishedClaim: string;
  /** Of the open edits 2 and 1, as they are at the start. */
  etags: { open: string; unpublished: string };
};

export const roles: readonly Role[] = ['none', 'app', 'contributor', 'contributor2', 'reviewer', 'auditor', 'admin'];

export const article = {
  kind: 'article',
  url: null,
  publisher: 'The Pier',
  title: 'Shots at the harbour',
  authors: ['A reporter'],
  publishedAt: '2026-01-14',
  language: 'en',
  translation: null,
  translatedFrom: null,
  text: 'The Harbour Police said that the car moved toward its officers. A witness said that the car stood still. Nobody else saw it.',
};

export const agency = { kind: 'agency', name: 'Harbour Police', aliases: ['HP'], private: false, publicRole: null, parent: null };

type Ids = Pick<World, 'source' | 'party'>;
export const claimOf = ({ source, party }: Ids, more: Body = {}): Body => ({
  ref: 'c1',
  aspect: 'vehicle_motion',
  about: null,
  value: { kind: 'boolean', value: true },
  statement: 'The harbour police say that the car moved toward the officers.',
  lang: 'en',
  speaker: party,
  capacity: 'spokesperson',
  stance: 'asserts',
  onBehalfOf: null,
  via: [],
  rendering: 'paraphrase',
  ownReporting: false,
  saidAt: '2026-01-14',
  validAt: null,
  replaces: null,
  relatesTo: [],
  scope: null,
  flags: [],
  citations: [
    {
      source,
      revision: 1,
      quote: { exact: 'the car moved toward its officers', prefix: null, suffix: null },
      position: null,
      part: 'body',
    },
  ],
  ...more,
});

export const proposalOf = (ids: Ids, more: Body = {}): Body => ({
  title: 'Harbour police officer shoots at a car in Porto Novo',
  occurred: { date: '2026-01-14', dateText: null, time: '18:50', approximate: true, timeZone: 'America/Los_Angeles' },
  place: {
    text: 'The harbour of Porto Novo',
    locality: 'Porto Novo',
    region: 'US-WA',
    country: 'US',
    point: { lat: 47.6, lon: -122.3 },
    precision: 'locality',
  },
  agencies: [ids.party],
  claims: [claimOf(ids)],
  rationale: 'The first article on it.',
  ...more,
});

export const editOf = (baseRevision: number, changes: Body[]): Body => ({ baseRevision, rationale: 'As the source says.', changes });

const addition = (ids: Ids): Body => ({
  kind: 'add_claim',
  claim: claimOf(ids, {
    ref: 'c2',
    value: { kind: 'boolean', value: false },
    statement: 'A witness says that the car stood still.',
    citations: [{ source: ids.source, quote: { exact: 'the car stood still' } }],
  }),
});

/** Starts the service as it is shipped and puts the record in. `tail` is added to the unpublished incident's texts. */
export const createWorld = async (t: Owner, tail = ''): Promise<World> => {
  const server = await startServer(t, { SAMPLES: 'off' });
  const as = (role: Role) => client(server.url, role === 'none' ? null : server.keys[role]);
  const contributor = as('contributor');
  const made = async (path: string, body: Body) => expectStatus(await contributor.send('POST', path, body), 201);
  const ids = { source: String((await made('/v1/sources', article)).id), party: String((await made('/v1/parties', agency)).id) };
  const person = String((await made('/v1/parties', { kind: 'described_role', name: `a witness at the harbour${tail}` })).id);
  const published = await made('/v1/incidents', proposalOf(ids));
  const incident = String(published.incidentId);
  const decision = { decision: 'approve', reason: 'Checked.' };
  const path = `/v1/incidents/${incident}`;
  const applied = await as('reviewer').send('POST', `${path}/edits/1/decision`, decision, { 'if-match': String(published.etag) });
  const revision = Number(expectStatus(applied, 200).appliedRevision);
  const open = await made(`${path}/edits`, { ...editOf(revision, [addition(ids)]), rationale: `As the source says.${tail}` });
  const hidden = await made('/v1/incidents', proposalOf(ids, { title: `Second car at the harbour${tail}`, rationale: `Another.${tail}` }));
  const unpublished = String(hidden.incidentId);
  const contract = contractOf((await contributor.get('/openapi.json')).body as unknown as Document);
  expectStatus(await contributor.get(`${path}?minPosition=${hidden.position}`), 200);
  expectStatus(await as('reviewer').get(`/v1/incidents/${unpublished}/edits/1?minPosition=${hidden.position}`), 200);
  return {
    server,
    contract,
    as,
    roles,
    ...ids,
    person,
    incident,
    revision,
    claim: String((published.refs as Record<string, string>).c1),
    unpublished,
    unpublishedClaim: String((hidden.refs as Record<string, string>).c1),
    etags: { open: String(open.etag), unpublished: String(hidden.etag) },
  };
};

/** A body that each operation takes, and the target for it; operations without a body have none. */
export const rightRequests = (world: World): Record<string, { target: string; body?: Body; ifMatch?: string }> => {
  const open = `/v1/incidents/${world.incident}/edits/2`;
  return {
    registerSource: { target: '/v1/sources', body: article },
    registerParty: { target: '/v1/parties', body: agency },
    proposeIncident: { target: '/v1/incidents', body: proposalOf(world) },
    submitEdit: { target: `/v1/incidents/${world.incident}/edits`, body: editOf(world.revision, [addition(world)]) },
    reviseEdit: { target: open, body: editOf(world.revision, [addition(world)]), ifMatch: world.etags.open },
    decideEdit: {
      target: `${open}/decision`,
      body: { decision: 'request_changes', reason: 'Please say where.' },
      ifMatch: world.etags.open,
    },
    withdrawEdit: { target: `${open}/withdraw`, body: { reason: 'Not needed.' } },
    takeLease: { target: `${open}/lease`, body: { break: false, reason: null } },
    retryParked: { target: '/v1/parked/1/retry' },
    skipParked: { target: '/v1/parked/1/skip' },
  };
};
