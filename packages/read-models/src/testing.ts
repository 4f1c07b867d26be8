/** The tail without a database, for the simulation: whoever uses it says how a page is committed. */
export { isAmong, type LoggedAppend } from './runner/appends.ts';
export { createLine, eventsOf, type Follows, type Keeping } from './runner/line.ts';
export { createTail, type Outcome } from './runner/tail.ts';
