import type { Commands } from '@averment/commands';
import type { Vocabulary } from '@averment/domain';
import type { Models, Parked, Queries, RetryOutcome } from '@averment/read-models';

/** Events that a read model could not take. `by` is the subject who decides so. */
export type ParkedEvents = {
  list(): Promise<Parked[]>;
  retry(id: string, by: string): Promise<RetryOutcome>;
  skip(id: string, by: string): Promise<RetryOutcome>;
};

/** All that the routes stand on. */
export type Services = {
  commands: Commands;
  queries: Queries;
  models: Models;
  parked: ParkedEvents;
  vocabulary: Vocabulary;
};
