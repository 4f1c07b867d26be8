import type { Policy, Vocabulary } from '@averment/domain';
import type { Projection } from './projection.ts';
import { createRecordProjection, createReviewsProjection } from './projections/index.ts';
import { times } from './runner/index.ts';

/** Every read model of the product: the same in each process, so that all of them mean the same tables. */
export function createProjections({ vocabulary, policy }: { vocabulary: Vocabulary; policy: Policy }): Projection[] {
  return [createRecordProjection({ vocabulary }), createReviewsProjection({ policy }), times];
}
