import type { Installed } from '@averment/domain';
import type { Projection } from './projection.ts';
import { erasureRequests } from './projections/erasure-requests.ts';
import { createRecordProjection } from './projections/record/index.ts';
import { createReviewsProjection } from './projections/reviews/index.ts';
import { times } from './runner/index.ts';

/** Every read model of the product, by name: the same in each process, so that all of them mean the same tables. */
const models = {
  record: createRecordProjection,
  reviews: createReviewsProjection,
  erasure_requests: () => erasureRequests,
  times: () => times,
} satisfies Record<string, (options: Installed) => Projection>;

type Name = keyof typeof models;
export const projectionNames = Object.keys(models) as [Name, ...Name[]];

/** Makes their projections. */
export const createProjections = (options: Installed): Projection[] => Object.values(models).map((make) => make(options));
