import type { Projection } from '../projection.ts';
import { liveModel } from '../runner/model.ts';
import type { ModelName } from './types.ts';

/** The names of the schemas that queries read, by the model's name; they are safe to stand in SQL. */
export type Schemas = Readonly<Record<ModelName, string>>;

/** The schemas that a runner of these projections keeps. */
export const schemasOf = (projections: readonly Projection[]): Schemas => {
  const schemaOf = (name: ModelName): string => {
    const projection = projections.find((one) => one.name === name);
    if (projection === undefined) throw new TypeError(`there is no projection ${name}`);
    return liveModel(projection).schema;
  };
  return { record: schemaOf('record'), reviews: schemaOf('reviews'), erasure_requests: schemaOf('erasure_requests') };
};
