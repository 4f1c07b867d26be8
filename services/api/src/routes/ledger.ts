import { everybody, seesReview } from '@averment/access';
import { takedownEvents } from '@averment/domain';
import type { Stamped } from '@averment/ledger';
import { Malformed, parseTilePath, shownOf, type Tile } from '@averment/verify-log';
import { z } from 'zod';
import { found } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pathId, streamRevision } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';

const common = { method: 'GET', tag: 'Ledger', roles: everybody, sameForAll: true } as const;
const text = 'text/plain; charset=utf-8';

/** What was signed stays so. */
const forEver = 'public, max-age=31536000, immutable';

const unsigned = () =>
  new Refusal('NotFound', {
    detail: 'Nothing of the ledger is signed: either a worker has just been started, or it has no key (LEDGER_KEY_FILE).',
  });

const stamped = (last: Stamped | null): Stamped => {
  if (last === null)
    throw new Refusal('NotFound', {
      detail: 'No authority has set the time of a checkpoint: LEDGER_TSA_URL names none, or it has not answered yet.',
    });
  return last;
};

const tileOf = (path: string): Tile => {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal('NotFound', { detail: `${error.message}: paths are those of C2SP tlog-tiles, like tile/0/x001/234.p/5.` });
  }
};

const uncovered = () =>
  new Refusal('NotFound', { detail: 'No checkpoint covers the event yet: ask again in a moment.' }, { 'retry-after': '1' });

const digest = z.string().describe('SHA-256, in lower-case hexadecimal');
const shownProof = answeredAs(
  'ShownProof',
  z.object({
    index: z.number().int().describe('Which leaf it is, from 0'),
    entry: z.object({ event: digest, shown: digest.nullable() }).describe('What the leaf is the hash of, as canonical JSON (RFC 8785)'),
    shown: z
      .looseObject({})
      .nullable()
      .describe(
        'The event without its texts, and without actor, command, request and correlation; its canonical JSON has the digest `entry.shown`. Null where the caller does not read all of it',
      ),
    canonical: z.string().nullable().describe('The bytes that `entry.event` is the digest of; null but for auditors'),
    disclosures: z
      .array(z.string())
      .describe(
        'Base64url of `[salt, name, value]`, whose SHA-256 in base64url stands in `_sd` of the object that the text was taken from',
      ),
    proof: z.string().describe('The C2SP tlog-proof'),
  }),
  'A proof, and what it proves',
);

/** The ledger as C2SP tlog-tiles: digests alone, for whoever verifies that history was only ever added to. */
export const ledgerRoutes: readonly Route[] = [
  route({
    ...common,
    path: '/log/checkpoint',
    operation: 'readCheckpoint',
    summary: 'Read the last signed checkpoint',
    description: 'A C2SP tlog-checkpoint: how many events the log has and the root of their Merkle tree (RFC 6962), signed.',
    answers: { 200: { description: 'A signed note', schema: z.string(), type: 'text/plain' } },
    problems: ['NotFound'],
    handle: async (_, { ledger }) => {
      const body = await ledger.checkpoint();
      if (body === null) throw unsigned();
      return { body, type: text };
    },
  }),
  route({
    ...common,
    path: '/log/key',
    operation: 'readLedgerKey',
    summary: 'Read the keys that checkpoints are verified with',
    description:
      'The first line is the key. Further ones, while keys are being rotated, sign as well. Keep it from elsewhere, too: who can change this service can change what it says here.',
    answers: { 200: { description: 'Verifier keys of C2SP signed-note, a line each', schema: z.string(), type: 'text/plain' } },
    problems: ['NotFound'],
    handle: async (_, { ledger }) => {
      const keys = await ledger.keys();
      if (keys.length === 0) throw unsigned();
      return { body: keys.map((key) => `${key}\n`).join(''), type: text };
    },
  }),
  route({
    ...common,
    path: '/log/timestamp',
    operation: 'readTimestamp',
    summary: 'Read the last token that sets the time of a checkpoint',
    description:
      'An RFC 3161 TimeStampResp over the SHA-256 of the text at `/log/timestamp/text`, where the installation asks an authority for it. `openssl ts -verify -data text -in token -CAfile certificates` verifies it.',
    answers: { 200: { description: 'A token', schema: null, bytes: ['application/timestamp-reply'] } },
    problems: ['NotFound'],
    handle: async (_, { ledger }) => ({ body: stamped(await ledger.stamped()).token, type: 'application/timestamp-reply' }),
  }),
  route({
    ...common,
    path: '/log/timestamp/text',
    operation: 'readTimestampedText',
    summary: 'Read the checkpoint that the last token is over',
    description: 'Origin, size and root, a line each, as they are signed in a checkpoint, without its signatures.',
    answers: { 200: { description: 'The text', schema: z.string(), type: 'text/plain' } },
    problems: ['NotFound'],
    handle: async (_, { ledger }) => ({ body: stamped(await ledger.stamped()).text, type: text }),
  }),
  route({
    ...common,
    path: '/log/tile/{tile}',
    rest: true,
    operation: 'readTile',
    summary: 'Read a tile of the tree, or a bundle of its entries',
    description:
      'As C2SP tlog-tiles has them. `tile` is the rest of the path, slashes included: `0/x001/234` is a tile of 256 hashes, `0/x001/234.p/5` its first five, `entries/000` the first 256 entries, each after its length in two bytes. An entry is the canonical JSON of `event`, the SHA-256 of the event’s canonical bytes, and `shown`, that of the same without actor, command, request and correlation; null for what the public never reads. What the last checkpoint does not cover is 404.',
    params: z.strictObject({ tile: z.string().max(100).describe('Level and index, as in `0/000` or `entries/000.p/12`') }),
    answers: { 200: { description: 'Hashes of 32 bytes, or entries', schema: null, bytes: ['application/octet-stream'] } },
    handle: async ({ path }, { ledger }) => {
      const body = await ledger.tile(tileOf(`tile/${path.tile}`));
      if (body === null) throw new Refusal('NotFound', { detail: 'The last checkpoint does not cover this tile.' });
      return { body, type: 'application/octet-stream', cache: forEver };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/events/{revision}/proof',
    operation: 'proveEvent',
    tag: 'Ledger',
    summary: 'Prove that the ledger has one event of the incident',
    description:
      'A C2SP tlog-proof, to be kept and verified offline with the key of `/log/key`: that the event’s entry is a leaf of the tree that was signed last. 404 with `Retry-After` until a checkpoint covers it. With `with=shown`, as JSON, also what ties the proof to what one reads: the object of which the entry has the digest, and the disclosures (RFC 9901) of those of its texts that the caller reads whole; of a text that is erased, masked, concealed, shortened or restricted there is none. Auditors get the canonical bytes.',
    roles: everybody,
    params: z.strictObject({
      id: pathId('incident'),
      revision: streamRevision.describe("The event's place in the stream of the incident, from 0"),
    }),
    query: z.strictObject({ with: z.literal('shown').optional().describe('Asks for what the digests are of, as JSON') }),
    models: ['record'],
    dated: true,
    answers: { 200: { description: 'The proof', schema: z.string(), type: 'text/plain', also: shownProof } },
    handle: async ({ path: { id, revision }, query, viewer, context }, { ledger, queries }) => {
      const [incident, leaf] = await Promise.all([
        queries.incident(id, viewer, { ...context, held: undefined }),
        ledger.leaf({ stream: id, revision }),
      ]);
      const isPlain = leaf !== null && leaf.shown !== null && !takedownEvents.has(leaf.type);
      if (incident === null || !(isPlain || (leaf !== null && seesReview(viewer))))
        found(await queries.incidentEvent(id, revision, viewer, context));
      const proof = leaf && (await ledger.proof(leaf));
      if (leaf === null || proof === null) throw uncovered();
      if (query.with === undefined) return { body: proof, type: text };
      const { canonical, disclosures } = found(await queries.disclosed(id, revision, viewer, context));
      const { index, event, shown } = leaf;
      const whole = viewer?.role === 'auditor' ? canonical : null;
      const seen = canonical === null || shown === null ? null : JSON.parse(shownOf(canonical));
      return {
        body: { index, entry: { event, shown }, shown: seen, canonical: whole, disclosures, proof },
        type: 'application/json; charset=utf-8',
      };
    },
  }),
];
