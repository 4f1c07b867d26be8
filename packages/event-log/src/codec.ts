import { hash } from 'node:crypto';
import { without } from '@averment/domain';
import canonicalize from 'canonicalize';
import { createSalts, measured, type Random, restore, structure, withhold } from './disclosure.ts';
import {
  AppendTooLarge,
  type EventToAppend,
  type Logged,
  maxAppendBytes,
  maxEventBytes,
  type Place,
  type StoredEvent,
  type Undecodable,
} from './port.ts';

type Data = Record<string, unknown>;

/** What the codec needs of an event type: its current schema number, where its texts are, and the way from each older schema to the next. */
type CatalogueEntry = {
  schema: number;
  texts: (data: unknown) => readonly (readonly (string | number)[])[];
  upcast: Record<number, (data: Data) => Data>;
};
/** By event type. */
export type Catalogue = Readonly<Record<string, CatalogueEntry>>;

/** An event ready to be stored: everything but the store's own position and stamp, and what its bytes say. */
export type EncodedEvent = Omit<StoredEvent, 'position' | 'recordedAt'> & { envelope: Envelope };

/** The longest stream name, in ASCII characters. */
const maxStreamLength = 64;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const maxRevision = 2_147_483_647;

/** SHA-256 of the text's UTF-8 bytes, in lower-case hex. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');

const entryOf = (catalogue: Catalogue, type: string): CatalogueEntry | undefined =>
  Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;

const knownEntry = (catalogue: Catalogue, type: string): CatalogueEntry => {
  const entry = entryOf(catalogue, type);
  if (!entry) throw new TypeError(`"${type}" is no event type`);
  return entry;
};

type Where = Pick<Place, 'stream' | 'revision' | 'last'>;
/** The fields are in canonical order. */
const envelopeOf = (event: EventToAppend, data: object, schema: number, { stream, revision, last }: Where): Envelope => {
  const { id, type, at, actor, edit, command, request, correlation } = event;
  return { actor, at, command, correlation, data, edit, id, last, request, revision, schema, stream, type };
};

/**
 * Of an envelope whose fields are in canonical order, JavaScript writes the canonical form (RFC 8785) by itself; `isPlain` is false where it would not. Half a
 * pair of surrogates it writes as an escape. All such go to the library, which refuses what has no canonical form.
 */
const canonicalOf = (envelope: Envelope, isPlain: boolean): string => {
  const written = isPlain ? JSON.stringify(envelope) : undefined;
  return written === undefined || written.includes('\\ud') ? (canonicalize(envelope) as string) : written;
};

const checkAppend = (stream: string, expected: number, events: readonly EventToAppend[]): void => {
  if (!/^[!-~]{1,64}$/.test(stream)) throw new TypeError(`a stream's name has 1 to ${maxStreamLength} printable ASCII characters`);
  if (!Number.isInteger(expected) || expected < -1) throw new TypeError('the expected revision is -1 or more');
  if (events.length === 0) throw new TypeError('an append has at least one event');
  if (!events.every(({ id }) => uuid.test(id))) throw new TypeError("an event's id is a UUID in lower case");
  if (new Set(events.map(({ id }) => id)).size !== events.length) throw new TypeError('an append must not have the same id twice');
};

/** Throws `AppendTooLarge` beyond the limits of the port. */
const checkSizes = (encoded: readonly EncodedEvent[]): void => {
  const events = encoded.map(({ canonical }) => Buffer.byteLength(canonical));
  const total = events.reduce((sum, size) => sum + size, 0);
  if (total > maxAppendBytes || events.some((size) => size > maxEventBytes)) throw new AppendTooLarge({ events, total });
};

/** The codec of `catalogue`: between events as commands make them and folds take them, and what lies in the store. */
export const createCodec = <E extends object>({ catalogue, random }: { catalogue: Catalogue; random: Random }) => {
  const newSalt = createSalts(random);

  /** Throws `TypeError` for what is no append, `AppendTooLarge` beyond the limits. New salts each time: encode once, then repeat the same bytes. */
  const encode = (stream: string, expected: number, events: readonly EventToAppend[]): EncodedEvent[] => {
    checkAppend(stream, expected, events);
    const last = expected + events.length;
    const encoded = events.map((event, index) => {
      const { schema, texts } = knownEntry(catalogue, event.type);
      const { data, isPlain, disclosures } = withhold(event.data, texts(event.data), newSalt);
      const revision = expected + 1 + index;
      const envelope = envelopeOf(event, data, schema, { stream, revision, last });
      const canonical = canonicalOf(envelope, isPlain);
      return { id: event.id, type: event.type, stream, revision, last, sha256: sha256(canonical), canonical, disclosures, envelope };
    });
    checkSizes(encoded);
    return encoded;
  };

  const longest: Where = { stream: 'x'.repeat(maxStreamLength), revision: maxRevision, last: maxRevision };
  /** See `EventLog.sizeOf`. */
  const sizeOf = (events: readonly EventToAppend[]): { events: number[]; total: number } => {
    const sizes = events.map((event) => {
      const { schema, texts } = knownEntry(catalogue, event.type);
      const data = measured(event.data, texts(event.data));
      // Canonical JSON differs from this in the order of keys only, not in length.
      return Buffer.byteLength(JSON.stringify(envelopeOf(event, data, schema, longest)));
    });
    return { events: sizes, total: sizes.reduce((sum, size) => sum + size, 0) };
  };

  /** Decodes and upcasts one stored event. `missing` are the digests for which there was no disclosure; whether they are erased is not known here. */
  const decode = (stored: StoredEvent, texts: boolean): { event: Logged<E>; missing: string[] } => {
    const bad = (undecodable: Undecodable['undecodable'], error: string) => ({
      event: undecodableOf(stored, undecodable, error),
      missing: [],
    });
    const envelope = openEnvelope(stored);
    if (typeof envelope === 'string') return bad('corrupt', envelope);
    const entry = entryOf(catalogue, stored.type);
    if (!entry) return bad('unknown_type', `"${stored.type}" is no event type that this version knows`);
    let { schema } = envelope;
    if (schema > entry.schema) return bad('unknown_schema', `${stored.type} has schema ${schema}, this version knows ${entry.schema}`);
    try {
      const restored = texts ? restore(envelope.data, stored.disclosures) : { data: structure(envelope.data), missing: [] };
      let data = restored.data as Data;
      for (; schema < entry.schema; schema += 1) {
        const upcast = entry.upcast[schema];
        if (!upcast) return bad('unknown_schema', `${stored.type} has no way from schema ${schema} to ${schema + 1}`);
        data = upcast(data);
      }
      // What an older form has as structure may be a text by now.
      if (!texts && envelope.schema < entry.schema) data = entry.texts(data).reduce<unknown>(without, data) as Data;
      const { position, recordedAt, sha256 } = stored;
      return { event: { ...envelope, schema, data, position, recordedAt, sha256 } as unknown as E, missing: restored.missing };
    } catch (error) {
      return bad('corrupt', `the data cannot be put together: ${(error as Error).message}`);
    }
  };

  /** What `decode` without texts answers of an event that was just encoded, whose bytes need not be read again for it. Uses the envelope up. */
  const handBack = ({ envelope, sha256 }: EncodedEvent, { position, recordedAt }: Pick<Place, 'position' | 'recordedAt'>): Logged<E> =>
    ({ ...envelope, data: structure(envelope.data), position, recordedAt, sha256 }) as unknown as E;

  return { encode, sizeOf, decode, handBack };
};

export type Codec<E extends object> = ReturnType<typeof createCodec<E>>;

type Envelope = Data & { schema: number; data: unknown };

/** The envelope inside the bytes, or what is wrong with it. */
export const openEnvelope = (stored: StoredEvent): Envelope | string => {
  if (sha256(stored.canonical) !== stored.sha256) return 'the bytes do not have the stored SHA-256';
  let envelope: Partial<Envelope>;
  try {
    envelope = JSON.parse(stored.canonical) as Partial<Envelope>;
  } catch (error) {
    return `the bytes are not JSON: ${(error as Error).message}`;
  }
  for (const name of ['id', 'type', 'stream', 'revision', 'last'] as const) {
    if (envelope?.[name] !== stored[name])
      return `the bytes say ${name} ${JSON.stringify(envelope?.[name])}, the store ${JSON.stringify(stored[name])}`;
  }
  if (!Number.isInteger(envelope.schema) || envelope.data === null || typeof envelope.data !== 'object')
    return 'the bytes are not an event';
  return envelope as Envelope;
};

export const undecodableOf = (stored: StoredEvent, undecodable: Undecodable['undecodable'], error: string): Undecodable => {
  const { id, type, stream, revision, last, position, recordedAt, sha256 } = stored;
  return { undecodable, error, id, type, stream, revision, last, position, recordedAt, sha256 };
};
