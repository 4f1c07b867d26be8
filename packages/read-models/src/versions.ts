/** The `to_position` of a version that is current: later than every position. A value instead of NULL, so that one comparison tells, and an index can. */
export const forEver = 9_223_372_036_854_775_807n;

/** What held from one position (inclusive) to another (exclusive). */
export type Version<T> = { from: bigint; to: bigint; value: T };

/** The versions of things by id, each list in order and without overlap. */
export type Versions<T> = ReadonlyMap<string, readonly Version<T>[]>;

/** The value of the version that held at the position. */
export const valueAt = <T>(versions: readonly Version<T>[] | undefined, position: bigint): T | undefined => {
  // From the end, because most questions are about now.
  for (let index = (versions?.length ?? 0) - 1; index >= 0; index -= 1) {
    const version = versions?.[index];
    if (version !== undefined && version.from <= position) return position < version.to ? version.value : undefined;
  }
  return undefined;
};

/** Adds a version from the position on, in place, unless it says the same as the last one. */
export const extend = <T>(versions: Version<T>[], from: bigint, value: T, same: (one: T, other: T) => boolean): void => {
  const last = versions.at(-1);
  if (last !== undefined && last.to === forEver) {
    if (same(last.value, value)) return;
    last.to = from;
  }
  versions.push({ from, to: forEver, value });
};
