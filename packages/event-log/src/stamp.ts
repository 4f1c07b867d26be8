/** Stamps of the store's clock count microseconds since 1970, so that many appends a millisecond each have one of their own. */

export const microsecondsOf = (date: Date): bigint => BigInt(date.getTime()) * 1000n;

/** ISO 8601 in UTC with six digits: as text they sort by time. */
export const isoOf = (microseconds: bigint): string => {
  const rest = ((microseconds % 1000n) + 1000n) % 1000n;
  const milliseconds = new Date(Number((microseconds - rest) / 1000n)).toISOString();
  return `${milliseconds.slice(0, -1)}${rest.toString().padStart(3, '0')}Z`;
};
