import { batched } from '@averment/platform';
import { loadFolds, type ReadFold, storedFoldIn } from '../projections/reviews/folds.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** Reads that come together are one statement, of which two are under way at once. Each caller gets a state of its own, which it may change. */
export const createStoredFolds = ({ pool, schemas: { reviews } }: Pick<Reading, 'pool' | 'schemas'>): Queries['storedFold'] => {
  const rowOf = batched<string, ReadFold | undefined>(
    async (incidents) => {
      const found = await loadFolds(pool, reviews, incidents);
      return incidents.map((incident) => found.get(incident));
    },
    { parallel: 2, most: 256 },
  );
  return async (incident) => {
    const row = await rowOf(incident);
    return (row && storedFoldIn(row)) ?? null;
  };
};
