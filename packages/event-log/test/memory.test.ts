import { systemClock } from '@averment/platform';
import t from 'tap';
import { createMemoryLog, createMemoryStore } from '../src/index.ts';
import { eventLogContract } from './contract.ts';
import { random, type TestEvent } from './events.ts';

eventLogContract(t, async () => {
  const store = createMemoryStore();
  return {
    open: async (catalogue) => createMemoryLog<TestEvent>({ catalogue, clock: systemClock, random, store }),
    followErasures: async () => {},
  };
});
