import { among, wantsTexts } from './among.ts';
import type { Codec } from './codec.ts';
import { undecodableOf } from './codec.ts';
import { digestOf } from './disclosure.ts';
import type { Logged, ReadAllOptions, ReadStreamOptions, StoredEvent } from './port.ts';

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

/** The parts of a `TextErased` that say what it erases. */
export type Erasure = { stream: string; data: { items: readonly { revision: number; digest: string }[] } };

export const textsIn = ({ stream, data }: Erasure): ErasedText[] =>
  data.items.map(({ revision, digest }) => ({ stream, revision, digest }));

/** The texts that a stored `TextErased` event erases; none for any other event, nor for one whose bytes are damaged. */
export const erasedBy = ({ type, stream, canonical }: Pick<StoredEvent, 'type' | 'stream' | 'canonical'>): ErasedText[] => {
  if (type !== erasureType) return [];
  try {
    return textsIn({ ...(JSON.parse(canonical) as Erasure), stream });
  } catch {
    return [];
  }
};

/** Which events of a stream a read needs: those that it asks for, and all erasures, which may be of their texts. */
export const neededFor = (asked: ReadStreamOptions): ((event: StoredEvent) => boolean) => {
  const isAsked = among(asked);
  return (event) => event.type === erasureType || isAsked(event);
};

/**
 * Decodes what a read asks for. `read` may have further erasures of a stream, which are not answered. A text that an event in `read` erases is absent, though the
 * vault may hold it still. So is one without a disclosure if the list of erasures or, as that list may lag, the event's stream up to its head says that it was
 * erased; else the event is `text_missing`.
 */
export const decodeAll = async <E extends object>(
  codec: Codec<E>,
  read: readonly StoredEvent[],
  { texts, canonical, ...asked }: Omit<ReadStreamOptions, 'texts'> & ReadAllOptions,
  lookups: ErasureLookups,
): Promise<Logged<E>[]> => {
  const isWanted = wantsTexts(texts);
  const erased = new Set(texts === false ? [] : read.flatMap(erasedBy).map(erasedKey));
  const answered = (event: Logged<E>, stored: StoredEvent): Logged<E> =>
    canonical ? { ...event, canonical: stored.canonical, disclosures: stored.disclosures } : event;
  const decoded = read
    .filter(among(asked))
    .map((each) => withoutErased(each, erased))
    .map((stored) => ({ stored, ...codec.decode(stored, isWanted(stored)) }));
  const wanted = decoded.flatMap(({ stored: { stream, revision }, missing }) =>
    missing.map((digest) => ({ stream, revision, digest })).filter((text) => !erased.has(erasedKey(text))),
  );
  if (wanted.length === 0) return decoded.map(({ event, stored }) => answered(event, stored));

  for (const key of await erasedAmong(wanted, lookups)) erased.add(key);
  return decoded.map(({ stored, event, missing }) => {
    const { stream, revision } = stored;
    const lost = missing.filter((digest) => !erased.has(erasedKey({ stream, revision, digest })));
    if (lost.length === 0) return answered(event, stored);
    return answered(undecodableOf(stored, 'text_missing', `nothing is disclosed for ${lost.join(', ')}, and nothing erased it`), stored);
  });
};

/** The same event where nothing of it was erased. */
const withoutErased = (stored: StoredEvent, erased: ReadonlySet<string>): StoredEvent => {
  if (erased.size === 0) return stored;
  const disclosures = stored.disclosures.filter((disclosure) => !erased.has(erasedKey({ ...stored, digest: digestOf(disclosure) })));
  return disclosures.length === stored.disclosures.length ? stored : { ...stored, disclosures };
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
