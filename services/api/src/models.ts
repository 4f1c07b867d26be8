import type { EventLog } from '@averment/event-log';
import { createPlaces, type Places, shared } from '@averment/platform';
import type { Client, Models, Runner } from '@averment/read-models';
import { followingAll, type Off } from './following.ts';
import { Refusal } from './problems/problem.ts';

/** How long a request waits for a position or a time, in milliseconds. */
const patience = 5000;

/**
 * A request that waits keeps a place among those under way. So some places are left to requests that do not wait, and no client may take all places for
 * waiting.
 */
const places = { all: 256, each: 16 };

/** Throws if one of the models does not follow the log: its rows may be wrong, and what a command writes could not be read from it. */
export type FollowingRequired = { requireFollowing(names: readonly string[]): void };

type ModelsOptions = {
  runner: Pick<Runner, 'status' | 'waitFor' | 'positionAt'>;
  log: Pick<EventLog<object>, 'head'>;
  /** For how long a request waits, in milliseconds. */
  wait?: number;
  waiting?: Places;
  off?: Off;
};

const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

/** How far the models are, as the runner says; it advances none of them here. */
export const modelsOf = ({
  runner,
  log,
  wait = patience,
  waiting = createPlaces(places),
  off = () => followingAll,
}: ModelsOptions): Models & FollowingRequired => {
  const head = shared(() => log.head());

  const whileWaiting = async <T>({ name }: Client, run: () => Promise<T>): Promise<T> => {
    const leave = waiting.take(name);
    if (leave === null) throw new Refusal('Overloaded', { detail: 'Too many requests wait for a position or a time.' });
    try {
      return await run();
    } finally {
      leave();
    }
  };

  const requireFollowing = (names: readonly string[]): void => {
    for (const name of names) {
      const why = off().get(name);
      if (why !== undefined) throw new Refusal('Unavailable', { detail: sentence(why) });
    }
  };

  const status: Models['status'] = async (names) => {
    requireFollowing(names);
    const each = [...(await runner.status(names)).values()];
    let lowest: bigint | null = null;
    for (const { position } of each) {
      if (position === null) throw new Refusal('Unavailable', { detail: 'A read model is still being built.' });
      if (lowest === null || position < lowest) lowest = position;
    }
    return { position: lowest ?? 0n, parked: new Set(each.flatMap(({ parked }) => [...parked])) };
  };

  return {
    status,
    requireFollowing,
    reached: async (names, position, client) => {
      const now = await status(names);
      if (now.position >= position) return now;
      const end = await head();
      if (position > end) throw new Refusal('NotReached', { detail: `The log has no position ${position} yet: it ends at ${end}.` });
      await whileWaiting(client, () => runner.waitFor(names, position, wait, client.signal));
      const then = await status(names);
      if (then.position >= position) return then;
      throw new Refusal('NotReached', { detail: `The read models have not reached position ${position}: they are at ${then.position}.` });
    },
    positionAt: async (time, client) => {
      requireFollowing(['times']);
      const now = await runner.positionAt(time, 0);
      const found = 'at' in now ? now : await whileWaiting(client, () => runner.positionAt(time, wait, client.signal));
      if ('at' in found) return found.at;
      if ('behind' in found)
        throw new Refusal('NotReached', { detail: 'What was recorded up to that time is not in the read models yet.' });
      const message = time.begins > found.later.toISOString() ? 'is in the future' : 'is not over yet';
      throw new Refusal('TimeInFuture', {
        detail: `That time ${message}: it is ${found.later.toISOString()} by the log's clock. Ask for a time up to then.`,
        errors: [{ pointer: '/query/asOf', message }],
      });
    },
  };
};
