import type { Installed, Policy } from '@averment/domain';
import type { Projection } from './projection.ts';
import { erasureRequests } from './projections/erasure-requests.ts';
import { createRecordProjection } from './projections/record/index.ts';
import { createReviewsProjection } from './projections/reviews/index.ts';
import { times } from './runner/index.ts';

type Options = Installed & { policy: Policy };

/** Every read model of the product, by name: the same in each process, so that all of them mean the same tables. */
const models = {
  record: createRecordProjection,
  reviews: createReviewsProjection,
  erasure_requests: () => erasureRequests,
  times: () => times,
} satisfies Record<string, (options: Options) => Projection>;

type Name = keyof typeof models;
export const projectionNames = Object.keys(models) as [Name, ...Name[]];

/** Makes their projections. */
export const createProjections = (options: Options): Projection[] => Object.values(models).map((make) => make(options));
