import { lookAtMachine } from './machine.ts';
import { about, type Line, table } from './report.ts';
import { rows } from './rows/index.ts';
import { openStacks, type Stacks } from './stacks.ts';

type Options = {
  /** Sizes so small that the whole takes about a minute: to see that the bench works. */
  quick: boolean;
  seed: number;
  rounds: number;
  /** How long the load of the row `memory` goes on after its events. */
  minutes: number;
  /** Multiplies the sizes of the data sets; 1 for figures that count. */
  scale: number;
  /** An EventStoreDB for the rows that need one; without it they are skipped. */
  eventLogUrl: string | null;
};
export type Bench = Options & { stacks: Stacks };
export type Row = (bench: Bench) => Promise<Line[]>;

/** Runs the rows one after the other on one PostgreSQL of its own, and answers their lines. Nothing stays behind, also after a failure. */
export const runBench = async (names: readonly string[], options: Options, print: (text: string) => void): Promise<Line[]> => {
  const stacks = await openStacks(options);
  try {
    print(about(lookAtMachine(stacks.folder), { ...options, at: new Date() }));
    const lines: Line[] = [];
    for (const name of names) {
      const begun = performance.now();
      const row = rows[name];
      if (row === undefined) throw new TypeError(`there is no row ${name}`);
      const measured = await row({ ...options, stacks });
      lines.push(...measured);
      print(`\n${name}, ${Math.round((performance.now() - begun) / 1000)} s\n${table(measured)}`);
    }
    print(`\n${table(lines)}`);
    return lines;
  } finally {
    await stacks.close();
  }
};
