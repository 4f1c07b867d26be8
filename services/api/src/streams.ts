import type { ServerResponse } from 'node:http';
import { type Authenticate, seesWholeFeed, TokenRefused, tierOf, type Viewer } from '@averment/access';
import type { Logger } from '@averment/platform';
import type { Client, FeedItem, Queries } from '@averment/read-models';
import { Refusal } from './problems/problem.ts';

type Options = {
  feed: Queries['feed'];
  /** Calls its listener soon after something was appended; returns the way to stop it. */
  subscribe: (listener: () => void) => () => void;
  /** Whether a key still speaks for somebody who sees what this viewer does. */
  stillSees: (authorization: string, viewer: Viewer) => Promise<boolean>;
  /** How many there may be at once. */
  limit: number;
  logger: Logger;
  /** How often a comment is sent, so that nobody in between takes the connection for dead, and keys are looked at again, in milliseconds. */
  beat?: number;
  /** How often the log is looked at without a hint, in milliseconds. */
  look?: number;
  /** How many bytes may wait for one reader to take them. */
  most?: number;
};

/** A stream that was begun: what its reader is owed first was read already. */
export type Begun = (response: ServerResponse) => void;
type Begin = { after: bigint; viewer: Viewer; authorization: string | undefined; client: Client };
type Page = Awaited<ReturnType<Queries['feed']>>;

/** `at`: up to where the reader was sent what there is for it. `stalled`: at the last beat it had not taken what was sent. */
type Reader = { response: ServerResponse; at: bigint; authorization: string | undefined; viewer: Viewer; stalled: boolean };
/** Those who see the same and have been sent all up to `at`, or more. `at` is null while there is nobody. */
type Room = { viewer: Viewer; at: bigint | null; readers: Set<Reader>; looking: Promise<void> | null; again: boolean };

/** Milliseconds after which a client that lost its stream comes back. */
const retry = 2000;
/** Milliseconds in which a client takes the end of its stream. */
const patience = 5000;
/** Events of a page. */
const limit = 200;

const frameOf = (item: FeedItem): string => `id: ${item.position}\ndata: ${JSON.stringify(item)}\n\n`;

/**
 * The feed as Server-Sent Events. A reader is sent what it missed by pages of its own, then enters the room of all who see the same: each page is read and
 * written out once for all of them. Nothing is kept for a reader but its socket and its position; who takes too slowly is cut off, and resumes where it was.
 */
export const createStreams = ({ feed, subscribe, stillSees, logger, ...options }: Options) => {
  const { beat = 15_000, look: every = 2000, most = 1024 * 1024 } = options;
  const rooms = new Map<string, Room>();
  const readers = new Set<Reader>();
  let [closed, dropped] = [false, 0];

  const roomOf = (viewer: Viewer): Room => {
    const name = seesWholeFeed(viewer) ? 'whole' : tierOf(viewer);
    const known = rooms.get(name);
    if (known !== undefined) return known;
    const room: Room = { viewer, at: null, readers: new Set(), looking: null, again: false };
    rooms.set(name, room);
    return room;
  };

  const send = ({ response }: Reader, bytes: string | Buffer): void => {
    response.write(bytes);
    if (response.writableLength > most) cutOff(response);
  };
  const cutOff = (response: ServerResponse): void => {
    dropped += 1;
    response.destroy();
  };

  const give = (room: Room, { items, next }: Page, from: bigint): void => {
    const to = BigInt(next);
    const frames = items.length === 0 ? null : Buffer.from(items.map(frameOf).join(''));
    for (const reader of room.readers) {
      if (frames !== null && reader.at <= from) send(reader, frames);
      else for (const item of items) if (BigInt(item.position) > reader.at) send(reader, frameOf(item));
      if (to > reader.at) reader.at = to;
    }
  };

  const readOn = async (room: Room): Promise<void> => {
    while (room.at !== null && !closed) {
      if (room.readers.size === 0) room.at = null;
      else {
        const from = room.at;
        const page = await feed(from, limit, room.viewer, contextOf({ name: 'streams' }));
        room.at = BigInt(page.next);
        give(room, page, from);
        if (page.items.length === 0) return;
      }
    }
  };

  /** Reads what is new for a room; a call meanwhile lets it be read once more. What fails is tried again when there is a hint, or the time has come. */
  const look = (room: Room): void => {
    room.again = true;
    room.looking ??= (async () => {
      while (room.again) {
        room.again = false;
        await readOn(room).catch((error: unknown) => logger.debug({ error: String(error) }, 'event streams stand still'));
      }
      room.looking = null;
    })();
  };
  const lookAll = () => rooms.forEach(look);

  /** Sends page after page until the reader has what its room has, or all there is. */
  const catchUp = async (reader: Reader, room: Room, first: Page, client: Client): Promise<void> => {
    const { response } = reader;
    for (let page = first; ; page = await feed(reader.at, limit, reader.viewer, contextOf(client))) {
      if (response.destroyed || response.writableEnded || closed) return;
      const isTaken = page.items.length === 0 || response.write(page.items.map(frameOf).join(''));
      reader.at = BigInt(page.next);
      if (room.at === null ? page.items.length === 0 : reader.at >= room.at) {
        room.at ??= reader.at;
        room.readers.add(reader);
        return look(room);
      }
      if (!isTaken) await drained(response);
    }
  };

  const stopListening = subscribe(lookAll);
  const looking = setInterval(lookAll, every).unref();
  /** Ends a stream in order; nothing more is written to it, and who does not take its end is cut off. */
  const leave = (reader: Reader): void => {
    readers.delete(reader);
    for (const room of rooms.values()) room.readers.delete(reader);
    reader.response.end();
    setTimeout(() => reader.response.destroy(), patience).unref();
  };

  const checkKeys = async (): Promise<void> => {
    const keys = Map.groupBy(
      [...readers].filter(({ authorization }) => authorization !== undefined),
      ({ authorization, viewer }) => `${viewer?.role} ${authorization}`,
    );
    for (const group of keys.values()) {
      const [{ authorization = '', viewer } = { viewer: null }] = group;
      // While it cannot be told, everybody stays.
      if (!(await stillSees(authorization, viewer).catch(() => true))) group.forEach(leave);
    }
  };
  const beating = setInterval(() => {
    for (const reader of readers) {
      const isStalled = reader.response.writableNeedDrain;
      if (isStalled && reader.stalled) cutOff(reader.response);
      else send(reader, ':\n\n');
      reader.stalled = isStalled;
    }
    void checkKeys();
  }, beat).unref();

  return {
    /** How many there are, and how many were cut off because they took too slowly. */
    counts: () => ({ open: readers.size, dropped }),
    /** Reads what the reader is owed first; rejects as the feed does, and with `Overloaded`. */
    begin: async ({ after, viewer, authorization, client }: Begin): Promise<Begun> => {
      if (readers.size >= options.limit || closed)
        throw new Refusal('Overloaded', { detail: 'There are too many event streams.' }, { 'retry-after': '10' });
      const first = await feed(after, limit, viewer, contextOf(client));
      return (response) => {
        const reader: Reader = { response, at: after, authorization, viewer, stalled: false };
        const room = roomOf(viewer);
        readers.add(reader);
        const gone = new AbortController();
        response.once('close', () => {
          gone.abort();
          readers.delete(reader);
          room.readers.delete(reader);
        });
        // What is written to a connection that is gone is missed by nobody: its reader comes back.
        response.on('error', () => undefined);
        response.write(`retry: ${retry}\n\n`);
        void catchUp(reader, room, first, { name: client.name, signal: gone.signal }).catch((error: unknown) => {
          logger.debug({ error: String(error) }, 'an event stream ends');
          leave(reader);
        });
      };
    },
    /** Ends all of them in order: their readers come back, to another process or to this one. */
    close: (): void => {
      closed = true;
      stopListening();
      clearInterval(looking);
      clearInterval(beating);
      for (const reader of readers) leave(reader);
    },
  };
};

/** Whether a key still speaks for somebody of that role. */
export const stillSeesBy =
  (authenticate: Authenticate) =>
  async (authorization: string, viewer: Viewer): Promise<boolean> => {
    const key = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
    const principal = await authenticate(key).catch((error: unknown) => {
      if (error instanceof TokenRefused) return null;
      throw error;
    });
    return principal !== null && principal.role === viewer?.role;
  };

export type Streams = ReturnType<typeof createStreams>;

const contextOf = ({ name, signal = new AbortController().signal }: Partial<Client> & { name: string }) => ({
  held: undefined,
  noteFreshness: () => undefined,
  client: { name, signal },
});

/** Resolves once the reader has taken what was sent, or is gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
