import { setTimeout } from 'node:timers/promises';
import { Malformed } from './malformed.ts';
import { decodeEntries, type Tile, tilePath, tileWidth } from './tiles.ts';

/** The log or the service did not answer, or answered with an error. */
export class NotServed extends Error {
  override readonly name = 'NotServed';
}

/** Sends a GET. The global `fetch` is one. */
export type Fetch = (url: string, init: { headers: Record<string, string> }) => Promise<Response>;

const tries = 6;
/** The longest that is waited before it is asked again, in seconds. */
const maxWait = 60;

/** The answer, null for 404. Asks again where the other side is busy or away, as long as it says. Rejects with `NotServed`. */
export const getFrom = async (fetch: Fetch, url: string, headers: Record<string, string> = {}): Promise<Response | null> => {
  for (let attempt = 1; ; attempt += 1) {
    let why: string;
    let wait = 2 ** attempt / 4;
    try {
      const response = await fetch(url, { headers });
      if (response.status === 404) return null;
      if (response.ok) return response;
      why = `is answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
      if (![429, 502, 503, 504].includes(response.status)) throw new NotServed(`${url} ${why}`);
      wait = Math.max(wait, Number(response.headers.get('retry-after')) || 0);
    } catch (error) {
      if (error instanceof NotServed) throw error;
      const { message, cause } = error as Error;
      why = `is not answered: ${cause instanceof Error ? cause.message : message}`;
    }
    if (attempt === tries) throw new NotServed(`${url} ${why}`);
    await setTimeout(Math.min(wait, maxWait) * 1000);
  }
};

/** A log that is served as C2SP tlog-tiles below `url`. All reject with `NotServed`. */
export const createServedLog = (url: string, fetch: Fetch) => {
  const prefix = url.replace(/\/$/, '');
  const bytes = async (path: string): Promise<Uint8Array | null> => {
    const response = await getFrom(fetch, `${prefix}/${path}`);
    return response && new Uint8Array(await response.arrayBuffer());
  };
  /** A tile that is not whole may be gone once it is. */
  const resource = async (tile: Tile): Promise<{ tile: Tile; read: Uint8Array }> => {
    for (const width of new Set([tile.width, tileWidth])) {
      const read = await bytes(tilePath({ ...tile, width }));
      if (read !== null) return { tile: { ...tile, width }, read };
    }
    throw new NotServed(`${prefix}/${tilePath(tile)} is answered 404`);
  };

  return {
    checkpoint: async (): Promise<string> => {
      const response = await getFrom(fetch, `${prefix}/checkpoint`);
      if (response === null) throw new NotServed(`${prefix}/checkpoint is answered 404: nothing is signed`);
      return response.text();
    },
    /** The bytes of a tile's hashes. */
    tile: async (tile: Tile): Promise<Uint8Array> => {
      const { tile: of, read } = await resource(tile);
      if (read.length !== of.width * 32) throw new Malformed(`${tilePath(of)} has ${read.length} bytes`);
      return read.subarray(0, tile.width * 32);
    },
    entries: async (bundle: Tile): Promise<Uint8Array[]> => {
      const { tile: of, read } = await resource(bundle);
      return decodeEntries(read, of).slice(0, bundle.width);
    },
  };
};

export type ServedLog = ReturnType<typeof createServedLog>;

/** An event of Averment as auditors read it. `disclosures` are those of the texts that are not erased. */
export type RecordedEvent = { stream: string; revision: number; position: string; canonical: string; disclosures: readonly string[] };

const pageSize = 500;

/** The events of the service at `api`, in order. Rejects with `NotServed`. */
export async function* recordedEvents(api: string, key: string, fetch: Fetch): AsyncGenerator<RecordedEvent> {
  const headers = { authorization: `Bearer ${key}` };
  let [after, log] = ['0', ''];
  for (;;) {
    const query = `after=${after}&limit=${pageSize}&with=canonical${log === '' ? '' : `&log=${encodeURIComponent(log)}`}`;
    const url = `${api.replace(/\/$/, '')}/v1/events?${query}`;
    const response = await getFrom(fetch, url, headers);
    if (response === null) throw new NotServed(`${url} is answered 404`);
    const page = (await response.json()) as { items: RecordedEvent[]; next: string; log: string };
    yield* page.items;
    if (page.next === after) return;
    [after, log] = [page.next, page.log];
  }
}
