import type { Connection } from '@averment/event-log';
import { type Nodes, nodesOf } from '@averment/verify-log';

/** The hashes of a tile so far, null where there is none. */
export const readTile = async (connection: Connection, level: number, index: number): Promise<Buffer | null> => {
  const { rows } = await connection.query<{ hashes: Buffer }>('SELECT hashes FROM ledger.tiles WHERE level = $1 AND index = $2', [
    level,
    index,
  ]);
  return rows[0]?.hashes ?? null;
};

/** The nodes of the tree of `size` leaves, from the tiles as they are stored. Each tile is read once. */
export const storedNodes = (connection: Connection, size: number): Nodes => {
  const read = new Map<string, Promise<Buffer>>();
  return nodesOf(size, ({ level, index, width }) => {
    const name = `${level}/${index}`;
    const reading = read.get(name) ?? wideEnough(connection, Number(level), index, width);
    read.set(name, reading);
    return reading;
  });
};

const wideEnough = async (connection: Connection, level: number, index: number, width: number): Promise<Buffer> => {
  const hashes = await readTile(connection, level, index);
  if (hashes === null || hashes.length < width * 32) throw new Error(`the ledger lacks hashes of its tile ${level}/${index}`);
  return hashes.subarray(0, width * 32);
};
