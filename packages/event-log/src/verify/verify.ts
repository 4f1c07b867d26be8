import canonicalize from 'canonicalize';
import type { Pool } from 'pg';
import { openEnvelope } from '../codec.ts';
import { digestOf, restore } from '../disclosure.ts';
import { erasedAmong, erasedBy, erasedKey, erasureType } from '../erased.ts';
import type { LogSettings } from '../open.ts';
import type { StoredEvent } from '../port.ts';
import { followed } from '../vault/erasures.ts';
import { attemptsAreKept, unmatchedAttempts } from '../vault/sweep.ts';
import { unlistedErasures, unorderedErasures } from './erasures.ts';
import { type Finding, finding, type StoredReader, type VerifiedLog } from './verified-log.ts';

/** What was looked at, and in whole sentences what was not. */
type Verified = { events: number; head: bigint; unchecked: readonly string[] };

const pageSize = 500;

/**
 * Reads the whole log again, up to where it ended at the start, and yields whatever is not as it was written: bytes, hashes and canonical form; columns or
 * metadata beside the bytes; revisions with gaps; appends that are not whole; digests that are neither disclosed nor erased; erased texts that are not
 * gone or not listed; texts that belong to nothing; and what each store promises beyond that. The log is that of `settings`, by default the one in the
 * vault's own database. Returns what was checked. Rejects with `LogUnavailable`.
 */
export async function* verifyLog({ pool, settings }: { pool: Pool; settings?: LogSettings }): AsyncGenerator<Finding, Verified> {
  const source = await openVerified(pool, settings);
  try {
    return yield* verify(pool, source);
  } finally {
    await source.close();
  }
}

/** Every event as it is stored, without texts, up to where the log ends when the first one is asked for. Rejects with `LogUnavailable`. */
export async function* storedEvents({ pool, settings }: { pool: Pool; settings?: LogSettings }): AsyncGenerator<StoredEvent> {
  const { reader, close } = await openVerified(pool, settings);
  try {
    const head = await reader.head();
    for (let after = 0n; after < head; ) {
      const page = (await reader.readAll(after, pageSize, false)).filter(({ position }) => position <= head);
      yield* page;
      after = page.at(-1)?.position ?? head;
    }
  } finally {
    await close();
  }
}

/** Each store's own part is loaded only where it is needed. */
const openVerified = async (pool: Pool, settings: LogSettings | undefined): Promise<VerifiedLog> => {
  if (settings === undefined || settings.eventLogUrl === null) return (await import('./postgres.ts')).verifiedPostgres(pool);
  return (await import('./eventstoredb.ts')).verifiedEventStore(pool, { ...settings, eventLogUrl: settings.eventLogUrl });
};

async function* verify(pool: Pool, { reader, next, atEnd, unchecked }: VerifiedLog): AsyncGenerator<Finding, Verified> {
  // Erasures after this may still be on their way into the vault.
  const { position: followedTo, mark } = await followed(pool);
  const head = await reader.head();
  let before: StoredEvent | undefined;
  let events = 0;
  while ((before?.position ?? 0n) < head) {
    const page = (await reader.readAll(before?.position ?? 0n, pageSize, true)).filter(({ position }) => position <= head);
    if (page.length === 0) break;
    for (const event of page) {
      if (before) yield* wholeFindings(before, event);
      yield* next(before, event);
      yield* bytesFindings(event);
      if (event.position === mark?.position && event.sha256 !== mark.sha256)
        yield finding('head', event, 'the vault has followed the log up to here, where another event stood');
      before = event;
    }
    yield* missingTexts(reader, page);
    yield* lingeringTexts(reader, page);
    yield* unlistedErasures(
      pool,
      page.filter(({ position }) => position <= followedTo),
    );
    events += page.length;
  }
  if (before && before.revision !== before.last) yield finding('append_not_whole', before, `the log ends before revision ${before.last}`);

  yield* atEnd(head);
  yield* unmatchedTexts(pool, reader);
  yield* unorderedErasures(pool, reader);
  return { events, head, unchecked };
}

/** The events of an append stand one behind the other in the log. */
function* wholeFindings(before: StoredEvent, event: StoredEvent): Generator<Finding> {
  const isNext = before.stream === event.stream && before.revision + 1 === event.revision && before.last === event.last;
  if (before.revision !== before.last && !isNext)
    yield finding('append_not_whole', before, `the append up to revision ${before.last} is cut off after this event`);
}

function* bytesFindings(event: StoredEvent): Generator<Finding> {
  const envelope = openEnvelope(event);
  if (typeof envelope === 'string') return yield finding('corrupt', event, envelope);
  if (canonicalize(envelope) !== event.canonical)
    yield finding('not_canonical', event, 'the bytes are not the canonical form of their JSON');
}

/** Digests without a disclosure that no later event of the stream erases, and disclosures without a digest. */
async function* missingTexts(reader: StoredReader, page: readonly StoredEvent[]): AsyncGenerator<Finding> {
  const restored = page.map((event) => ({ event, ...textsOf(event) }));
  const wanted = restored.flatMap(({ event, missing }) => missing.map((digest) => ({ ...event, digest })));
  // The vault's own list is not asked: what counts is what the log says.
  const erased = await erasedAmong(wanted, { ...reader, listed: async () => [] });
  for (const { event, missing, unmatched } of restored) {
    for (const digest of missing) {
      if (!erased.has(erasedKey({ ...event, digest })))
        yield finding('text_missing', event, `nothing is disclosed for ${digest}, and nothing erased it`);
    }
    if (unmatched > 0) yield finding('text_unmatched', event, `${unmatched} disclosures do not belong to the event`);
  }
}

const textsOf = ({ canonical, disclosures }: StoredEvent): { missing: string[]; unmatched: number } => {
  try {
    const { texts, missing } = restore((JSON.parse(canonical) as { data: unknown }).data, disclosures);
    return { missing, unmatched: disclosures.length - texts.length };
  } catch {
    // Already reported as corrupt, or a disclosure that is none.
    return { missing: [], unmatched: disclosures.length };
  }
};

/** Texts that an event of this page erases, and that the vault still holds. */
async function* lingeringTexts(reader: StoredReader, page: readonly StoredEvent[]): AsyncGenerator<Finding> {
  for (const erasure of page.filter(({ type }) => type === erasureType)) {
    for (const [revision, texts] of Map.groupBy(erasedBy(erasure), (text) => text.revision)) {
      const [event] = await reader.readStream(erasure.stream, revision, { to: revision, texts: true });
      const held = new Set(event?.disclosures.map(digestOf));
      for (const { digest } of texts) {
        if (event && held.has(digest))
          yield finding('text_not_erased', event, `${digest} is erased at revision ${erasure.revision}, and still disclosed`);
      }
    }
  }
}

/** The sweeper removes them after their time; those that are twice as old have been forgotten, or were put there. */
async function* unmatchedTexts(pool: Pool, reader: StoredReader): AsyncGenerator<Finding> {
  const log = {
    readStored: (stream: string, from: number, { to }: { to?: number } = {}) => reader.readStream(stream, from, { to, texts: false }),
  };
  for await (const rows of unmatchedAttempts({ pool, log }, 2 * attemptsAreKept)) {
    for (const { stream, revision, attemptedAt } of rows)
      yield { what: 'text_unmatched', stream, revision, position: null, detail: `texts attempted at ${attemptedAt} belong to no event` };
  }
}
