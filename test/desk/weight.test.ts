import { brotliDecompressSync } from 'node:zlib';
import { createApi } from '@averment/client';
import t from 'tap';
import { startServer } from '../e2e/server.ts';
import { weigh } from './weigh.ts';

/** In bytes, over the wire: what a page may take until it is seen first, without pictures. */
const most = 60_000;

t.test('the first sight of a page is light', async (t) => {
  const { url } = await startServer(t);
  const { data } = await createApi({ url }).GET('/v1/incidents');
  const pages = ['/', '/incidents', '/sign-in', ...(data?.items ?? []).map(({ id }) => `/incidents/${id}`)];
  for (const path of pages) {
    const { bytes, parts } = await weigh(url, path);
    t.ok(
      parts.some(({ path }) => path.endsWith('.css')),
      `${path} has a style sheet`,
    );
    for (const part of parts) t.equal(part.coding, 'br', `${part.path} of ${path}`);
    t.ok(bytes <= most, `${path} takes ${bytes} bytes: ${parts.map((part) => `${part.path} ${part.bytes}`).join(', ')}`);
  }
  const { parts } = await weigh(url, pages.at(-1) ?? '/');
  for (const { body } of parts) t.ok(brotliDecompressSync(body).length > 0, 'what is coded can be read');
});
