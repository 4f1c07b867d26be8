import type { Logger } from '@averment/platform';

/** Something to do again and again. It may be done at any time and as often as one likes. */
export type Duty = {
  name: string;
  /** Does it; calls never overlap, and one that comes meanwhile lets it be done once more. */
  run: () => Promise<unknown>;
  /** How often it is done without being asked, in milliseconds. */
  every: number;
};

/** Tells of failures: the same one only now and then, and that it is over. */
export type Telling = { failed(name: string, error: unknown): void; works(name: string): void };

type Duties = {
  /** Does one, and resolves when it is done or has failed: that is told, and it is tried again when its time comes. */
  run(name: string): Promise<void>;
  /** Nothing is begun any more; waits for what is under way. */
  close(): Promise<void>;
};

/** The same failure is told once in this time, in milliseconds. */
const quiet = 60_000;

export const createTelling = (logger: Logger): Telling => {
  const told = new Map<string, { message: string; at: number }>();
  return {
    failed: (name, error) => {
      const message = error instanceof Error ? error.message : String(error);
      const before = told.get(name);
      if (before?.message === message && performance.now() - before.at < quiet) return;
      told.set(name, { message, at: performance.now() });
      logger.warn({ duty: name, error: message }, 'it failed, and is tried again');
    },
    works: (name) => {
      if (told.delete(name)) logger.info({ duty: name }, 'it works again');
    },
  };
};

/** Does all of them at once, then each when it is asked for, and every so often by itself. */
export const keepDoing = (duties: readonly Duty[], telling: Telling): Duties => {
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const attempt = async ({ name, run }: Duty): Promise<void> => {
    try {
      await run();
      telling.works(name);
    } catch (error) {
      if (!closed) telling.failed(name, error);
    }
  };

  const run = async (name: string): Promise<void> => {
    const duty = duties.find((one) => one.name === name);
    if (duty === undefined || closed) return;
    const attempting = attempt(duty);
    underWay.add(attempting);
    await attempting;
    underWay.delete(attempting);
  };

  const timers = duties.map(({ name, every }) => setInterval(() => void run(name), every));
  for (const { name } of duties) void run(name);

  return {
    run,
    close: async () => {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
};
