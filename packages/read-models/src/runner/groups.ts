/** Puts streams that are tied, directly or by way of others, into one group each. Ties to other streams than these count for nothing. */
export const groupsOf = (streams: Iterable<string>, ties: Iterable<readonly [string, string]>): string[][] => {
  const groups = new Map<string, string[]>();
  for (const stream of streams) groups.set(stream, [stream]);
  for (const [one, other] of ties) {
    const [left, right] = [groups.get(one), groups.get(other)];
    if (left === undefined || right === undefined || left === right) continue;
    // The smaller joins the larger, so that no stream moves often.
    const [large, small] = left.length < right.length ? [right, left] : [left, right];
    for (const stream of small) {
      large.push(stream);
      groups.set(stream, large);
    }
  }
  return [...new Set(groups.values())];
};
