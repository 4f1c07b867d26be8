import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './errors.ts';

const run = promisify(execFile);

/** The user that PostgreSQL runs as where this process may not run it itself. */
export type Account = { uid: number; gid: number };

/**
 * PostgreSQL refuses to run as root, so root runs it as the user `postgres`, which is made where there is none.
 * Answers null for everybody else: they run it as themselves.
 */
export const postgresAccount = async (): Promise<Account | null> => {
  if (process.getuid?.() !== 0) return null;
  const found = await lookUp();
  if (found !== null) return found;
  try {
    await run('groupadd', ['--system', 'postgres']).catch(() => undefined);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (error) {
    throw new EmbeddedError(
      `PostgreSQL does not run as root, and a user "postgres" could not be made (${error instanceof Error ? error.message.trim() : String(error)}): ` +
        'make one, or run this as another user than root',
    );
  }
  const made = await lookUp();
  if (made === null)
    throw new EmbeddedError(
      'PostgreSQL does not run as root, and the user "postgres" is not there after it was made: run this as another user than root',
    );
  return made;
};

/** Where root keeps for that account what lies out of its reach elsewhere. Only root writes there, so what lies there is what root put there. */
export const shelf = '/var/lib/averment';

/** Throws an `EmbeddedError` that names the folder which keeps the account from reaching `path`. Null is this process's own user. */
export const requireReachable = async (path: string, account: Account | null): Promise<void> => {
  if (account === null) return;
  const folder = await firstClosed(dirname(resolve(path)), account);
  if (folder === null) return;
  throw new EmbeddedError(
    `PostgreSQL does not run as root, and the user "postgres" cannot reach the data directory ${path}, because ${folder} is closed to it. ` +
      `Run this as another user than root, or open the folder with: chmod o+x ${folder}` +
      ', or set DATA_DIR to another place, such as /var/lib/averment/data',
  );
};

/** The outermost folder on the way to and including `folder` that the account may not pass, or null. */
export const firstClosed = async (folder: string, account: Account): Promise<string | null> => {
  const parent = dirname(folder);
  const above = parent === folder ? null : await firstClosed(parent, account);
  if (above !== null) return above;
  const { uid, gid, mode } = await stat(folder);
  const allowed = uid === account.uid ? mode & 0o100 : gid === account.gid ? mode & 0o010 : mode & 0o001;
  return allowed === 0 ? folder : null;
};

const lookUp = async (): Promise<Account | null> => {
  try {
    const [user, group] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(user.stdout), gid: Number(group.stdout) };
  } catch {
    return null;
  }
};
