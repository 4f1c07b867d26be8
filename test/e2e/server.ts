import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import type { Keys } from './client.ts';

/** What outlives a call is ended by it; a tap test is one. */
export type Owner = { teardown(run: () => Promise<void> | void): void };

export type Server = {
  url: string;
  keys: Keys;
  dataDir: string /** Ends it as Ctrl-C does; answers its exit code. */;
  stop(): Promise<number | null>;
};

const launcher = join(import.meta.dirname, '..', '..', 'services', 'launcher', 'src', 'main.ts');

/**
 * Starts what `npm start` starts, on a free port with a data directory of its own, and waits until it says where it serves. Stopped after the test.
 * Rejects with what it printed when it ends before that.
 */
export const startServer = async (t: Owner, settings: Record<string, string> = {}): Promise<Server> => {
  const dataDir = settings.DATA_DIR ?? join(await testFolder(t), 'data');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', launcher], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn', ...settings, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString('utf8')}`.slice(-10_000);
  });
  const stop = (): Promise<number | null> => {
    child.kill('SIGINT');
    return ended;
  };
  t.teardown(async () => void (await stop()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (/^Ctrl-C stops it\.$/m.test(said)) resolve();
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${said}\n${errors}`)));
  });
  const url = /^ {2}api {3}(\S+)$/m.exec(said)?.[1];
  if (url === undefined) throw new Error(`the server did not say where it serves:\n${said}`);
  const keys = JSON.parse(await readFile(join(dataDir, 'keys.json'), 'utf8')) as Keys;
  return { url, keys, dataDir, stop };
};
