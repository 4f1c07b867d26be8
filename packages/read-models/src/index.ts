export { partyItemShape, sourceItemShape } from './items.ts';
export { createProjections } from './models.ts';
export { projectionNames } from './projection.ts';
export * from './queries/index.ts';
export * from './runner/index.ts';
