import type { DomainEvent } from './events.ts';

/** Where a text stands: a stream revision and a JSON Pointer (RFC 6901) into that event's data. */
export type TextPlace = { revision: number; pointer: string };

/** One string for each place. */
export const textKey = ({ revision, pointer }: TextPlace): string => `${revision}#${pointer}`;

export const placeOfKey = (key: string): TextPlace => {
  const end = key.indexOf('#');
  return { revision: Number(key.slice(0, end)), pointer: key.slice(end + 1) };
};

/** A path as a JSON Pointer. */
export const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The names that a JSON Pointer is made of. */
export const namesIn = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy without the value at the path, sharing all that is not on the path; the same value if there is nothing at the path. */
export const without = (value: unknown, [key, ...rest]: readonly (string | number)[]): unknown => {
  if (key === undefined || value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return value;
  const child = (value as Record<string, unknown>)[key];
  if (rest.length > 0) {
    const changed = without(child, rest);
    if (changed === child) return value;
    return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
  }
  if (child === undefined || child === null) return value;
  const { [key]: _, ...left } = value as Record<string | number, unknown>;
  return left;
};

/** The events without the texts named, the others untouched; null if no event holds any of them (they were read after the erasure). */
export const withoutTexts = (events: readonly DomainEvent[], items: readonly TextPlace[]): DomainEvent[] | null => {
  const byRevision = Map.groupBy(items, ({ revision }) => revision);
  let found = false;
  const left = events.map((event) => {
    const data = (byRevision.get(event.revision) ?? []).reduce<unknown>((rest, { pointer }) => without(rest, namesIn(pointer)), event.data);
    if (data === event.data) return event;
    found = true;
    return { ...event, data } as DomainEvent;
  });
  return found ? left : null;
};
