import { hash } from 'node:crypto';
import { Malformed } from './malformed.ts';

/** What the ledger of Averment says of an event: digests in lower-case hexadecimal. `shown` is null of what the public never reads. */
export type Entry = { event: string; shown: string | null };

/** Canonical JSON (RFC 8785) of what was parsed from JSON. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`;
};

/** The members of an event that say by whose hand it is: what the public reads of it leaves them out. */
const hidden = new Set(['actor', 'command', 'request', 'correlation']);

/** What the public may read of an event, from its canonical bytes, in canonical form. Throws `SyntaxError` for what is not JSON, `Malformed` for no object. */
export const shownOf = (canonical: string): string => {
  const event: unknown = JSON.parse(canonical);
  if (event === null || typeof event !== 'object' || Array.isArray(event)) throw new Malformed('an event is an object');
  const shown = Object.fromEntries(Object.entries(event).filter(([name]) => !hidden.has(name)));
  // Canonical bytes that JavaScript writes as they are, it writes so without a member too, and faster.
  return JSON.stringify(event) === canonical ? JSON.stringify(shown) : canonicalJson(shown);
};

/** SHA-256 in lower-case hexadecimal, as entries have it. */
export const digestOf = (text: string): string => hash('sha256', text, 'hex');

/** The bytes of an entry: its canonical JSON. */
export const encodeEntry = ({ event, shown }: Entry): Buffer =>
  Buffer.from(`{"event":"${event}","shown":${shown === null ? 'null' : `"${shown}"`}}`);

/** Reads what `encodeEntry` writes, and nothing else. Throws `Malformed`. */
export const decodeEntry = (bytes: Uint8Array): Entry => {
  const text = Buffer.from(bytes).toString('latin1');
  const parsed = /^\{"event":"([0-9a-f]{64})","shown":(?:null|"([0-9a-f]{64})")\}$/.exec(text);
  if (parsed === null) throw new Malformed(`no entry of this ledger: ${JSON.stringify(text.slice(0, 80))}`);
  return { event: parsed[1] as string, shown: parsed[2] ?? null };
};
