import { isoOf, microsecondsOf } from '../stamp.ts';
import type { RecordedEvent } from './store.ts';

/** A stamp that the store's clock cannot have had when this process read it, or that lies in a moment already declared over. */
export type Skew = { position: bigint; recordedAt: string; detail: string };

/**
 * Moments rely on clocks that differ by at most `tolerance` (milliseconds) between this process and the store's leader. Watches what is read for signs of
 * a larger difference.
 */
export const createSkewWatch = (clock: { now(): Date }, tolerance: number, onSkew: (skew: Skew) => void) => {
  let over = { head: 0n, now: 0n };

  return {
    /** Nothing after `head` may be stamped at or before `now` from here on. */
    declareOver: (head: bigint, now: Date): void => {
      over = { head, now: microsecondsOf(now) };
    },
    look: (events: readonly RecordedEvent[]): void => {
      const latest = microsecondsOf(clock.now()) + BigInt(tolerance) * 1000n;
      for (const { position, created } of events) {
        const tell = (detail: string) => onSkew({ position, recordedAt: isoOf(created), detail });
        if (created > latest) tell(`the store's clock is more than ${tolerance} ms ahead of this one`);
        else if (position > over.head && created <= over.now) tell("the store's clock is behind this one, or it took long to acknowledge");
      }
    },
  };
};
