import { hash } from 'node:crypto';
import { fromUUID, fromUUIDBytes, toUUID } from 'typeid-js';

/** What an id may name. */
export type Prefix =
  | 'incident'
  | 'claim'
  | 'dispute'
  | 'proceeding'
  | 'ruling'
  | 'source'
  | 'party'
  | 'correction'
  | 'comment'
  | 'recusal'
  | 'policy'
  | 'reservation'
  | 'erasure'
  | 'key'
  | 'tip'
  | 'webhook'
  | 'operations';

/** What has a stream of its own, and edits. */
export type Aggregate = Extract<Prefix, 'incident' | 'source' | 'party'>;
/** Which aggregate a stream is that of, by its name. */
export const aggregateOf = (stream: string): { kind: Aggregate; id: string } => ({
  kind: stream.slice(0, stream.indexOf('_')) as Aggregate,
  id: stream,
});

/** Namespace (RFC 9562) of the ids of commands. A constant of the storage format: with another one no repeat would find itself. */
const commands = '6c1f0a52-3d5e-5b0e-9a41-0d9f7b1f5a77';

const suffix = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const suffixes = new RegExp(`^${suffix}$`);

/** Whether a value is a canonical TypeID (type prefix, `_`, 26 characters of lower case base32) with that prefix. */
export const isTypeId = (prefix: Prefix, value: string): boolean =>
  value.length === prefix.length + 27 && value.startsWith(`${prefix}_`) && suffixes.test(value.slice(prefix.length + 1));

/** What such an id with one of these prefixes looks like, as a regular expression without its ends. */
export const typeIdPattern = (...prefixes: readonly Prefix[]): string =>
  `${prefixes.length === 1 ? prefixes[0] : `(?:${prefixes.join('|')})`}_${suffix}`;

/** UUIDv5 (RFC 9562, 5.5) of a name in a namespace, which is a UUID. The package `uuid` takes three times as long, and every command makes a handful. */
const v5 = (name: string, namespace: string): Buffer => {
  const named = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]);
  const uuid = hash('sha1', named, 'buffer').subarray(0, 16);
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x50, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuid;
};

const written = (uuid: Buffer): string => {
  const hex = uuid.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Id of a command: UUIDv5 of who sends what where under which `Idempotency-Key`. Without a key the caller passes a random UUID in its place. */
export const commandId = (of: { subject: string; method: string; path: string; key: string }): string =>
  written(v5(JSON.stringify([of.subject, of.method, of.path, of.key]), commands));

/** Id of a thing that a command makes: the TypeID of UUIDv5(command, name). `name` is `ref:<ref>`, `change:<index>` and the like. */
export const derivedId = (prefix: Prefix, command: string, name: string): string => fromUUIDBytes(prefix, v5(name, command));

/** Id of a command that is part of another one: UUIDv5(command, name), as the whole of a repeat consists of the same parts. */
export const partOf = (command: string, name: string): string => written(v5(`part:${name}`, command));

/** The id that 16 bytes give, as UUIDv8 (RFC 9562). */
export const idOfBytes = (prefix: Prefix, bytes: Uint8Array): string => {
  const uuid = Buffer.from(bytes.subarray(0, 16));
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return fromUUIDBytes(prefix, uuid);
};

/** The id of a thing whose row has a UUID, and that UUID. */
export const idOfUuid = (prefix: Prefix, uuid: string): string => fromUUID(uuid, prefix);
export const uuidOf = (id: string): string => toUUID(id as Parameters<typeof toUUID>[0]);

/** Id of the event at `index` of a command's append: UUIDv5(command, index). */
export const eventId = (command: string, index: number): string => written(v5(`event:${index}`, command));
