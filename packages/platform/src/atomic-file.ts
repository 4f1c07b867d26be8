import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file in one step: whoever reads it, even after a crash, sees all of it or nothing of it. The data is on disk when this returns.
 * `mode` is that of the new file. An existing file is replaced.
 */
export const writeWhole = async (path: string, content: string, mode: number): Promise<void> => {
  const draft = await writeDraft(path, content, mode);
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
};

/** Like `writeWhole`, but leaves an existing file alone. Answers whether this call made the file. */
export const writeWholeOnce = async (path: string, content: string, mode: number): Promise<boolean> => {
  const draft = await writeDraft(path, content, mode);
  try {
    await link(draft, path);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
};

/** Makes a rename or a new name inside the folder survive a power cut, where the system knows how to. */
export const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Whether an error is the operating system's error of that name, such as `ENOENT`. */
export const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const writeDraft = async (path: string, content: string, mode: number): Promise<string> => {
  const draft = `${path}.${randomUUID()}.draft`;
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
};
