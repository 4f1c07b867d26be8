import { createClaimQueries } from './claims.ts';
import { createDiff } from './diff.ts';
import { createEditQueries } from './edits.ts';
import { createEventQueries } from './events.ts';
import { createIncidentQueries } from './incident.ts';
import { createIncidentList } from './incidents.ts';
import { createPartyQueries } from './parties.ts';
import { createReviewQueue, createReviewStats } from './reviews.ts';
import { createSourceQueries } from './sources.ts';
import type { Queries, QueryOptions } from './types.ts';

export * from './types.ts';

/** Makes the queries over the live models (schemas `record_v1`, `reviews_v1`) and the log. Leases are read from `work.leases`. */
export const createQueries = (options: QueryOptions): Queries => ({
  ...createSourceQueries(options.pool, options.log),
  ...createPartyQueries(options.pool),
  ...createIncidentQueries(options),
  incidents: createIncidentList(options.pool),
  diff: createDiff(options),
  ...createEventQueries(options.pool, options.log),
  ...createClaimQueries(options.pool),
  ...createEditQueries(options),
  reviews: createReviewQueue(options),
  reviewStats: createReviewStats(options),
});
