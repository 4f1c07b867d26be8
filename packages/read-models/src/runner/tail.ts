import { createLine, type Follows, type LineOptions, type Taken } from './line.ts';

/** What became of a follower: the events that it has passed since it was told last, or why it could not go on. */
export type Outcome = { passed: number } | { error: unknown };

export type Tail = {
  /** Takes all followers to the head of the log. Resolves once those are there that stand together; one that reads for itself is not waited for. */
  advance(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

/**
 * The one reader of the log in a worker: each page is read and decoded once, and handed to all followers that stand there. One that is behind, or whose lock
 * is taken, reads for itself until it stands with the others again. `told` hears what became of each follower.
 */
export const createTail = <F extends Follows>(
  options: LineOptions<F> & { followers: readonly F[]; told: (name: string, outcome: Outcome) => void },
): Tail => {
  const { followers, told, stopped, keeping } = options;
  const line = createLine(options);
  const apart = new Map<F, Promise<void>>();

  const goAlone = (follower: F): void => {
    const going = line.alone(follower, null).then(
      ({ passed }) => told(follower.name, { passed }),
      (error: unknown) => told(follower.name, { error }),
    );
    apart.set(
      follower,
      going.then(() => void apart.delete(follower)),
    );
  };

  /** What fails in one call of `advance` is left for the next one. */
  const createRound = () => {
    const failed = new Set<F>();
    const fail = (follower: F, error: unknown): void => {
      failed.add(follower);
      line.known.delete(follower);
      told(follower.name, { error });
    };
    const standing = async (): Promise<Standing<F>[]> => {
      const here = followers.filter((follower) => !failed.has(follower) && !apart.has(follower));
      const located = here.map(async (follower) => {
        try {
          return [{ follower, position: (await line.locate(follower)).position }];
        } catch (error) {
          fail(follower, error);
          return [];
        }
      });
      return (await Promise.all(located)).flat();
    };
    const took = (taken: Taken<F>, events: number): void => {
      for (const { name } of taken.moved) told(name, { passed: events });
      for (const [follower, error] of taken.failed) fail(follower, error);
    };
    /** Those that did not go along: nobody knows where they are, or not at `next`. */
    const leftBehind = (group: readonly F[], next: bigint | null): F[] => {
      const went = (at: bigint | undefined): boolean => (next === null ? at !== undefined : at === next);
      return group.filter((follower) => !failed.has(follower) && !went(line.known.get(follower)?.position));
    };
    return { fail, standing, took, leftBehind };
  };

  /** Takes those who are furthest back to the next ones, or all to the head of the log. Answers whether that was all there is to do. */
  const step = async ({ fail, standing, took, leftBehind }: ReturnType<typeof createRound>): Promise<boolean> => {
    const { group, next } = furthestBack(await standing());
    const isAll = next === null;
    const where = await line
      .along({ group, until: next, waited: isAll && group.length === 1, near: !isAll, took })
      .catch((error: unknown) => {
        for (const follower of group) fail(follower, error);
      });
    const left = leftBehind(group, next);
    const [first] = group;
    // All of them: another worker takes the page just now. Some: they wait for their lock by themselves.
    if (isAll && first !== undefined && left.length === group.length) await keeping.wait(first);
    else for (const follower of left) goAlone(follower);
    if (!isAll || where !== 'end') return false;
    for (const { name } of group) told(name, { passed: 0 });
    return true;
  };

  return {
    advance: async () => {
      const round = createRound();
      while (!stopped() && !(await step(round)));
    },
    close: async () => void (await Promise.allSettled(apart.values())),
  };
};

type Standing<F> = { follower: F; position: bigint };

/** Those at the lowest position, and the next position at which somebody stands, null where all stand together. */
const furthestBack = <F>(standing: readonly Standing<F>[]): { group: F[]; next: bigint | null } => {
  const [lowest, next = null] = [...new Set(standing.map(({ position }) => position))].sort((one, other) => (one < other ? -1 : 1));
  return { group: standing.filter(({ position }) => position === lowest).map(({ follower }) => follower), next };
};
