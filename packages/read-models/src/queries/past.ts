import { seesIncident, type Viewer } from '@averment/access';
import {
  type DomainEvent,
  documentEvents,
  evolveIncident,
  initialIncident,
  isTypeId,
  type PrivateNames,
  proposersOf,
  recordEvents,
  reviewEvents,
  takedownEvents,
  underTakedowns,
} from '@averment/domain';
import { decoded, type EventLog, isUndecodable, withAbsorbed } from '@averment/event-log';
import type { Pool } from 'pg';
import { type Append, appendsOf } from '../projections/appends.ts';
import { withoutConcealed } from '../projections/concealed.ts';
import { loadConcealed, loadMerges, loadRegister, loadTies, loadUses } from '../projections/record/load.ts';
import type { Merges } from '../projections/record/merges.ts';
import { emptyRegister, privateNamesAmong, type Register } from '../projections/record/register.ts';
import { namedBy } from '../projections/record/relevant.ts';
import { type Documents, documentsOf, type RenderInput, type Shown } from '../projections/record/render.ts';
import { createCounting, type Stores, wholeAppends } from './counting.ts';
import type { Then } from './then.ts';
import type { QueryOptions } from './types.ts';

/**
 * An incident and all that merges ever tied to it, each as its appends: what its document at any time is made of. `left` are the
 * appends without the texts that corrections conceal by now, of those incidents where they do.
 */
export type History = {
  id: string;
  appends: Map<string, Append[]>;
  left: Map<string, Append[]>;
  merges: Merges;
  register: Register;
  /** What was erased of the incident and restricted, up to now. */
  takedowns: readonly DomainEvent[];
  /** Of private persons: also of those whom the record named only later. */
  names: PrivateNames | null;
};

const skippedSql = `SELECT revision FROM runner.skipped WHERE projection = 'record' AND stream = $1`;

const skippedOf = async (pool: Pool, stream: string): Promise<ReadonlySet<number>> => {
  const { rows } = await pool.query(skippedSql, [stream]);
  return new Set(rows.map(({ revision }) => revision));
};

/** Reads the events of a stream that the model takes, up to a position: without those that an admin skipped. Throws `StreamUnreadable`. */
export type ReadEvents = (stores: Stores, stream: string, until: bigint) => Promise<readonly DomainEvent[]>;

/** The record and its whole review, whatever is asked of them. */
const readWhole = async ({ pool, log }: Stores, stream: string): Promise<DomainEvent[]> => {
  const [read, skipped] = await Promise.all([log.readStream(stream, 0), skippedOf(pool, stream)]);
  return decoded(read.filter(({ revision }) => !skipped.has(revision)));
};

/** The record and how all edits were decided, with the texts of some edits only: those of all open edits may be hundreds of megabytes. */
export const readEdits = async ({ pool, log }: Stores, stream: string, edits: ReadonlySet<number>): Promise<DomainEvent[]> => {
  const structure = decoded(await log.readStream(stream, 0, { texts: false }));
  const to = structure.at(-1)?.revision ?? -1;
  const ofEdits = structure.filter(({ type, edit }) => reviewEvents.has(type) && edit !== null && edits.has(edit));
  const revisions = new Set(ofEdits.map(({ revision }) => revision));
  const [skipped, read] = await Promise.all([skippedOf(pool, stream), log.readStream(stream, 0, { to, types: documentEvents, revisions })]);
  const whole = new Map(decoded(read).map((event) => [event.revision, event]));
  return structure.filter(({ revision }) => !skipped.has(revision)).map((event) => whole.get(event.revision) ?? event);
};

/** The record alone: nothing of what was only proposed is read, however long it is. */
const readRecord: ReadEvents = async ({ pool, log }, stream, until) => {
  const [read, skipped] = await Promise.all([log.readStream(stream, 0, { until, types: documentEvents }), skippedOf(pool, stream)]);
  // Also the end of an append may have been skipped.
  return wholeAppends(log, stream, decoded(read.filter(({ revision }) => !skipped.has(revision))), until);
};

/** Of the record what counts at the position: enough for what is shown of it there, and not for what each append changed. */
export const createReadCounting = (stores: Stores): ReadEvents => {
  const counting = createCounting(stores);
  return async ({ pool }, stream, until) => {
    const counted = counting(stream, until);
    // Where an event was skipped it may be the one that cannot be read.
    counted.catch(() => undefined);
    return (await skippedOf(pool, stream)).size > 0 ? readRecord(stores, stream, until) : counted;
  };
};

/** The largest that any store counts to. */
const maxRevision = 2_147_483_647;
/** How many events are looked through at once for the end of an append. */
const chunk = 64;

/** Where the last whole append of a stream up to a revision ends. Null where the stream does not reach as far, and where none has ended. */
export const endOfAppend = async (
  log: EventLog<DomainEvent>,
  stream: string,
  revision: number,
): Promise<{ revision: number; position: bigint } | null> => {
  if (!isTypeId('incident', stream) || revision > maxRevision) return null;
  const [at] = await log.readStream(stream, revision, { to: revision, texts: false });
  if (at === undefined || at.revision === at.last) return at ?? null;
  for (let to = revision - 1; to >= 0; to -= chunk) {
    const before = await log.readStream(stream, Math.max(0, to - chunk + 1), { to, texts: false });
    const end = before.findLast((event) => event.revision === event.last);
    if (end !== undefined) return end;
  }
  return null;
};

/** The position of the last event of a stream; null where there is no such stream. */
export const endOf = async (log: EventLog<DomainEvent>, stream: string): Promise<bigint | null> =>
  isTypeId('incident', stream) ? ((await log.endOf(stream))?.position ?? null) : null;

const tiedTo = async (pool: Pool, tables: string, id: string): Promise<string[]> => {
  const tied = new Set([id]);
  for (let wanted = [id]; wanted.length > 0; ) {
    const found = (await loadTies(pool, tables, wanted)).flat().filter((each) => !tied.has(each));
    wanted = [...new Set(found)];
    for (const each of wanted) tied.add(each);
  }
  return [...tied];
};

/** The events with those that they absorb, of which what counts where they were absorbed is read. */
const absorbedThen = (stores: Stores, events: readonly DomainEvent[], read: ReadEvents): Promise<readonly DomainEvent[]> =>
  withAbsorbed(events, async (stream, to) => {
    const [end] = await stores.log.readStream(stream, to, { to, texts: false });
    return end === undefined ? [] : (await read(stores, stream, end.position)).filter(({ revision }) => revision <= to);
  });

/**
 * Reads what the documents of an incident up to a position are made of; null where there is nothing of it. `named` answers which parties and sources are
 * needed: by default those that the record names.
 */
export const readHistory = async (
  stores: Stores,
  id: string,
  then: Then,
  read: ReadEvents,
  named: (events: Iterable<DomainEvent>) => Set<string> = namedBy,
): Promise<History | null> => {
  if (!isTypeId('incident', id)) return null;
  const { pool } = stores;
  const tables = then.tables('record');
  const tied = await tiedTo(pool, tables, id);
  const [streams, merges, concealed, takedowns, uses] = await Promise.all([
    Promise.all(tied.map(async (each) => [each, await read(stores, each, then.position)] as const)),
    loadMerges(pool, tables, tied),
    loadConcealed(pool, tables, tied),
    stores.log.readStream(id, 0, { types: takedownEvents, texts: false }),
    loadUses(pool, tables, tied),
  ]);
  const events = new Map(await Promise.all(streams.map(async ([each, own]) => [each, await absorbedThen(stores, own, read)] as const)));
  if (events.get(id)?.length === 0) return null;
  const wanted = named([...events.values()].flat());
  for (const ids of uses.values()) for (const used of ids) wanted.add(used);
  const register = await loadRegister(pool, tables, wanted, emptyRegister);
  const appendsWith = (left: (own: readonly DomainEvent[], each: string) => readonly DomainEvent[], ids: Iterable<string>) =>
    new Map([...ids].map((each) => [each, appendsOf(left(events.get(each) ?? [], each))]));
  return {
    id,
    merges,
    register,
    takedowns: takedowns.filter((event): event is DomainEvent => !isUndecodable(event)),
    names: privateNamesAmong(register, register.parties.keys()),
    appends: appendsWith((own) => own, tied),
    left: appendsWith((own) => withoutConcealed(own, concealed), concealed.size === 0 ? [] : tied),
  };
};

const isPublishedAt = ({ id, appends }: History, position: bigint): boolean =>
  appends.get(id)?.some((append) => append.position <= position && append.events.some(({ type }) => recordEvents.has(type))) ?? false;

/**
 * The history of an incident for a viewer who asks about it from one position on; null if it was not to be seen there. Then as now, an unpublished
 * incident is there for reviewers, auditors and its author, and only for them its proposal is read.
 */
export const historyFor = async (
  stores: Stores,
  id: string,
  begins: bigint,
  then: Then,
  viewer: Viewer,
  read = readRecord,
): Promise<History | null> => {
  const record = await readHistory(stores, id, then, read);
  if (record !== null && isPublishedAt(record, begins)) return record;
  if (viewer === null || !isTypeId('incident', id)) return null;
  const [proposed] = decoded(await stores.log.readStream(id, 0, { to: 0, until: begins, texts: false }));
  if (proposed === undefined) return null;
  // Whose it is now, who was handed it since too.
  const proposal = decoded(await stores.log.readStream(id, 0, { types: reviewEvents, texts: false })).filter(({ edit }) => edit === 1);
  const authors = proposersOf(proposal.reduce(evolveIncident, initialIncident()));
  if (!seesIncident(viewer, { published: false, authors })) return null;
  return readHistory(stores, id, then, readWhole);
};

/** The state of one of the history's incidents after its appends as long as they hold, and the last of those. */
export const foldTo = (
  { appends, left }: History,
  id: string,
  holds: (append: Append) => boolean,
): Shown & { last: Append | undefined } => {
  const fold = (all: readonly Append[] = []) => {
    const end = all.findIndex((append) => !holds(append));
    const held = end < 0 ? all : all.slice(0, end);
    return { state: held.reduce((state, { events }) => events.reduce(evolveIncident, state), initialIncident()), last: held.at(-1) };
  };
  return { ...fold(appends.get(id)), left: left.has(id) ? fold(left.get(id)).state : null };
};

export const lastRevision = ({ events }: Append): number => events.at(-1)?.revision ?? -1;

/** The state of an incident at a position under the takedowns of now, whole appends only. Null before its first event. */
export const stateAt = (history: History, position: bigint): (Shown & { revision: number }) | null => {
  const { last, state, left } = foldTo(history, history.id, (append) => append.position <= position);
  if (last === undefined) return null;
  const { takedowns } = history;
  return { state: underTakedowns(state, takedowns), left: left && underTakedowns(left, takedowns), revision: lastRevision(last) };
};

/** What rendering an incident in a given state as of a position needs: the parties, sources and merged incidents of that time. */
export const renderInputAt = (history: History, { state, left }: Shown, position: bigint): RenderInput => {
  const { appends, register, merges, names } = history;
  const members = new Map<string, Shown>([[history.id, { state, left }]]);
  for (const id of appends.keys()) {
    if (id === history.id) continue;
    members.set(
      id,
      foldTo(history, id, (append) => append.position <= position),
    );
  }
  return { unit: { members, merges, names }, member: { id: history.id, state, left }, position, register };
};

/** Renders the documents of an incident in a given state as of a position. */
export type RenderPast = (history: History, shown: Shown, position: bigint) => Documents;

/** Makes the function that renders documents of the past, and counts them. */
export const createRenderPast =
  ({ vocabulary, tagCase, rendered }: Pick<QueryOptions, 'vocabulary' | 'tagCase' | 'rendered'>): RenderPast =>
  (history, shown, position) => {
    rendered?.();
    return documentsOf(renderInputAt(history, shown, position), { vocabulary, tagCase });
  };
