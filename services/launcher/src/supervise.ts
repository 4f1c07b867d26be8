import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { configExit, type Logger } from '@averment/platform';

/** A program that is kept running. */
export type Supervised = {
  /** Resolves when it is ready for the first time, with the address that it serves at, if it serves. */
  ready: Promise<string | null>;
  /** Ends it and starts it again, with the environment as it is then. */
  restart(): void;
  /** Ends it for good: its channel is closed, upon which it finishes what it does; what does not end then is killed. */
  stop(): Promise<void>;
};

/** How often a program may end before it was ever ready. */
const chances = 6;
const longestPause = 10_000;
/** A program that ran this long (milliseconds) begins with short pauses again. */
const proven = 30_000;
/** A child ends by itself within 15 s; this much later it is stuck. */
const patience = 20_000;

/**
 * Runs a program as a child with a channel, and again whenever it ends, after a pause that doubles from 200 ms to 10 s.
 * It says `{ready: true, url?}` over the channel when it is ready. A program that never gets that far in six tries
 * is given up, and at once when it says that its settings will not do (`configExit`).
 */
export const supervise = (options: {
  name: string;
  file: string;
  environment: () => Record<string, string>;
  logger: Logger;
  giveUp: (why: string) => void;
}): Supervised => {
  const { name, logger } = options;
  const ready = Promise.withResolvers<string | null>();
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let wasReady = false;

  const keepRunning = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const started = performance.now();
      child = fork(options.file, [], {
        env: { ...process.env, ...options.environment() },
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      child.on('message', (message) => {
        if (!saysReady(message)) return;
        wasReady = true;
        ready.resolve(message.url ?? null);
      });
      // Without a listener a failed fork would end the launcher.
      child.on('error', (error) => logger.error({ child: name, error: error.message }, 'a child could not be run'));
      const [code, signal] = await ended(child);
      if (stopping.signal.aborted) return;
      failures = performance.now() - started > proven ? 1 : failures + 1;
      if (!wasReady && code === configExit) return options.giveUp('cannot start with these settings');
      if (!wasReady && failures >= chances) return options.giveUp('ends again and again before it is ready');
      logger.warn({ child: name, code, signal, failures }, 'a child ended, starting it again');
      await delay(Math.min(100 * 2 ** failures, longestPause), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = keepRunning();

  return {
    ready: ready.promise,
    restart: () => {
      if (child?.connected) child.disconnect();
    },
    stop: async () => {
      stopping.abort();
      const last = child;
      if (last?.connected) last.disconnect();
      const limit = setTimeout(() => {
        logger.error({ child: name }, 'a child does not stop, killing it');
        last?.kill('SIGKILL');
      }, patience);
      await running;
      clearTimeout(limit);
    },
  };
};

/** The code and the signal of the end, also for a child that never began. */
const ended = async (child: ChildProcess): Promise<[number | null, string | null]> => {
  if (child.pid === undefined) return [null, null];
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return [code, signal];
};

const saysReady = (message: unknown): message is { ready: true; url?: string } =>
  message !== null && typeof message === 'object' && 'ready' in message && message.ready === true;
