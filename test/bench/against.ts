import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Options } from './bench.ts';
import { lookAtMachine } from './machine.ts';
import { about, type Line, pairs } from './report.ts';
import { onlyHere } from './rows/index.ts';

/** What makes a build's data and starts its servers. All else of the bench is the load generator: both builds are measured by that of this one. */
const partsOfTheBuild = ['cast.ts', 'incidents.ts', 'load.ts', 'random.ts', 'stacks.ts'];

const run = promisify(execFile);
const bench = join('test', 'bench');
const here = join(import.meta.dirname, '..', '..');

/**
 * Measures this build and that of a commit in turns, round by round, with the same load generator, seed and sizes, and prints their lines in pairs. The
 * commit is checked out into a temporary folder, which is removed at the end, also after an interrupt.
 */
export const runAgainst = async (
  commit: string,
  names: readonly string[],
  options: Options,
  print: (text: string) => void,
): Promise<void> => {
  const id = (await run('git', ['-C', here, 'rev-parse', '--verify', '--short', `${commit}^{commit}`])).stdout.trim();
  // Root's own temporary folder may be closed to the account that root runs PostgreSQL as.
  const folder = await mkdtemp(join(process.getuid?.() === 0 ? '/var/tmp' : tmpdir(), 'averment-bench-'));
  const sides: ChildProcess[] = [];
  const work = async () => {
    await chmod(folder, 0o755);
    print(about(lookAtMachine(folder), { ...options, at: new Date() }));
    const there = join(folder, id);
    await checkOut(id, there);
    const node = await install(there);
    const namesThere = names.filter((name) => !onlyHere.has(name));
    sides.push(startSide(here, process.execPath, { ...options, names }), startSide(there, node, { ...options, names: namesThere }));
    await measure(names, namesThere, sides.map(turnsOf), `the build of ${id}`, print);
  };
  try {
    await Promise.race([work(), interrupt()]);
  } finally {
    await Promise.all(sides.map(end));
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
};

const interrupt = () =>
  new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => reject(new Error(`ended by ${signal}`)));
  });

/** The files of the commit, and over its load generator this one. */
const checkOut = async (commit: string, folder: string): Promise<void> => {
  await mkdir(folder);
  await run('git', ['-C', here, 'archive', '--format', 'tar', '--output', `${folder}.tar`, commit]);
  await run('tar', ['-xf', `${folder}.tar`, '-C', folder]);
  const files = await readdir(join(folder, bench)).catch((): string[] => []);
  if (!partsOfTheBuild.every((file) => files.includes(file))) throw new Error(`commit ${commit} has no bench that could be measured`);
  for (const file of await readdir(import.meta.dirname)) {
    if (!partsOfTheBuild.includes(file)) await cp(join(import.meta.dirname, file), join(folder, bench, file), { recursive: true });
  }
};

type Installer = {
  installTools(root: string): Promise<void>;
  installWorkspace(root: string): Promise<void>;
  nodeBinary(root: string): string;
};

/** Installs the checkout by its own lock files, as it does itself before its first task. Answers the Node that runs it. */
const install = async (root: string): Promise<string> => {
  const { installTools, installWorkspace, nodeBinary } = (await import(
    pathToFileURL(join(root, 'tools', 'install.mjs')).href
  )) as Installer;
  await installTools(root);
  await installWorkspace(root);
  return nodeBinary(root);
};

const startSide = (root: string, node: string, what: Options & { names: readonly string[] }): ChildProcess =>
  fork(join(root, bench, 'side.ts'), [JSON.stringify(what)], {
    cwd: root,
    execPath: node,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // An interrupt from the terminal comes to this process alone, so that each side can end what it has started.
    detached: true,
  });

/** Lets a side work until it waits for its next turn, and answers the lines of its row, if that is done. */
type Turns = () => Promise<Line[] | undefined>;

const turnsOf = (side: ChildProcess): Turns => {
  const gone = once(side, 'exit').then(() => {
    throw new Error(`${side.spawnargs.find((arg) => arg.endsWith('side.ts'))} ended`);
  });
  gone.catch(() => undefined);
  const said = async () => {
    const [{ lines }] = (await Promise.race([once(side, 'message'), gone])) as [{ lines?: Line[] }];
    return lines;
  };
  const ready = said();
  return async () => {
    await ready;
    const answer = said();
    side.send('go on');
    return answer;
  };
};

const end = async (side: ChildProcess): Promise<void> => {
  if (side.exitCode !== null || side.signalCode !== null) return;
  const gone = once(side, 'exit');
  if (side.connected) side.disconnect();
  await gone;
};

const measure = async (
  names: readonly string[],
  namesThere: readonly string[],
  [own, other]: Turns[],
  called: string,
  print: (text: string) => void,
): Promise<void> => {
  const all: Record<'own' | 'other', Line[]> = { own: [], other: [] };
  for (const name of names) {
    const begun = performance.now();
    const lines: Record<'own' | 'other', Line[]> = { own: [], other: [] };
    let working = Object.entries({ own, ...(namesThere.includes(name) && { other }) }) as ['own' | 'other', Turns][];
    while (working.length > 0) {
      const goOn: typeof working = [];
      for (const [side, go] of working) {
        const measured = await go();
        if (measured === undefined) goOn.unshift([side, go]);
        else lines[side] = measured;
      }
      // Whoever was last is the first of the next round.
      working = goOn;
    }
    all.own.push(...lines.own);
    all.other.push(...lines.other);
    print(`\n${name}, ${Math.round((performance.now() - begun) / 1000)} s\n${pairs(lines.own, lines.other, called)}`);
  }
  print(`\n${pairs(all.own, all.other, called)}`);
};
