// Finds the npm that runs this process, and notices its end. npm passes SIGTERM and SIGINT on to its shell alone and dies of other signals, and a shell
// that dies tells nobody: what was started by `npm start` would go on without them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const every = 250;

/** What the system knows of a process: its parent, and the name of its program; undefined where it is gone. */
const lookUp = (pid) => {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, name] = /^\s*(\d+)\s+(.*)$/m.exec(stdout ?? '') ?? [];
    return parent === undefined ? undefined : { parent: Number(parent), name };
  }
  try {
    const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    // One whose parent has not asked how it ended is gone all the same.
    return state === 'Z' ? undefined : { parent: Number(parent), name };
  } catch {
    return undefined;
  }
};

const isThere = (pid) => {
  if (process.platform === 'linux') return lookUp(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Calls back once npm, pnpm or the like is gone, if that runs this task: it, or the shell between. A process that was started otherwise has no caller. */
export const onCallerGone = (task, callBack) => {
  if (process.env.npm_lifecycle_event !== task) return;
  const shell = process.ppid;
  const first = process.platform === 'win32' ? undefined : lookUp(shell);
  const callers = first !== undefined && /sh$/.test(first.name) ? [shell, first.parent] : [shell];
  const timer = setInterval(() => {
    if (process.ppid === shell && callers.every(isThere)) return;
    clearInterval(timer);
    callBack();
  }, every);
  timer.unref();
};
