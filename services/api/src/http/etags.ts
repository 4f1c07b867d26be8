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

/** Whether `If-None-Match` names the current tag: the weak comparison, so that a cache between that weakened a tag still gets its 304. */
export const noneMatchHits = (header: string | undefined, etag: string): boolean => {
  if (header === undefined) return false;
  if (header === etag) return true;
  const tags = parseTags(header);
  return tags === '*' || (tags?.some((tag) => opaque(tag) === opaque(etag)) ?? false);
};

/** The one tag that `If-None-Match` names, for reads that need not fetch what the client holds; undefined where it names none, or more. */
export const heldTag = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^(?:W\/)?("[\x21\x23-\x7e]*")$/.exec(header)?.[1];
