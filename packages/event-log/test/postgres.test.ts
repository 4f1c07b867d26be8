import t from 'tap';
import { eraseToHead } from '../src/index.ts';
import { eventLogContract } from './contract.ts';
import { databases } from './postgres.ts';

const { newDatabase } = await databases(t);

eventLogContract(t, async (t) => {
  const { pool, open } = await newDatabase(t);
  return {
    open: (catalogue) => open({ catalogue }),
    followErasures: async (log) => void (await eraseToHead({ pool, log })),
  };
});
