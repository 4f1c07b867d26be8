import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { fromBase64 } from './bytes.ts';
import { Malformed } from './malformed.ts';

/** Notes of C2SP signed-note, signed with Ed25519 by logs, and with a time of their own by witnesses (C2SP tlog-cosignature). */

const ofLog = 1;
const ofWitness = 4;

/** Who may sign: read from a vkey. `id` has eight hexadecimal digits. */
export type VerifierKey = { name: string; id: string; kind: 'log' | 'witness'; key: KeyObject };
/** Who signs. `vkey` is what others verify with. */
export type SigningKey = { name: string; id: string; kind: 'log' | 'witness'; key: KeyObject; vkey: string };
/** One line below a note. `id` has eight hexadecimal digits. */
export type Signature = { name: string; id: string; bytes: Uint8Array };
/** A text, which ends with its line, and its signatures. */
export type Note = { text: string; signatures: readonly Signature[] };
/** A signature that holds; a witness says when it made it, in seconds since 1970. */
export type Signed = { name: string; kind: 'log' | 'witness'; at: number | null };

const kinds = new Map([
  [ofLog, 'log'],
  [ofWitness, 'witness'],
] as const);
const typeOf = (kind: SigningKey['kind']): number => (kind === 'log' ? ofLog : ofWitness);

const idOf = (name: string, material: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material]), 'hex').slice(0, 8);

const checkName = (name: string): string => {
  if (name === '' || /[\p{White_Space}\p{Cc}+]/u.test(name)) throw new Malformed(`${JSON.stringify(name)} is no name of a key`);
  return name;
};

/** A name, an id and what follows them, which are parted by `+`. */
const partsOf = (text: string, what: string): { name: string; id: string; type: number; material: Buffer } => {
  const parsed = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (parsed === null) throw new Malformed(`${what} is a name, an id and a key with + between`);
  const [, name = '', id = '', encoded = ''] = parsed;
  const material = fromBase64(encoded, what);
  const [type = 0] = material;
  if (material.length !== 33 || !kinds.has(type as 1 | 4)) throw new Malformed(`${what} is of no kind that is known here`);
  return { name: checkName(name), id, type, material };
};

/** Reads `name+id+base64`. Throws `Malformed`, also where the id is not that of the key. */
export const parseVerifierKey = (vkey: string): VerifierKey => {
  const { name, id, type, material } = partsOf(vkey.trim(), 'the verifier key');
  if (idOf(name, material) !== id) throw new Malformed(`the verifier key has the id ${id}, and is ${idOf(name, material)}`);
  const x = material.subarray(1).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { name, id, kind: kinds.get(type as 1 | 4) ?? 'log', key };
};

/** What stands before a seed in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const signingKeyOf = (name: string, seed: Uint8Array, kind: SigningKey['kind']): SigningKey => {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const material = Buffer.concat([Buffer.of(typeOf(kind)), Buffer.from(x, 'base64url')]);
  const id = idOf(name, material);
  return { name, id, kind, key, vkey: `${name}+${id}+${material.toString('base64')}` };
};

/** Reads `PRIVATE+KEY+name+id+base64`, the form of Go's note package. Throws `Malformed`. */
export const parseSigningKey = (skey: string): SigningKey => {
  const { name, id, type, material } = partsOf(skey.trim().replace(/^PRIVATE\+KEY\+/, ''), 'the private key');
  if (!skey.trimStart().startsWith('PRIVATE+KEY+')) throw new Malformed('the private key does not begin with PRIVATE+KEY+');
  const key = signingKeyOf(name, material.subarray(1), kinds.get(type as 1 | 4) ?? 'log');
  if (key.id !== id) throw new Malformed(`the private key has the id ${id}, and is ${key.id}`);
  return key;
};

/** A new key as `parseSigningKey` reads it. Throws `Malformed` for a name that no key can have. */
export const newSigningKey = (name: string, kind: SigningKey['kind'] = 'log'): string => {
  const seed = randomBytes(32);
  const { id } = signingKeyOf(checkName(name), seed, kind);
  return `PRIVATE+KEY+${name}+${id}+${Buffer.concat([Buffer.of(typeOf(kind)), seed]).toString('base64')}`;
};

const maxSignatures = 64;

/** Reads one line `— name base64`. Throws `Malformed`. */
export const parseSignature = (line: string): Signature => {
  const [dash, name, encoded, ...more] = line.split(' ');
  if (dash !== '—' || name === undefined || encoded === undefined || more.length > 0)
    throw new Malformed(`no line of a signature: ${JSON.stringify(line.slice(0, 80))}`);
  const bytes = fromBase64(encoded, 'a signature');
  if (bytes.length < 5) throw new Malformed('a signature is shorter than the id of its key');
  return { name: checkName(name), id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
};

/** Reads a note. Throws `Malformed`. */
export const parseNote = (note: string): Note => {
  // Parsed from UTF-8 that was not valid, a text has U+FFFD; a signature over it holds no more.
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || /[\x00-\x09\x0b-\x1f]/.test(note)) throw new Malformed('this is no signed note');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > maxSignatures) throw new Malformed(`the note has ${lines.length} signatures, more than ${maxSignatures}`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
};

/** A note as it is served. */
export const formatNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(formatSignature).join('')}`;

/** One line below a note. */
export const formatSignature = ({ name, id, bytes }: Signature): string =>
  `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), bytes]).toString('base64')}\n`;

const cosigned = (text: string, at: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${at}\n${text}`);

/** Signs a text that ends with its line; a witness says when, in whole seconds since 1970. */
export const signNote = (text: string, { name, id, kind, key }: SigningKey, at = 0): Signature => {
  if (kind === 'log') return { name, id, bytes: sign(null, Buffer.from(text), key) };
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(at));
  return { name, id, bytes: Buffer.concat([time, sign(null, cosigned(text, BigInt(at)), key)]) };
};

const holds = (text: string, bytes: Uint8Array, { kind, key }: VerifierKey): boolean => {
  if (kind === 'log') return verify(null, Buffer.from(text), key, bytes);
  if (bytes.length !== 72) return false;
  return verify(null, cosigned(text, Buffer.from(bytes).readBigUInt64BE()), key, bytes.subarray(8));
};

/**
 * The signatures by these keys, all of which hold; those of others are passed over. Null where one of a known key does not hold: then nothing of the note is
 * to be believed.
 */
export const verifyNote = ({ text, signatures }: Note, keys: readonly VerifierKey[]): Signed[] | null => {
  const known = signatures.flatMap((signature) => {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    return key === undefined ? [] : [{ key, bytes: signature.bytes }];
  });
  if (!known.every(({ key, bytes }) => holds(text, bytes, key))) return null;
  return known.map(({ key: { name, kind }, bytes }) => ({
    name,
    kind,
    at: kind === 'log' ? null : Number(Buffer.from(bytes).readBigUInt64BE()),
  }));
};
