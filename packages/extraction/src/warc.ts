import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { WARCParser, type WARCRecord } from 'warcio';
import { type Limits, Refused } from './extracted.ts';
import { libraries } from './versions.ts';

/** A response of a web archive (ISO 28500), unpacked: what the server sent, and how it called it. */
export type Response = { url: string; bytes: Uint8Array; contentType: string; archivedAt: string | null };

/** `warc`: which library unpacked it. */
export const unpackedBy = `warcio ${libraries.warc.warcio}`;

/** Two addresses of one document: the same but for what stands behind `#`, which no server is sent. */
const addressOf = (written: string): string => {
  const url = URL.parse(written.replace(/^<|>$/g, ''));
  if (url === null) return written;
  url.hash = '';
  return url.href;
};

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);
const mostRedirects = 10;

type Archived = { status: number; location: string | null; response: Response };

const unpacked = async (record: WARCRecord, limits: Limits): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of record) {
    size += chunk.length;
    if (size > limits.bytes) throw new Refused('too_large', `the response has more than ${limits.bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The library unpacks gzip and leaves these as they are, without a word. Some archives keep the header of a body that they have unpacked. */
const decoded = (bytes: Uint8Array, encoding: string, { bytes: most }: Limits): Uint8Array => {
  const unpack = encoding === 'br' ? zlib.brotliDecompressSync : encoding === 'zstd' ? zlib.zstdDecompressSync : null;
  if (unpack === null) return bytes;
  try {
    return unpack(bytes, { maxOutputLength: most });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refused('too_large', `the response has more than ${most} bytes`);
    return bytes;
  }
};

/** A record that differs from its own digest was damaged. Digests in base32, as many programs write SHA-1, are not looked at. */
const isWhole = (digest: string | null | undefined, bytes: Uint8Array): boolean => {
  const [, algorithm, value = ''] = /^(sha1|sha256):([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.exec(digest ?? '') ?? [];
  return algorithm === undefined || createHash(algorithm).update(bytes).digest('hex') === value.toLowerCase();
};

/** All responses of the archive that may be asked for, the last of each address. */
const responsesOf = async (bytes: Uint8Array, limits: Limits): Promise<Map<string, Archived>> => {
  const found = new Map<string, Archived>();
  let records = 0;
  let size = 0;
  for await (const record of new WARCParser(new Blob([bytes]).stream() as never)) {
    records += 1;
    if (record.warcType !== 'response' || !record.warcTargetURI?.match(/^<?https?:/)) {
      await record.skipFully();
      continue;
    }
    const url = addressOf(record.warcTargetURI);
    const [status, headers] = [record.httpHeaders?.statusCode, record.httpHeaders?.headers];
    if (typeof status !== 'number') throw new Refused('broken', `its response of ${url} has no HTTP status`);
    const digest = record.warcHeader('WARC-Payload-Digest');
    const encoding = headers?.get('content-encoding')?.trim().toLowerCase() ?? '';
    const body = decoded(await unpacked(record, limits), encoding, limits);
    size += body.length;
    if (size > limits.bytes * 4) throw new Refused('too_large', `what is in it has more than ${limits.bytes * 4} bytes`);
    const isPacked = encoding !== '' || headers?.has('transfer-encoding');
    // What the digest is of is the body as it was sent.
    if (!isPacked && !isWhole(digest, body)) throw new Refused('broken', `its response of ${url} is not what its digest says`);
    const before = found.get(url);
    const archivedAt = record.warcDate ?? null;
    if (before && (before.response.archivedAt ?? '') > (archivedAt ?? '')) continue;
    const location = headers?.get('location') ?? null;
    found.set(url, { status, location, response: { url, bytes: body, contentType: headers?.get('content-type') ?? '', archivedAt } });
  }
  if (records === 0) throw new Refused('broken', 'there is no record in it');
  return found;
};

/** The response of an address, through the redirects that are in the archive too. Refuses `not_in_archive`, `broken`, `too_large`. */
export const responseIn = async (bytes: Uint8Array, asked: string, limits: Limits): Promise<Response> => {
  const responses = await responsesOf(bytes, limits);
  let url = addressOf(asked);
  for (let step = 0; step < mostRedirects; step += 1) {
    const archived = responses.get(url);
    if (archived === undefined) throw new Refused('not_in_archive', `the archive has no response of ${url}`);
    if (archived.status === 200) return archived.response;
    const next = isRedirect(archived.status) && archived.location !== null ? URL.parse(archived.location, url) : null;
    if (next === null) throw new Refused('not_in_archive', `the archive has no document of ${url}: the server answered ${archived.status}`);
    url = addressOf(next.href);
  }
  throw new Refused('not_in_archive', `in the archive ${addressOf(asked)} leads nowhere`);
};
