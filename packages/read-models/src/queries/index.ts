import { createClaimQueries } from './claims.ts';
import { createDiff } from './diff.ts';
import { createEditQueries } from './edits.ts';
import { createEventQueries } from './events.ts';
import { createFeed } from './feed.ts';
import { createHands } from './hands.ts';
import { createIncidentQueries } from './incident.ts';
import { createIncidentList } from './incidents.ts';
import { createPartyQueries } from './parties.ts';
import { createReviewQueue, createReviewStats } from './reviews.ts';
import { createSourceQueries } from './sources.ts';
import { createReach } from './then.ts';
import type { Queries, QueryOptions } from './types.ts';

export * from './types.ts';

/** Makes the queries over the live models (their schemas stand in `viewers.ts`) and the log. Leases are read from `work.leases`. */
export const createQueries = (options: QueryOptions): Queries => {
  const { pool, log } = options;
  const hands = createHands(log);
  const intoPast = { ...options, reach: createReach(options.models) };
  return {
    ...createSourceQueries(pool, log),
    ...createPartyQueries(pool),
    ...createIncidentQueries(intoPast),
    incidents: createIncidentList(intoPast),
    diff: createDiff(intoPast),
    ...createEventQueries(options, hands),
    feed: createFeed(options, hands),
    ...createClaimQueries(pool),
    ...createEditQueries(intoPast),
    reviews: createReviewQueue(options),
    reviewStats: createReviewStats(options),
  };
};
