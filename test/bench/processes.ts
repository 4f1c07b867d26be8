import { readdir, readFile } from 'node:fs/promises';

/** What processes take, as Linux tells it; elsewhere nothing is told. */

/** The memory of a process in MiB, what it shares with others counted in parts (PSS). */
export const memoryOf = async (pid: number): Promise<number> => {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024;
};

/** A process and those that it started. */
export const familyOf = async (parent: number): Promise<number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(statOf));
  return [parent, ...pids.filter((_, index) => stats[index]?.[1] === String(parent))];
};

/** The fields of `/proc/PID/stat` from the third on; none of a process that has ended. */
const statOf = async (pid: number): Promise<string[]> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.split(') ').at(-1)?.split(' ') ?? [];
};

const millisecondsOfTick = 10;

/** The milliseconds of CPU that a process and those that it started have taken so far, ended ones included. Told in steps of 10. */
export const cpuOf = async (pid: number): Promise<number> => {
  const stats = await Promise.all((await familyOf(pid)).map(statOf));
  // Of the parent also what its ended children took; they are no longer in the list.
  const ticks = stats.flatMap((stat, index) => stat.slice(11, index === 0 ? 15 : 13)).map(Number);
  return ticks.reduce((sum, each) => sum + each, 0) * millisecondsOfTick;
};

/** Notes what CPU these processes take for each thing that is done, in microseconds. */
export const createMeter = <Name extends string>(processes: Record<Name, number>) => {
  const names = Object.keys(processes) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const now = async () => new Map(await Promise.all(names.map(async (name) => [name, await cpuOf(processes[name])] as const)));
  const during = async <T extends { done: number }>(run: () => Promise<T>): Promise<T> => {
    const before = await now();
    const answer = await run();
    for (const [name, after] of await now()) figures[name].push(((after - (before.get(name) ?? 0)) * 1000) / answer.done);
    return answer;
  };
  return { figures, during };
};
