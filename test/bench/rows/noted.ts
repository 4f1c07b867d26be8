import type { Row } from '../bench.ts';
import { connect } from '../http.ts';
import { interleaved } from '../measure.ts';
import { compared } from '../report.ts';
import { posting, settled, whileStill } from './edit.ts';

/** What it costs a POST that reads of its subject can wait for it: beside an api that does not note it. */
export const noted: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.main();
  const [served, without] = [await stack.serve(), await stack.serve(['--import', import.meta.resolve('../unnoted.ts')])];
  const own = connect(served.url, 64, served.keys.contributor);
  const peer = connect(without.url, 64, without.keys.contributor);
  const post = posting(stack, quick);
  await Promise.all([post(own), post(peer)]);
  await settled(stack);
  const medians: Record<'own' | 'peer', number[]> = { own: [], peer: [] };
  const shares: number[] = [];
  const side = (name: 'own' | 'peer') => async () => {
    const { rate, share, latencies } = await post(name === 'own' ? own : peer);
    medians[name].push(latencies[Math.floor(latencies.length / 2)] ?? Number.NaN);
    shares.push(share);
    return rate;
  };
  const rates = await whileStill([served, without], () => interleaved(rounds, { own: side('own'), peer: side('peer') }));
  await settled(stack);
  await Promise.all([own.close(), peer.close(), served.stop(), without.stop()]);
  return [
    compared('POST of an edit, 64 in flight, the worker stands still; beside it without noting who wrote', rates, {
      unit: 'per second',
      aim: null,
      share: shares,
    }),
    compared('p50 of that', medians, { unit: 'ms', aim: null, share: [] }),
  ];
};
