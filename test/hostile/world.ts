import { everybody } from '@averment/access';
import { type Client, client, expectStatus, type Keys } from '../e2e/client.ts';
import { type Owner, type Server, startServer } from '../e2e/server.ts';
import { type Contract, contractOf, type OpenApi } from './contract.ts';
import { addition, agency, article, editOf, entriesOf, proposalOf } from './right.ts';

type Body = Record<string, unknown>;
export type Role = keyof Keys | 'none';
type As = (role: Role) => Client;

/** A record to attack. Nobody in it is real. */
export type Basics = {
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
  /** Of the open edits 2 and 1, and of those of the source and the party, each edit 1, as they are at the start. */
  etags: { open: string; unpublished: string; source: string; party: string };
  /** Asked for by `contributor2`, and open. */
  erasure: string;
};
export type World = Basics & {
  server: Server;
  contract: Contract;
  as: As;
  /** Who may be asked as: nobody, and one subject of each role. */
  roles: readonly Role[];
};
/** A record with one of everything that a route or a change can name: edit 3 put the entries in. */
export type Stock = Basics & {
  dispute: string;
  proceeding: string;
  ruling: string;
  other: string;
  recordedAt: string;
  /** Of the source and the party: what an edit of them is based on. */
  versions: Record<Exclude<Reviewed, 'incidents'>, number>;
};
/** What has edits, as its routes call it. */
export const reviewed = ['incidents', 'sources', 'parties'] as const;
export type Reviewed = (typeof reviewed)[number];

export const roles: readonly Role[] = [...everybody, 'contributor2'];

const made = async (as: As, path: string, body: Body) => expectStatus(await as('contributor').send('POST', path, body), 201);
const approve = async (as: As, path: string, etag: unknown, reviewer: Role = 'reviewer') => {
  const decision = { decision: 'approve', reason: 'Checked.' };
  return expectStatus(await as(reviewer).send('POST', `${path}/decision`, decision, { 'if-match': String(etag) }), 200);
};

/** Asks for the erasure of a party; null where nothing of it is left. */
export const askToErase = async (as: As, party: string): Promise<string | null> => {
  const asked = { targets: [{ party }], ground: 'personal_data', reason: 'It names somebody.' };
  const { status, body } = await as('contributor2').send('POST', '/v1/erasures', asked);
  return status === 201 ? String(body.id) : null;
};

/** Puts a record in. `tail` is added to the unpublished incident's texts. */
const basicsOf = async (as: As, tail: string): Promise<Basics> => {
  const ids = { source: String((await made(as, '/v1/sources', article)).id), party: String((await made(as, '/v1/parties', agency)).id) };
  const person = String((await made(as, '/v1/parties', { kind: 'described_role', name: `a witness at the harbour${tail}` })).id);
  const published = await made(as, '/v1/incidents', proposalOf(ids));
  const incident = String(published.incidentId);
  const path = `/v1/incidents/${incident}`;
  const revision = Number((await approve(as, `${path}/edits/1`, published.etag)).appliedRevision);
  const open = await made(as, `${path}/edits`, { ...editOf(revision, [addition(ids)]), rationale: `As the source says.${tail}` });
  const proposed = async (path: string, change: Body) =>
    String(
      (
        await made(as, `${path}/edits`, {
          ...editOf(1, [{ ...change, reason: `As it is written there.${tail}` }]),
          rationale: `So.${tail}`,
        })
      ).etag,
    );
  const source = await proposed(`/v1/sources/${ids.source}`, { kind: 'correct_source', set: { title: `Shots${tail}` } });
  const party = await proposed(`/v1/parties/${ids.party}`, { kind: 'correct_party', set: { name: `Harbor Police${tail}` } });
  const title = `Second car at the harbour${tail}`;
  const hidden = await made(as, '/v1/incidents', proposalOf(ids, { title, rationale: `Another.${tail}` }));
  const unpublished = String(hidden.incidentId);
  expectStatus(await as('contributor').get(`${path}?minPosition=${hidden.position}`), 200);
  expectStatus(await as('reviewer').get(`/v1/incidents/${unpublished}/edits/1?minPosition=${hidden.position}`), 200);
  const erasure = await askToErase(as, person);
  return {
    ...ids,
    erasure: erasure ?? '',
    person,
    incident,
    revision,
    claim: String((published.refs as Record<string, string>).c1),
    unpublished,
    unpublishedClaim: String((hidden.refs as Record<string, string>).c1),
    etags: { open: String(open.etag), unpublished: String(hidden.etag), source, party },
  };
};

/** Starts the service as it is shipped and puts the record in. `tail` is added to the unpublished incident's texts. */
export const createWorld = async (t: Owner, tail = ''): Promise<World> => {
  const server = await startServer(t, {
    SAMPLES: 'off',
    RATE_LIMIT: 'off',
    SOURCE_QUOTA: 'off',
    OPEN_EDIT_QUOTA: 'off',
    WRONG_KEY_LIMIT: 'off',
    TIP_LIMIT: 'off',
  });
  const as: As = (role) => client(server.url, role === 'none' ? null : server.keys[role]);
  const basics = await basicsOf(as, tail);
  const contract = contractOf((await as('none').get('/openapi.json')).body as unknown as OpenApi);
  return { ...basics, server, contract, as, roles };
};

/** Puts a further record in, whose edits and entries nothing has touched yet. */
export const newStock = async ({ as }: Pick<World, 'as'>): Promise<Stock> => {
  const basics = await basicsOf(as, '');
  const path = `/v1/incidents/${basics.incident}`;
  const entries = await made(as, `${path}/edits`, editOf(basics.revision, entriesOf(basics)));
  const [first, second] = ['reviewer', 'reviewer2'] as const;
  const { etag } = await approve(as, `${path}/edits/3`, entries.etag, first);
  const { appliedRevision, position } = await approve(as, `${path}/edits/3`, etag, second);
  const refs = entries.refs as Record<string, string>;
  const other = await made(as, '/v1/incidents', proposalOf(basics, { title: 'Third car at the harbour' }));
  await approve(as, `/v1/incidents/${other.incidentId}/edits/1`, other.etag);
  const revision = Number(appliedRevision);
  const { recordedAt } = expectStatus(await as('contributor').get(`${path}?minPosition=${position}`), 200);
  return {
    ...basics,
    revision,
    recordedAt: String(recordedAt),
    dispute: String(refs.d1),
    proceeding: String(refs.p1),
    ruling: String(refs.r1),
    other: String(other.incidentId),
    versions: { sources: 1, parties: 1 },
  };
};
