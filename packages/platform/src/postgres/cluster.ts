import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isCode, syncFolder } from '../atomic-file.ts';
import { alive } from '../process.ts';
import { type Account, firstClosed, requireReachable, shelf } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedError } from './errors.ts';
import { runProgram } from './program.ts';
import { readOnlyFile } from './room.ts';

export const superuser = 'averment';

/** The drafts that this process is making. */
const drafts = new Set<string>();

/** The folder of the cluster in a data directory, or the link to it. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'postgres');

/**
 * Where the cluster of a data directory lies or is to be made. In a directory that the account cannot reach, such as one in root's home, that is a
 * folder on root's shelf, with a link to it in the data directory.
 */
export const clusterPlace = async (dataDir: string, account: Account | null): Promise<string> => {
  const folder = clusterFolder(dataDir);
  await makeDataDir(dataDir);
  const linked = await readlink(folder).catch(() => null);
  if (linked !== null) return linked;
  if (account === null || (await clusterExists(folder)) || (await firstClosed(resolve(dataDir), account)) === null) return folder;
  const place = join(shelf, `data-${randomBytes(8).toString('hex')}`, 'postgres');
  await mkdir(dirname(place), { recursive: true, mode: 0o755 });
  await symlink(place, folder);
  return place;
};

/**
 * What the embedded server runs with. Durability is never traded for speed; WAL segments are not recycled, so that erased text does not
 * survive in a renamed one; statements and their parameters, which may hold text about people, stay out of the server's log.
 */
const settings = {
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "''",
  max_connections: '100',
  password_encryption: "'scram-sha-256'",
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_recycle: 'off',
  shared_buffers: "'128MB'",
  work_mem: "'8MB'",
  maintenance_work_mem: "'64MB'",
  max_wal_size: "'512MB'",
  // Parallel queries need shared memory that small containers do not have.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: "'UTC'",
  log_timezone: "'UTC'",
  lc_messages: "'C'",
  log_checkpoints: 'off',
  log_statement: "'none'",
  log_min_error_statement: "'panic'",
  log_error_verbosity: "'terse'",
  log_parameter_max_length_on_error: '0',
};

/** A locale that each operating system has. */
const everywhere = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Makes the data directory if it is not there. Throws an `EmbeddedError` that says why it cannot be. */
export const makeDataDir = async (dataDir: string): Promise<void> => {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw describe(error, clusterFolder(dataDir));
  }
};

/** Whether the folder holds a database cluster. A cluster appears under its name only when it is complete. */
export const clusterExists = async (folder: string): Promise<boolean> => {
  try {
    await stat(join(folder, 'PG_VERSION'));
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return false;
    throw error;
  }
};

/**
 * Makes a database cluster, complete or not at all: it is built beside its place and moved there. Of several processes that try at once
 * one succeeds, and the others find its cluster. `extra` are further lines of configuration. `sync: false` leaves it to the system when its files are on
 * disk, for one that need not outlive the power. `locale` are arguments of `initdb`: no answer may depend on them.
 */
export const makeCluster = async (
  folder: string,
  binaries: Binaries,
  account: Account | null,
  { extra = [], sync = true, locale = everywhere }: { extra?: readonly string[]; sync?: boolean; locale?: readonly string[] } = {},
): Promise<void> => {
  const parent = dirname(folder);
  await makeDataDir(parent);
  await requireReachable(folder, account);
  await removeLeftovers(folder);

  const draft = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}.draft`;
  drafts.add(draft);
  const passwordFile = `${draft}.password`;
  const password = randomBytes(24).toString('base64url');
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await give(account, draft, passwordFile);
    await runProgram(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...locale,
        '--data-checksums',
        '--no-instructions',
        ...(sync ? [] : ['--no-sync']),
      ],
      account,
    );
    await writeFile(join(draft, 'password'), `${password}\n`, { mode: 0o600 });
    await writeFile(join(draft, 'postgresql.conf'), "\n# What Averment sets, written anew at every start.\ninclude = 'averment.conf'\n", {
      flag: 'a',
    });
    await writeConfiguration(draft, extra);
    await give(account, join(draft, 'password'), join(draft, 'averment.conf'));
    await rename(draft, folder);
    await syncFolder(parent);
  } catch (error) {
    const other = (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) && (await clusterExists(folder));
    if (!other) throw describe(error, folder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
    drafts.delete(draft);
  }
};

/** Writes the settings that the next start of the server reads; a disk that is full takes nothing from what is there as it should be. */
export const writeConfiguration = async (folder: string, extra: readonly string[] = []): Promise<void> => {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, 'averment.conf');
  const wanted = `${[...lines, ...extra, `include_if_exists = '${readOnlyFile}'`].join('\n')}\n`;
  if ((await readFile(file, 'utf8').catch(() => null)) !== wanted) await writeFile(file, wanted, { mode: 0o600 });
};

/** The superuser's password, which lies inside the cluster, where only its owner reads. */
export const clusterPassword = async (folder: string): Promise<string> => {
  try {
    return (await readFile(join(folder, 'password'), 'utf8')).trim();
  } catch (error) {
    if (isCode(error, 'EACCES')) throw belongsToAnother(folder);
    throw error;
  }
};

/** Throws an `EmbeddedError` if this process can neither use the cluster itself nor run it as the account. */
export const requireOwner = async (folder: string, account: Account | null): Promise<void> => {
  if (process.getuid === undefined) return;
  const { uid } = await stat(folder);
  if (uid !== (account?.uid ?? process.getuid())) throw belongsToAnother(folder);
};

const belongsToAnother = (folder: string): EmbeddedError =>
  new EmbeddedError(`${folder} belongs to another user: run this as the user who made it, or set DATA_DIR to another place`);

const give = async (account: Account | null, ...paths: string[]): Promise<void> => {
  if (account === null) return;
  for (const path of paths) await chown(path, account.uid, account.gid);
};

/** Removes what a process that died while it made a cluster left behind; an id that is this process's own now was another's then. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(dirname(folder))) {
    const [draft, pid] = new RegExp(`^${basename(folder)}\\.(\\d+)\\.[0-9a-f]+\\.draft`).exec(name) ?? [];
    if (draft === undefined || drafts.has(join(dirname(folder), draft))) continue;
    if (Number(pid) === process.pid || !alive(Number(pid))) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
};

const describe = (error: unknown, folder: string): unknown => {
  if (isCode(error, 'EACCES') || isCode(error, 'EPERM') || isCode(error, 'EROFS')) {
    return new EmbeddedError(`${dirname(folder)} cannot be written to: set DATA_DIR to a folder that can`);
  }
  if (isCode(error, 'EEXIST') || isCode(error, 'ENOTDIR'))
    return new EmbeddedError(`${dirname(folder)} is not a folder: set DATA_DIR to one`);
  if (isCode(error, 'ENOSPC')) return new EmbeddedError(`there is no room left on the disk of ${dirname(folder)}`);
  return error;
};
