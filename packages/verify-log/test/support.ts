import { createHash } from 'node:crypto';
import {
  canonicalJson,
  createGrowingTree,
  digestOf,
  encodeEntries,
  encodeEntry,
  type Fetch,
  formatCheckpoint,
  formatNote,
  type GrownTile,
  leafHash,
  newSigningKey,
  parseSigningKey,
  type SigningKey,
  shownOf,
  signNote,
  tilePath,
  tileWidth,
} from '../src/index.ts';

/** An event as a service tells it to an auditor. */
export type Told = { stream: string; revision: number; position: string; canonical: string; disclosures: string[] };

export const signer: SigningKey = parseSigningKey(newSigningKey('record.example/log'));

const disclosureOf = (name: string, value: string): string =>
  Buffer.from(JSON.stringify([`salt of ${value}`, name, value])).toString('base64url');
export const sdOf = (disclosure: string): string => createHash('sha256').update(disclosure).digest('base64url');

/** An event with a text, of one of seven incidents. */
export const eventAt = (index: number, more: object = {}): Told => {
  const [stream, revision] = [`incident_${index % 7}`, Math.floor(index / 7)];
  const disclosure = disclosureOf('title', `text ${index}`);
  const data = { claim: { _sd: [sdOf(disclosure)] } };
  const canonical = canonicalJson({ actor: 'reviewer', stream, revision, type: 'ClaimAdded', data, ...more });
  return { stream, revision, position: String(index + 1), canonical, disclosures: [disclosure] };
};

/** Erases the text of another event. */
export const erasureOf = (index: number, of: Told, digest = sdOf(of.disclosures[0] ?? '')): Told => {
  const revision = index + 1000;
  const data = { items: [{ revision: of.revision, digest }] };
  const canonical = canonicalJson({ actor: 'eraser', stream: of.stream, revision, type: 'TextErased', data });
  return { stream: of.stream, revision, position: String(index + 1), canonical, disclosures: [] };
};

const entryOf = ({ canonical }: Told): Buffer => encodeEntry({ event: digestOf(canonical), shown: digestOf(shownOf(canonical)) });

/** What a log serves, by path: signed over these entries. */
export const ledgerOf = async (events: readonly Told[], key: SigningKey = signer): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>();
  const tree = createGrowingTree();
  const put = ({ level, index, hashes }: GrownTile) => files.set(tilePath({ level, index, width: hashes.length }), Buffer.concat(hashes));
  const known = new Map([...new Set(events)].map((event) => [event, entryOf(event)]));
  const entries = events.map((event) => known.get(event) as Buffer);
  for (const entry of entries) tree.add(leafHash(entry)).forEach(put);
  tree.rest().forEach(put);
  for (let index = 0; index * tileWidth < entries.length; index += 1) {
    const bundle = entries.slice(index * tileWidth, (index + 1) * tileWidth);
    files.set(tilePath({ level: 'entries', index, width: bundle.length }), encodeEntries(bundle));
  }
  const text = formatCheckpoint({ origin: key.name, size: entries.length, root: await tree.root() });
  files.set('checkpoint', Buffer.from(formatNote({ text, signatures: [signNote(text, key)] })));
  return files;
};

/** Serves a ledger below /log, and events as the feed does; `busy` requests are answered 429 first. */
export const serving = (files: ReadonlyMap<string, Buffer>, events: readonly Told[] = [], busy = 0): Fetch => {
  let refused = 0;
  return async (url) => {
    if (refused < busy) {
      refused += 1;
      return new Response('later', { status: 429, headers: { 'retry-after': '0' } });
    }
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/v1/events') {
      const after = Number(searchParams.get('after'));
      const items = events.filter(({ position }) => Number(position) > after).slice(0, 100);
      return Response.json({ items, next: items.at(-1)?.position ?? String(after), log: 'one' });
    }
    const file = files.get(pathname.replace('/log/', ''));
    return file === undefined ? new Response('none', { status: 404 }) : new Response(new Uint8Array(file));
  };
};

/** Counted anew, as somebody who forges would. */
export const renumbered = (events: readonly Told[]): Told[] => events.map((event, index) => ({ ...event, position: String(index + 1) }));
