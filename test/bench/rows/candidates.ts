import type { Row } from '../bench.ts';
import { connect, expected, type Http } from '../http.ts';
import { proposalOf } from '../incidents.ts';
import { interleaved, quantile, underLoad } from '../measure.ts';
import { randomFrom } from '../random.ts';
import { compared } from '../report.ts';

/** Proposals that resemble incidents of the record, one after the other: the latency of such a part of them, in milliseconds. */
const proposing = (seed: number, count: number) => {
  let sent = 0;
  return async (http: Http, part: number): Promise<number> => {
    const latencies: number[] = [];
    await underLoad({ flight: 1, count }, async () => {
      sent += 1;
      const body = proposalOf(sent * 7919, 1, randomFrom(seed * 31 + sent));
      const begun = performance.now();
      const { candidates } = expected(await http.post('/v1/incidents', body), 201);
      latencies.push(performance.now() - begun);
      if (!Array.isArray(candidates)) throw new Error('no candidates were looked up');
    });
    return quantile(
      latencies.sort((one, other) => one - other),
      part,
    );
  };
};

/** POST of a proposal, which is answered with what it may be the same as, at many incidents, beside few. The worker follows meanwhile. */
export const candidates: Row = async ({ stacks, seed, quick, rounds }) => {
  const [large, small] = [await stacks.large(), await stacks.small()];
  const [many, few] = [await large.serve(), await small.serve()];
  const [own, peer] = [connect(many.url, 1, many.keys.contributor), connect(few.url, 1, few.keys.contributor)];
  const count = quick ? 5 : 200;
  const [ofMany, ofFew] = [proposing(seed, count), proposing(seed, count)];
  await Promise.all([ofMany(own, 0.5), ofFew(peer, 0.5)]);
  const figures = await interleaved(rounds, { own: () => ofMany(own, 0.99), peer: () => ofFew(peer, 0.99) });
  await Promise.all([own.close(), peer.close(), many.stop(), few.stop()]);
  const measured = `POST of a proposal with its candidates at ${large.incidents} incidents, p99; beside it at ${small.incidents}`;
  return [compared(measured, figures, { unit: 'ms', aim: null, share: [] })];
};
