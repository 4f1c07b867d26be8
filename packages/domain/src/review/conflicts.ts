import { type EditOf, isOpenEdit, type Review, type Written } from './edit.ts';

/** The keys of the record that a change reads and writes (docs/rules.md, conflicts 10). */
export type Keys = { reads: string[]; writes: string[] };

/** Whether one of the changes reads or writes one of the keys. */
export const touches = <C>(changes: readonly C[], written: ReadonlySet<string>, keysOf: (change: C) => Keys): boolean =>
  changes.map(keysOf).some(({ reads, writes }) => reads.some((key) => written.has(key)) || writes.some((key) => written.has(key)));

/** Record events after `baseRevision` (null: before the first) that wrote a key which one of the changes reads or writes, oldest first. */
export const conflictsBetween = <C>(
  { written }: Review<C>,
  changes: readonly C[],
  baseRevision: number | null,
  keysOf: (change: C) => Keys,
): Written[] => {
  const first = written.findLastIndex(({ revision }) => revision <= (baseRevision ?? -1)) + 1;
  if (first === written.length) return [];
  const touched = new Set(changes.map(keysOf).flatMap(({ reads, writes }) => [...reads, ...writes]));
  return written.slice(first).filter(({ keys }) => keys.some((key) => touched.has(key)));
};

/** What was written since the base of the edit's current version that it reads or writes; empty for an edit that there is not. */
export const conflictsSince = <C>(state: Review<C>, edit: number, keysOf: (change: C) => Keys): Written[] => {
  const version = state.edits.get(edit)?.versions.at(-1);
  return version ? conflictsBetween(state, version.changes, version.baseRevision, keysOf) : [];
};

/** What an open edit conflicts with now; empty for an edit that is decided or withdrawn, and for one that there is not. */
export const conflictsOfEdit = <C>(state: Review<C>, edit: number, keysOf: (change: C) => Keys): Written[] => {
  const found = state.edits.get(edit);
  return found && isOpenEdit(found) ? conflictsSince(state, edit, keysOf) : [];
};

/** An open edit that would conflict, and the keys of the record because of which it would. */
export type Brought = { edit: number; author: string; keys: string[] };

/** The open edits that the application of this one would bring into conflict; none of those that conflict already, and none by an edit that is closed. */
export const broughtIntoConflict = <C>(state: Review<C>, edit: number, keysOf: (change: C) => Keys): Brought[] => {
  const own = state.edits.get(edit);
  if (!own || !isOpenEdit(own)) return [];
  const changesOf = ({ versions }: EditOf<C>) => versions.at(-1)?.changes ?? [];
  const written = new Set(changesOf(own).flatMap((change) => keysOf(change).writes));
  // What waits for a proposal rests on nothing yet.
  const others = [...state.edits.values()].filter((other) => other.edit !== edit && isOpenEdit(other) && other.waitsFor === null);
  return others.flatMap((other) => {
    const touched = new Set(
      changesOf(other)
        .map(keysOf)
        .flatMap(({ reads, writes }) => [...reads, ...writes]),
    );
    const keys = [...touched].filter((key) => written.has(key)).sort();
    if (keys.length === 0 || conflictsOfEdit(state, other.edit, keysOf).length > 0) return [];
    return [{ edit: other.edit, author: other.author, keys }];
  });
};
