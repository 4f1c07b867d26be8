import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { drawnPdf, readBytes } from './given.ts';

const url = 'https://news.example/shots';
const long =
  'The harbour office said on Tuesday that two of its guards had stopped the boat, and that one of them fired twice at it before it turned away.';
const pageWith = (words: string): string =>
  `<html lang="en"><body><article><h1>Shots</h1><p>${words}</p><p>${long}</p></article></body></html>`;

type Sent = { of?: string; status?: string; headers?: string[]; body: string | Buffer; date?: string; more?: string[]; type?: string };
const record = ({
  of = url,
  status = '200 OK',
  headers = ['Content-Type: text/html; charset=utf-8'],
  body,
  date = '2026-01-14T12:00:00Z',
  more = [],
  type = 'response',
}: Sent): Buffer => {
  const http = Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  const head = [
    'WARC/1.0',
    `WARC-Type: ${type}`,
    `WARC-Target-URI: ${of}`,
    `WARC-Date: ${date}`,
    'WARC-Record-ID: <urn:uuid:12345678-1234-4234-8234-123456789abc>',
    `Content-Type: application/http; msgtype=${type}`,
    ...more,
    `Content-Length: ${http.length}`,
  ].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), http, Buffer.from('\r\n\r\n')]);
};
const info = Buffer.from(
  'WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2026-01-14T12:00:00Z\r\nContent-Type: application/warc-fields\r\nContent-Length: 17\r\n\r\nsoftware: a tour\n\r\n\r\n',
);
const archive = (...records: Buffer[]): Buffer => Buffer.concat([info, ...records]);
const readArchive = (bytes: Buffer, asked = url, limits = {}) => readBytes(bytes, 'application/warc', limits, asked);

t.test('the response of the address is read as its media type says', async (t) => {
  const body = pageWith(long);
  const bytes = archive(
    record({ of: 'https://news.example/other', body: pageWith('Another.') }),
    record({ body }),
    record({ type: 'request', body: 'GET' }),
  );
  const sha256 = (of: Buffer | string) => createHash('sha256').update(of).digest('hex');
  t.match(await readArchive(bytes, `${url}#part`), {
    text: `Shots\n\n${long}\n\n${long}`,
    original: { sha256: sha256(bytes), size: bytes.length, mediaType: 'application/warc' },
    response: { url, archivedAt: '2026-01-14T12:00:00Z', mediaType: 'text/html', sha256: sha256(body), size: body.length },
    extractor: { name: 'html', version: /^warcio .*@mozilla\/readability/ },
  });
  const pdf = await drawnPdf((document) => document.text(long));
  const read = await readArchive(archive(record({ headers: ['Content-Type: application/pdf'], body: pdf })));
  t.match(read, { pages: [{ page: 1 }], response: { mediaType: 'application/pdf' } });
});

t.test('each record and each body may be packed, and a body may come in chunks', async (t) => {
  const body = pageWith(long);
  const chunked = `10\r\n${body.slice(0, 16)}\r\n${(body.length - 16).toString(16)}\r\n${body.slice(16)}\r\n0\r\n\r\n`;
  const headers = ['Content-Type: text/html'];
  for (const [what, bytes] of Object.entries({
    'packed records': Buffer.concat([gzipSync(info), gzipSync(record({ body }))]),
    'a packed body': archive(record({ headers: [...headers, 'Content-Encoding: gzip'], body: gzipSync(body) })),
    'a body packed by brotli': archive(record({ headers: [...headers, 'Content-Encoding: br'], body: brotliCompressSync(body) })),
    chunks: archive(record({ headers: [...headers, 'Transfer-Encoding: chunked'], body: chunked })),
  }))
    t.match((await readArchive(bytes)).text, long, what);
});

t.test('a redirect is followed within the archive, and of two captures the later one is read', async (t) => {
  const moved = record({ of: 'http://news.example/s', status: '301 Moved', headers: ['Location: https://news.example/shots'], body: '' });
  const later = record({ body: pageWith(`Corrected. ${long}`), date: '2026-02-01T00:00:00Z' });
  const read = await readArchive(archive(moved, later, record({ body: pageWith(long) })), 'http://news.example/s');
  t.match(read, { text: /Corrected/, response: { url, archivedAt: '2026-02-01T00:00:00Z' } });
});

t.test('a body that is not what its digest says is refused', async (t) => {
  const body = pageWith(long);
  const digest = `WARC-Payload-Digest: sha256:${createHash('sha256').update(body).digest('hex')}`;
  await readArchive(archive(record({ body, more: [digest] })));
  await t.rejects(readArchive(archive(record({ body: body.replace('twice', 'never'), more: [digest] }))), {
    code: 'broken',
    message: /digest/,
  });
});

t.test('an address that is not there, a fault of the server, too much that is unpacked, and what is no archive are refused', async (t) => {
  await t.rejects(readArchive(archive(record({ body: pageWith(long) })), 'https://news.example/none'), { code: 'not_in_archive' });
  await t.rejects(readArchive(archive(record({ status: '404 Not Found', body: 'gone' }))), { code: 'not_in_archive', message: /404/ });
  const circle = record({ status: '302 Found', headers: [`Location: ${url}`], body: '' });
  await t.rejects(readArchive(archive(circle)), { code: 'not_in_archive', message: /nowhere/ });
  await t.rejects(readBytes(archive(circle), 'application/warc'), { code: 'not_in_archive', message: /address/ });
  const bomb = gzipSync(Buffer.alloc(20_000_000, 'x'));
  await t.rejects(
    readArchive(archive(record({ headers: ['Content-Type: text/html', 'Content-Encoding: gzip'], body: bomb })), url, { bytes: 1_000_000 }),
    { code: 'too_large' },
  );
  await t.rejects(readArchive(archive(record({ headers: ['Content-Type: image/png'], body: 'x' }))), { code: 'unsupported' });
  await t.rejects(readArchive(Buffer.from('')), { code: 'broken' });
  await t.rejects(readArchive(Buffer.from('no archive at all')));
});
