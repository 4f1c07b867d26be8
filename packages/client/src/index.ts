export { answerOf, answerOrNull, type Problem, Refused, taggedAnswerOf } from './answers.ts';
export { type Api, type ApiOptions, addressOf, createApi } from './api.ts';
export { type Followed, type FollowOptions, follow, LogChanged } from './follow.ts';
export { type AsOf, compareRevisions, incidentAsOf, type Past } from './past.ts';
export { type Retries, retrying, type Send, type Wait } from './retrying.ts';
export type { Paths, Schemas } from './schemas.ts';
