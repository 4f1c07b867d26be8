export { isWithheld, partyItemShape, sourceItemShape } from './items.ts';
export { createProjections, projectionNames } from './models.ts';
export { isIncident, recordPart, recordRevisions } from './queries/event-items.ts';
export * from './queries/index.ts';
export { fromNothing } from './queries/recused.ts';
export { incidentsUsing } from './queries/uses.ts';
export * from './runner/index.ts';
