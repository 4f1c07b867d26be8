import { type DomainEvent, evolveIncident, isTypeId, type Vocabulary } from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import type { Pool } from 'pg';
import { type Append, appendsOf } from '../projections/appends.ts';
import { withoutConcealed, withoutErased } from '../projections/erased.ts';
import { type Facts, noFacts, partiesAt } from '../projections/record/facts.ts';
import { loadConcealed, loadFacts, loadMerges, loadTies } from '../projections/record/load.ts';
import { type Merges, mergedInto } from '../projections/record/merges.ts';
import { namedBy } from '../projections/record/relevant.ts';
import { createRenderer, type Rendered, type Scene, type Shown } from '../projections/record/render.ts';
import { begin } from '../projections/states.ts';
import type { Then } from './then.ts';

/**
 * An incident and all that merges ever tied to it, each as its appends without erased texts: what its document at any time is made of. `left` are the
 * appends without the texts that corrections conceal by now, of those incidents where they do.
 */
export type History = { id: string; appends: Map<string, Append[]>; left: Map<string, Append[]>; merges: Merges; facts: Facts };

/** A document of the past, with the stream revision and the position that it was folded to. */
export type Past = Rendered & Shown & { revision: number; position: bigint };

const skippedSql = `SELECT revision FROM runner.skipped WHERE projection = 'record' AND stream = $1`;

/** The events of a stream that the model takes: without those that an admin skipped, and without erased texts. Throws `StreamUnreadable`. */
export const readWhole = async (pool: Pool, log: EventLog<DomainEvent>, stream: string): Promise<DomainEvent[]> => {
  const [read, { rows }] = await Promise.all([log.readStream(stream, 0), pool.query(skippedSql, [stream])]);
  const skipped = new Set(rows.map(({ revision }) => revision));
  return [...withoutErased(decoded(read.filter(({ revision }) => !skipped.has(revision))))];
};

/** The largest that any store counts to. */
const maxRevision = 2_147_483_647;

/**
 * The position of the last whole append of a stream up to a revision: what the models must have reached before the past at that revision is read. Null
 * where the stream does not reach as far.
 */
export const positionOf = async (log: EventLog<DomainEvent>, stream: string, revision: number): Promise<bigint | null> => {
  if (!isTypeId('incident', stream) || revision > maxRevision) return null;
  const events = await log.readStream(stream, 0, { to: revision, texts: false });
  if (events.at(-1)?.revision !== revision) return null;
  return events.findLast((event) => event.revision === event.last)?.position ?? null;
};

/** The position of the last event of a stream; null where there is no such stream. */
export const endOf = async (log: EventLog<DomainEvent>, stream: string): Promise<bigint | null> =>
  isTypeId('incident', stream) ? ((await log.readStream(stream, 0, { texts: false })).at(-1)?.position ?? null) : null;

const tiedTo = async (pool: Pool, tables: string, id: string): Promise<string[]> => {
  const tied = new Set([id]);
  for (let wanted = [id]; wanted.length > 0; ) {
    const found = (await loadTies(pool, tables, wanted)).flat().filter((each) => !tied.has(each));
    wanted = [...new Set(found)];
    for (const each of wanted) tied.add(each);
  }
  return [...tied];
};

/**
 * Reads what the documents of an incident are made of; null where there is no such stream. `named` answers which parties and sources are needed: by
 * default those that the record names.
 */
export const readHistory = async (
  pool: Pool,
  log: EventLog<DomainEvent>,
  id: string,
  then: Then,
  named: (events: Iterable<DomainEvent>) => Set<string> = namedBy,
): Promise<History | null> => {
  if (!isTypeId('incident', id)) return null;
  const tables = then.tables('record');
  const tied = await tiedTo(pool, tables, id);
  const streams = await Promise.all(tied.map(async (each) => [each, await readWhole(pool, log, each)] as const));
  const events = new Map(streams);
  if (events.get(id)?.length === 0) return null;
  const facts = await loadFacts(pool, tables, named([...events.values()].flat()), noFacts);
  const merges = await loadMerges(pool, tables, tied);
  const concealed = await loadConcealed(pool, tables, tied);
  const appendsWith = (left: (own: readonly DomainEvent[], each: string) => readonly DomainEvent[], ids: Iterable<string>) =>
    new Map([...ids].map((each) => [each, appendsOf(left(events.get(each) ?? [], each))]));
  return {
    ...{ id, merges, facts, appends: appendsWith((own) => own, tied) },
    left: appendsWith((own, each) => withoutConcealed(own, concealed.get(each)), concealed.keys()),
  };
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
    return { state: held.reduce((state, { events }) => events.reduce(evolveIncident, state), begin()), last: held.at(-1) };
  };
  return { ...fold(appends.get(id)), left: left.has(id) ? fold(left.get(id)).state : null };
};

const lastRevision = ({ events }: Append): number => events.at(-1)?.revision ?? -1;

/** The state of an incident at a position, whole appends only. Null before its first event. */
export const stateAt = (history: History, position: bigint): (Shown & { revision: number; position: bigint }) | null => {
  const { last, ...shown } = foldTo(history, history.id, (append) => append.position <= position);
  return last === undefined ? null : { ...shown, revision: lastRevision(last), position };
};

/** What rendering an incident in a given state as of a position needs: the parties, sources and merged incidents of that time. */
export const sceneAt = (history: History, { state, left }: Shown, position: bigint): Scene => {
  const members = new Map<string, Shown>([[history.id, { state, left }]]);
  for (const id of mergedInto(history.merges, history.id, position)) {
    members.set(
      id,
      foldTo(history, id, (append) => append.position <= position),
    );
  }
  const { facts, merges } = history;
  return { unit: { members, merges }, member: { id: history.id, state, left }, position, facts, parties: partiesAt(facts, position) };
};

/** Makes the function that answers what an incident was at a position. */
export const createPast = (vocabulary: Vocabulary) => {
  const render = createRenderer(vocabulary);
  return (history: History, position: bigint): Past | null => {
    const found = stateAt(history, position);
    return found && { ...found, ...render(sceneAt(history, found, found.position)) };
  };
};
