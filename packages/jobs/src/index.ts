export type { JobsStore } from './backend.ts';
export { createJobs, type Jobs } from './jobs.ts';
export { rights } from './on-postgres.ts';
