import { createCandidateQueries } from './candidates.ts';
import { createChanged } from './changed.ts';
import { createClaimQueries } from './claims.ts';
import { createClaimsThen } from './claims-then.ts';
import { createDiff } from './diff.ts';
import { createEditQueries } from './edits.ts';
import { createKeys, type KeyOf } from './eras.ts';
import { createErasureQueries } from './erasures.ts';
import { createErrata } from './errata.ts';
import { createEventQueries } from './events.ts';
import { createExplain } from './explain.ts';
import { createFeed } from './feed.ts';
import { createStoredFolds } from './folds.ts';
import { createHands } from './hands.ts';
import { createIncidentQueries } from './incident.ts';
import { createIncidentList } from './incidents.ts';
import { createIsPublic } from './is-public.ts';
import { createMakesPublic } from './makes-public.ts';
import { createNotices } from './notices.ts';
import { createParkedQueries } from './parked.ts';
import { createPartyQueries } from './parties.ts';
import { createPrivateNamed } from './private-names.ts';
import { createRegisterQueries } from './registered.ts';
import { createResembling } from './resembling.ts';
import { createReviewStats } from './review-stats.ts';
import { createReviewQueue } from './reviews.ts';
import { type Schemas, schemasOf } from './schemas.ts';
import { createSourceQueries } from './sources.ts';
import { createSteps } from './steps.ts';
import { createReach, type Reach } from './then.ts';
import type { Queries, QueryOptions } from './types.ts';
import { createTurns, type Turns } from './work.ts';

export { goneOfText } from './left.ts';
export * from './snapshot.ts';
export * from './types.ts';
export { WorkRefused } from './work.ts';

/** What queries stand on. */
export type Reading = QueryOptions & { schemas: Schemas };
/** What queries of the past stand on. */
export type IntoPast = Reading & { reach: Reach; keyOf: KeyOf; turns: Turns };

/** Reads of the past that work at once, that one client may have under way, and that all may. One works while another waits for a store. */
const budget = { running: 2, each: 16, all: 128 };

/** Makes the queries over the live models and the log. Leases are read from `work.leases`. */
export const createQueries = (given: QueryOptions): Queries => {
  const schemas = schemasOf(given.projections);
  const options: Reading = { ...given, schemas };
  const { log } = options;
  const hands = createHands(log);
  const turns = createTurns(budget);
  const makesPublicOf = createMakesPublic(options);
  const intoPast: IntoPast = { ...options, reach: createReach(options.models, schemas), keyOf: createKeys(options), turns };
  const steps = createSteps(intoPast);
  const ofIncidents = createIncidentQueries(intoPast);
  const { eventsAt, ...ofEvents } = createEventQueries(options, hands);
  return {
    ...createSourceQueries(options),
    ...createPartyQueries(options),
    ...createCandidateQueries(options),
    ...ofIncidents,
    ...createParkedQueries(options),
    incidents: createIncidentList(intoPast),
    changedIncidents: createChanged(intoPast),
    incidentForm: schemas.record,
    diff: createDiff({ ...intoPast, hands, steps }),
    ...ofEvents,
    ...createRegisterQueries(intoPast),
    ...createResembling(options),
    privateNamed: createPrivateNamed(options),
    isPublic: createIsPublic(options),
    explain: createExplain({ ...intoPast, steps, eventsAt }),
    feed: createFeed(options, hands),
    storedFeed: createFeed(options, hands, { canonical: true }),
    ...createClaimQueries(options, createClaimsThen(intoPast, ofIncidents.incidentAt)),
    ...createEditQueries(intoPast, makesPublicOf),
    ...createErasureQueries(options),
    errata: createErrata(options),
    storedFold: createStoredFolds(options),
    ...createReviewQueue(options, makesPublicOf),
    reviewStats: createReviewStats(intoPast),
    notices: createNotices(options),
  };
};
