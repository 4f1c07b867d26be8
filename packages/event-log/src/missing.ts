import type { Codec } from './codec.ts';
import { undecodableOf } from './codec.ts';
import type { Logged, StoredEvent } from './port.ts';

/** One erased text: which event held it, and the digest that still stands there. */
export type ErasedText = { stream: string; revision: number; digest: string };

/** The two places that tell whether a text was erased. */
export type ErasureLookups = {
  /** Those of `wanted` that the vault's list of erasures names already. */
  listed(wanted: readonly ErasedText[]): Promise<ErasedText[]>;
  /** Stored `TextErased` events of the stream from revision `from` to its head, without texts. */
  erasuresOf(stream: string, from: number): Promise<StoredEvent[]>;
};

export const erasureType = 'TextErased';

export const erasedKey = ({ stream, revision, digest }: ErasedText) => `${stream} ${revision} ${digest}`;

/** The texts that a stored `TextErased` event erases; none for any other event, nor for one whose bytes are damaged. */
export const erasedBy = ({ type, stream, canonical }: Pick<StoredEvent, 'type' | 'stream' | 'canonical'>): ErasedText[] => {
  if (type !== erasureType) return [];
  try {
    const { data } = JSON.parse(canonical) as { data: { items: { revision: number; digest: string }[] } };
    return data.items.map(({ revision, digest }) => ({ stream, revision, digest }));
  } catch {
    return [];
  }
};

/**
 * Decodes a page. A text without a disclosure is absent if the list of erasures or, as that list may lag, the event's stream up to its head says that
 * it was erased; else the event is `text_missing`.
 */
export const decodeAll = async <E extends object>(
  codec: Codec<E>,
  page: readonly StoredEvent[],
  texts: boolean,
  lookups: ErasureLookups,
): Promise<Logged<E>[]> => {
  const decoded = page.map((stored) => ({ stored, ...codec.decode(stored, texts) }));
  const wanted = decoded.flatMap(({ stored: { stream, revision }, missing }) => missing.map((digest) => ({ stream, revision, digest })));
  if (wanted.length === 0) return decoded.map(({ event }) => event);

  const erased = await erasedAmong(wanted, lookups);
  return decoded.map(({ stored, event, missing }) => {
    const { stream, revision } = stored;
    const lost = missing.filter((digest) => !erased.has(erasedKey({ stream, revision, digest })));
    return lost.length === 0
      ? event
      : undecodableOf(stored, 'text_missing', `nothing is disclosed for ${lost.join(', ')}, and nothing erased it`);
  });
};

/** Those of `wanted` that were erased, as keys. */
export const erasedAmong = async (wanted: readonly ErasedText[], { listed, erasuresOf }: ErasureLookups): Promise<Set<string>> => {
  const erased = new Set((await listed(wanted)).map(erasedKey));
  const open = wanted.filter((text) => !erased.has(erasedKey(text)));
  for (const [stream, texts] of Map.groupBy(open, (text) => text.stream)) {
    const first = Math.min(...texts.map(({ revision }) => revision));
    for (const text of (await erasuresOf(stream, first + 1)).flatMap(erasedBy)) erased.add(erasedKey(text));
  }
  return erased;
};
