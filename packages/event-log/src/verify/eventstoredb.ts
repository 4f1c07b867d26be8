import type { Pool } from 'pg';
import { openReader } from '../eventstoredb/log.ts';
import { checkRights } from '../eventstoredb/rights.ts';
import { type LogSettings, prefixOf } from '../open.ts';
import type { StoredEvent } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { StreamUnreadable } from '../unreadable.ts';
import { followed } from '../vault/erasures.ts';
import { type Finding, finding, type StoredReader, type VerifiedLog } from './verified-log.ts';

const unchecked = [
  'positions: in EventStoreDB they are byte offsets, so that an append that is gone with the end of its stream shows only if the vault had followed the log just to it',
  'stamps: those of EventStoreDB follow the clock of its leader, and may run backwards',
];
const streamsAtOnce = 100;

/**
 * The log in EventStoreDB. Revisions are counted for each stream while the log is read, which takes memory for each stream; and each stream is read by
 * itself from its first and its last event, because one that was deleted or cut off still stands in the log until the store is scavenged.
 */
export const verifiedEventStore = async (pool: Pool, settings: LogSettings & { eventLogUrl: string }): Promise<VerifiedLog> => {
  await checkRights(settings.eventLogUrl, prefixOf(settings));
  const { reader, close } = await openReader({ url: settings.eventLogUrl, pool, prefix: prefixOf(settings) });
  const { position: followedTo } = await followed(pool);
  const ends = new Map<string, Pick<StoredEvent, 'stream' | 'revision' | 'position'>>();
  let isFollowedSeen = followedTo === 0n;

  return {
    reader,
    next: function* (_, event) {
      const { stream, revision, position } = event;
      const previous = ends.get(stream)?.revision ?? -1;
      if (revision !== previous + 1) yield finding('revision_gap', event, `it follows revision ${previous}`);
      ends.set(stream, { stream, revision, position });
      isFollowedSeen ||= position === followedTo;
    },
    atEnd: async function* () {
      if (!isFollowedSeen)
        yield {
          what: 'head',
          stream: null,
          revision: null,
          position: followedTo,
          detail: 'the vault has followed the log up to here, where no event stands',
        };
      const all = [...ends.values()];
      for (let start = 0; start < all.length; start += streamsAtOnce) {
        const found = await Promise.all(all.slice(start, start + streamsAtOnce).map((end) => streamFinding(reader, end)));
        yield* found.flatMap((each) => each ?? []);
      }
      yield* goneStreams(pool, reader, ends);
    },
    unchecked,
    close,
  };
};

/** Whether a stream, read by itself, has the first and the last event that the log has of it. */
const streamFinding = async (
  reader: StoredReader,
  end: Pick<StoredEvent, 'stream' | 'revision' | 'position'>,
): Promise<Finding | undefined> => {
  const at = async (revision: number) => (await reader.readStream(end.stream, revision, { to: revision, texts: false }))[0]?.revision;
  try {
    const [first, last] = await Promise.all([at(0), at(end.revision)]);
    if (first === 0 && last === end.revision) return undefined;
    return finding(
      'revision_gap',
      end,
      'its stream cannot be read from its first event to this one: it was deleted or cut off in EventStoreDB',
    );
  } catch (error) {
    if (!(error instanceof StreamUnreadable)) throw error;
    return finding('revision_gap', end, `its stream cannot be read: ${error.message}`);
  }
};

/** Streams that were deleted and have nothing in the log any more, since the store was scavenged. Whatever is appended leaves a row in the vault. */
async function* goneStreams(pool: Pool, reader: StoredReader, known: ReadonlyMap<string, unknown>): AsyncGenerator<Finding> {
  for (let after = ''; ; ) {
    const { rows } = await available(() =>
      pool.query<{ stream: string }>(`SELECT DISTINCT stream FROM vault.texts WHERE stream > $1 ORDER BY stream LIMIT ${streamsAtOnce}`, [
        after,
      ]),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.stream;
    const unknown = rows.filter(({ stream }) => !known.has(stream));
    // If this read does not fail, none of it ever arrived, or all of it is younger than this verification.
    const errors = await Promise.all(
      unknown.map(({ stream }) =>
        reader.readStream(stream, 0, { to: 0, texts: false }).then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors) {
      if (error instanceof StreamUnreadable)
        yield {
          what: 'revision_gap',
          stream: error.event.stream,
          revision: null,
          position: null,
          detail: `the log has nothing of this stream: ${error.message}`,
        };
      else if (error !== undefined) throw error;
    }
  }
}
