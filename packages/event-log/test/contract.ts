import type { Test } from 'tap';
import { appending } from './contract/appending.ts';
import { erasing } from './contract/erasing.ts';
import { reading } from './contract/reading.ts';
import type { Harness, WithLog } from './contract/suite.ts';
import { telling } from './contract/telling.ts';
import { catalogue } from './events.ts';

/** Every adapter passes this suite. It asserts nothing that the port does not say. */
export const eventLogContract = (t: Test, newHarness: (t: Test) => Promise<Harness>): void => {
  const withLog: WithLog = (name, run) =>
    t.test(name, async (t) => {
      const harness = await newHarness(t);
      await run(t, await harness.open(catalogue), harness);
    });

  for (const theme of [appending, reading, telling, erasing]) theme(withLog);
};
