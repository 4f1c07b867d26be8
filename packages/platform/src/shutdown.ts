import type { EventEmitter } from 'node:events';
import type { Logger } from './logger.ts';

/** The parts of `process` that shutting down needs, so that a test can play them. */
export type ProcessLike = Pick<EventEmitter, 'on'> & { channel?: object | null | undefined; connected?: boolean; exit(code: number): void };

export type Shutdown = {
  /** Registers what has to be closed. Closers run one after another, the last registered first. */
  add(name: string, close: () => Promise<void> | void): void;
  /** Aborts as soon as shutting down begins. */
  signal: AbortSignal;
  /** Closes everything and ends the process with this code; a second call changes nothing. */
  begin(why: string, code: number): Promise<void>;
};

/** One press of Ctrl-C reaches a process several times: from the terminal, and from each parent that passes it on. */
const samePress = 1000;

/**
 * Ends the process in order on SIGINT, SIGTERM or SIGHUP, or when its parent's channel closes, with code 0.
 * It is bounded: after `grace` milliseconds (default 15,000), or on a second press, the process ends with code 1 whatever is still open.
 * A child (a process with a channel) leaves SIGINT to its parent, which closes the channel when it is the child's turn.
 */
export const createShutdown = (options: { logger: Logger; process?: ProcessLike; grace?: number; now?: () => number }): Shutdown => {
  const { logger } = options;
  const own: ProcessLike = options.process ?? process;
  const now = options.now ?? performance.now.bind(performance);
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  const stopping = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  let begun: { at: number; done: Promise<void> } | undefined;

  const end = (code: number): void => {
    clearTimeout(limit);
    own.exit(code);
  };

  const closeAll = async (why: string, code: number): Promise<void> => {
    logger.info({ why }, 'stopping');
    limit = setTimeout(() => {
      logger.error({ grace: options.grace ?? 15_000 }, 'stopping took too long, ending now');
      end(1);
    }, options.grace ?? 15_000);
    let result = code;
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      try {
        await closer.close();
      } catch (error) {
        logger.error({ error, closer: closer.name }, 'closing failed');
        result = 1;
      }
    }
    logger.info('stopped');
    end(result);
  };

  const begin = (why: string, code: number): Promise<void> => {
    if (begun === undefined) {
      begun = { at: now(), done: Promise.resolve() };
      stopping.abort();
      begun.done = closeAll(why, code);
    }
    return begun.done;
  };

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    own.on(name, () => {
      if (name === 'SIGINT' && own.channel) return;
      if (begun === undefined) void begin(name, 0);
      else if (now() - begun.at > samePress) end(1);
    });
  }
  own.on('disconnect', () => void begin('the parent closed its channel', 0));
  // The parent may have died before this listener was there.
  if (own.connected === false) void begin('the parent is gone', 0);

  return {
    add: (name, close) => closers.push({ name, close }),
    signal: stopping.signal,
    begin,
  };
};
