import { Readable } from 'node:stream';
import type { ExportFile } from '@averment/exports';
import { createPlaces } from '@averment/platform';
import { type Client, type Snapshot, SnapshotEnded } from '@averment/read-models';
import { tagOf } from './http/etags.ts';
import { Refusal } from './problems/problem.ts';

/** A file that is being written as it is read. */
type Exported = Pick<Snapshot, 'position' | 'parked'> & { body: Readable; etag: string };

/** Writes a file of the record as it is now. Whoever asked reads `body` to its end, or destroys it. */
export type Exporting = (file: ExportFile, client: Client) => Promise<Exported>;

type Options = {
  open: () => Promise<Snapshot>;
  /** Exports under way at once; one client may have half of them. */
  atOnce: number;
  /** For how long one may go on, in milliseconds. */
  longest: number;
  /** For how long a client may take nothing, in milliseconds. */
  patience?: number;
};

/**
 * Makes what writes exports. Each holds a transaction of the database while it goes on, so there are few at once, and none lasts longer than its client needs:
 * where that takes nothing for a while, or all of it takes too long, the stream breaks.
 */
export const createExporting = ({ open, atOnce, longest, patience = 30_000 }: Options): Exporting => {
  const places = createPlaces({ all: atOnce, each: Math.ceil(atOnce / 2) });
  return async (file, client) => {
    const leave = places.take(client.name);
    if (leave === null) throw new Refusal('Overloaded', { detail: 'Too many exports are under way.' }, { 'retry-after': '10' });
    const snapshot = await open().catch((error: unknown) => {
      leave();
      throw error;
    });
    const chunks = file.write(snapshot);
    let ending: Promise<void> | undefined;
    const closed = async () => {
      await chunks.return(undefined).catch(() => undefined);
      await snapshot.close();
      leave();
    };
    const end = () => {
      ending ??= closed();
      return ending;
    };
    try {
      // What the database cannot do at all it is told for before the answer begins.
      const first = await chunks.next();
      const { position, parked } = snapshot;
      return {
        position,
        parked,
        etag: tagOf(JSON.stringify(tellingBytes(snapshot, file))),
        body: flowOf(first, chunks, { longest, patience, end }),
      };
    } catch (error) {
      await end();
      throw error;
    }
  };
};

/** What the bytes of a file follow from. */
const tellingBytes = ({ position, log, model, parked }: Snapshot, { of, format, columns }: ExportFile) => [
  `${position}`,
  log,
  model,
  parked,
  of,
  format,
  columns,
];

type Chunk = string | Uint8Array;
type Flow = { longest: number; patience: number; end: () => Promise<void> };

/** Each chunk is made once the one before it is taken. What is held for it is given back before its end is sent, and before it closes. */
const flowOf = (first: IteratorResult<Chunk>, chunks: AsyncGenerator<Chunk>, { longest, patience, end }: Flow): Readable => {
  let ahead: IteratorResult<Chunk> | undefined = first;
  let silent: NodeJS.Timeout | undefined;
  const pull = async (): Promise<void> => {
    const { done, value } = ahead ?? (await chunks.next());
    ahead = undefined;
    if (done) await end();
    if (body.destroyed) return;
    silent = setTimeout(() => body.destroy(new SnapshotEnded('its client takes nothing')), patience);
    body.push(done ? null : value);
  };
  const body = new Readable({
    read: () => {
      clearTimeout(silent);
      void pull().catch((error: Error) => body.destroy(error));
    },
    destroy: (error, closed) => {
      clearTimeout(silent);
      clearTimeout(over);
      void end().then(() => closed(error), closed);
    },
  });
  const over = setTimeout(() => body.destroy(new SnapshotEnded('it took too long')), longest);
  return body;
};
