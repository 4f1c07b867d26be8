import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { incidentId } from '../incidents.ts';
import { loadCast, loadIncidents } from '../load.ts';
import { atRate, median } from '../measure.ts';
import { familyOf, memoryOf } from '../processes.ts';
import { alone, compared, type Line } from '../report.ts';
import { openStacks, type Served } from '../stacks.ts';
import { editFor } from './edit.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The API, the worker and all of PostgreSQL, which serves nothing else: idle, after many events that the worker followed live, and while a load goes on. */
export const memory: Row = async ({ quick, seed, minutes, scale, eventLogUrl }) => {
  if (process.platform !== 'linux') return [];
  const stacks = await openStacks({ quick, seed, scale, eventLogUrl });
  try {
    const stack = await stacks.empty();
    const served = await stack.serve();
    const processes = async () => [served.api, served.worker, ...(await familyOf(stacks.postmaster))];
    const used = async () => sum(await Promise.all((await processes()).map(memoryOf)));
    const settled = () => new Promise((resolve) => setTimeout(resolve, quick ? 500 : 10_000));

    await settled();
    const idle = await used();
    const size = { seed, incidents: quick ? 200 : Math.round(28_600 * scale), claims: 3 };
    const begun = performance.now();
    const events = (await loadCast(stack.log)) + (await loadIncidents(stack.log, size));
    const caughtUp = await stack.runner.waitFor(['record', 'reviews', 'erasure_requests', 'times'], await stack.log.head(), 3_600_000);
    if (!caughtUp) throw new Error('the worker did not reach the head');
    const rate = (events * 1000) / (performance.now() - begun);
    await settled();
    const after = await used();
    const apart = { api: await memoryOf(served.api), worker: await memoryOf(served.worker) };
    const lines: Line[] = [
      compared(
        `memory of API, worker and PostgreSQL after ${events} events; beside it idle`,
        { own: [after], peer: [idle] },
        { unit: 'MiB', aim: null, share: [] },
      ),
      alone('of this the API', [apart.api], { unit: 'MiB' }),
      alone('of this the worker', [apart.worker], { unit: 'MiB', against: { most: 0.5 } }),
      alone('events appended in bulk and followed live by the worker', [rate], { unit: 'per second' }),
    ];
    const load = minutes > 0 ? await overTime({ served, used, minutes, ...size }) : [];
    await served.stop();
    return [...lines, ...load];
  } finally {
    await stacks.close();
  }
};

type Long = { served: Served; used: () => Promise<number>; minutes: number; seed: number; incidents: number; claims: number };

/** 50 edits and 50 reads a second; the last quarter's memory beside the second's, since the first fills the caches. */
const overTime = async ({ served, used, minutes, ...data }: Long): Promise<Line[]> => {
  const http = connect(served.url, 64, served.keys.contributor);
  const samples: number[] = [];
  let sent = 0;
  for (const until = Date.now() + minutes * 60_000; Date.now() < until; samples.push(await used())) {
    await atRate(50, 10, async () => {
      const { id, body } = editFor(data, sent++);
      expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
      expected(await http.get(`/v1/incidents/${incidentId(data.seed, sent % data.incidents)}`), 200);
      return 0;
    });
  }
  await http.close();
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const figures = { own: [median(samples.slice(-quarter))], peer: [median(samples.slice(quarter, 2 * quarter))] };
  return [
    compared(`memory in the last quarter of ${minutes} minutes of load; beside it in the second`, figures, {
      unit: 'MiB',
      aim: { most: 1.1 },
      share: [],
    }),
  ];
};
