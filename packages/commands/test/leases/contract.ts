import type { Test } from 'tap';
import type { Lease, Leases } from '../../src/leases/port.ts';

/** How the suite gets at one adapter. */
export type Harness = {
  leases: Leases;
  /** Resolves once the adapter's clock is past this moment. */
  passed(moment: string): Promise<void>;
};

const [hour, millisecond] = [3_600_000, 1];
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$/;

/** Every adapter passes this suite. It asserts nothing that the port does not say. */
export const leasesContract = (t: Test, newHarness: (t: Test) => Promise<Harness>): void => {
  let edits = 0;
  const withLeases = (name: string, run: (t: Test, harness: ReturnType<typeof onEdit> & Harness) => Promise<void>) =>
    t.test(name, async (t) => {
      const harness = await newHarness(t);
      await run(t, { ...harness, ...onEdit(harness.leases, { stream: 'incident_a', edit: ++edits }) });
    });
  const onEdit = (leases: Leases, edit: { stream: string; edit: number }) => ({
    edit,
    take: (holder: string, { version = 1, duration = hour } = {}) => leases.take(edit, { version, holder, duration }),
    holder: async (version = 1) => (await leases.current(edit, version))?.holder,
  });
  const got = (lease: Lease | undefined): Lease => {
    if (lease === undefined) throw new Error('it was not taken');
    return lease;
  };

  withLeases('who takes an edit holds it for so long, and nobody else does', async (t, { leases, edit, take, holder }) => {
    t.equal(await holder(), undefined);
    const lease = got(await take('ann'));
    t.match(lease, { holder: 'ann', taken: rfc3339, until: rfc3339 });
    // To the millisecond, in which `until` is told.
    t.ok(Date.parse(lease.until) - Date.parse(lease.taken) >= hour - 1);
    t.strictSame(await leases.current(edit, 1), lease);
    t.equal(await take('ben'), undefined);
    t.equal(await holder(), 'ann');
  });

  withLeases('renewing keeps the time at which it was taken, and moves its end', async (t, { take, passed }) => {
    const first = got(await take('ann'));
    await passed(first.taken);
    const renewed = got(await take('ann', { duration: 2 * hour }));
    t.equal(renewed.taken, first.taken);
    t.ok(renewed.until > first.until);
  });

  withLeases('of many at once one gets it', async (t, { take, holder }) => {
    const names = Array.from({ length: 10 }, (_, index) => `reviewer${index}`);
    const taken = (await Promise.all(names.map((name) => take(name)))).filter((lease) => lease !== undefined);
    t.equal(taken.length, 1);
    t.equal(await holder(), taken[0]?.holder);
  });

  withLeases('a lease ends by itself: then anybody takes the edit, its former holder anew', async (t, { take, holder, passed }) => {
    const first = got(await take('ann', { duration: millisecond }));
    await passed(first.until);
    t.equal(await holder(), undefined);
    const again = got(await take('ann', { duration: millisecond }));
    t.ok(again.taken > first.taken);
    await passed(again.until);
    t.equal((await take('ben'))?.holder, 'ben');
  });

  withLeases('a lease is of one version: of a later one it is none, and gives way to it', async (t, { take, holder }) => {
    await take('ann');
    t.equal(await holder(2), undefined);
    t.equal((await take('ben', { version: 2 }))?.holder, 'ben');
    t.equal(await holder(1), undefined);
    t.equal(await take('ann'), undefined, 'who still reads the earlier one does not get it back');
    t.equal(await holder(2), 'ben');
  });

  withLeases('the holder’s lease of an earlier version is taken anew for a later one', async (t, { take, passed }) => {
    const first = got(await take('ann'));
    await passed(first.taken);
    t.ok(got(await take('ann', { version: 2 })).taken > first.taken);
  });

  withLeases('only the holder gives it back', async (t, { leases, edit, take, holder }) => {
    await leases.giveBack(edit, 'ann');
    await take('ann');
    await leases.giveBack(edit, 'ben');
    t.equal(await holder(), 'ann');
    await leases.giveBack(edit, 'ann');
    t.equal(await holder(), undefined);
  });

  withLeases(
    'a break removes the lease that was broken, and none that was taken after it',
    async (t, { leases, edit, take, holder, passed }) => {
      const broken = got(await take('ann'));
      await leases.removeBroken(edit, 'ben', broken.taken);
      t.equal(await holder(), 'ann', 'another’s');
      await leases.removeBroken(edit, 'ann', broken.taken);
      t.equal(await holder(), undefined);
      await passed(broken.taken);
      const later = got(await take('ann'));
      await leases.removeBroken(edit, 'ann', broken.taken);
      t.equal(await holder(), 'ann', 'the repeat of a break');
      await leases.removeBroken(edit, 'ann', later.until);
      t.equal(await holder(), undefined);
    },
  );

  withLeases('a lease is ended, whoever holds it', async (t, { leases, edit, take, holder }) => {
    await leases.end(edit);
    await take('ann');
    await leases.end(edit);
    t.equal(await holder(), undefined);
  });

  withLeases('each edit has its own', async (t, { leases, edit, take, holder }) => {
    await take('ann');
    const others = [
      { ...edit, edit: 1000 },
      { ...edit, stream: 'incident_b' },
    ];
    for (const other of others) {
      const lease = await leases.take(other, { version: 1, holder: 'ben', duration: hour });
      t.equal(lease?.holder, 'ben');
      await leases.end(other);
    }
    t.equal(await holder(), 'ann');
  });
};
