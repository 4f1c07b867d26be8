import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Owner } from './server.ts';

export type Program = { child: ChildProcess /** Where it serves, if it does. */; url: string };

const root = join(import.meta.dirname, '..', '..');
export const fileOf = (path: string): string => join(root, path);

/** Starts what `npm run api` or `npm run worker` starts, and waits until it says that it is ready. It is ended with its owner. */
export const startProgram = async (t: Owner, file: string, settings: Record<string, string>): Promise<Program> => {
  const child = fork(fileOf(file), [], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ ready?: boolean; url?: string } | number | null];
  if (said === null || typeof said !== 'object' || said.ready !== true) throw new Error(`${file} ended with ${said} before it was ready`);
  return { child, url: said.url ?? '' };
};

/** Ends programs as an operator does, all at once; answers their exit codes. */
export const stopPrograms = async (programs: readonly Program[]): Promise<unknown[]> =>
  await Promise.all(
    programs.map(async ({ child }) => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return (await ended)[0];
    }),
  );

/** Runs a command line to its end; answers its code and what it printed. */
export const runCommand = async (
  file: string,
  settings: Record<string, string>,
  ...args: string[]
): Promise<{ code: unknown; out: string }> => {
  const child = fork(fileOf(file), args, { env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...settings }, silent: true });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  const [code] = await once(child, 'close');
  return { code, out };
};

/** Spreads connections over several servers in turn, as a proxy does; answers its own address. */
export const startBalancer = async (t: Owner, urls: readonly string[]): Promise<string> => {
  let turn = 0;
  const server = createServer((socket) => {
    const { hostname, port } = new URL(urls[turn % urls.length] ?? '');
    turn += 1;
    const other = connect(Number(port), hostname);
    socket.pipe(other).pipe(socket);
    for (const [one, another] of [[socket, other] as const, [other, socket] as const]) one.on('error', () => another.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
};
