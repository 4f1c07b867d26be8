import type { Difference } from './documents.ts';

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What tells the things of an array apart: an id, or the aspect and party of a row; null for values without. */
const identityOf = (value: unknown): string | null => {
  if (!isObject(value)) return null;
  if (typeof value.id === 'string') return value.id;
  return typeof value.aspect === 'string' ? `${value.aspect} ${String(value.about)}` : null;
};

const identities = (values: unknown[]): Map<string, number> | null => {
  const found = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const identity = identityOf(value);
    if (identity === null || found.has(identity)) return null;
    found.set(identity, index);
  }
  return found;
};

/** A reference token of a JSON Pointer (RFC 6901). */
const token = (name: string | number): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');

function* arrayDifferences(before: unknown[], after: unknown[], pointer: string): Generator<Difference> {
  const old = identities(before);
  const now = identities(after);
  if (old === null || now === null) {
    // Lists of plain values have no things to follow: a changed list is one change.
    if (JSON.stringify(before) !== JSON.stringify(after)) yield { pointer, from: before, to: after };
    return;
  }
  for (const [identity, index] of old) if (!now.has(identity)) yield { pointer: `${pointer}/${index}`, from: before[index], to: null };
  for (const [identity, index] of now) {
    const was = old.get(identity);
    if (was === undefined) yield { pointer: `${pointer}/${index}`, from: null, to: after[index] };
    else yield* differences(before[was], after[index], `${pointer}/${index}`);
  }
}

function* differences(before: unknown, after: unknown, pointer: string): Generator<Difference> {
  if (Array.isArray(before) && Array.isArray(after)) {
    yield* arrayDifferences(before, after, pointer);
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* differences(before[name] ?? null, after[name] ?? null, `${pointer}/${token(name)}`);
    }
  } else if (before !== after) {
    yield { pointer, from: before, to: after };
  }
}

/**
 * What differs between two JSON documents, as RFC 6901 pointers with the old and the new value, null for what is absent.
 * Things in arrays are followed by their `id` (rows of aspects by aspect and party), wherever they stand: a pointer to one counts in the newer
 * document, to one that is gone in the older, and a mere change of order is no difference. Other arrays are compared as a whole.
 */
export const diffDocuments = (before: unknown, after: unknown): Difference[] => [...differences(before, after, '')];
