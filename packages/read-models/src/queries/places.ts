/** What tells a thing in an array from others, so that it can be followed from one document to the next wherever it stands. */
const identityOf = (value: unknown): string | null => {
  if (value === null || typeof value !== 'object') return null;
  const { id, aspect, about } = value as Record<string, unknown>;
  if (typeof id === 'string') return id;
  return typeof aspect === 'string' ? `${aspect} ${String(about)}` : null;
};

/** Between the names in a place: no name of a document has it. */
export const separator = '\0';

/** The place that a pointer names, by identities in place of indexes. `newer` is looked at first, as in `diffDocuments`. */
export const placeOf = (pointer: string, newer: unknown, older: unknown): string => {
  const place: string[] = [];
  let [now, was]: [unknown, unknown] = [newer, older];
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const child = (of: unknown): unknown => (of !== null && typeof of === 'object' ? (of as Record<string, unknown>)[name] : undefined);
    const [next, before] = [child(now), child(was)];
    place.push((Array.isArray(now) || Array.isArray(was) ? (identityOf(next) ?? identityOf(before)) : null) ?? name);
    [now, was] = [next, before];
  }
  return place.join(separator);
};

/** Where one has come to in a document: what stands there, its place, and its pointer. */
export type Walked = { value: unknown; place: readonly string[]; pointer: string };

/** Follows names into a document; undefined where they lead nowhere. */
export const walk = (document: unknown, names: readonly string[]): Walked | undefined =>
  names.reduce<Walked | undefined>((at, name) => at && stepInto(at, name), { value: document, place: [], pointer: '' });

/** One step on, by the name of a field, or in a list by the index of an entry or by what tells it from others; undefined where there is nothing. */
const stepInto = ({ value, place, pointer }: Walked, name: string): Walked | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  const index = Array.isArray(value) && !/^\d+$/.test(name) ? value.findIndex((each) => identityOf(each) === name) : name;
  if (!Object.hasOwn(value, index)) return undefined;
  const next: unknown = (value as Record<string | number, unknown>)[index];
  const own = (Array.isArray(value) ? identityOf(next) : null) ?? name;
  const token = String(index).replaceAll('~', '~0').replaceAll('/', '~1');
  return { value: next, place: [...place, own], pointer: `${pointer}/${token}` };
};

/** The places that hold a place, from the outermost on, without itself. */
export function* around(place: string): Generator<string> {
  for (let end = place.indexOf(separator); end >= 0; end = place.indexOf(separator, end + 1)) yield place.slice(0, end);
}

/**
 * Answers by the places that each revision changed: which one last touched a place (the place itself, one that holds it, or one within it), and which one last
 * set it as a whole. Takes time linear in the question and the answer, not in their product.
 */
export const createPlaces = (steps: readonly (readonly [revision: number, places: readonly string[]])[]) => {
  const changed = new Map<string, number>();
  const within = new Map<string, number>();
  const note = (among: Map<string, number>, place: string, revision: number) =>
    among.set(place, Math.max(revision, among.get(place) ?? revision));
  for (const [revision, places] of steps) {
    for (const place of places) {
      note(changed, place, revision);
      for (const outer of around(place)) note(within, outer, revision);
    }
  }
  const latest = (revisions: readonly (number | undefined)[]): number | undefined => {
    const all = revisions.filter((revision) => revision !== undefined);
    return all.length === 0 ? undefined : Math.max(...all);
  };
  const set = (place: string): number | undefined => latest([place, ...around(place)].map((each) => changed.get(each)));
  return { set, touched: (place: string): number | undefined => latest([set(place), within.get(place)]) };
};
