import { randomBytes } from 'node:crypto';
import { access, open, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// A PostgreSQL that finds no room for its write-ahead log or a checkpoint ends, and does not start before there is some: then nothing could be read either.
// So before it comes to that nothing is written any more, and a file is kept whose removal makes room for both.

const megabyte = 1024 * 1024;
/** With less free than this, in bytes, nothing is written; with twice as much it is again. */
const enough = 64 * megabyte;
/** What a server needs that is only read: two segments of the write-ahead log. */
const least = 32 * megabyte;
const reserved = 48 * megabyte;

/** The configuration includes it where it is there. */
export const readOnlyFile = 'read-only.conf';
const filesIn = (folder: string) => ({
  on: join(folder, readOnlyFile),
  off: join(folder, `${readOnlyFile}.off`),
  reserve: join(folder, 'averment.reserve'),
});

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** How many bytes are free on the disk of the folder. */
export const freeIn = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/**
 * Looks how much room the cluster has. From the next reading of its configuration on, it may be written to or only read; answers whether it may only be
 * read. A full disk still has room for another name of an existing file, and that is all that this takes.
 */
export const settleRoom = async (folder: string): Promise<boolean> => {
  const { on, off, reserve } = filesIn(folder);
  const [free, isOn] = [await freeIn(folder), await isThere(on)];
  if (isOn) {
    if (free < 2 * enough + ((await isThere(reserve)) ? 0 : reserved)) return true;
    await rename(on, off);
    return false;
  }
  if (!(await isThere(off))) await writeFile(off, 'default_transaction_read_only = on\n', { mode: 0o644 });
  if (free < enough) await rename(off, on);
  return free < enough;
};

/** Where there is too little room to start a server or to write a checkpoint, the reserve goes. For a cluster that may only be read: else it would be written full. */
export const giveUpReserve = async (folder: string): Promise<void> => {
  if ((await freeIn(folder)) < least) await rm(filesIn(folder).reserve, { force: true });
};

/** Makes the reserve where there is none and there is room for it. */
export const keepReserve = async (folder: string): Promise<void> => {
  const { reserve } = filesIn(folder);
  if ((await isThere(reserve)) || (await freeIn(folder)) < 2 * enough + reserved) return;
  // Something that no file system can pack.
  const piece = randomBytes(megabyte);
  const file = await open(`${reserve}.draft`, 'w', 0o600);
  try {
    for (let written = 0; written < reserved; written += piece.length) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${reserve}.draft`, reserve);
};
