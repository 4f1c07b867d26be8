import type { Seen } from '../seen.ts';
import { NotAPosition, type RecordedEvent, type Store } from './store.ts';

/**
 * Knows where the log ends, in a store that others write to as well. Reads by prefix pass over their events at the server's own speed, so what was
 * passed over once is not passed over again.
 */
export const createFrontier = (store: Pick<Store, 'readAll'>, prefix: string, seen: Pick<Seen, 'end' | 'check'>) => {
  /** Position of the last event of ours that is known of. */
  let known = 0n;
  /** Position of some record, up to which none of ours stands after `known`. Undefined until the log was looked through once. */
  let clear: bigint | undefined;

  const see = (position: bigint): void => {
    if (position <= known) return;
    known = position;
    if (clear !== undefined && clear < position) clear = position;
  };

  const anyAfterClear = async (): Promise<boolean> => {
    try {
      const found = await store.readAll({ from: clear ?? 'start', direction: 'forwards', limit: 2, prefix });
      return found.some(({ position }) => position > known);
    } catch (error) {
      if (!(error instanceof NotAPosition)) throw error;
      // A record began there, so this should be another log.
      await seen.check();
      clear = undefined;
      return true;
    }
  };

  /** Asks the leader for the position of the last event; 0n for none. Rejects with `OtherLog` where the log has become shorter. */
  const head = async (): Promise<bigint> => {
    const [end] = await seen.end(
      () => store.readAll({ from: 'end', direction: 'backwards', limit: 1 }),
      ([last]) => last?.position ?? 0n,
    );
    if (!end || end.position <= (clear ?? -1n)) return known;
    if (clear === undefined || (await anyAfterClear())) {
      const [newest] = await store.readAll({ from: 'end', direction: 'backwards', limit: 1, prefix });
      if (newest) see(newest.position);
    }
    clear = end.position > known ? end.position : known;
    return known;
  };

  let beginning: Promise<bigint> | undefined;

  return {
    head,
    /** Looks where the log ends, once: what was appended before this process began is known of from then on. */
    begin: async (): Promise<void> => {
      if (clear !== undefined) return;
      beginning ??= head().finally(() => {
        beginning = undefined;
      });
      await beginning;
    },
    see: (events: readonly Pick<RecordedEvent, 'position'>[]): void => {
      const last = events.at(-1);
      if (last) see(last.position);
    },
    known: () => known,
    /** Forgets everything but that an event of ours stands at `position`: the rest may have been another log's. */
    reset: (position: bigint): void => {
      known = position;
      clear = undefined;
    },
    /** Where a reader of what stands after `after` may begin, and whether its own event stands there. */
    startAfter: (after: bigint): { from: bigint | 'start'; inclusive: boolean } => {
      if (after === known && clear !== undefined && clear > after) return { from: clear, inclusive: false };
      return after === 0n ? { from: 'start', inclusive: false } : { from: after, inclusive: true };
    },
  };
};

export type Frontier = ReturnType<typeof createFrontier>;
