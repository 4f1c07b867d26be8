import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import type { Scope } from './experiment.ts';
import type { Kept, Start } from './kept.ts';

const day = 86_400_000;

/** The file that says by how much the clocks of processes are off when they start, and how to start one with such a clock. */
export type JumpingClock = { file: string; how: Start };
export const jumpingClock = async (scope: Scope): Promise<JumpingClock> => {
  const file = join(await testFolder(scope), 'clock');
  await writeFile(file, '0');
  const program = new URL('./jumping-clock.ts', import.meta.url);
  program.searchParams.set('file', file);
  return { file, how: { execArgv: ['--import', program.href] } };
};

/** Sets the clock of a process, or starts it anew with a clock that is off. */
export const setClock = async (kept: Kept, { file }: JumpingClock, days: number, anew: boolean): Promise<void> => {
  await writeFile(file, String(days * day));
  if (anew) await kept.crash();
  else await new Promise((resolve) => kept.process().send({ shift: days * day }, resolve));
};
