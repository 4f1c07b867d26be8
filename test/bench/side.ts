import { type Options, runRows } from './bench.ts';
import { openStacks } from './stacks.ts';
import { takeTurns, turn } from './turns.ts';

/** One of two builds that are measured beside one another, as a process of its own. `against.ts` lays this file into the other build as well. */

const { names, ...options } = JSON.parse(process.argv[2] ?? '') as Options & { names: string[] };
const stacks = await openStacks(options);
process.once('disconnect', async () => {
  await stacks.close();
  process.exit();
});
takeTurns();
try {
  await turn();
  for await (const { lines } of runRows(names, { ...options, stacks })) await turn(lines);
} catch (error) {
  // Once its parent has let go of it, what is still under way fails as its servers go.
  if (process.connected) throw error;
}
