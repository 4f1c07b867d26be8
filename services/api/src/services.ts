import type { NoteRead } from '@averment/access';
import type { Commands, KeyCommands, Sender, Tips, Views } from '@averment/commands';
import type { Vocabulary } from '@averment/domain';
import type { Extract } from '@averment/extraction';
import type { Ledger } from '@averment/ledger';
import type { Models, Parked, ParkedFilter, Queries, Repaired, RetryOutcome } from '@averment/read-models';
import type { Webhooks } from '@averment/webhooks';
import type { Exporting } from './exporting.ts';
import type { FollowingRequired } from './models.ts';
import type { OwnWrites } from './own-writes.ts';
import type { Streams } from './streams.ts';

/** Events that a read model could not take. `by` is the subject who decides so. */
type ParkedEvents = {
  list(): Promise<Parked[]>;
  retry(id: string, by: string): Promise<RetryOutcome>;
  skip(id: string, by: string): Promise<RetryOutcome>;
  retryAll(filter: ParkedFilter, limit: number, by: string): Promise<Repaired>;
  skipAll(filter: ParkedFilter, limit: number, by: string): Promise<Repaired>;
};

/** All that the routes stand on. */
export type Services = {
  commands: Commands;
  keys: KeyCommands;
  queries: Queries;
  exporting: Exporting;
  ledger: Ledger;
  streams: Streams;
  views: Views;
  tips: Tips;
  webhooks: Webhooks<Sender>;
  models: Models & FollowingRequired;
  ownWrites: OwnWrites;
  parked: ParkedEvents;
  /** Notes what reviewers and auditors are shown that the public may not see; null where nobody asks for that. */
  noteRead: NoteRead | null;
  /** What the log is called by those who follow the feed. */
  logName(): Promise<string>;
  /** Reads documents that are imported. */
  extract: Extract;
  vocabulary: Vocabulary;
};
