import { dayRange } from './time.ts';

/**
 * The last of dated things by date, then by their order in the list: the last in the list that no other is later than for certain. Dates may be
 * imprecise or missing (EDTF), so "later" holds only where the whole of one lies after the whole of the other; a missing date could be any day.
 * Undefined for an empty list.
 */
export const latest = <T extends { on: string | null }>(things: readonly T[]): T | undefined => {
  const spans = things.map(({ on }) => (on === null ? { lower: -Infinity, upper: Infinity } : dayRange(on)));
  const lastStart = spans.reduce((last, { lower }) => Math.max(last, lower), -Infinity);
  return things.findLast((_, index) => (spans[index]?.upper ?? Infinity) >= lastStart);
};
