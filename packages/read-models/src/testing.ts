/** The tail without a database, for the simulation: whoever uses it says how a page is committed. */

export { profileRows, writeCandidates } from './projections/candidates/index.ts';
export { pairAll } from './projections/candidates/pairs.ts';
export { recordIndexes, recordTables } from './projections/record/tables.ts';
export { insertRows } from './projections/statements.ts';
export { createCandidateQueries } from './queries/candidates.ts';
export { isAmong, type LoggedAppend } from './runner/appends.ts';
export { createLine, eventsOf, type Follows, type Keeping } from './runner/line.ts';
export { createTail, type Outcome } from './runner/tail.ts';
