import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isCode, syncFolder } from '@averment/platform';
import type { Snapshot } from '@averment/read-models';
import { exportFiles, fileName } from './exports.ts';

/** The ledger, as far as a folder holds it: its last signed checkpoint (a note), and the keys that it is verified with. */
export type Signed = { checkpoint: string; keys: readonly string[] };

/** A file of the folder. */
export type Written = { name: string; bytes: number; sha256: string };
export type Counted = Written & { rows: number; type: string; columns: readonly string[] };

/** What stands in `manifest.json`. */
export type Manifest = {
  position: string;
  /** What the log is called. */
  log: string;
  /** Streams that are missing, because an event of theirs is parked. */
  incomplete: number;
  writtenAt: string;
  files: Counted[];
  /** The checkpoint’s file, and the keys; null where the ledger had signed none. */
  ledger: { checkpoint: string; keys: readonly string[] } | null;
};

/** There is such a folder already. */
export class FolderThere extends Error {
  override readonly name = 'FolderThere';
}

type Options = {
  snapshot: Snapshot;
  /** The folder in which a new one is made. */
  dir: string;
  now: Date;
  /** Asked once all else is written: by then it covers the position. */
  signed: () => Promise<Signed | null>;
  /** Hears how far the file is that is being written. */
  onProgress: (file: string, done: { rows: number; bytes: number }) => void;
};

/**
 * Writes all files of a snapshot, `manifest.json` and `SHA256SUMS`, which `sha256sum -c` reads, into a new folder named by day and position. Nothing of it is
 * there before all of it is on disk. Throws `FolderThere` where one of that name is.
 */
export const writeFolder = async ({ snapshot, dir, now, signed, onProgress }: Options): Promise<{ path: string; manifest: Manifest }> => {
  const { position, log, parked } = snapshot;
  const path = join(dir, `averment-${now.toISOString().slice(0, 10)}-${position}`);
  const isThere = () =>
    stat(path).then(
      () => true,
      () => false,
    );
  if (await isThere()) throw new FolderThere(`${path} is there already`);
  const draft = `${path}.${randomUUID()}.draft`;
  await mkdir(draft, { recursive: true });
  try {
    const files: Counted[] = [];
    for (const file of exportFiles) {
      const name = fileName(file, position);
      const counting = counted(snapshot, (rows) => {
        done.rows += rows;
      });
      const done = { rows: 0, bytes: 0 };
      const written = await writeFile(join(draft, name), file.write(counting), (bytes) => {
        done.bytes = bytes;
        onProgress(name, done);
      });
      files.push({ name, ...written, rows: done.rows, type: file.type, columns: file.columns });
    }
    const last = await signed();
    const others: Written[] = [];
    const add = async (name: string, content: string) => {
      others.push({ name, ...(await writeFile(join(draft, name), [content])) });
    };
    if (last !== null) await add('checkpoint', last.checkpoint);
    const manifest: Manifest = {
      position: String(position),
      log,
      incomplete: parked.length,
      writtenAt: now.toISOString(),
      files,
      ledger: last && { checkpoint: 'checkpoint', keys: last.keys },
    };
    await add('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
    await writeFile(join(draft, 'SHA256SUMS'), [[...files, ...others].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')]);
    await syncFolder(draft);
    // A folder that is empty would be replaced.
    if (await isThere()) throw new FolderThere(`${path} is there already`);
    await rename(draft, path).catch((error: unknown) => {
      throw isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST') ? new FolderThere(`${path} is there already`) : error;
    });
    await syncFolder(dirname(path));
    return { path, manifest };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

/** The same snapshot, of which each row that is read is counted. */
const counted = (snapshot: Snapshot, count: (rows: number) => void): Snapshot => {
  const of = async function* <Row>(batches: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
    for await (const rows of batches) {
      count(rows.length);
      yield rows;
    }
  };
  return {
    ...snapshot,
    documents: () => of(snapshot.documents()),
    incidents: () => of(snapshot.incidents()),
    claims: () => of(snapshot.claims()),
  };
};

type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string>;

/** Writes a new file through to the disk. */
const writeFile = async (
  path: string,
  chunks: Chunks,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Omit<Written, 'name'>> => {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o644);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      const piece = Buffer.from(chunk);
      hash.update(piece);
      await file.writeFile(piece);
      bytes += piece.length;
      onBytes(bytes);
    }
    await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
};
