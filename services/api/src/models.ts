import type { Jobs } from '@averment/jobs';
import type { Runner } from '@averment/read-models';
import { Refusal } from './problems/problem.ts';
import type { Models } from './services.ts';

/** How long a request waits for a position or a time, in milliseconds. */
export const patience = 5000;

export const models = ['record', 'reviews', 'times'] as const;

/** Tells whoever advances the models that there is something new. */
export const hintsOf = (jobs: Pick<Jobs, 'hint'>): void => {
  for (const name of models) jobs.hint(name);
};

/** A request that waits keeps a place among those under way; the others are left to requests that do not wait. */
const mostWaiting = 256;

/** How the models stand, asked of the runner, which advances none of them here. */
export const modelsOf = (runner: Pick<Runner, 'status' | 'waitFor' | 'positionAt'>, wait = patience): Models => {
  let waiting = 0;
  return {
    status: async (names) => {
      const status = [...(await runner.status(names)).values()];
      let lowest: bigint | null = null;
      for (const { position } of status) {
        if (position === null) throw new Refusal('Unavailable', { detail: 'A read model is still being built.' });
        if (lowest === null || position < lowest) lowest = position;
      }
      return { position: lowest ?? 0n, parked: new Set(status.flatMap(({ parked }) => [...parked])) };
    },
    reached: async (names, position, signal) => {
      if (waiting >= mostWaiting) throw new Refusal('Overloaded', { detail: 'Too many requests wait for a position.' });
      waiting += 1;
      try {
        return await runner.waitFor(names, position, wait, signal);
      } finally {
        waiting -= 1;
      }
    },
    positionAt: (time) => runner.positionAt(time, wait),
  };
};
