import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perform, stages } from './dockerfile.ts';

/** What the image holds in its folder, made as the Dockerfile says; or why it could not be made here. Removed after the test. */
export const makeImage = async (t: { teardown(run: () => void): void }): Promise<{ folder: string; failed: string | null }> => {
  const slash = await mkdtemp(join(tmpdir(), 'averment-image-'));
  t.teardown(() => rmSync(slash, { recursive: true, force: true }));
  const [install] = stages;
  if (install === undefined) throw new Error('the Dockerfile has no stage');
  return { folder: join(slash, 'averment'), failed: perform(install, slash) };
};

export const notInStore = 'skipped: pnpm does not have all packages on this machine, and no registry is asked here';

/** pnpm's word for a package that it was never asked for on this machine: then the image cannot be made without a registry. */
export const isNotInStore = (failed: string | null): boolean => failed?.includes('ERR_PNPM_NO_OFFLINE') ?? false;
