import type { Written } from '@averment/commands';
import type { EventLog } from '@averment/event-log';
import { createPlaces, type Logger, type Places, shared } from '@averment/platform';
import type { Client, Runner } from '@averment/read-models';

/** In milliseconds: how long a read waits in all, how much of that for the models, and how long a write for being noted. */
const patience = { read: 2000, models: 2000, write: 1000 };

/** Beside those who wait because they asked to (`models.ts`): they lose no place to those who did not. */
const places = { all: 128, each: 16 };

/** Who writes reads it, in whatever process (docs/decisions, 79). Nothing here rejects: no request fails because of it. */
export type OwnWrites = {
  /** Notes what a subject wrote, before it is told that it did. */
  wrote(subject: string, position: bigint): Promise<void>;
  /**
   * Waits until the models have what the subject last wrote. Answers what may be missing nevertheless: the position of it, or `unknown` where that could not
   * be found out. Null: nothing is missing.
   */
  reached(names: readonly string[], subject: string, client: Client): Promise<bigint | 'unknown' | null>;
};

type OwnWritesOptions = {
  written: Written;
  runner: Pick<Runner, 'position' | 'waitFor'>;
  log: Pick<EventLog<object>, 'head'>;
  logger: Pick<Logger, 'warn'>;
  waits?: { read: number; models: number; write: number };
  waiting?: Places;
};

export const createOwnWrites = ({
  written,
  runner,
  log,
  logger,
  waits = patience,
  waiting = createPlaces(places),
}: OwnWritesOptions): OwnWrites => {
  const head = shared(() => log.head());
  const warn = (what: string) => (error: Error) => logger.warn({ error: error.message }, what);

  /** Whether the models have it, or nobody ever will. */
  const isThere = async (names: readonly string[], subject: string, position: bigint, client: Client): Promise<boolean> => {
    if (((await runner.position(names)) ?? -1n) >= position) return true;
    // A log from an older backup has less than was written to the one before it.
    if (position > (await head())) {
      await written.forget({ subject, position });
      return true;
    }
    const leave = waiting.take(client.name);
    if (leave === null) return false;
    try {
      return await runner.waitFor(names, position, waits.models, client.signal);
    } finally {
      leave();
    }
  };

  return {
    wrote: (subject, position) =>
      within(waits.write, undefined, written.note({ subject, position }).catch(warn('what a subject wrote could not be noted'))),
    reached: async (names, subject, client) => {
      let position: bigint | 'unknown' | null = 'unknown';
      const reading = async () => {
        position = await written.last(subject);
        return position === null || (await isThere(names, subject, position, client)) ? null : position;
      };
      const missing = await within(waits.read, 'late', reading().catch(warn('what a subject wrote could not be waited for')));
      return missing === null ? null : position;
    },
  };
};

/** The answer, or `late` after so many milliseconds. */
const within = <T, L>(milliseconds: number, late: L, answer: Promise<T>): Promise<T | L> => {
  const { promise, resolve } = Promise.withResolvers<T | L>();
  const limit = setTimeout(() => resolve(late), milliseconds);
  void answer.then(resolve).finally(() => clearTimeout(limit));
  return promise;
};
