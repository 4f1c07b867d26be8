import type { Row } from '../bench.ts';
import { connect, expected, type Http, startBare } from '../http.ts';
import { incidentId } from '../incidents.ts';
import { interleaved, median, underLoad } from '../measure.ts';
import { createMeter } from '../processes.ts';
import { alone, compared } from '../report.ts';

const flight = 64;

/** GET of incidents without a key, beside Fastify that answers the same bytes from memory; then with `If-None-Match`, both answering 304. */
export const get: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  const own = connect(served.url, flight, null);
  const count = Math.min(1000, stack.incidents);
  const documents = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const id = incidentId(stack.seed, index);
      const answer = await own.get(`/v1/incidents/${id}`);
      expected(answer, 200);
      return { id, etag: String(answer.headers.etag), body: answer.text };
    }),
  );
  const bare = await startBare(documents);
  const peer = connect(bare.url, flight, null);
  const shares: number[] = [];
  const measure = async (http: Http, status: 200 | 304) => {
    const load = await underLoad({ flight, seconds: quick ? 1 : 5 }, async (index) => {
      const { id, etag } = documents[index % count] ?? { id: '', etag: '' };
      const answer = await http.get(`/v1/incidents/${id}`, status === 304 ? { 'if-none-match': etag } : {});
      if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}`);
    });
    shares.push(load.share);
    return load;
  };
  const rateOf = async (http: Http, status: 200 | 304) => (await measure(http, status)).rate;
  const processes = { 'the API': served.api, PostgreSQL: stacks.postmaster };
  const cpu = { 200: createMeter(processes), 304: createMeter(processes) };
  const metered = async (status: 200 | 304) => (await cpu[status].during(() => measure(own, status))).rate;
  await measure(own, 200);
  const whole = await interleaved(rounds, { own: () => metered(200), peer: () => rateOf(peer, 200) });
  const unchanged = await interleaved(rounds, { own: () => metered(304), peer: () => rateOf(peer, 304) });
  await Promise.all([own.close(), peer.close(), served.stop(), bare.stop()]);
  const bytes = Math.round(median(documents.map(({ body }) => Buffer.byteLength(body))));
  return [
    compared(`GET of an incident (${bytes} bytes), 64 in flight; beside it the same bytes from memory`, whole, {
      unit: 'per second',
      aim: { least: 0.45 },
      share: shares,
    }),
    compared('the same with If-None-Match; beside it 304 from memory', unchanged, {
      unit: 'per second',
      aim: { least: 0.7 },
      share: shares,
    }),
    ...([200, 304] as const).flatMap((status) =>
      Object.entries(cpu[status].figures).map(([name, each]) => alone(`CPU of a ${status}, ${name}`, each, { unit: 'µs' })),
    ),
  ];
};
