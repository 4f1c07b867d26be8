import { systemClock } from '@averment/platform';
import t from 'tap';
import { createMemoryLog, createMemoryStore, eraseInMemory } from '../src/memory.ts';
import { eventLogContract } from './contract.ts';
import { random, type TestEvent } from './events.ts';

eventLogContract(t, async () => {
  const store = createMemoryStore({ lags: true });
  return {
    open: async (catalogue) => createMemoryLog<TestEvent>({ catalogue, clock: systemClock, random, store }),
    followErasures: async () => eraseInMemory(store, store.all),
    cutOff: async (stream, revision) => void store.streams.get(stream)?.splice(0, revision),
    replace: async () => {
      const [all, streams] = [store.all.splice(0), new Map(store.streams)];
      store.streams.clear();
      return async () => {
        store.all.splice(0, Number.POSITIVE_INFINITY, ...all);
        store.streams.clear();
        for (const [name, events] of streams) store.streams.set(name, events);
      };
    },
  };
});
