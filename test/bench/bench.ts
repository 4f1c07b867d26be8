import { lookAtMachine } from './machine.ts';
import { about, type Line, table } from './report.ts';
import { rows } from './rows/index.ts';
import { openStacks, type Stacks } from './stacks.ts';

export type Options = {
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

type Measured = { name: string; lines: Line[]; seconds: number };

/** Runs the rows one after the other, and yields each when it is done. */
export async function* runRows(names: readonly string[], bench: Bench): AsyncGenerator<Measured, void, undefined> {
  for (const name of names) {
    const begun = performance.now();
    const row = rows[name];
    if (row === undefined) throw new TypeError(`there is no row ${name}`);
    const lines = await row(bench);
    yield { name, lines, seconds: Math.round((performance.now() - begun) / 1000) };
  }
}

/** Measures this build on a PostgreSQL of its own, prints the rows, and answers their lines. Nothing stays behind, also after a failure. */
export const runBench = async (names: readonly string[], options: Options, print: (text: string) => void): Promise<Line[]> => {
  const stacks = await openStacks(options);
  try {
    print(about(lookAtMachine(stacks.folder), { ...options, at: new Date() }));
    const lines: Line[] = [];
    for await (const { name, lines: measured, seconds } of runRows(names, { ...options, stacks })) {
      lines.push(...measured);
      print(`\n${name}, ${seconds} s\n${table(measured)}`);
    }
    print(`\n${table(lines)}`);
    return lines;
  } finally {
    await stacks.close();
  }
};
