import type { DomainEvent } from '@averment/domain';
import type { Logged } from '@averment/event-log';
import fc from 'fast-check';
import t from 'tap';
import { wholeAppends } from '../../src/runner/appends.ts';
import { pagesOf } from '../../src/runner/pages.ts';

/** A log of appends of these sizes: the distances between positions, and how many events a page holds at the most whatever is asked for. */
const logOf = (sizes: readonly number[], gaps: readonly number[], most: number) => {
  let position = 0n;
  const events = sizes.flatMap((size, index) =>
    Array.from({ length: size }, (_, revision) => {
      position += BigInt(gaps[(index + revision) % gaps.length] ?? 1);
      return { stream: `stream_${index}`, revision, last: size - 1, position, type: 'Added' };
    }),
  ) as unknown as Logged<DomainEvent>[];
  const readAll = async (after: bigint, limit: number): Promise<Logged<DomainEvent>[]> => {
    const page = events.filter((event) => event.position > after).slice(0, limit);
    // As where long texts fill a page: it ends with an append.
    const end = page.findLastIndex(({ revision, last }, index) => index < most && revision === last);
    return page.length <= most || end < 0 ? page : page.slice(0, end + 1);
  };
  return { events, readAll };
};

t.test('every append comes whole and once, in order, however the log is cut into pages', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }),
      fc.oneof(fc.constant([1]), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 })),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(39),
      async (sizes, gaps, limit, most, last) => {
        const { events, readAll } = logOf(sizes, gaps, most);
        const all = wholeAppends(events);
        const until = all[last % all.length]?.position ?? 0n;
        const found = [];
        for await (const { appends } of pagesOf({ readAll } as never, { until, limit, wanted: () => [] })) found.push(...appends);
        t.same(
          found.map(({ stream, position }) => `${stream} ${position}`),
          all.filter(({ position }) => position <= until).map(({ stream, position }) => `${stream} ${position}`),
        );
        return t.passing();
      },
    ),
    { numRuns: 300 },
  );
});
