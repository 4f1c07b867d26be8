import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { hostileString } from './values.ts';

/** Documents as they are imported, and what somebody may send in their place. Each is read in a process of its own, so they are small. */

export type Sent = { mediaType: string; bytes: Buffer };

const page =
  '<!doctype html><html lang="en"><title>Shots at the harbour</title><article><p>The car stood still, a witness said.</p></article>';
const captions = 'WEBVTT\n\n00:00.000 --> 00:02.000\nThe car stood still, a witness said.\n';
const response = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${page}`;
const archive = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:6f1d2c1e-0000-4000-8000-000000000001>\r\nWARC-Date: 2026-01-14T00:00:00Z\r\nWARC-Target-URI: https://example.org/\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${Buffer.byteLength(response)}\r\n\r\n${response}\r\n\r\n`;
const drawn = 'BT /F1 12 Tf 72 720 Td (The car stood still, a witness said.) Tj ET';
const printed = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length ${drawn.length}>>stream
${drawn}
endstream endobj
trailer<</Root 1 0 R>>
%%EOF`;

/** One of each kind. The archive holds `https://example.org/`. */
export const rightDocuments: readonly Sent[] = [
  { mediaType: 'text/html', bytes: Buffer.from(page) },
  { mediaType: 'text/html; charset=utf-8', bytes: Buffer.from(page) },
  { mediaType: 'application/xhtml+xml', bytes: Buffer.from(page) },
  { mediaType: 'text/vtt', bytes: Buffer.from(captions) },
  { mediaType: 'application/pdf', bytes: Buffer.from(printed) },
  { mediaType: 'application/warc', bytes: Buffer.from(archive) },
  { mediaType: 'application/warc', bytes: gzipSync(archive) },
];

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
const mediaTypes = rightDocuments.map(({ mediaType }) => mediaType);

const halves = ({ mediaType, bytes }: Sent): Sent[] => [
  { mediaType, bytes: bytes.subarray(0, bytes.length >> 1) },
  { mediaType, bytes: Buffer.concat([bytes.subarray(bytes.length >> 1), bytes]) },
  { mediaType, bytes: Buffer.alloc(0) },
];
/** Small for who sends them, and large, deep or endless for who reads them. */
const traps: readonly Sent[] = [
  { mediaType: 'text/html', bytes: Buffer.from('<div>'.repeat(3000)) },
  { mediaType: 'text/html', bytes: Buffer.from(`${page}<script>while (true) {}</script>`) },
  { mediaType: 'text/html', bytes: Buffer.from(`<iframe src="http://127.0.0.1:1/"></iframe><img src="file:///etc/passwd">${page}`) },
  { mediaType: 'text/html', bytes: Buffer.from(`<p>${'&amp;'.repeat(60_000)}`) },
  { mediaType: 'text/html; charset=utf-16', bytes: Buffer.from(page) },
  {
    mediaType: 'application/xhtml+xml',
    bytes: Buffer.from(`<!DOCTYPE a [<!ENTITY b "${'b'.repeat(1000)}"><!ENTITY c "${'&b;'.repeat(1000)}">]><a>&c;</a>`),
  },
  { mediaType: 'text/vtt', bytes: Buffer.from(`WEBVTT\n\n${'99:59:59.999 --> 00:00.000\n<c'.repeat(5000)}`) },
  { mediaType: 'application/pdf', bytes: Buffer.from(printed.replace('/Kids[3 0 R]', '/Kids[2 0 R]')) },
  { mediaType: 'application/pdf', bytes: Buffer.from(printed.replace(/Length \d+/, 'Length 999999999')) },
  { mediaType: 'application/warc', bytes: Buffer.from(archive.replace(/(?<=Content-Length: )\d+/, '99999999999999999999')) },
  { mediaType: 'application/warc', bytes: gzipSync(Buffer.alloc(40_000_000)) },
  {
    mediaType: 'application/warc',
    bytes: Buffer.from(archive.replace('Content-Type: text/html', 'Content-Type: text/html\r\nContent-Encoding: gzip')),
  },
];

/** A broken document, one of another kind than is said, noise, or a trap. */
export const hostileDocument: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 3, arbitrary: one(rightDocuments).chain((each) => one(halves(each))) },
  { weight: 3, arbitrary: fc.record({ mediaType: one(mediaTypes), bytes: one(rightDocuments.map(({ bytes }) => bytes)) }) },
  {
    weight: 2,
    arbitrary: fc.record({ mediaType: one(mediaTypes), bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ mediaType: one(mediaTypes), bytes: hostileString.map((text) => Buffer.from(page.replace('a witness', text))) }),
  },
  { weight: 3, arbitrary: one(traps) },
  { weight: 1, arbitrary: fc.constant({ mediaType: 'application/json', bytes: Buffer.from('{}') }) },
);
