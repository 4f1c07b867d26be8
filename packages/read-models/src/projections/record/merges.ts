import { extend, forEver, type Version } from '../../versions.ts';

/**
 * A merge as it was at some time: `incident` is merged into `target` since the position. `cut`: it would close a circle with earlier merges, so it does
 * not count as long as those last.
 */
type Merge = { target: string; since: bigint; cut: boolean };

/** The merges of some incidents by the merged one, with all their versions. At most one of each incident is current. */
export type Merges = Map<string, Version<Merge>[]>;

/** The merges at a position that count, the earliest first. */
const inForce = (merges: Merges, position: bigint): [string, Merge][] =>
  [...merges]
    .flatMap(([incident, versions]) =>
      versions
        .filter(({ from, to, value }) => from <= position && position < to && !value.cut)
        .map(({ value }): [string, Merge] => [incident, value]),
    )
    .sort(([, one], [, other]) => (one.since < other.since ? -1 : 1));

/** The incidents merged into the target at a position, also by way of others, the earliest merge first. */
export const mergedInto = (merges: Merges, target: string, position: bigint): string[] => {
  const links = inForce(merges, position);
  const found: string[] = [];
  const targets = [target];
  for (let at = targets.pop(); at !== undefined; at = targets.pop()) {
    for (const [incident, link] of links) {
      if (link.target !== at) continue;
      found.push(incident);
      targets.push(incident);
    }
  }
  return found;
};

/** Whether the incident's own merge is cut at the position. */
export const isCut = (merges: Merges, incident: string, position: bigint): boolean =>
  merges.get(incident)?.some(({ from, to, value }) => from <= position && position < to && value.cut) ?? false;

/** Decides anew which merges are cut, in the order of the log: one is cut if it closes a circle with earlier ones that are not. */
const cutCircles = (merges: Merges, position: bigint): void => {
  const current = [...merges].flatMap(([incident, versions]) => {
    const last = versions.at(-1);
    return last !== undefined && last.to === forEver ? [{ incident, versions, merge: last.value }] : [];
  });
  current.sort((one, other) => (one.merge.since < other.merge.since ? -1 : 1));
  const next = new Map<string, string>();
  for (const { incident, versions, merge } of current) {
    let end: string | undefined = merge.target;
    while (end !== undefined && end !== incident) end = next.get(end);
    const cut = end === incident;
    if (!cut) next.set(incident, merge.target);
    extend(versions, position, { ...merge, cut }, (one, other) => one.cut === other.cut && one.since === other.since);
  }
};

/** Ends the incident's current merge, if any. */
const end = (merges: Merges, incident: string, position: bigint): void => {
  const last = merges.get(incident)?.at(-1);
  if (last !== undefined && last.to === forEver) last.to = position;
};

/** Adds a merge, in place. */
export const addMerge = (merges: Merges, incident: string, target: string, position: bigint): void => {
  end(merges, incident, position);
  const versions = merges.get(incident) ?? [];
  merges.set(incident, versions);
  versions.push({ from: position, to: forEver, value: { target, since: position, cut: false } });
  cutCircles(merges, position);
};

/** Takes the incident's merge away, in place; merges that it had cut count again. */
export const removeMerge = (merges: Merges, incident: string, position: bigint): void => {
  end(merges, incident, position);
  cutCircles(merges, position);
};
