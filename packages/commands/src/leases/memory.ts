import type { Clock } from '@averment/platform';
import type { EditRef } from '../edit.ts';
import type { Lease, Leases } from './port.ts';

type Held = Lease & { version: number };
const keyOf = ({ stream, edit }: EditRef) => `${stream} ${edit}`;
const leaseOf = ({ holder, taken, until }: Held): Lease => ({ holder, taken, until });

/** Leases in memory, for tests and simulations: nothing survives the process. */
export const createMemoryLeases = (clock: Clock): Leases => {
  const all = new Map<string, Held>();
  const holds = ({ until }: Held) => Date.parse(until) > clock.now().getTime();
  const remove = (edit: EditRef, which: (held: Held) => boolean) => {
    const held = all.get(keyOf(edit));
    if (held && which(held)) all.delete(keyOf(edit));
  };
  return {
    take: async (edit, { version, holder, duration }) => {
      const before = all.get(keyOf(edit));
      if (before && before.holder !== holder && before.version >= version && holds(before)) return undefined;
      const now = clock.now();
      const renews = before?.holder === holder && before.version === version && holds(before);
      const taken = renews ? before.taken : now.toISOString();
      const held = { version, holder, taken, until: new Date(now.getTime() + duration).toISOString() };
      all.set(keyOf(edit), held);
      return leaseOf(held);
    },
    current: async (edit, version) => {
      const held = all.get(keyOf(edit));
      return held?.version === version && holds(held) ? leaseOf(held) : undefined;
    },
    giveBack: async (edit, holder) => remove(edit, (held) => held.holder === holder),
    removeBroken: async (edit, holder, at) => remove(edit, (held) => held.holder === holder && Date.parse(held.taken) <= Date.parse(at)),
    end: async (edit) => remove(edit, () => true),
  };
};
