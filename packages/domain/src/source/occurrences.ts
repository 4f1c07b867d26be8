/** Where texts that are looked for stand in another one: indexes of UTF-16 units by text, ascending; `steps` is what it took. */
export type Occurrences = { places: ReadonlyMap<string, readonly number[]>; steps: number };

/** A trie of the texts, its nodes numbered level by level from the root (0), so that the children of each lie side by side, by unit. */
type Trie = {
  size: number;
  /** By node: its first child, and how many there are. */
  firstChild: Int32Array;
  children: Int32Array;
  /** By node: the unit that leads to it. */
  unit: Uint16Array;
  /** By node: which of the texts ends there, or -1. */
  ends: Int32Array;
};

const trieOf = (texts: readonly string[]): Trie => {
  const most = texts.reduce((sum, { length }) => sum + length, 1);
  const [firstChild, children, unit, ends] = [
    new Int32Array(most),
    new Int32Array(most),
    new Uint16Array(most),
    new Int32Array(most).fill(-1),
  ];
  // Of the texts in order, those that share the beginning which a node stands for: from, and up to but not including.
  const [from, to] = [new Int32Array(most), new Int32Array(most)];
  to[0] = texts.length;
  let size = 1;
  for (let node = 0, depth = 0, levelEnds = 1; node < size; node += 1) {
    if (node === levelEnds) {
      depth += 1;
      levelEnds = size;
    }
    let next = from[node] ?? 0;
    const end = to[node] ?? 0;
    // The shortest comes first: it is the beginning itself.
    if (texts[next]?.length === depth) {
      ends[node] = next;
      next += 1;
    }
    firstChild[node] = size;
    while (next < end) {
      const code = texts[next]?.charCodeAt(depth) ?? 0;
      from[size] = next;
      while (next < end && texts[next]?.charCodeAt(depth) === code) next += 1;
      to[size] = next;
      unit[size] = code;
      size += 1;
    }
    children[node] = size - (firstChild[node] ?? 0);
  }
  return { size, firstChild, children, unit, ends };
};

/** Up to so many comparisons of units the search of JavaScript itself may take at worst: it is some fifty times as fast where texts are few and short. */
const few = 4_000_000;

/**
 * Finds all texts in one pass: takes time linear in the text and in all that is looked for, whatever they are, but for the logarithm of how many units may
 * follow one another. Of each text at most `most` places are answered, the first ones. None of the texts may be empty.
 */
export const occurrencesOf = (text: string, sought: Iterable<string>, most: number): Occurrences => {
  // By UTF-16 units, as the trie compares them.
  const texts = [...new Set(sought)].sort((one, other) => (one < other ? -1 : 1));
  const steps = text.length * texts.reduce((sum, { length }) => sum + length, 0);
  return steps <= few ? { places: new Map(texts.map((one) => [one, placesOf(text, one, most)])), steps } : inOnePass(text, texts, most);
};

const placesOf = (text: string, one: string, most: number): number[] => {
  const places: number[] = [];
  for (let at = text.indexOf(one); at >= 0 && places.length < most; at = text.indexOf(one, at + 1)) places.push(at);
  return places;
};

/** Aho, Corasick 1975. The texts are in the order of their UTF-16 units, each once. */
export const inOnePass = (text: string, texts: readonly string[], most: number): Occurrences => {
  const { size, firstChild, children, unit, ends } = trieOf(texts);
  let steps = size;

  const childOf = (node: number, code: number): number => {
    let low = firstChild[node] ?? 0;
    const end = low + (children[node] ?? 0);
    let high = end;
    while (low < high) {
      steps += 1;
      const middle = (low + high) >>> 1;
      if ((unit[middle] ?? 0) < code) low = middle + 1;
      else high = middle;
    }
    return low < end && unit[low] === code ? low : -1;
  };

  // By node: that of the longest other ending of its text which is in the trie, and the nearest of those where a text ends, or -1.
  const [shorter, ending] = [new Int32Array(size), new Int32Array(size).fill(-1)];
  const follow = (from: number, code: number): number => {
    for (let node = from; ; node = shorter[node] ?? 0) {
      steps += 1;
      const next = childOf(node, code);
      if (next >= 0) return next;
      if (node === 0) return 0;
    }
  };
  for (let node = 0; node < size; node += 1) {
    const first = firstChild[node] ?? 0;
    for (let child = first; child < first + (children[node] ?? 0); child += 1) {
      const other = node === 0 ? 0 : follow(shorter[node] ?? 0, unit[child] ?? 0);
      shorter[child] = other;
      ending[child] = (ends[other] ?? -1) >= 0 ? other : (ending[other] ?? -1);
    }
  }

  const places: number[][] = texts.map(() => []);
  /** The node itself or the nearest shorter one whose text still needs places; those that have enough are passed over for good. */
  const open = (start: number): number => {
    let found = start;
    for (; found >= 0; found = ending[found] ?? -1) {
      steps += 1;
      const index = ends[found] ?? -1;
      if (index >= 0 && (places[index]?.length ?? 0) < most) break;
    }
    for (let node = start; node >= 0 && node !== found; ) {
      const next = ending[node] ?? -1;
      ending[node] = found;
      node = next;
    }
    return found;
  };
  let node = 0;
  for (let at = 0; at < text.length; at += 1) {
    node = follow(node, text.charCodeAt(at));
    for (let found = open(node); found >= 0; found = open(ending[found] ?? -1)) {
      const index = ends[found] ?? 0;
      places[index]?.push(at + 1 - (texts[index]?.length ?? 0));
    }
  }
  return { places: new Map(texts.map((one, index) => [one, places[index] ?? []])), steps };
};
