export { createRecordProjection } from './record/index.ts';
export { createReviewsProjection } from './reviews/index.ts';
