import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { atRate, type Load, quantile } from '../measure.ts';
import { alone } from '../report.ts';
import { editFor } from './edit.ts';

/** From the answer of a POST to that of a GET with its position, at 200 POSTs a second, whether or not the ones before are done. */
export const readable: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  // What earlier rows added must not stand before what is measured.
  await stack.runner.waitFor(['record', 'reviews', 'times'], await stack.log.head(), 600_000);
  const http = connect(served.url, 256, served.keys.contributor);
  let sent = 0;
  const call = async () => {
    const { id, body } = editFor(stack, sent++);
    const { edit, position } = expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
    const written = performance.now();
    expected(await http.get(`/v1/incidents/${id}/edits/${edit}?minPosition=${position}`), 200);
    return performance.now() - written;
  };
  await atRate(100, quick ? 1 : 3, call);
  const runs: Load[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await atRate(200, quick ? 2 : 10, call));
  await Promise.all([http.close(), served.stop()]);
  const of = (part: number) => runs.map(({ latencies }) => quantile(latencies, part));
  const share = Math.max(...runs.map((run) => run.share));
  return [
    alone('append → readable with minPosition, 200 writes a second, p99', of(0.99), { unit: 'ms', most: 100, share }),
    alone('the same, p50', of(0.5), { unit: 'ms' }),
  ];
};
