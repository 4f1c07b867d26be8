import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isCode } from '../atomic-file.ts';
import { alive } from '../process.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedError } from './errors.ts';
import { runProgram } from './program.ts';

/** A server that runs on a cluster, as its `postmaster.pid` tells. `ready` is false while it starts or stops. */
type RunningServer = { pid: number; port: number; ready: boolean };

/** No process has this id. */
const nobody = 2_147_483_646;
const startSeconds = '600';
const stopSeconds = '120';

/** Finds the server that runs on this cluster, or null: what a crash left of `postmaster.pid` does not count, nor one that was copied here. */
export const runningServer = async (folder: string): Promise<RunningServer | null> => {
  const lines = await pidFile(folder);
  if (lines === null) return null;
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !alive(pid) || !(await runsIn(pid, folder))) return null;
  return { pid, port: Number.isInteger(port) ? port : 0, ready: lines[7]?.trim() === 'ready' };
};

/**
 * Starts the server on 127.0.0.1, at `port` or, where that is null or taken, at a free one; answers the port when it takes connections.
 * Its messages go to `server.log` in the cluster.
 */
export const startServer = async (folder: string, binaries: Binaries, account: Account | null, port: number | null): Promise<number> => {
  await disownPidFile(folder);
  for (let tried = 1; ; tried += 1) {
    const chosen = tried === 1 && port !== null ? port : await freePort();
    const log = join(folder, 'server.log');
    await rename(log, join(folder, 'server.previous.log')).catch(() => undefined);
    try {
      await runProgram(
        binaries.pgCtl,
        ['start', '--pgdata', folder, '--wait', '--timeout', startSeconds, '--silent', '--log', log, '--options', `-p ${chosen}`],
        account,
      );
      return chosen;
    } catch (error) {
      const why = await complaint(log);
      if (tried < 10 && /could not bind|could not create any TCP/.test(why)) continue;
      // Processes of a killed server may need a moment to notice.
      if (tried < 50 && /pre-existing shared memory block/.test(why)) {
        await delay(100);
        continue;
      }
      if (/No space left on device/.test(why))
        throw new EmbeddedError(`PostgreSQL cannot start, because there is no room left on the disk of ${folder}`);
      throw why === '' ? error : new EmbeddedError(`PostgreSQL cannot start: ${why} (all of it: ${log})`);
    }
  }
};

/** Stops the server: `fast` ends its connections and leaves a clean cluster, `immediate` is as if the power went. No server is no error. */
export const stopServer = async (
  folder: string,
  binaries: Binaries,
  account: Account | null,
  mode: 'fast' | 'immediate' = 'fast',
): Promise<void> => {
  if ((await runningServer(folder)) === null) return;
  try {
    await runProgram(binaries.pgCtl, ['stop', '--pgdata', folder, '--mode', mode, '--wait', '--timeout', stopSeconds, '--silent'], account);
  } catch (error) {
    if ((await runningServer(folder)) !== null) throw error;
  }
};

/** A port of 127.0.0.1 that was free a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port was found')),
      );
    });
  });

const pidFile = async (folder: string): Promise<string[] | null> => {
  try {
    return (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
};

/** Whether this process is a server on this folder, and not one that got the same id later: a server's working directory is its cluster. */
const runsIn = async (pid: number, folder: string): Promise<boolean> => {
  if (process.platform === 'linux') {
    try {
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder));
    } catch {
      return false;
    }
  }
  if (process.platform === 'win32') return true;
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('postgres') && stdout.includes(await realpath(folder));
  } catch {
    return false;
  }
};

/**
 * PostgreSQL would not start while the id in `postmaster.pid` belongs to a living process, though it be another program's.
 * The file itself stays: it also names the shared memory, by which PostgreSQL finds processes of a killed server that still write.
 */
const disownPidFile = async (folder: string): Promise<void> => {
  const lines = await pidFile(folder);
  if (lines === null || !alive(Number(lines[0])) || (await runningServer(folder)) !== null) return;
  if (!(Number(lines[0]) > 0)) return rm(join(folder, 'postmaster.pid'), { force: true });
  await writeFile(join(folder, 'postmaster.pid'), [String(nobody), ...lines.slice(1)].join('\n'));
};

const complaint = async (log: string): Promise<string> => {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => /FATAL|PANIC|ERROR|could not|cannot/.test(line));
  return lines.join('; ').slice(-1000);
};
