import { batched } from '@averment/platform';
import { loadFolds, type StoredFold } from '../projections/reviews/folds.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** Reads that come together are one statement, of which two are under way at once. */
export const createStoredFolds = ({ pool, schemas: { reviews } }: Pick<Reading, 'pool' | 'schemas'>): Queries['storedFold'] => {
  return batched<string, StoredFold | null>(
    async (incidents) => {
      const found = await loadFolds(pool, reviews, incidents);
      return incidents.map((incident) => found.get(incident) ?? null);
    },
    { parallel: 2, most: 256 },
  );
};
