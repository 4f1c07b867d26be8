import { fileURLToPath } from 'node:url';
import { allOfRows, type Migrations } from '@averment/platform';

export type { Comparison, Difference } from './compare.ts';
export { erasedAfter } from './erased-after.ts';
export { ModelOff, restoresHeardOf } from './followed.ts';
export { ModelMissing } from './follower.ts';
export type { Advanced } from './line.ts';
export { isMissing } from './model.ts';
export { type Parked, type ParkedFilter, parkedShape } from './parked.ts';
export type { Rebuilt } from './rebuild.ts';
export { type Repaired, type RetryOutcome, repairedShape } from './retry.ts';
export { createRunner, type Runner, rightsInModels } from './runner.ts';
export type { Outcome } from './tail.ts';
export { type Span, times } from './times.ts';
export type { Status } from './waiting.ts';

/** The schema `runner` with what outlives the models: parked and skipped events, and which events of long records count. */
export const migrations: Migrations = {
  schema: 'runner',
  dir: fileURLToPath(new URL('../../migrations', import.meta.url)),
  api: { tables: { parked: allOfRows, skipped: allOfRows, counted: ['SELECT', 'INSERT', 'DELETE'] } },
};
