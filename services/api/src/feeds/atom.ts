import { hash } from 'node:crypto';
import type { Entry, Gone } from './words.ts';

/** The characters that XML 1.0 has (2.2); the others stand in no document of it. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const escaped = (text: string): string => text.replaceAll(notXml, '\ufffd').replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);

/** Atom's ids are IRIs: a UUID of version 8 (RFC 9562) that follows from ours. */
const iriOf = (id: string): string => {
  const digest = hash('sha256', id, 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};

type Feed = { title: string; url: string; page: string; next: string | null; entries: readonly Entry[]; gone: readonly Gone[] };

/** An Atom feed (RFC 4287), by pages (RFC 5005, 3), with a tombstone (RFC 6721) for each entry of which nothing is left. */
export const atomOf = ({ title, url, page, next, entries, gone }: Feed): string => {
  const updated = [...entries.map((entry) => entry.updated), ...gone.map(({ when }) => when)].toSorted().at(-1) ?? '1970-01-01T00:00:00Z';
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">
<id>${escaped(iriOf(url))}</id>
<title>${escaped(title)}</title>
<author><name>Averment</name></author>
<updated>${updated}</updated>
<link rel="self" type="application/atom+xml" href="${escaped(url)}"/>
<link rel="alternate" type="text/html" href="${escaped(page)}"/>
${next === null ? '' : `<link rel="next" type="application/atom+xml" href="${escaped(next)}"/>\n`}${gone
  .map(({ id, when }) => `<at:deleted-entry ref="${iriOf(id)}" when="${when}"/>\n`)
  .join('')}${entries
  .map(
    (entry) => `<entry>
<id>${iriOf(entry.id)}</id>
<title type="text">${escaped(entry.title)}</title>
<published>${entry.published}</published>
<updated>${entry.updated}</updated>
<link rel="alternate" type="text/html" href="${escaped(entry.url)}"/>
<content type="text">${escaped(entry.text)}</content>
</entry>
`,
  )
  .join('')}</feed>
`;
};
