import { setTimeout } from 'node:timers/promises';
import type { Jobs } from '@averment/jobs';
import { projectionNames, type Runner } from '@averment/read-models';

type Hinting = {
  /** Hears the position of each append of this process. Returns at once and never throws. */
  appended(position: bigint): void;
  close(): Promise<void>;
};

/** In milliseconds: between two looks at the models, and for how long one that stood still is hinted at with each append. */
const usual = { between: 1000, help: 60_000 };

/**
 * Hints by jobs that there is something new, where that may help (docs/decisions, 68): at a model that did not move from one look to the next though an append
 * of this process waits for it, and from then on for a while with each append. The other models are heard of by nobody but the log's own listeners.
 */
export const createHinting = (
  { runner, jobs }: { runner: Pick<Runner, 'status'>; jobs: Pick<Jobs, 'hint'> },
  { between, help } = usual,
): Hinting => {
  /** Until when a model is hinted at, by `performance.now()`. */
  const helped = new Map<string, number>();
  const closing = new AbortController();
  let newest = 0n;
  let watching: Promise<void> | undefined;

  /** Empty where the models cannot be asked: a hint does no harm then. */
  const positions = async (): Promise<ReadonlyMap<string, bigint | null>> => {
    const status = await runner.status(projectionNames).catch(() => new Map<string, never>());
    return new Map([...status].map(([name, { position }]) => [name, position]));
  };

  /** Looks until all models have what was appended, or those that have not were hinted at for the last of it. */
  const watch = async (): Promise<void> => {
    let stood = await positions();
    for (;;) {
      const wanted = newest;
      await setTimeout(between, undefined, { signal: closing.signal });
      const now = await positions();
      const late = projectionNames.filter((name) => (now.get(name) ?? -1n) < wanted);
      const still = late.filter((name) => now.get(name) === stood.get(name));
      for (const name of still) {
        helped.set(name, performance.now() + help);
        jobs.hint(name);
      }
      if (newest === wanted && still.length === late.length) break;
      stood = now;
    }
    watching = undefined;
  };

  return {
    appended: (position) => {
      if (position > newest) newest = position;
      for (const [name, until] of helped) {
        if (performance.now() < until) jobs.hint(name);
        else helped.delete(name);
      }
      watching ??= watch().catch(() => undefined);
    },
    close: async () => {
      closing.abort();
      await watching;
    },
  };
};
