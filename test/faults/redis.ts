import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { testFolder } from '@averment/platform/testing';
import type { Scope } from './experiment.ts';

const run = promisify(execFile);

/** A Redis of an experiment's own, set as the documentation asks for. */
export type RedisServer = {
  url: string;
  /** Ends it as if the power went. */
  crash(): Promise<void>;
  /** Starts it again, at the same port, with what it had on disk. */
  start(): Promise<void>;
  /** Runs one of its commands. */
  command(...words: string[]): Promise<void>;
};

/** Why there can be no Redis here, or null. */
export const noRedis = async (): Promise<string | null> =>
  run('redis-server', ['--version']).then(
    () => null,
    () => 'redis-server is not on the PATH',
  );

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port is free'))));
    });
  });

/** Starts a Redis on a free port; it is ended, and its files are removed, with the scope. */
export const startRedis = async (scope: Scope): Promise<RedisServer> => {
  const folder = await testFolder(scope);
  const port = String(await freePort());
  const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
  let server: ChildProcess | null = null;

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn('redis-server', [...settings, ...durable], { stdio: ['ignore', 'pipe', 'ignore'] });
      server = child;
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (said.includes('Ready to accept connections')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    });
  const crash = async (): Promise<void> => {
    if (server === null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
    server = null;
  };

  await start();
  scope.teardown(crash);
  return {
    url: `redis://127.0.0.1:${port}`,
    crash,
    start,
    command: async (...words) => void (await run('redis-cli', ['-p', port, ...words])),
  };
};
