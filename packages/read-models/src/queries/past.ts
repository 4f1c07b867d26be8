import { type DomainEvent, evolveIncident, type Incident, type IncidentDocument, isTypeId, type Vocabulary } from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import type { Pool } from 'pg';
import { type Append, appendsOf } from '../projections/appends.ts';
import { withoutErased } from '../projections/erased.ts';
import { type Facts, noFacts, partiesAt } from '../projections/record/facts.ts';
import { loadFacts, loadMerges, loadTies } from '../projections/record/load.ts';
import { type Merges, mergedInto } from '../projections/record/merges.ts';
import { namedBy } from '../projections/record/relevant.ts';
import { createRenderer, type Scene } from '../projections/record/render.ts';
import { begin } from '../projections/states.ts';
import type { Then } from './then.ts';

/** An incident and all that merges ever tied to it, each as its appends without erased texts: what its document at any time is made of. */
export type History = { id: string; appends: Map<string, Append[]>; merges: Merges; facts: Facts };

/** A document of the past, with the stream revision and the position that it was folded to. */
export type Past = { document: IncidentDocument; revision: number; position: bigint; state: Incident };

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
  return { id, appends: new Map([...events].map(([each, own]) => [each, appendsOf(own)])), merges, facts };
};

export const foldTo = (appends: readonly Append[], holds: (append: Append) => boolean): { state: Incident; last: Append | undefined } => {
  let state = begin();
  let last: Append | undefined;
  for (const append of appends) {
    if (!holds(append)) break;
    state = append.events.reduce(evolveIncident, state);
    last = append;
  }
  return { state, last };
};

const lastRevision = ({ events }: Append): number => events.at(-1)?.revision ?? -1;

/** The state of an incident at a position, whole appends only. Null before its first event. */
export const stateAt = (history: History, position: bigint): { state: Incident; revision: number; position: bigint } | null => {
  const { state, last } = foldTo(history.appends.get(history.id) ?? [], (append) => append.position <= position);
  return last === undefined ? null : { state, revision: lastRevision(last), position };
};

/** What rendering an incident in a given state as of a position needs: the parties, sources and merged incidents of that time. */
export const sceneAt = (history: History, state: Incident, position: bigint): Scene => {
  const members = new Map<string, { state: Incident }>([[history.id, { state }]]);
  for (const id of mergedInto(history.merges, history.id, position)) {
    members.set(id, { state: foldTo(history.appends.get(id) ?? [], (append) => append.position <= position).state });
  }
  const { facts, merges } = history;
  return { unit: { members, merges }, member: { id: history.id, state }, position, facts, parties: partiesAt(facts, position) };
};

/** Makes the function that answers what an incident was at a position. */
export const createPast = (vocabulary: Vocabulary) => {
  const render = createRenderer(vocabulary);
  return (history: History, position: bigint): Past | null => {
    const found = stateAt(history, position);
    return found && { ...found, document: render(sceneAt(history, found.state, found.position)).document };
  };
};
