import type { DomainEvent } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';
import { type LoggedAppend, wholeAppends } from './appends.ts';

type Asked = { after: bigint; texts: readonly string[]; page: Promise<Logged<DomainEvent>[]> };

/**
 * The whole appends of the log up to a position, which is the end of one, page by page in their order. `wanted` answers the beginnings of the names of streams
 * whose texts are wanted in the pages that are asked for from now on; each page comes with what it was asked for. Two pages are on their way at once: where
 * positions have no gaps it is known where the next but one begins, so that the store reads it while this process decodes.
 */
export const pagesOf = async function* (
  log: EventLog<DomainEvent>,
  { until, limit, wanted }: { until: bigint; limit: number; wanted: () => readonly string[] },
): AsyncGenerator<{ appends: LoggedAppend[]; texts: readonly string[] }> {
  const ask = (after: bigint): Asked => {
    const texts = wanted();
    const page = log.readAll(after, limit, { texts: texts.length > 0 && texts });
    // Its failure is reported when it is awaited, if it ever is.
    page.catch(() => undefined);
    return { after, texts, page };
  };
  let ahead: Asked | undefined;
  let open: Logged<DomainEvent>[] = [];
  let isDense = false;
  for (let after = 0n; after < until; ) {
    const asked = ahead?.after === after ? ahead : ask(after);
    const next = after + BigInt(limit);
    ahead = isDense && next < until ? ask(next) : undefined;
    const page = await asked.page;
    const last = page.at(-1);
    if (last === undefined) return;
    isDense = last.position === next && page.length === limit;
    after = last.position;
    if (ahead?.after !== after && after < until) ahead = ask(after);
    const events = [...open, ...page.filter(({ position }) => position <= until)];
    const appends = wholeAppends(events);
    open = events.slice(appends.reduce((sum, append) => sum + append.events.length, 0));
    yield { appends, texts: asked.texts };
  }
};
