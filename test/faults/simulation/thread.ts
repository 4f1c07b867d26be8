import { parentPort, workerData } from 'node:worker_threads';
import { type Simulated, simulate } from './world.ts';

/** What a thread tells of each of its seeds. */
export type Told = Simulated & { seed: number };

// A thread of the experiment: simulates the seeds that it was given, one after the other.
for (const seed of workerData as number[]) parentPort?.postMessage({ seed, ...(await simulate(seed)) } satisfies Told);
