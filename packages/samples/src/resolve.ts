import type { Change, Claim } from './shapes.ts';

/** Refs that a body gives to what it makes: in that body they stand for themselves, now and when it is sent again. */
export const refsMadeBy = (changes: readonly Change[]): Set<string> =>
  new Set(changes.flatMap(({ ref, claim }) => (typeof claim === 'object' ? [claim.ref] : ref === undefined ? [] : [ref])));

export const refsOfClaims = (claims: readonly Claim[]): Set<string> => new Set(claims.map(({ ref }) => ref));

/**
 * Replaces every string `@name` in a body: by the ref alone if the body itself makes it, else by the id that the service gave.
 * Throws on a name that stands for nothing.
 */
export const resolve = (body: unknown, ids: ReadonlyMap<string, string>, own: ReadonlySet<string> = new Set()): unknown => {
  if (Array.isArray(body)) return body.map((item) => resolve(item, ids, own));
  if (body !== null && typeof body === 'object') {
    return Object.fromEntries(Object.entries(body).map(([key, item]) => [key, resolve(item, ids, own)]));
  }
  if (typeof body !== 'string' || !body.startsWith('@')) return body;
  const name = body.slice(1);
  const id = own.has(name) ? name : ids.get(name);
  if (id === undefined) throw new Error(`the samples name ${body}, which stands for nothing`);
  return id;
};
