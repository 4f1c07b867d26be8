import t from 'tap';
import { eraseToHead } from '../src/index.ts';
import { eventLogContract } from './contract.ts';
import { newTestStore, storeUnderTest } from './eventstoredb.ts';
import { databases } from './postgres.ts';

const { server } = await databases(t);
const url = await storeUnderTest(t);

eventLogContract(t, async (t) => {
  const { pool, open } = await newTestStore(t, server, url);
  return {
    open: (catalogue) => open({ catalogue }),
    followErasures: async (log) => void (await eraseToHead({ pool, log })),
  };
});
