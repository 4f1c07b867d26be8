import canonicalize from 'canonicalize';

/** Names that an engine keeps elsewhere in an object than where they were set, or does not keep. */
const unruly = /^(?:\d|__proto__$)/;

/** Stands for a value that cannot be put in order: an object with an unruly name, or what is no JSON. */
const unordered = Symbol('unordered');

/** The same value with the members of all its objects in order. */
const inOrder = (value: unknown): unknown => {
  if (typeof value === 'string') return value.isWellFormed() ? value : unordered;
  if (typeof value === 'number') return Number.isFinite(value) ? value : unordered;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.includes(unordered) ? unordered : items;
  }
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const member = inOrder((value as Record<string, unknown>)[name]);
    if (member === unordered || unruly.test(name) || !name.isWellFormed()) return unordered;
    copy[name] = member;
  }
  return copy;
};

/**
 * JSON in the canonical form of RFC 8785. The package `canonicalize`, which writes piece by piece, takes twice as long for an event: it is asked only for
 * what an object cannot hold in order, and to refuse what is no JSON. Numbers and strings are ECMAScript's in the RFC too.
 */
export const canonicalJson = (value: unknown): string => {
  const ordered = inOrder(value);
  return ordered === unordered ? (canonicalize(value) as string) : JSON.stringify(ordered);
};
