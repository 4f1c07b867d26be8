import type { Policy, Vocabulary } from '@averment/domain';
import type { Projection } from './projection.ts';
import { createRecordProjection } from './projections/record/index.ts';
import { createReviewsProjection } from './projections/reviews/index.ts';
import { times } from './runner/index.ts';

/** Every read model of the product: the same in each process, so that all of them mean the same tables. */
export const createProjections = ({ vocabulary, policy }: { vocabulary: Vocabulary; policy: Policy }): Projection[] => [
  createRecordProjection({ vocabulary }),
  createReviewsProjection({ policy }),
  times,
];
