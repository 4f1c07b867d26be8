import { fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a figure has to be read beside. */
export type Machine = { cores: number; model: string; memoryGiB: number; node: string; load: number; fdatasyncs: number };

/** How often in a second one block of 8 KiB is written and flushed in this folder: what a commit of its own costs here. */
const fdatasyncsIn = (folder: string): number => {
  const path = join(folder, 'fdatasync.probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(8192, 1);
  const begun = performance.now();
  let flushed = 0;
  for (; performance.now() - begun < 1000; flushed += 1) {
    writeSync(file, block, 0, block.length, (flushed % 128) * block.length);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - begun) / 1000;
  rmSync(path);
  return Math.round(flushed / seconds);
};

/** `folder` lies on the disk that the databases are on. Takes a second. */
export const lookAtMachine = (folder: string): Machine => ({
  cores: availableParallelism(),
  model: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  load: Number(loadavg()[0]?.toFixed(2)),
  fdatasyncs: fdatasyncsIn(folder),
});
