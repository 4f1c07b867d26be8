import { TypeID } from 'typeid-js';
import { v5 } from 'uuid';

/** What an id may name. */
export type Prefix = 'incident' | 'claim' | 'dispute' | 'proceeding' | 'ruling' | 'source' | 'party' | 'correction';

/** Namespace (RFC 9562) of the ids of commands. A constant of the storage format: with another one no repeat would find itself. */
const commands = '6c1f0a52-3d5e-5b0e-9a41-0d9f7b1f5a77';

const suffix = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Whether a value is a canonical TypeID (type prefix, `_`, 26 characters of lower case base32) with that prefix. */
export const isTypeId = (prefix: Prefix, value: string): boolean =>
  value.length === prefix.length + 27 && value.startsWith(`${prefix}_`) && suffix.test(value.slice(prefix.length + 1));

/** Id of a command: UUIDv5 of who sends what where under which `Idempotency-Key`. Without a key the caller passes a random UUID in its place. */
export const commandId = (of: { subject: string; method: string; path: string; key: string }): string =>
  v5(JSON.stringify([of.subject, of.method, of.path, of.key]), commands);

/** Id of a thing that a command makes: the TypeID of UUIDv5(command, name). `name` is `ref:<ref>`, `change:<index>` and the like. */
export const derivedId = (prefix: Prefix, command: string, name: string): string => TypeID.fromUUID(prefix, v5(name, command)).toString();

/** Id of the event at `index` of a command's append: UUIDv5(command, index). */
export const eventId = (command: string, index: number): string => v5(`event:${index}`, command);
