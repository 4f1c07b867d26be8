import { availableParallelism } from 'node:os';
import { turn } from './turns.ts';

/** What was done under a load: `latencies` in milliseconds, sorted; `share` of all cores that this process (the load generator) took. */
export type Load = { done: number; rate: number; latencies: number[]; share: number };
type Amount = { flight: number; seconds: number } | { flight: number; count: number };

/** Keeps `flight` calls under way, for so many seconds or so many calls. The first that fails fails all. */
export const underLoad = async (amount: Amount, call: (index: number) => Promise<unknown>): Promise<Load> => {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let next = 0;
  const goesOn = 'count' in amount ? () => next < amount.count : () => performance.now() - begun < amount.seconds * 1000;
  const lane = async () => {
    while (goesOn()) {
      const index = next;
      next += 1;
      const start = performance.now();
      await call(index);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: amount.flight }, lane));
  return loadOf(latencies, begun, cpu);
};

/** Begins a call every `1/perSecond` seconds, whether or not earlier ones are done, as clients that know nothing of each other do. */
export const atRate = async (perSecond: number, seconds: number, call: (index: number) => Promise<number>): Promise<Load> => {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const calls: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = begun + (index * 1000) / perSecond - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    calls.push(call(index));
  }
  return loadOf(await Promise.all(calls), begun, cpu);
};

const loadOf = (latencies: number[], begun: number, before: NodeJS.CpuUsage): Load => {
  const milliseconds = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  return {
    done: latencies.length,
    rate: (latencies.length / milliseconds) * 1000,
    latencies: latencies.sort((one, other) => one - other),
    share: (user + system) / 1000 / milliseconds / availableParallelism(),
  };
};

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((one, other) => one - other),
    0.5,
  );

/** Of sorted values: the smallest that at least that part of them does not exceed. */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;

/** Figures by what was measured, one a round. */
type Figures<Name extends string> = Record<Name, number[]>;

/** Every round of a row goes through here: before it begins, the other build has its own. */
export const inRounds = async (rounds: number, run: (round: number) => Promise<void>): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    await turn();
    await run(round);
  }
};

/** Measures one after the other, again and again, each round in the other order than the one before it: what disturbs the machine disturbs all. */
export const interleaved = async <Name extends string>(
  rounds: number,
  sides: Record<Name, () => Promise<number>>,
): Promise<Figures<Name>> => {
  const names = Object.keys(sides) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Figures<Name>;
  await inRounds(rounds, async (round) => {
    for (const name of round % 2 === 0 ? names : names.toReversed()) figures[name].push(await sides[name]());
  });
  return figures;
};

/** The ratio of the medians, with the least and the greatest of the rounds' own ratios. */
export const ratioOf = (own: readonly number[], peer: readonly number[]): { ratio: number; min: number; max: number } => {
  const each = own.map((figure, round) => figure / (peer[round] ?? Number.NaN));
  return { ratio: median(own) / median(peer), min: Math.min(...each), max: Math.max(...each) };
};
