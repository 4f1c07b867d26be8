import { randomUUID } from 'node:crypto';
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import type { Row } from '../bench.ts';
import { writeIncident } from '../incidents.ts';
import { interleaved, underLoad } from '../measure.ts';
import { compared, type Line } from '../report.ts';

/** One event with its texts (an edit with one claim), each in a new stream, beside Emmett with the same event on the same server. */
export const append: Row = async ({ stacks, quick, rounds, seed }) => {
  const { log, url } = await stacks.empty();
  const store = getPostgreSQLEventStore(url);
  const event = await submission(seed);
  const seconds = quick ? 0.5 : 5;
  const lines: Line[] = [];

  for (const { flight, least } of [
    { flight: 32, least: 5 },
    { flight: 256, least: 7 },
  ]) {
    const shares: number[] = [];
    const measure = async (call: () => Promise<unknown>) => {
      const { rate, share } = await underLoad({ flight, seconds }, call);
      shares.push(share);
      return rate;
    };
    const own = async () => {
      const { outcome } = await log.append(`incident_${randomUUID()}`, -1, [{ ...event, id: randomUUID() }]);
      if (outcome !== 'written') throw new Error(`not written: ${outcome}`);
    };
    const peer = () =>
      store.appendToStream(`incident_${randomUUID()}`, [{ type: event.type, data: event }], {
        expectedStreamVersion: STREAM_DOES_NOT_EXIST,
      });
    await own();
    await peer();
    const figures = await interleaved(rounds, { own: () => measure(own), peer: () => measure(peer) });
    lines.push(
      compared(`durable append of one event with its texts, ${flight} in flight; beside it Emmett`, figures, {
        unit: 'per second',
        aim: { least },
        share: shares,
      }),
    );
  }
  await store.close();
  return lines;
};

/** An edit with one claim. */
export const submission = async (seed: number) => {
  const incident = await writeIncident(seed, 0);
  await incident.report(1);
  const [event] = incident.appends[0]?.events ?? [];
  if (event === undefined) throw new Error('an incident begins with an event');
  return event;
};
