import type { Commands } from '@averment/commands';
import type { Vocabulary } from '@averment/domain';
import type { Freshness, Parked, PositionAt, Queries, RetryOutcome } from '@averment/read-models';

export type ModelName = 'record' | 'reviews';

/** How the read models stand now. */
export type Models = {
  /** The lowest checkpoint of the models, and the streams that wait in one of them behind an event that it could not take. */
  status(models: readonly ModelName[]): Promise<Freshness>;
  /** True as soon as all of the models have reached the position; false after the time that a request waits. */
  reached(models: readonly ModelName[], position: bigint, signal?: AbortSignal): Promise<boolean>;
  /** Where a time (RFC 3339 in UTC) lies in the log; waits a while until that is certain. */
  positionAt(time: string): Promise<PositionAt>;
};

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
