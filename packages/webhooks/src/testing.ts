import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { inTransaction } from '@averment/platform';
import type { Pool } from 'pg';
import { createFollowing } from './following.ts';

/** For tests: follows the log to its head, as a worker's tail does. */
export const follow = async (pool: Pool, log: EventLog<DomainEvent>, size = 7): Promise<void> => {
  const durable = createFollowing(log);
  for (;;) {
    const { position } = await durable.current(pool);
    const page = await log.readAll(position, size, { texts: false });
    const last = page.at(-1);
    if (last === undefined) return;
    const mark = last.sha256 === undefined ? null : { position: last.position, sha256: last.sha256 };
    await inTransaction(pool, async (tx) => {
      await tx.query(durable.move(position, { position: last.position, mark }));
      await durable.apply(tx, page);
    });
  }
};
