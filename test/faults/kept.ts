import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scope } from './experiment.ts';

export type Kind = 'api' | 'worker';
/** How a process is started: with further arguments to Node. */
export type Start = { execArgv?: string[] };

/** A process of the service that is started again whenever it dies, at the same address, as an operator's supervisor would. */
export type Kept = {
  kind: Kind;
  /** Where it serves; null for a worker. */
  url: string | null;
  /** The process that runs now. */
  process(): ChildProcess;
  /** Ends it as if the power went, and resolves when its successor is ready. */
  crash(): Promise<void>;
  /** How often it was started again. */
  restarts(): number;
};

export const programOf = (kind: string, file: string) => fileURLToPath(new URL(`../../services/${kind}/src/${file}.ts`, import.meta.url));

type Running = { child: ChildProcess; url: string | null };

/** Starts a process with the environment for the port (`0`: any that is free), and keeps it up to the end of the scope. */
export const keepUp = async (
  scope: Scope,
  kind: Kind,
  env: (port: string) => NodeJS.ProcessEnv,
  { execArgv = [] }: Start,
): Promise<Kept> => {
  let over = false;
  let restarts = 0;
  let port = '0';
  let died = (_: Promise<void>) => {};

  const begin = async (): Promise<Running> => {
    const child = fork(programOf(kind, 'main'), [], { env: env(port), execArgv: [...process.execArgv, ...execArgv], silent: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed = `${printed}${chunk.toString('utf8')}`.slice(-2000);
      });
    }
    const url = await new Promise<string | null>((resolve, reject) => {
      child.once('message', (message: { url?: string }) => resolve(message.url ?? null));
      child.once('exit', (code, signal) => reject(new Error(`the ${kind} ended with ${code ?? signal} before it was ready: ${printed}`)));
    });
    if (url !== null) port = new URL(url).port;
    child.once('exit', () => {
      if (!over) died(again());
    });
    return { child, url };
  };

  /** A supervisor does not give up while the database is away. */
  const again = async (): Promise<void> => {
    for (let left = 60; !over; left -= 1) {
      try {
        running = await begin();
        restarts += 1;
        if (over) running.child.kill('SIGKILL');
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  };

  let running = await begin();
  scope.teardown(async () => {
    over = true;
    const { child } = running;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  });
  return {
    kind,
    url: running.url,
    process: () => running.child,
    crash: async () => {
      const successor = new Promise<Promise<void>>((resolve) => {
        died = (ready) => resolve(ready);
      });
      running.child.kill('SIGKILL');
      await await successor;
    },
    restarts: () => restarts,
  };
};

/** Stops a process where it stands; what is answered lets it go on, long after everybody took it for dead. */
export const freeze = ({ process }: Kept): (() => void) => {
  const frozen = process();
  frozen.kill('SIGSTOP');
  return () => void frozen.kill('SIGCONT');
};
