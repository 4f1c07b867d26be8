import type { components } from './openapi.ts';

/** The shapes of the API, by the names that `/openapi.json` gives them. */
export type Schemas = components['schemas'];
/** The paths of the API, with what each takes and answers. */
export type { paths as Paths } from './openapi.ts';
