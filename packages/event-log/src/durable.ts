import type { DomainEvent } from '@averment/domain';
import type { ClientBase, Pool } from 'pg';
import type { Logged, Mark } from './port.ts';

/** What `pg` may stand on: a pool, or one connection inside a transaction. */
export type Connection = Pick<Pool | ClientBase, 'query'>;

/**
 * What follows the log for good: it keeps its own tables and its checkpoint in them, and is never rebuilt. A worker's tail hands it each page, and commits
 * what it writes together with its checkpoint. An event that it cannot take holds it up, and nobody else.
 */
export type Durable = {
  name: string;
  /** Beginnings of the names of the streams whose texts it wants; none unless it says so. Of other streams a text may be there or not. */
  texts?: readonly string[];
  /** Whether it wants the canonical bytes of each event, beside their SHA-256. */
  canonical?: boolean;
  /** Where it stands: the position of the last event that it has passed, and an event up to there that it knows again. Rejects with `OtherLog`. */
  current(connection: Connection): Promise<{ position: bigint; mark: Mark | null }>;
  /** The statement that moves its checkpoint on, where that still stands at `from`; else its row count is 0. */
  move(from: bigint, to: { position: bigint; mark: Mark | null }): string;
  /** Takes whole appends in log order, in the transaction that has moved the checkpoint. It may see them again after a crash, and nothing of the first time. */
  apply(tx: Connection, events: readonly Logged<DomainEvent>[]): Promise<unknown>;
};
