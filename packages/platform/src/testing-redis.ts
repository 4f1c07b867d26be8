import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { keptPort } from './testing-port.ts';
import { programOnPath } from './testing-program.ts';

/** A private Redis for the tests of one file, on a free port, set up as the documentation asks for it. */
export type TestRedis = {
  url: string;
  /** As if the power went. */
  crash(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Starts one that was stopped or crashed, at the same port, with what it had kept. */
  start(): Promise<void>;
  /** Runs one of its commands, of words without spaces. */
  command(...words: string[]): Promise<void>;
  /** It holds its connections and answers nothing, until the returned function is called. */
  hang(): () => void;
};

export const redisPidFile = (folder: string): string => join(folder, 'redis.pid');

/** Why tests that need a Redis are skipped, or false where there is a `redis-server` on the PATH. */
export const redisMissing: string | false = programOnPath('redis-server') === undefined ? 'there is no redis-server on the PATH' : false;

/** Starts a Redis with its files in `folder`. Whoever made the folder ends it, by the pid that stands in it. */
export const startRedis = async (folder: string): Promise<TestRedis> => {
  const port = await keptPort();
  let child: ChildProcess | undefined;
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    pidfile: redisPidFile(folder),
    logfile: join(folder, 'redis.log'),
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const answers = async () => (await replyOf(port, 'PING'))?.startsWith('+PONG');
  const start = async () => {
    const own = spawn(
      'redis-server',
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      { stdio: 'ignore' },
    );
    child = own;
    const ended = once(own, 'exit').then(([code]) => Promise.reject(new Error(`redis-server ended with ${code}, see its redis.log`)));
    ended.catch(() => undefined);
    while (!(await Promise.race([answers(), ended]))) await new Promise((resolve) => setImmediate(resolve));
    own.unref();
  };
  const end = async (signal: NodeJS.Signals) => {
    const own = child;
    if (own === undefined || own.exitCode !== null || own.signalCode !== null) return;
    own.ref();
    const gone = once(own, 'exit');
    own.kill(signal);
    await gone;
  };
  await start();

  return {
    url: `redis://127.0.0.1:${port}`,
    crash: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start,
    command: async (...words) => {
      const reply = await replyOf(port, words.join(' '));
      if (reply === null || reply.startsWith('-')) throw new Error(`Redis answered ${words.join(' ')} with ${reply ?? 'nothing'}`);
    },
    hang: () => {
      child?.kill('SIGSTOP');
      return () => void child?.kill('SIGCONT');
    },
  };
};

/** What it says to a command, or null if nothing. */
const replyOf = (port: number, command: string): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    const done = (reply: string | null) => {
      socket.destroy();
      resolve(reply);
    };
    socket.once('data', (data) => done(data.toString()));
    socket.once('error', () => done(null));
    socket.once('close', () => done(null));
  });
