export * from './items.ts';
export { createProjections } from './models.ts';
export * from './projection.ts';
export * from './projections/index.ts';
export * from './queries/index.ts';
export * from './runner/index.ts';
