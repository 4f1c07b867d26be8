import { type DateTimeRange, dateTimeRange, onOneAxis } from './time.ts';

const anyTime: DateTimeRange = { lower: -Infinity, upper: Infinity, inUtc: false };

/**
 * The last of dated things by date and time of day, then by their order in the list: the last in the list that no other is later than for certain. Dates may
 * be imprecise or missing (EDTF), so "later" holds only where the whole of one lies after the whole of the other; a missing date could be any day.
 * Undefined for an empty list.
 */
export const latest = <T extends { on: string | null }>(things: readonly T[]): T | undefined => {
  const spans = onOneAxis(things.map(({ on }) => (on === null ? anyTime : dateTimeRange(on))));
  const lastStart = spans.reduce((last, { lower }) => Math.max(last, lower), -Infinity);
  return things.findLast((_, index) => (spans[index]?.upper ?? Infinity) >= lastStart);
};
