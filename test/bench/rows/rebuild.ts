import type { Row } from '../bench.ts';
import { loadCast, loadIncidents } from '../load.ts';
import { interleaved } from '../measure.ts';
import { createMeter } from '../processes.ts';
import { alone, compared } from '../report.ts';

const models = ['record', 'reviews', 'erasure_requests', 'times'] as const;

/** A rebuild of all models, beside the same projections taking one append in a transaction; that on a smaller log, by events a second. */
export const rebuild: Row = async ({ stacks, quick, rounds }) => {
  const { runner, seed } = await stacks.main();
  // What earlier rows added is built as well.
  const { events } = await runner.rebuild('times');
  const cpu = createMeter({ PostgreSQL: stacks.postmaster });
  const inNode: number[] = [];
  const whole = async () => {
    const [begun, before] = [performance.now(), process.cpuUsage()];
    const { rate } = await cpu.during(async () => {
      // Another build may know no other way than each by itself.
      await (runner.rebuildAll?.(models) ?? Promise.all(models.map((name) => runner.rebuild(name))));
      return { done: events, rate: (events * 1000) / (performance.now() - begun) };
    });
    const { user, system } = process.cpuUsage(before);
    inNode.push((user + system) / events);
    return rate;
  };
  const rowByRow = async () => {
    const small = await stacks.empty();
    const slow = small.runnerOf(1);
    // The models are there before the events are, so that nothing is built in bulk.
    await slow.ensure();
    const size = { seed, incidents: quick ? 20 : 150, claims: 3 };
    const loaded = (await loadCast(small.log)) + (await loadIncidents(small.log, size));
    const begun = performance.now();
    await Promise.all(models.map((name) => slow.advance(name)));
    return (loaded * 1000) / (performance.now() - begun);
  };
  const figures = await interleaved(Math.min(rounds, 3), { own: whole, peer: rowByRow });
  const what = `rebuild of all read models from ${events} events`;
  return [
    compared(`${what}; beside it one append a transaction`, figures, { unit: 'per second', aim: { least: 8 }, share: [] }),
    alone(`${what}, events`, figures.own, { unit: 'per second', against: { least: 3 } }),
    alone('CPU of that per event, in Node', inNode, { unit: 'µs' }),
    alone('CPU of that per event, in PostgreSQL', cpu.figures.PostgreSQL, { unit: 'µs' }),
  ];
};
