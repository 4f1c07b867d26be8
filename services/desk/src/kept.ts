import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** Sends a request to the API. */
export type Send = (request: Request) => Promise<Response>;

/** What an answer was made of: each thing that was asked for, with its entity tag. */
type Asked = { url: string; etag: string };
export type KeptPage = { etag: string; plain: Buffer; br: Buffer; gzip: Buffer };

/** In bytes of all pages that are kept, coded and plain. */
const most = 64 * 1024 * 1024;
const squeeze = { br: promisify(brotliCompress), gzip: promisify(gzip) };
const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };

/** What is the same for as long as a service runs. */
const constant = (url: string) => new URL(url).pathname === '/v1/vocabulary';

/** Notes what a page asks for. `made()` answers null once something was asked that has no entity tag or was refused. */
export const noting = (send: Send): { send: Send; made(): Asked[] | null } => {
  const asked: Asked[] = [];
  let whole = true;
  return {
    send: async (request) => {
      const { url, method } = request;
      const response = await send(request);
      const etag = response.headers.get('etag');
      if (method === 'GET' && response.ok && etag !== null) asked.push({ url, etag });
      else if (!constant(url)) whole = false;
      return response;
    },
    made: () => (whole ? asked : null),
  };
};

/**
 * Pages as everybody reads them, kept for as long as all that they were made of is as it was: each time it is asked for by its entity tag, which the API
 * answers without making it.
 */
export const keepPages = () => {
  const pages = new LRUCache<string, KeptPage & { asked: Asked[] }>({
    maxSize: most,
    sizeCalculation: ({ plain, br, gzip }) => plain.length + br.length + gzip.length,
  });
  const unchanged = async ({ url, etag }: Asked, send: Send) =>
    (await send(new Request(url, { headers: { 'if-none-match': etag } }))).status === 304;
  return {
    /** The page of an address, if it is still what would be made now. */
    async find(address: string, send: Send): Promise<KeptPage | null> {
      const page = pages.get(address);
      if (page === undefined) return null;
      const same = await Promise.all(page.asked.map((one) => unchanged(one, send)));
      return same.every(Boolean) ? page : null;
    },
    async keep(address: string, text: string, asked: Asked[]): Promise<KeptPage> {
      const plain = Buffer.from(text);
      const [br, coded] = await Promise.all([squeeze.br(plain, { params }), squeeze.gzip(plain)]);
      const page = { etag: createHash('sha256').update(plain).digest('base64url').slice(0, 22), plain, br, gzip: coded, asked };
      pages.set(address, page);
      return page;
    },
  };
};
