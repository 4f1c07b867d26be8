import type { Queries, QueryOptions } from './types.ts';

export * from './types.ts';

/** Makes the queries over the live models (schemas `record_v1`, `reviews_v1`) and the log. */
export declare const createQueries: (options: QueryOptions) => Queries;
