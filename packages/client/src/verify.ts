import { hash } from 'node:crypto';
import {
  type Checkpoint,
  canonicalJson,
  digestOf,
  digestsIn,
  encodeEntry,
  type LedgerFinding,
  NotSigned,
  parseProof,
  parseVerifierKey,
  type VerifiedLedger,
  verifyLedger,
  verifyProof,
} from '@averment/verify-log';
import type { ApiOptions } from './api.ts';
import { addressOf } from './api.ts';
import type { Schemas } from './schemas.ts';

export type VerifyOptions = {
  /** The verifier keys of the ledger, got from elsewhere than the service; one of them has to have signed. */
  keys: readonly string[];
  /** A checkpoint that was saved before, as served: the ledger has to begin with it. */
  since?: string;
  /** Whether each event and text is compared too, as an auditor's key reads them. */
  events?: boolean;
  found: (finding: LedgerFinding) => void;
  /** How many leaves of all were looked at. */
  progress?: (done: number, size: number) => void;
};

/** Verifies the ledger of a service as it is served. Throws `Malformed` for keys that are none. */
export const verify = ({ url, key, ...options }: ApiOptions & VerifyOptions): Promise<VerifiedLedger> =>
  verifyLedger({
    url: addressOf(url, '/log').href,
    keys: options.keys.map(parseVerifierKey),
    since: options.since,
    events: options.events && key !== undefined ? { url, key } : undefined,
    found: options.found,
    ...(options.progress && { progress: options.progress }),
  });

/** The checkpoint that shows, by whichever key, that the entry is in the ledger; null where the hashes do not lead to its root. */
const included = (proof: string, entry: Uint8Array, keys: readonly string[]): Checkpoint | null => {
  let last: unknown = new NotSigned('no key was given');
  for (const key of keys) {
    try {
      return verifyProof(parseProof(proof), entry, parseVerifierKey(key));
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      last = error;
    }
  }
  throw last;
};

/** What a proof shows: by which checkpoint, and the texts that are tied to it: none where the object is not shown. `wrong` has what does not hold, in words; empty, and all of it does. */
export type Proven = { checkpoint: Checkpoint | null; texts: { name: string; value: unknown }[]; wrong: string[] };

/**
 * Verifies offline what `GET …/events/{revision}/proof?with=shown` answered: that the entry is a leaf of a tree that one of the keys signed, that the object
 * shown and the canonical bytes are what the entry is of, and each text one of the object's. Throws `Malformed` for what is no proof.
 */
export const verifyShown = (document: Schemas['ShownProof'], keys: readonly string[]): Proven => {
  const { entry, shown, canonical, disclosures, proof, index } = document;
  const wrong: string[] = [];
  const check = (holds: boolean, what: string) => holds || wrong.push(what);
  let checkpoint: Checkpoint | null = null;
  try {
    checkpoint = included(proof, encodeEntry(entry), keys);
    check(checkpoint !== null, 'the hashes do not lead from the entry to the root that was signed');
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    wrong.push(`the checkpoint: ${error.message}`);
  }
  check(parseProof(proof).index === index, 'the proof is of another leaf than the answer says');
  if (shown !== null) check(digestOf(canonicalJson(shown)) === entry.shown, 'the object shown is not what the entry is of');
  if (canonical !== null) check(digestOf(canonical) === entry.event, 'the canonical bytes are not what the entry is of');
  const event: unknown = canonical === null ? shown : JSON.parse(canonical);
  const digests = new Set(digestsIn(event));
  const texts = (event === null ? [] : disclosures).map((disclosure) => {
    const [, name = '', value] = JSON.parse(Buffer.from(disclosure, 'base64url').toString('utf8')) as [string, string, unknown];
    check(digests.has(hash('sha256', disclosure, 'base64url')), `the text of ${name} is none of the event's`);
    return { name, value };
  });
  return { checkpoint, texts, wrong };
};
