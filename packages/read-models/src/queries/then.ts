import type { Schemas } from './schemas.ts';
import type { Freshness, LogMoment, ModelName, Models, ReadContext } from './types.ts';

/**
 * A position of the past that models have reached. Only `reach` below makes one, and the reads of the past take their tables from it. So none can be done
 * before its models are there, nor on a model that was not waited for.
 */
class Reached<M extends ModelName> {
  readonly position: bigint;
  /** How far the models were when they had reached it. */
  readonly noteFreshness: Freshness;
  readonly #models: ReadonlySet<M>;
  readonly #schemas: Schemas;

  constructor(position: bigint, noteFreshness: Freshness, models: readonly M[], schemas: Schemas) {
    this.position = position;
    this.noteFreshness = noteFreshness;
    this.#models = new Set(models);
    this.#schemas = schemas;
  }

  /** The schema of a model. */
  tables(model: M): string {
    if (!this.#models.has(model)) throw new TypeError(`the model ${model} was not waited for`);
    return this.#schemas[model];
  }
}
export type Then<M extends ModelName = 'record'> = Reached<M>;

/** Waits until each of the models is far enough for an answer about the moment, and reports how far they are. */
export type Reach = <M extends ModelName>(models: readonly M[], moment: LogMoment, context: ReadContext) => Promise<Then<M>>;

/** Makes the way into the past: every query of it goes this one. */
export const createReach =
  (models: Models, schemas: Schemas): Reach =>
  async (wanted, moment, { noteFreshness, client }) => {
    const position = 'position' in moment ? moment.position : await models.positionAt(moment.time, client);
    const freshness = await models.reached(wanted, position, client);
    noteFreshness(freshness);
    return new Reached(position, freshness, wanted, schemas);
  };
