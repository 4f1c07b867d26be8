import type { EncodedEvent } from '../codec.ts';
import type { StoredEvent } from '../port.ts';
import { isoOf } from '../stamp.ts';
import type { ProposedEvent, RecordedEvent } from './store.ts';

/**
 * How an event of the log lies in the store: its data are the canonical bytes, so its own pages show the structure and the digests. Its metadata, which
 * the store does not look at, say where its append ends, the hash of the bytes, and which call of `append` wrote it.
 */
type StoreMetadata = { last: number; sha256: string; attempt: string };

export const proposedOf = ({ id, type, canonical, sha256, last }: EncodedEvent, attempt: string): ProposedEvent => ({
  id,
  type,
  data: canonical,
  metadata: JSON.stringify({ last, sha256, attempt } satisfies StoreMetadata),
});

/** For an event that another program wrote: as if it were an append of its own, with a hash that fits nothing. */
const metadataOf = ({ metadata, revision }: RecordedEvent): StoreMetadata => {
  const foreign = { last: revision, sha256: '', attempt: '' };
  try {
    const { last, sha256, attempt } = JSON.parse(metadata) as Partial<StoreMetadata>;
    const isOurs = Number.isInteger(last) && typeof sha256 === 'string' && typeof attempt === 'string';
    return isOurs ? ({ last, sha256, attempt } as StoreMetadata) : foreign;
  } catch {
    return foreign;
  }
};

export const attemptOf = (recorded: RecordedEvent): string => metadataOf(recorded).attempt;

/**
 * The stored event, without texts. `recordedAt` is the store's stamp of its append's last event, where that is known: the store stamps each event.
 */
export const storedOf = (recorded: RecordedEvent, prefix: string): StoredEvent => {
  const { last, sha256 } = metadataOf(recorded);
  const { id, type, revision, position, created, data } = recorded;
  const stream = recorded.stream.slice(prefix.length);
  return { stream, revision, last, position, recordedAt: isoOf(created), id, type, canonical: data, sha256, disclosures: [] };
};
