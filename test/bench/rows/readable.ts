import { setTimeout as delay } from 'node:timers/promises';
import { createKey } from '@averment/access/testing';
import { systemClock, systemRandom } from '@averment/platform';
import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { atRate, inRounds, type Load, quantile } from '../measure.ts';
import { alone } from '../report.ts';
import { editFor, settled } from './edit.ts';

/** One client may only wait with so many requests at once. */
const clients = 32;

/** From the answer of a POST to that of a GET with its position, at 100 and at 200 POSTs a second, whether or not the ones before are done. */
export const readable: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  // What earlier rows added must not stand before what is measured.
  await settled(stack);
  const tools = { clock: systemClock, random: systemRandom };
  const keys = await Promise.all(
    Array.from({ length: clients }, (_, client) => createKey(stack.pool, { subject: `contributor-${client}`, role: 'contributor' }, tools)),
  );
  const https = keys.map(({ key }) => connect(served.url, 16, key));
  let sent = 0;
  let refused = 0;
  const at = async (perSecond: number, seconds: number) => {
    const load = await atRate(perSecond, seconds, async (index) => {
      const http = https[index % clients];
      if (http === undefined) throw new TypeError('there is no client');
      const { id, body } = editFor(stack, sent++);
      const { edit, position } = expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
      const written = performance.now();
      const read = () => http.get(`/v1/incidents/${id}/edits/${edit}?minPosition=${position}`);
      let answer = await read();
      // So many wait already that the API refuses more: the client asks again, and the time counts.
      for (; answer.status === 503; answer = await read()) {
        refused += 1;
        await delay(100);
      }
      expected(answer, 200);
      return performance.now() - written;
    });
    await settled(stack);
    return load;
  };
  await at(100, quick ? 1 : 3);
  const loads: Record<100 | 200, Load[]> = { 100: [], 200: [] };
  await inRounds(rounds, async () => {
    for (const perSecond of [100, 200] as const) loads[perSecond].push(await at(perSecond, quick ? 2 : 10));
  });
  await Promise.all(https.map((http) => http.close()));
  await served.stop();
  const of = (perSecond: 100 | 200, part: number) => loads[perSecond].map(({ latencies }) => quantile(latencies, part));
  const shareAt = (perSecond: 100 | 200) => Math.max(...loads[perSecond].map(({ share }) => share));
  const [third, half] = [{ most: 0.33 }, { most: 0.5 }];
  return [
    alone('append → readable with minPosition, 200 writes a second, p99', of(200, 0.99), {
      unit: 'ms',
      most: 100,
      share: shareAt(200),
      against: third,
    }),
    alone('the same, p50', of(200, 0.5), { unit: 'ms', against: half }),
    alone('append → readable with minPosition, 100 writes a second, p99', of(100, 0.99), {
      unit: 'ms',
      share: shareAt(100),
      against: third,
    }),
    alone('the same at 100 a second, p50', of(100, 0.5), { unit: 'ms', against: half }),
    alone('GETs of these that were refused because too many waited, and asked again', [refused], { unit: 'in all' }),
  ];
};
