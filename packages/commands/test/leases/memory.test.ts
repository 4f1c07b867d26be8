import t from 'tap';
import { createMemoryLeases } from '../../src/leases/memory.ts';
import { leasesContract } from './contract.ts';

leasesContract(t, async () => {
  let now = Date.UTC(2026, 0, 15);
  return {
    leases: createMemoryLeases({ now: () => new Date(now) }),
    passed: async (moment) => {
      now = Math.max(now, Date.parse(moment) + 1);
    },
  };
});
