export { answerOf, answerOrNull, type Problem, Refused, refusalOf, taggedAnswerOf } from './answers.ts';
export { type Api, type ApiOptions, addressOf, createApi, headersOf } from './api.ts';
export { type Followed, type FollowOptions, follow, LogChanged } from './follow.ts';
export { type AsOf, compareRevisions, incidentAsOf, type Past } from './past.ts';
export { type Retries, reasonOf, retrying, type Send, type Wait } from './retrying.ts';
export type { Paths, Schemas } from './schemas.ts';
export { type Proven, type VerifyOptions, verify, verifyShown } from './verify.ts';
