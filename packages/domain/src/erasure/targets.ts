import { pointerOf } from '../log/erasure.ts';
import { catalogue, type DomainEvent } from '../log/events.ts';
import { isTypeId } from '../values/ids.ts';
import { originalHolds } from './originals.ts';
import { passagesOf, stringsIn } from './passages.ts';
import type { ErasureBody, Place, SentTarget, StoredTarget } from './shapes.ts';

/** What a target names, but for words. */
export const storedTargetOf = (target: Exclude<SentTarget, { value: string }>): StoredTarget => {
  const { pointers } = target;
  if ('incident' in target) return { id: target.incident, revision: target.revision, pointers };
  return 'source' in target ? { id: target.source, revision: target.revision, pointers } : { id: target.party, revision: null, pointers };
};

/** The parts of a request: targets with an id, with their indexes, and words. */
export const targetsOf = ({ targets }: Pick<ErasureBody, 'targets'>) => ({
  named: targets.flatMap((target, index) => ('value' in target ? [] : [{ index, target: storedTargetOf(target) }])),
  values: targets.flatMap((target) => ('value' in target ? [target.value] : [])),
});

const isEmpty = (value: unknown): boolean => value !== null && typeof value === 'object' && Object.keys(value).length === 0;

/** The texts of an event that are there and say something, each with its value. */
export const textsOf = (event: DomainEvent): (Place & { value: unknown })[] =>
  (catalogue[event.type]?.texts(event.data) ?? [])
    .map((path) => ({
      stream: event.stream,
      revision: event.revision,
      pointer: pointerOf(path),
      value: path.reduce<unknown>((held, key) => (held as Record<string | number, unknown>)[key], event.data),
    }))
    .filter(({ value }) => !isEmpty(value));

/** The revision of a source's text that an event holds, or the document that it was read from; null of any other. */
export const textRevision = (event: DomainEvent): number | null => {
  if (event.type === 'SourceRegistered') return 1;
  return event.type === 'SourceTextRevised' || event.type === 'SourceOriginalKept' ? event.data.revision : null;
};

const isText = (pointer: string): boolean => pointer === '/text';
/** With a text goes the document that it was read from, and what is known of where it stood there. */
const isOfText = (pointer: string): boolean => isText(pointer) || pointer === '/bytes' || pointer.startsWith('/extraction/');
/** Which member of a source or party a place in its events is of: what a correction sets stands in its `set`. */
export const memberOf = (pointer: string): string => pointer.replace(/^\/set(?=\/)/, '');

/** Whether a text of an event belongs to the target. */
const belongs = ({ id, revision, pointers }: StoredTarget, event: DomainEvent, pointer: string): boolean => {
  if (isTypeId('incident', id))
    return (revision === null || event.revision === revision) && (pointers === null || pointers.includes(pointer));
  const isOfRevision = revision === null || textRevision(event) === revision;
  if (pointers === null) return revision === null || (isOfText(pointer) && isOfRevision);
  return pointers.includes(memberOf(pointer)) && (!isText(pointer) || isOfRevision);
};

/** The texts of a target that are there now, in its stream's events. */
export const placesOf = (target: StoredTarget, events: readonly DomainEvent[]): Place[] =>
  events.flatMap((event) => textsOf(event).flatMap(({ value: _, ...place }) => (belongs(target, event, place.pointer) ? [place] : [])));

/** The pointers that a target may name, as far as its revision allows. */
export const pointersOf = (target: StoredTarget, events: readonly DomainEvent[]): string[] => {
  const { id } = target;
  const found = placesOf({ ...target, pointers: null, ...(isTypeId('incident', id) ? {} : { revision: null }) }, events);
  return [...new Set(found.map(({ pointer }) => (isTypeId('incident', id) ? pointer : memberOf(pointer))))];
};

/** Makes the function that finds the texts of events in which one of these values stands. */
export const placesWith = (values: readonly string[]): ((event: DomainEvent) => Place[]) => {
  const finders = values.map(passagesOf);
  const isFound = (event: DomainEvent, value: unknown): boolean =>
    event.type === 'SourceOriginalKept'
      ? originalHolds(String(value), finders)
      : stringsIn(value).some((text) => finders.some((find) => find(text).length > 0));
  return (event) => textsOf(event).flatMap(({ value, ...place }) => (isFound(event, value) ? [place] : []));
};
