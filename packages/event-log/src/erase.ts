import { pointerOf, type TextPlace } from '@averment/domain';
import canonicalize from 'canonicalize';
import { restore } from './disclosure.ts';
import { erasureType } from './erased.ts';
import { type EventLog, type EventToAppend, LogUnavailable, type StoredEvent } from './port.ts';

type EraseRequest = {
  stream: string;
  fields: readonly TextPlace[];
  reasonCode: string;
  /** The request that it follows from, if any. */
  decision?: string;
  actor: string;
  /** The command's id, its clock, the HMAC of its request, and the ids that follow from it by index. */
  command: string;
  at: string;
  request?: string | null;
  idOf: (index: number) => string;
};

type ErasureItem = TextPlace & { digest: string };

/**
 * - `written`, `repeated`: as of an append; `items` are all the texts that were erased, or that this command erased before.
 * - `no_text`: nothing was written, as there is no readable text at `field` (never was, or it is erased already).
 */
type EraseOutcome =
  | { outcome: 'written' | 'repeated'; revision: number; position: bigint; items: ErasureItem[] }
  | { outcome: 'no_text'; field: TextPlace };

type Found = ErasureItem & { value: unknown };
type Log = Pick<EventLog<object>, 'append' | 'readStored'>;

const page = 200;
const itemsInEvent = 1000;
const bytesInEvent = 50_000;
const tries = 20;

/**
 * Appends `TextErased` for the given texts and for every copy of them in the stream, whatever field and event it stands in: submitted versions, record
 * events, corrections. A copy is a text of equal value, or one that holds an equal string: a list with the erased name in it, a quote of the same words
 * with another prefix. The vault and the models follow (`advanceErasures`): until then reads that do not come as far as the erasure have the texts.
 * Rejects with `LogUnavailable`, and with `AppendTooLarge` for more than about 3000 copies.
 */
export const eraseTexts = async (log: Log, request: EraseRequest): Promise<EraseOutcome> => {
  const { stream, fields } = request;
  const found: Found[] = [];
  let revision = -1;

  for (let tried = 0; tried < tries; tried += 1) {
    const earlier: StoredEvent[] = [];
    for await (const event of storedEvents(log, stream, revision + 1)) {
      revision = event.revision;
      if (event.command === request.command && event.stored.type === erasureType) earlier.push(event.stored);
      found.push(...event.texts);
    }
    if (earlier.length > 0) return repeated(earlier);

    const erased = fields.map((field) => ({
      field,
      text: found.find((text) => text.revision === field.revision && text.pointer === field.pointer),
    }));
    const unknown = erased.find(({ text }) => text === undefined);
    if (unknown) return { outcome: 'no_text', field: unknown.field };
    const isCopy = copyOf(erased.flatMap(({ text }) => (text ? [text.value] : [])));
    const items = found.filter(({ value }) => isCopy(value)).map(({ revision, pointer, digest }) => ({ revision, pointer, digest }));

    const outcome = await log.append(stream, revision, eventsFor(items, request));
    // Something was appended meanwhile, which may hold a copy too: continue from there.
    if (outcome.outcome !== 'wrong_revision') return { ...outcome, items };
  }
  throw new LogUnavailable(`the stream ${stream} changed ${tries} times while a text was erased from it`);
};

async function* storedEvents(log: Log, stream: string, from: number) {
  for (let next = from; ; next += page) {
    const events = await log.readStored(stream, next, { to: next + page - 1 });
    for (const stored of events) {
      const { command, data } = JSON.parse(stored.canonical) as { command: string; data: unknown };
      const { revision } = stored;
      const texts = restore(data, stored.disclosures).texts.map(({ path, digest, value }) => ({
        revision,
        pointer: pointerOf(path),
        digest,
        value,
      }));
      yield { stored, command, revision, texts };
    }
    if (events.length < page) return;
  }
}

const repeated = (events: readonly StoredEvent[]): EraseOutcome => {
  const { revision, position } = events.at(-1) as StoredEvent;
  const items = events.flatMap(({ canonical }) => (JSON.parse(canonical) as { data: { items: ErasureItem[] } }).data.items);
  return { outcome: 'repeated', revision, position, items };
};

const eventsFor = (items: readonly ErasureItem[], request: EraseRequest): EventToAppend[] => {
  const { actor, at, command, reasonCode, decision = null, idOf } = request;
  return erasureParts(items).map((part, index) => ({
    id: idOf(index),
    type: erasureType,
    at,
    actor,
    edit: null,
    command,
    request: index === 0 ? (request.request ?? null) : null,
    correlation: null,
    data: { items: part, reasonCode, decision },
  }));
};

/** The items of erasures, as many to an event as fit into it. */
export const erasureParts = (items: readonly ErasureItem[]): ErasureItem[][] => {
  const all: ErasureItem[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = all.at(-1);
    if (last && last.length < itemsInEvent && size + bytes <= bytesInEvent) last.push(item);
    else all.push([item]);
    size = all.at(-1)?.length === 1 ? bytes : size + bytes;
  }
  return all;
};

/** Whether a text is a copy of one of the erased values. */
const copyOf = (erased: readonly unknown[]): ((value: unknown) => boolean) => {
  const values = new Set(erased.map((value) => canonicalize(value)));
  const strings = new Set(erased.flatMap(stringsOf));
  const holds = (value: unknown): boolean => {
    if (typeof value === 'string') return strings.has(value);
    return value !== null && typeof value === 'object' && Object.values(value).some(holds);
  };
  return (value) => values.has(canonicalize(value)) || holds(value);
};

/** The strings that tell the same wherever they stand: a text, the texts of a list, a quote's words. */
const stringsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  const exact = (value as { exact?: unknown } | null)?.exact;
  return typeof exact === 'string' ? [exact] : [];
};
