export type { Counts, Handlers, JobsStore } from './backend.ts';
export { createHints, type Hints } from './hints.ts';
export { createJobs, type Jobs } from './jobs.ts';
export { rights } from './on-postgres.ts';
