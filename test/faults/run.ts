import { parseArgs } from 'node:util';
import { dice } from './dice.ts';
import type { Experiment, Outcome, Scope } from './experiment.ts';
import { clock } from './experiments/clock.ts';
import { database } from './experiments/database.ts';
import { decisions } from './experiments/decisions.ts';
import { disk } from './experiments/disk.ts';
import { flush } from './experiments/flush.ts';
import { jobs } from './experiments/jobs.ts';
import { kill } from './experiments/kill.ts';
import { processes } from './experiments/processes.ts';
import { simulation } from './experiments/simulation.ts';

const usage = `npm run faults -- [--minutes <N>] [--seed <S>] [--only <words of a name>]

Runs the fault experiments over and over, each time with the next seed, for about so many minutes (10), and ends with a table: what was tried, how often,
and what was lost. Ends with 1 if anything was. The seed of the first round is S, or drawn and printed; a failure names its own.`;

const all = [kill, database, flush, disk, jobs, decisions, processes, clock, simulation];

type Line = { experiment: Experiment; runs: number; counts: Record<string, number>; broken: number; skipped: string | null };

/** A scope whose ends run when `close` is called, the last registered first. */
const openScope = (): Scope & { close(): Promise<void> } => {
  const ends: (() => Promise<void> | void)[] = [];
  return {
    teardown: (end) => void ends.push(end),
    close: async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
};

const runOnce = async (experiment: Experiment, seed: number): Promise<Outcome> => {
  const scope = openScope();
  try {
    return await experiment.run(scope, dice(seed));
  } catch (error) {
    return { counts: {}, findings: [`it broke off: ${error instanceof Error ? error.stack : String(error)}`] };
  } finally {
    await scope.close();
  }
};

const table = (lines: readonly Line[]): string => {
  const rows = lines.map(({ experiment, runs, counts, broken, skipped }) => [
    experiment.name,
    skipped === null ? String(runs) : `skipped: ${skipped}`,
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
    skipped === null ? (broken === 0 ? 'nothing' : `${broken} findings, named above`) : '–',
  ]);
  return [['experiment', 'runs', 'what was done', 'lost, doubled or out of order'], ['---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
};

/** Runs to the end of the time given; answers whether nothing was found. */
const main = async (): Promise<boolean> => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, only: { type: 'string', default: '' } },
  });
  const minutes = Number(values.minutes);
  const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  const chosen = all.filter(({ name }) => name.includes(values.only));
  if (!(minutes > 0) || !Number.isInteger(first) || chosen.length === 0) throw new TypeError(usage);

  process.stdout.write(`seed ${first}, ${minutes} minutes\n`);
  const lines: Line[] = [];
  for (const experiment of chosen)
    lines.push({ experiment, runs: 0, counts: {}, broken: 0, skipped: (await experiment.impossible?.()) ?? null });
  const end = performance.now() + minutes * 60_000;
  for (let seed = first, round = 0; round === 0 || performance.now() < end; seed += 1, round += 1) {
    for (const line of lines) {
      if (line.skipped !== null || (round > 0 && performance.now() >= end)) continue;
      const begun = performance.now();
      const { counts, findings } = await runOnce(line.experiment, seed);
      line.runs += 1;
      line.broken += findings.length;
      for (const [name, count] of Object.entries(counts)) line.counts[name] = (line.counts[name] ?? 0) + count;
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      process.stdout.write(`${line.experiment.name}, seed ${seed}: ${findings.length === 0 ? 'nothing lost' : 'BROKEN'} (${seconds} s)\n`);
      for (const finding of findings) process.stdout.write(`  seed ${seed}: ${finding}\n`);
    }
  }
  process.stdout.write(`\n${table(lines)}\n`);
  return lines.every(({ broken }) => broken === 0);
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof TypeError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
