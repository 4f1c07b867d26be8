import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import t from 'tap';
import { createExtract } from '../src/index.ts';
import { sandboxOf } from '../src/sandbox.ts';
import { writtenPdf } from '../src/testing.ts';
import { libraries } from '../src/versions.ts';
import { drawnPdf } from './given.ts';

const long =
  'The harbour office said on Tuesday that two of its guards had stopped the boat, and that one of them fired twice at it before it turned away.';
/** In MiB: an ordinary document is read in it. */
const little = 150;
const html = Buffer.from(`<html><body><article><h1>Shots</h1><p>${long}</p><p>${long}</p></article></body></html>`);
const vtt = Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nStop!\n');

t.test('documents are read in processes of their own, and each media type by its own program', async (t) => {
  const extract = createExtract({ limits: { memory: little } });
  const pdf = await drawnPdf((document) => document.text(long));
  const outcomes = await Promise.all([
    extract({ bytes: html, mediaType: 'text/html; charset=utf-8' }),
    extract({ bytes: pdf, mediaType: 'application/pdf' }),
    extract({ bytes: vtt, mediaType: 'text/vtt' }),
  ]);
  t.match(outcomes, [
    { ok: true, extracted: { title: 'Shots', original: { size: html.length, mediaType: 'text/html' } } },
    { ok: true, extracted: { pages: [{ page: 1, start: 0 }] } },
    { ok: true, extracted: { text: 'Stop!', cues: [{ from: 0, to: 1 }] } },
  ]);
});

t.test('what is refused at once starts no process', async (t) => {
  const extract = createExtract({ limits: { bytes: 100 } });
  t.match(await extract({ bytes: html, mediaType: 'text/html' }), { ok: false, code: 'too_large' });
  t.match(await extract({ bytes: Buffer.from('x'), mediaType: 'image/png' }), { ok: false, code: 'unsupported' });
});

t.test('a document that is broken, takes too long or too much memory is refused, and those after it are read', async (t) => {
  const extract = createExtract({ most: 1 });
  t.match(await extract({ bytes: Buffer.from('%PDF-1.4 broken'), mediaType: 'application/pdf' }), { ok: false, code: 'broken' });
  const deep = Buffer.from(`<html><body>${'<div>'.repeat(20_000)}${long}`);
  t.match(await createExtract({ limits: { milliseconds: 300 }, patience: 1000 })({ bytes: deep, mediaType: 'text/html' }), {
    ok: false,
    code: 'too_slow',
  });
  const wide = Buffer.from(`<html><body><article>${'<p>x</p>'.repeat(100_000)}</article>`);
  t.match(await createExtract({ limits: { memory: little } })({ bytes: wide, mediaType: 'text/html' }), {
    ok: false,
    code: 'too_much_memory',
  });
  t.match(await extract({ bytes: vtt, mediaType: 'text/vtt' }), { ok: true });
});

t.test('a small PDF that unpacks to more than may be held is refused', async (t) => {
  const packed = deflateSync(deflateSync(Buffer.alloc(80_000_000, ' '), { level: 1 }));
  const content = packed.toString('latin1');
  const pdf = Buffer.from(
    writtenPdf(content)
      .toString('latin1')
      .replace(`<< /Length ${content.length}`, `<< /Filter [/FlateDecode /FlateDecode] /Length ${content.length}`),
    'latin1',
  );
  t.match(await createExtract({ limits: { memory: little } })({ bytes: pdf, mediaType: 'application/pdf' }), {
    ok: false,
    code: 'too_much_memory',
  });
});

t.test('the process that reads has no network, writes nothing, reads none but its programs, and starts nothing', async (t) => {
  const tries = {
    fetch: `await fetch('http://127.0.0.1:9')`,
    connect: `(await import('node:net')).connect(9, '127.0.0.1')`,
    look: `await (await import('node:dns')).promises.lookup('localhost'); (await import('node:net')).connect(9, '127.0.0.1')`,
    listen: `(await import('node:net')).createServer().listen(0)`,
    write: `(await import('node:fs')).writeFileSync(${JSON.stringify(`${tmpdir()}/written`)}, 'x')`,
    read: `(await import('node:fs')).readFileSync('/etc/hostname')`,
    keys: `(await import('node:fs')).readdirSync(${JSON.stringify(new URL('../../..', import.meta.url).pathname)})`,
    start: `(await import('node:child_process')).execFileSync('true')`,
    thread: `new (await import('node:worker_threads')).Worker('', { eval: true })`,
  };
  const alone = new URL('../src/alone.ts', import.meta.url).href;
  const programs = Object.entries(tries).map(
    ([what, code]) => `try { ${code}; told.${what} = 'done' } catch (error) { told.${what} = error.code ?? error.message }`,
  );
  const program = `const told = {}; ${programs.join(' ')} console.log(JSON.stringify(told)); process.exit()`;
  const args = [...sandboxOf(200), '--import', alone, '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  const [network, denied] = ['a document is read without the network', 'ERR_ACCESS_DENIED'];
  const { fetch, connect, look, listen, ...others } = JSON.parse(stdout);
  t.strictSame([fetch, connect, listen], [network, network, network]);
  t.ok([network, denied].includes(look), 'the name is not asked for, or nobody is connected to');
  t.strictSame(others, { write: denied, read: denied, keys: denied, start: denied, thread: denied });
});

t.test('so many documents are read at once, so many wait, and one more is refused', async (t) => {
  const extract = createExtract({ most: 1, waiting: 1 });
  const captions = { bytes: vtt, mediaType: 'text/vtt' };
  t.match(await Promise.all([1, 2, 3].map(() => extract(captions))), [{ ok: true }, { ok: true }, { ok: false, code: 'busy' }]);
  t.match(await extract(captions), { ok: true });
});

t.test('a document that nobody waits for is read no further', async (t) => {
  const extract = createExtract();
  const leaving = new AbortController();
  const deep = Buffer.from(`<html><body>${'<div>'.repeat(20_000)}${long}`);
  const outcome = extract({ bytes: deep, mediaType: 'text/html' }, leaving.signal);
  leaving.abort();
  t.match(await outcome, { ok: false, code: 'busy' });
  t.match(await extract({ bytes: vtt, mediaType: 'text/vtt' }, leaving.signal), { ok: false, code: 'busy' });
});

t.test('the versions that are told are those that are installed', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const told = Object.assign({}, ...Object.values(libraries));
  const { '@averment/platform': _, ...installed } = dependencies;
  t.strictSame(told, installed);
});
