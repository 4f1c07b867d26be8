import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** Sends a request to the API. */
export type Send = (request: Request) => Promise<Response>;

/**
 * What a page was made of: each thing that was asked for, with its entity tag, and the position of the log of which it was; null where more than the position
 * says what it is.
 */
type Asked = { url: string; etag: string; position: string | null };
export type KeptPage = { etag: string; plain: Buffer; br: Buffer; gzip: Buffer };

/** In bytes of all pages that are kept, coded and plain. */
const most = 64 * 1024 * 1024;
const squeeze = { br: promisify(brotliCompress), gzip: promisify(gzip) };
const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };

/** What is the same for as long as a service runs. */
const constant = (url: string) => new URL(url).pathname === '/v1/vocabulary';

/** What an item that is parked waits for may come without the position moving. */
const positionOf = ({ headers }: Response): string | null => (headers.has('averment-incomplete') ? null : headers.get('averment-position'));

/** Notes what a page asks for. `made()` answers null once something was asked that has no entity tag or was refused. */
export const noting = (send: Send): { send: Send; made(): Asked[] | null } => {
  const asked: Asked[] = [];
  let whole = true;
  return {
    send: async (request) => {
      const { url, method } = request;
      const response = await send(request);
      const etag = response.headers.get('etag');
      if (method === 'GET' && response.ok && etag !== null) asked.push({ url, etag, position: positionOf(response) });
      else if (!constant(url)) whole = false;
      return response;
    },
    made: () => (whole ? asked : null),
  };
};

/**
 * Pages as everybody reads them, kept for as long as all that they were made of is as it was: what was asked first is asked for again by its entity tag, which
 * the API answers without making it. Where it says that it stands at the position at which all the rest was answered, that is the same too; otherwise it is
 * asked for likewise.
 */
export const keepPages = () => {
  const pages = new LRUCache<string, KeptPage & { asked: readonly Asked[] }>({
    maxSize: most,
    sizeCalculation: ({ plain, br, gzip }) => plain.length + br.length + gzip.length,
  });
  /** What was asked, with the position of now; null where it has changed. */
  const again = async (one: Asked, send: Send): Promise<Asked | null> => {
    const response = await send(new Request(one.url, { headers: { 'if-none-match': one.etag } }));
    return response.status === 304 ? { ...one, position: positionOf(response) } : null;
  };
  return {
    /** The page of an address, if it is still what would be made now. */
    async find(address: string, send: Send): Promise<KeptPage | null> {
      const page = pages.get(address);
      const [first, ...others] = page?.asked ?? [];
      if (page === undefined || first === undefined) return page ?? null;
      const now = await again(first, send);
      if (now === null) return null;
      if (now.position !== null && page.asked.every(({ position }) => position === now.position)) return page;
      const all = [now, ...(await Promise.all(others.map((one) => again(one, send))))];
      if (!all.every((one) => one !== null)) return null;
      page.asked = all;
      return page;
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
