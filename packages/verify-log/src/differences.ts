/** Something that is told from others by its digest. */
type Digested = { digest: string };

/** Where two sequences differ that ought to be the same: what is recorded, and what is there. */
export type Difference<R, T> = {
  /**
   * `changed`: another one stands there. `swapped`: one that belongs elsewhere stands there. `dropped`: `recorded` and what follows it, `count` in all, is
   * missing. `inserted`: `there` and what follows it, `count` in all, is not recorded.
   */
  what: 'changed' | 'swapped' | 'dropped' | 'inserted';
  /** Which of what is recorded, from 0. */
  at: number;
  count: number;
  recorded: R | undefined;
  /** What stands there; null where nothing follows. */
  there: T | undefined;
};

/** How far ahead it is looked for where both go on alike. */
const ahead = 4096;

type Source<T> = { items: AsyncIterator<T>; buffer: T[]; isAtEnd: boolean };
const sourceOf = <T>(items: AsyncIterable<T>): Source<T> => ({ items: items[Symbol.asyncIterator](), buffer: [], isAtEnd: false });

const fill = async <T>(source: Source<T>, count: number): Promise<void> => {
  while (!source.isAtEnd && source.buffer.length < count) {
    const { done, value } = await source.items.next();
    if (done) source.isAtEnd = true;
    else source.buffer.push(value);
  }
};

/**
 * How many of each have to be passed over until both go on alike: as many of both where that is no more than with others, or where two have changed places.
 * All of both if they do not within what is known.
 */
const meeting = (recorded: readonly Digested[], there: readonly Digested[]): [number, number] => {
  const both = recorded.findIndex(({ digest }, at) => at > 0 && digest === there[at]?.digest);
  if (both === 1 || both === 2) return [both, both];
  const places = new Map(recorded.map(({ digest }, at) => [digest, at]));
  let best: [number, number] | null = both > 0 ? [both, both] : null;
  for (const [found, { digest }] of there.entries()) {
    if (best !== null && found >= best[0] + best[1]) break;
    const at = places.get(digest);
    if (at !== undefined && (best === null || at + found < best[0] + best[1])) best = [at, found];
  }
  return best ?? [recorded.length, there.length];
};

/**
 * Compares two sequences with little memory, and yields each place where they differ, in order. `alike` is told each pair that belongs together. What is there
 * after the last one that is recorded is passed over: it may be younger.
 */
export async function* differences<R extends Digested, T extends Digested>(
  recorded: AsyncIterable<R>,
  there: AsyncIterable<T>,
  alike: (recorded: R, there: T) => void = () => undefined,
): AsyncGenerator<Difference<R, T>> {
  const [one, other] = [sourceOf(recorded), sourceOf(there)];
  /** Recorded ones that did not stand where they belong. */
  const missed = new Set<string>();
  let at = 0;
  try {
    for (;;) {
      await Promise.all([fill(one, 1), fill(other, 1)]);
      const [first, second] = [one.buffer[0], other.buffer[0]];
      if (first === undefined) return;
      if (first.digest === second?.digest) {
        alike(first, second);
        one.buffer.shift();
        other.buffer.shift();
        at += 1;
        continue;
      }
      await Promise.all([fill(one, ahead), fill(other, ahead)]);
      const [skipped, added] = meeting(one.buffer, other.buffer);
      yield* apart(at, one.buffer.slice(0, skipped), other.buffer.slice(0, added), one.buffer, other.buffer, missed);
      one.buffer.splice(0, skipped);
      other.buffer.splice(0, added);
      at += skipped;
    }
  } finally {
    await Promise.all([one.items.return?.(), other.items.return?.()]);
  }
}

function* apart<R extends Digested, T extends Digested>(
  at: number,
  skipped: readonly R[],
  added: readonly T[],
  recorded: readonly R[],
  there: readonly T[],
  missed: Set<string>,
): Generator<Difference<R, T>> {
  const both = Math.min(skipped.length, added.length);
  const near = new Set(recorded.map(({ digest }) => digest));
  for (const { digest } of skipped.slice(0, both)) missed.add(digest);
  for (const [place, each] of added.slice(0, both).entries()) {
    const what = missed.has(each.digest) || near.has(each.digest) ? 'swapped' : 'changed';
    yield { what, at: at + place, count: 1, recorded: skipped[place], there: each };
  }
  const rest = { at: at + both, recorded: recorded[both], there: there[both] };
  if (skipped.length > both) yield { ...rest, what: 'dropped', count: skipped.length - both };
  if (added.length > both && recorded.length > both) yield { ...rest, what: 'inserted', count: added.length - both };
}
