import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beginAnew, countLeaves, createLedgerFollower, createSigner, makeLedgerKey } from '@averment/ledger';
import { systemClock } from '@averment/platform';
import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { incidentId } from '../incidents.ts';
import { inRounds, interleaved, quantile, underLoad } from '../measure.ts';
import { createMeter } from '../processes.ts';
import { alone, compared } from '../report.ts';

const flight = 16;

/** Leaves and tiles of a whole log, by the follower alone; then the proofs of 1,000 events beside GETs of their incidents. */
export const ledger: Row = async ({ stacks, quick, rounds }) => {
  const { pool, log, runner, serve, seed, incidents } = await stacks.main();
  const cpu = createMeter({ PostgreSQL: stacks.postmaster });
  const rates: number[] = [];
  let leaves = 0;
  await inRounds(Math.min(rounds, 3), async () => {
    await beginAnew(pool, []);
    const follow = runner.follow([createLedgerFollower(log)], (_, outcome) => {
      if ('error' in outcome) throw outcome.error;
    });
    const { rows } = await pool.query<{ events: number }>('SELECT count(*)::int AS events FROM log.events');
    const events = rows[0]?.events ?? 0;
    await cpu.during(async () => {
      const begun = performance.now();
      // One that is behind the models goes on by itself, and is not waited for.
      await follow();
      for (leaves = 0; leaves < events; leaves = (await countLeaves(pool)).made) await setTimeout(20);
      rates.push((leaves * 1000) / (performance.now() - begun));
      return { done: leaves };
    });
  });

  const keyFile = join(stacks.folder, 'bench-ledger.key');
  // Of two keys that take turns each signs anew what the other has signed.
  const files = [keyFile, `${keyFile}.other`];
  const keys = await Promise.all(files.map((file) => makeLedgerKey(file, 'bench.invalid')));
  const signers = keys.map((each) => createSigner({ pool, keys: each, keyFile, clock: systemClock }));
  const signing: number[] = [];
  for (let time = 0; time < 20; time += 1) {
    const begun = performance.now();
    await signers[time % 2]?.sign();
    signing.push(performance.now() - begun);
  }
  const served = await serve();
  const http = connect(served.url, flight, null);
  const paths = await Promise.all(
    Array.from({ length: Math.min(1000, incidents) }, async (_, index) => {
      const incident = `/v1/incidents/${incidentId(seed, index)}`;
      const { revision } = expected(await http.get(incident), 200);
      return { incident, proof: `${incident}/events/${revision}/proof` };
    }),
  );
  const measure = async (what: 'incident' | 'proof'): Promise<number> => {
    const { latencies } = await underLoad({ flight, seconds: quick ? 1 : 5 }, async (index) => {
      const answer = await http.get(paths[index % paths.length]?.[what] ?? '');
      if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`);
    });
    return quantile(latencies, 0.99);
  };
  await measure('proof');
  const figures = await interleaved(rounds, { own: () => measure('proof'), peer: () => measure('incident') });
  await http.close();
  await served.stop();
  return [
    alone(`leaves and tiles of ${leaves} events, followed`, rates, { unit: 'per second', least: 20_000 }),
    alone('CPU of a leaf, in PostgreSQL', cpu.figures.PostgreSQL, { unit: 'µs' }),
    alone('a checkpoint: read back, proved, signed, written', signing, { unit: 'ms' }),
    compared(`proof of an event, ${flight} in flight, p99; beside it GET of its incident`, figures, {
      unit: 'ms',
      aim: { most: 2 },
      share: [],
    }),
  ];
};
