import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';

/** Events that are read at once. */
const page = 4000;

/** Makes the question whether a text was erased by what comes after the position. Each time it reads on from where it ended. */
export const erasedAfter = (log: Pick<EventLog<DomainEvent>, 'readAll'>, position: bigint): (() => Promise<boolean>) => {
  let after = position;
  return async () => {
    for (;;) {
      const events = await log.readAll(after, page, { texts: false });
      if (events.some(({ type }) => type === 'TextErased' || type === 'FeedEventMended')) return true;
      const last = events.at(-1);
      if (last === undefined) return false;
      after = last.position;
    }
  };
};
