import { hash } from 'node:crypto';

/** Entity tags (RFC 9110, 8.8.3) as a header lists them: `*`, or tags with their quotes and weakness; null where the header is not well formed. */
export const parseTags = (header: string): '*' | string[] | null => {
  const text = header.trim();
  if (text === '*') return '*';
  const tags: string[] = [];
  const pattern = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/y;
  for (;;) {
    const tag = pattern.exec(text)?.[0];
    if (tag === undefined) return null;
    tags.push(tag);
    if (pattern.lastIndex === text.length) return tags;
    const comma = /[ \t]*,[ \t]*/y;
    comma.lastIndex = pattern.lastIndex;
    if (!comma.test(text)) return null;
    pattern.lastIndex = comma.lastIndex;
  }
};

const opaque = (tag: string) => tag.replace(/^W\//, '');

/**
 * The current tag as `If-None-Match` names it, undefined where it does not: by the weak comparison, since of an answer that was coded the client has a weak
 * tag, and what it keeps is found again by that very tag.
 */
export const namedTag = (header: string | undefined, etag: string): string | undefined => {
  if (header === undefined) return undefined;
  if (header === etag) return etag;
  const tags = parseTags(header);
  return tags === '*' ? etag : tags?.find((tag) => opaque(tag) === opaque(etag));
};

/** The one tag that `If-None-Match` names, for reads that need not fetch what the client holds; undefined where it names none, or more. */
export const heldTag = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^(?:W\/)?("[\x21\x23-\x7e]*")$/.exec(header)?.[1];

/** The strong tag of an answer that has no other: its bytes alone say whether it has changed. */
export const tagOf = (text: string): string => `"${hash('sha256', text, 'base64url').slice(0, 22)}"`;
