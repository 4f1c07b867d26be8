import {
  commandId,
  type DomainEvent,
  type Erasure,
  type EventData,
  eventId,
  evolveErasure,
  evolveSource,
  initialErasure,
  initialSource,
  inParts,
  isTypeId,
  listed,
  type NewEvent,
  type Place,
  passagesOf,
  placesInEvent,
  placesWith,
  textKey,
  textsOf,
  withoutPassage,
  withoutPassages,
} from '@averment/domain';
import { decoded, type EventLog, eraseTexts, isUndecodable, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from '../execute.ts';
import type { Deciding } from './noting.ts';

/** Who appends what follows. */
const actor = 'worker';
const pageSize = 500;
/** How many lists of places go into one append. */
const listsAtOnce = 8;

/** What was erased: in which streams, up to where in the log, and which words must not be found any more. */
export type Carried = { decision: string; streams: readonly string[]; position: bigint; values: readonly string[] };

const keyOf = ({ stream, revision, pointer }: Place): string => `${stream} ${revision} ${pointer}`;

/**
 * Looks where the words of a request stand, and carries out what was approved. Each append has an id that follows from the request, so that doing it twice, or
 * two at once, is doing it once. `requireGone` rejects while anything of what was erased can still be read.
 */
export const createErasing = ({
  log,
  clock,
  requireGone,
}: {
  log: EventLog<DomainEvent>;
  clock: Clock;
  requireGone: (carried: Carried) => Promise<void>;
}) => {
  const commandOf = (id: string, key: string) => commandId({ subject: actor, method: 'POST', path: `/erasures/${id}`, key });

  const requestAt = async (id: string): Promise<Erasure> => decoded(await log.readStream(id, 0)).reduce(evolveErasure, initialErasure());

  /** Appends to the request unless the command did so before. */
  const append = async (id: string, key: string, decide: (state: Erasure) => readonly NewEvent[]): Promise<Erasure> => {
    const command = commandOf(id, key);
    for (let tried = 0; tried < tries; tried += 1) {
      const state = await requestAt(id);
      const events = state.commands.has(command) ? [] : decide(state);
      if (events.length === 0) return state;
      const by = { actor, command, request: null, correlation: null };
      await log.append(id, state.streamRevision, eventsToAppend(events, by, clock.now()));
    }
    throw new LogUnavailable(`others keep writing to ${id}`);
  };

  /** Where the documents are kept from which texts of a source were read: they hold the words of each, packed or not. */
  const originalsOf = async (source: string): Promise<Place[]> => {
    const kept = decoded(await log.readStream(source, 0, { types: new Set(['SourceOriginalKept']) }));
    return kept.flatMap(textsOf).map(({ value: _, ...place }) => place);
  };

  /** The texts after `from` up to `to` in which one of the values stands; what of the request itself holds them is not among them. */
  const search = async (id: string, values: readonly string[], from: bigint, to: bigint): Promise<Place[]> => {
    const find = placesWith(values);
    const found: Place[] = [];
    for (let after = from; after < to; ) {
      const page = await log.readAll(after, pageSize);
      const last = page.at(-1);
      if (last === undefined) break;
      for (const event of page) {
        if (event.position <= to && event.stream !== id && !isUndecodable(event)) found.push(...find(event));
      }
      after = last.position;
    }
    const sources = new Set(found.flatMap(({ stream, pointer }) => (isTypeId('source', stream) && pointer === '/text' ? [stream] : [])));
    const originals = await Promise.all([...sources].map(originalsOf));
    return [...new Map([...found, ...originals.flat()].map((place) => [keyOf(place), place])).values()];
  };

  /** Lists what stands in the log up to its head beyond what is listed. */
  const list = async (id: string, state: Erasure): Promise<Erasure> => {
    const values = state.asked?.values ?? [];
    const head = await log.head();
    const found = await search(id, values, state.through, head);
    const known = new Set(state.places.map(keyOf));
    const lists = listed(
      found.filter((place) => !known.has(keyOf(place))),
      head,
    );
    let now = state;
    for (let at = 0; at < lists.length; at += listsAtOnce) {
      now = await append(id, `places ${state.through} ${at}`, () => lists.slice(at, at + listsAtOnce));
    }
    return now;
  };

  const look = async (id: string): Promise<void> => {
    const state = await requestAt(id);
    if (state.state !== 'looking') return;
    const { asked } = state;
    // What is named by its place was found when it was asked for; it comes with the words.
    if (asked !== null) await list(id, state);
  };

  /** In the newest text of a source the words are replaced, so that what else it says stays. */
  const replacePassages = async (id: string, source: string, places: readonly Place[], values: readonly string[]): Promise<void> => {
    const command = commandOf(id, `text of ${source}`);
    for (let tried = 0; tried < tries; tried += 1) {
      const events = decoded(await log.readStream(source, 0));
      const state = events.reduce(evolveSource, initialSource());
      const newest = events.findLast(({ type }) => type === 'SourceRegistered' || type === 'SourceTextRevised');
      const text = state.texts.at(-1) ?? null;
      const isFound = places.some(({ revision, pointer }) => revision === newest?.revision && pointer === '/text');
      if (state.commands.has(command) || text === null || !isFound) return;
      const left = values.reduce((rest, value) => withoutPassages(rest, passagesOf(value)(rest)), text);
      if (left === text) return;
      const revised = withoutPassage(state, left, `A passage was erased (${id}).`);
      if (revised.length === 0) return;
      const by = { actor, command, request: null, correlation: null };
      const outcome = await log.append(source, state.streamRevision, eventsToAppend(revised, by, clock.now()));
      if (outcome.outcome !== 'wrong_revision') return;
    }
    throw new LogUnavailable(`others keep writing to ${source}`);
  };

  const readable = async (stream: string): Promise<DomainEvent[]> =>
    (await log.readStream(stream, 0)).flatMap((event) => (isUndecodable(event) ? [] : [event]));

  /** Erases the texts at these places of a stream that are still there: with their copies more than so many may not fit into one append. */
  const eraseIn = async (id: string, stream: string, places: readonly Place[], ground: string): Promise<void> => {
    for (const part of inParts(places, placesInEvent)) await erasePart(id, stream, part, ground);
  };

  const erasePart = async (id: string, stream: string, places: readonly Place[], ground: string): Promise<void> => {
    const there = new Set((await readable(stream)).flatMap(textsOf).map(keyOf));
    const fields = places.filter((place) => there.has(keyOf(place))).map(({ revision, pointer }) => ({ revision, pointer }));
    if (fields.length === 0) return;
    const command = commandOf(id, `${stream} ${fields.map(textKey).join(' ')}`);
    const at = clock.now().toISOString();
    const idOf = (index: number) => eventId(command, index);
    const erased = await eraseTexts(log, { stream, fields, reasonCode: ground, decision: id, actor, command, at, idOf });
    // Another process was faster.
    if (erased.outcome === 'no_text') await erasePart(id, stream, places, ground);
  };

  /** What was erased by the request so far in these streams: how many texts, and up to where in the log. */
  const erasedBy = async (id: string, streams: readonly string[]): Promise<{ fields: number; position: bigint }> => {
    let [fields, position] = [0, 0n];
    for (const stream of streams) {
      for (const event of await readable(stream)) {
        if (event.type !== 'TextErased' || event.data.decision !== id) continue;
        fields += event.data.items.length;
        if (event.position > position) position = event.position;
      }
    }
    return { fields, position };
  };

  const eraseAll = async (id: string, approved: Erasure, { ground, targets }: EventData<'ErasureRequested'>, values: readonly string[]) => {
    const state = values.length > 0 ? await list(id, approved) : approved;
    const named = new Set(targets.map((target) => target.id));
    const byStream = Map.groupBy(state.places, ({ stream }) => stream);
    for (const [stream, places] of byStream) {
      if (values.length > 0 && !named.has(stream) && isTypeId('source', stream)) await replacePassages(id, stream, places, values);
      await eraseIn(id, stream, places, ground);
    }
    const streams = [...byStream.keys()];
    const { fields, position } = await erasedBy(id, streams);
    await requireGone({ decision: id, streams, position, values });
    const left = values.length === 0 ? [] : await search(id, values, 0n, await log.head());
    // It was written while this went on: the next time erases that too.
    if (left.length > 0) throw new Error(`words that ${id} erases were written again, in ${left[0]?.stream}`);
    await append(id, 'done', () => [{ type: 'ErasureDone', edit: null, data: { fields, streams: streams.length } }]);
  };

  /** Keeps the texts at the places from the public, or shows them again. */
  const restrictAll = async (
    id: string,
    { places }: Erasure,
    { kind, ground: reasonCode }: EventData<'ErasureRequested'>,
  ): Promise<void> => {
    const byStream = Map.groupBy(places, ({ stream }) => stream);
    for (const [stream, own] of byStream) {
      const command = commandOf(id, stream);
      for (let tried = 0; ; tried += 1) {
        if (tried === tries) throw new LogUnavailable(`others keep writing to ${stream}`);
        const events = decoded(await log.readStream(stream, 0, { texts: false }));
        if (events.some((event) => event.command === command)) break;
        const items = own.map(({ revision, pointer }) => ({ revision, pointer }));
        const followed = inParts(items, placesInEvent).map(
          (part): NewEvent =>
            kind === 'restrict'
              ? { type: 'TextRestricted', edit: null, data: { items: part, reasonCode, decision: id } }
              : { type: 'TextReleased', edit: null, data: { items: part, decision: id } },
        );
        const by = { actor, command, request: null, correlation: null };
        await log.append(stream, events.at(-1)?.revision ?? -1, eventsToAppend(followed, by, clock.now()));
      }
    }
    await append(id, 'done', () => [{ type: 'ErasureDone', edit: null, data: { fields: places.length, streams: byStream.size } }]);
  };

  const carryOut = async (id: string): Promise<void> => {
    const state = await requestAt(id);
    const { asked } = state;
    if (asked === null) return;
    if (asked.kind !== 'erase') {
      if (state.state === 'approved') await restrictAll(id, state, asked);
      return;
    }
    if (state.state === 'approved') await eraseAll(id, state, asked, asked.values ?? []);
    // What was asked for, and how it was voted on, says itself what was erased.
    await eraseIn(id, id, (await readable(id)).flatMap(textsOf), asked.ground);
  };

  /** Follows one event. Rejects with `LogUnavailable`, and with `StreamUnreadable` where a stream cannot be read that it needs. */
  const follow = async ({ stream, revision }: Deciding): Promise<void> => {
    const [event] = decoded(await log.readStream(stream, revision, { to: revision, texts: false }));
    if (event?.type === 'ErasureRequested') await look(stream);
    if (event?.type === 'ErasureApproved') await carryOut(stream);
  };

  return { follow };
};
