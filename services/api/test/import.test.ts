import { createHash } from 'node:crypto';
import { writtenArchive, writtenPdf } from '@averment/extraction/testing';
import t from 'tap';
import { harnessFor, type Person } from './support/harness.ts';
import { expect, text } from './support/story.ts';

const harness = await harnessFor(t);
const own = await harness(t);

const said = 'The harbour office said that two of its guards had stopped the boat, and that one of them fired twice at it.';
const denied = 'A fisherman on the bank said that the boat was drifting away from them when the first of the shots was fired.';
const page = `<!doctype html><html lang="en"><head><title>Shots</title><meta property="article:published_time" content="2026-01-14T18:50:00Z">
<meta property="og:site_name" content="The Pier"></head><body><article><h1>Office: boat drove at guards</h1><p>${said}</p><aside><p>${denied}</p></aside></article></body></html>`;
const url = 'https://pier.example/shots';
const pdf = writtenPdf([said, denied].map((words) => `BT /F 10 Tf 50 700 Td (${words}) Tj ET`));
const film = `WEBVTT\n\n00:01.000 --> 00:02.500\n<v A guard>Stop the boat!\n\n01:00:00.000 --> 01:00:01.000\nIt is drifting away.\n`;
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

type Query = Record<string, string>;
type More = { key?: Person | null; id?: string; headers?: Record<string, string> };
const send = (body: string | Buffer, mediaType: string, query: Query = {}, { key = 'contributor', id, headers = {} }: More = {}) =>
  own.ask('POST', '/v1/sources/import', {
    key,
    query,
    body,
    headers: { 'content-type': mediaType, ...(id === undefined ? {} : { 'idempotency-key': id }), ...headers },
  });
const readSource = async (id: string, path = '') => expect(await own.read(`/v1/sources/${id}${path}`, { key: 'contributor' }), 200);

t.test('a page is shown as it would be registered, and then registered', async (t) => {
  const query = { url, retrievedAt: '2026-01-15T08:00Z', archiveUrl: 'https://archive.example/1', publisher: 'The Pier' };
  const shown = expect(await send(page, 'text/html; charset=utf-8', { ...query, dryRun: 'true' }), 200);
  const told = {
    kind: 'article',
    url,
    publisher: 'The Pier',
    title: 'Office: boat drove at guards',
    publishedAt: '2026-01-14T18:50Z',
    language: 'en',
    archiveUrl: 'https://archive.example/1',
    accessedAt: '2026-01-15T08:00Z',
    extraction: {
      original: { sha256: sha256(page), size: Buffer.byteLength(page), mediaType: 'text/html', kept: false },
      response: null,
      extractor: { name: 'html', version: /readability/ },
    },
  };
  t.match(shown.body, { ...told, text: `Office: boat drove at guards\n\n${said}\n\n${denied}`, pages: null, cues: null, existing: null });
  t.strictSame((await own.read('/v1/sources', { key: 'contributor' })).body.items, [], 'nothing was registered');

  const answer = expect(await send(page, 'text/html; charset=utf-8', query, { id: 'page' }), 201);
  t.match(answer.body, { id: /^source_/, textSha256: shown.body.textSha256, revision: 1, position: /^\d+$/ });
  const id = text(answer, 'id');
  t.match((await readSource(id)).body, told);
  t.match((await readSource(id, '/text')).body, { text: shown.body.text, pages: null, cues: null });

  t.strictSame(
    (await send(page, 'text/html; charset=utf-8', query, { id: 'page' })).body,
    answer.body,
    'a repeat is answered as the first time',
  );
  for (const [what, body, changed] of [
    ['another document', `${page} `, query],
    ['another query', page, { ...query, publisher: 'The Quay' }],
  ] as const)
    t.match(
      await send(body, 'text/html; charset=utf-8', changed, { id: 'page' }),
      { status: 422, body: { type: /idempotency-key-reused/ } },
      what,
    );

  t.match(await send(page, 'text/html', query), { status: 409, body: { type: '/problems/source-exists', existing: id } });
  t.match((await send(page, 'text/html', { ...query, dryRun: 'true' })).body, { existing: id });
});

t.test('of a PDF it is told which pages stand where, of captions when they are shown', async (t) => {
  const paper = text(expect(await send(pdf, 'application/pdf', { language: 'en', title: 'A filing', kind: 'court_filing' }), 201), 'id');
  const { body } = await readSource(paper, '/text');
  t.match(await readSource(paper), { body: { kind: 'court_filing', title: 'A filing', url: null, authors: [] } });
  const pages = body.pages as { page: number; start: number; end: number }[];
  t.strictSame(
    pages.map(({ page, start, end }) => [page, String(body.text).slice(start, end)]),
    [
      [1, said],
      [2, denied],
    ],
  );
  const filmed = text(expect(await send(film, 'text/vtt', { language: 'en', author: 'Harbour television' }), 201), 'id');
  t.match((await readSource(filmed)).body, { kind: 'video', authors: ['Harbour television'], extraction: { extractor: { name: 'vtt' } } });
  t.match((await readSource(filmed, '/text')).body, {
    text: 'Stop the boat!\nIt is drifting away.',
    cues: [
      { from: 1, to: 2.5, speaker: 'A guard', start: 0, end: 14 },
      { from: 3600, to: 3601, speaker: null, start: 15, end: 35 },
    ],
  });
});

t.test('of a web archive the response of the address is read', async (t) => {
  const archive = writtenArchive(url, 'text/html', page.replace('stopped', 'held up'));
  const answer = expect(await send(archive, 'application/warc', { url }), 201);
  t.match((await readSource(text(answer, 'id'))).body, {
    kind: 'article',
    accessedAt: '2026-01-14T12:00Z',
    extraction: {
      original: { mediaType: 'application/warc', size: archive.length },
      response: { url, archivedAt: '2026-01-14T12:00:00Z', mediaType: 'text/html' },
    },
  });
  const other = await send(archive, 'application/warc', { url: `${url}/2` });
  t.match(other, { status: 422, body: { type: '/problems/document-unreadable', detail: /no response of .* Send as url the address/ } });
});

t.test('an original is kept where that is asked for, and given to those who may read the text', async (t) => {
  const words = page.replace('stopped', 'kept');
  const id = text(expect(await send(words, 'text/html', { keepOriginal: 'true' }, { id: 'kept' }), 201), 'id');
  t.match((await readSource(id)).body, { extraction: { original: { kept: true } } });
  const path = `/v1/sources/${id}/original`;
  for (const key of ['contributor', 'reviewer', 'auditor'] as const) {
    const original = await own.read(path, { key });
    t.equal(original.text, words, key);
    t.match(original.headers, {
      'content-type': /^text\/html/,
      'content-disposition': /^attachment/,
      'content-security-policy': /sandbox/,
      'x-content-type-options': 'nosniff',
    });
  }
  for (const [key, status] of [
    [null, 401],
    ['app', 403],
    ['admin', 403],
  ] as const)
    t.equal((await own.read(path, { key })).status, status, `${key}`);
  const events = expect(await own.read(`/v1/sources/${id}/events`, { key: 'auditor' }), 200);
  t.match(events.body.items, [{ type: 'SourceRegistered' }, { type: 'SourceOriginalKept', data: { revision: 1 } }]);
  t.notMatch(events.text, Buffer.from(words).toString('base64').slice(0, 40), 'the bytes have a path of their own');

  const { items } = (await own.read('/v1/sources', { key: 'contributor', query: { url } })).body as { items: { id: string }[] };
  t.equal((await own.read(`/v1/sources/${items.at(-1)?.id}/original`, { key: 'contributor' })).status, 404, 'what was not kept');
  const long = `${page}${' '.repeat(16 * 1024 * 1024)}`;
  t.match(await send(long, 'text/html', { keepOriginal: 'true' }), { status: 400, body: { errors: [{ pointer: '/query/keepOriginal' }] } });
});

t.test('what is not right is refused, and it is said what to do', async (t) => {
  const unreadable = async (body: string, mediaType: string, detail: RegExp) =>
    t.match(await send(body, mediaType), { status: 422, body: { type: '/problems/document-unreadable', detail } }, String(detail));
  await unreadable('%PDF-1.4 broken', 'application/pdf', /cannot be read as a PDF.*\/v1\/sources/s);
  await unreadable('WEBVTT\n', 'text/vtt', /no caption/);

  const untold = await send(page.replace(' lang="en"', ''), 'text/html');
  t.match(untold, { status: 400, body: { errors: [{ pointer: '/query/language', message: /is needed/ }] } });
  t.match(await send(page, 'text/html', { translatedFrom: 'es' }), { status: 422, body: { errors: [{ pointer: '/translation' }] } });
  for (const [name, value] of Object.entries({
    url: 'ftp://pier.example',
    dryRun: 'yes',
    text: 'x',
    title: 'x'.repeat(501),
    externalId: 'x',
  }))
    t.match(await send(page, 'text/html', { [name]: value }), { status: 400, body: { errors: [{ pointer: `/query/${name}` }] } }, name);

  for (const mediaType of ['application/json', 'image/png', 'text/plain', 'nonsense']) {
    const answer = await send('{}', mediaType, { language: 'en' });
    t.match(
      answer,
      { status: 415, headers: { accept: /^text\/html, application\/pdf/ }, body: { type: '/problems/unsupported-document' } },
      mediaType,
    );
  }
  t.match(await send(page, 'text/html', {}, { headers: { 'content-encoding': 'gzip' } }), { status: 415 });
  t.match(await own.ask('POST', '/v1/sources/import', { key: 'contributor' }), { status: 415, body: { detail: /one of text\/html/ } });
  t.equal((await send(Buffer.alloc(32 * 1024 * 1024 + 1), 'application/pdf')).status, 413);
  for (const [key, status] of [
    [null, 401],
    ['app', 403],
    ['auditor', 403],
    ['admin', 403],
  ] as const)
    t.equal((await send(page, 'text/html', {}, { key })).status, status, `${key}`);
});
