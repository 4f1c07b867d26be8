import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { EventStoreDBClient, FORWARDS, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { Row } from '../bench.ts';
import { loadIncidents } from '../load.ts';
import { interleaved, underLoad } from '../measure.ts';
import { compared, type Line, skipped } from '../report.ts';
import { submission } from './append.ts';

const measure = 'appends to and reads of an EventStoreDB, beside its bare client';

/** The adapter of EventStoreDB and the log in PostgreSQL, both beside the bare client, which keeps the same event with its texts in it. */
export const store: Row = async (bench) => {
  const { eventLogUrl } = bench;
  if (eventLogUrl === null) return [skipped(measure, 'EVENT_LOG_URL names no EventStoreDB')];
  const client = EventStoreDBClient.connectionString(eventLogUrl);
  try {
    return [...(await appends(bench, client)), ...(await reads(bench, client))];
  } finally {
    await client.dispose();
  }
};

const appends = async ({ stacks, quick, rounds, seed }: Parameters<Row>[0], client: EventStoreDBClient): Promise<Line[]> => {
  const adapter = (await stacks.emptyElsewhere()).log;
  const inPostgres = (await stacks.empty()).log;
  const event = await submission(seed);
  const seconds = quick ? 0.5 : 5;
  const to = (log: EventLog<DomainEvent>) => async () => {
    const { outcome } = await log.append(`incident_${randomUUID()}`, -1, [{ ...event, id: randomUUID() }]);
    if (outcome !== 'written') throw new Error(`not written: ${outcome}`);
  };
  const bare = async () => {
    const { success } = await client.appendToStream(`bench-${randomUUID()}`, jsonEvent({ type: event.type, data: event }), {
      expectedRevision: NO_STREAM,
    });
    if (!success) throw new Error('not written');
  };
  const lines: Line[] = [];
  for (const flight of [32, 128]) {
    const share: number[] = [];
    const rate = (call: () => Promise<void>) => async () => {
      const load = await underLoad({ flight, seconds }, call);
      share.push(load.share);
      return load.rate;
    };
    const sides = { adapter: rate(to(adapter)), inPostgres: rate(to(inPostgres)), bare: rate(bare) };
    for (const warmUp of Object.values(sides)) await warmUp();
    const { bare: peer, ...own } = await interleaved(rounds, sides);
    const how = { unit: 'per second', share } as const;
    lines.push(
      compared(
        `durable append through the adapter, texts in the vault, ${flight} in flight; beside it the bare client`,
        { own: own.adapter, peer },
        { ...how, aim: { least: 0.8 } },
      ),
      compared(
        `durable append to the log in PostgreSQL, ${flight} in flight; beside it the bare client of EventStoreDB`,
        { own: own.inPostgres, peer },
        { ...how, aim: flight === 32 ? { least: 1 } : null },
      ),
    );
  }
  return lines;
};

const reads = async ({ stacks, quick, rounds, seed }: Parameters<Row>[0], client: EventStoreDBClient): Promise<Line[]> => {
  const adapter = (await stacks.emptyElsewhere()).log;
  const inPostgres = (await stacks.empty()).log;
  const size = { seed, incidents: quick ? 20 : 4000, claims: 3 };
  const events = await loadIncidents(adapter, size);
  await loadIncidents(inPostgres, size);
  const [first] = await adapter.readAll(0n, 1);
  if (first === undefined) throw new Error('what was loaded is not there');
  const rateOf = async (count: () => Promise<number>) => {
    const begun = performance.now();
    const read = await count();
    if (read < events) throw new Error(`${read} of ${events} events were read`);
    return (read * 1000) / (performance.now() - begun);
  };
  const whole = (log: EventLog<DomainEvent>, texts: boolean) => () =>
    rateOf(async () => {
      let read = 0;
      for (let after = 0n; ; ) {
        const page = await log.readAll(after, 1000, { texts });
        const last = page.at(-1);
        if (last === undefined) return read;
        read += page.length;
        after = last.position;
      }
    });
  const bare = () =>
    rateOf(async () => {
      let read = 0;
      const from = { commit: first.position, prepare: first.position };
      for await (const { event } of client.readAll({ direction: FORWARDS, fromPosition: from, maxCount: events }))
        if (event !== undefined) read += 1;
      return read;
    });
  const sides = { bare, structure: whole(adapter, false), texts: whole(adapter, true), inPostgres: whole(inPostgres, true) };
  for (const warmUp of Object.values(sides)) await warmUp();
  const { bare: peer, ...own } = await interleaved(rounds, sides);
  const how = { unit: 'per second', share: [] } as const;
  const beside = `of ${events} events; beside it the bare client`;
  return [
    compared(
      `read of the whole log through the adapter, without texts, ${beside}`,
      { own: own.structure, peer },
      { ...how, aim: { least: 0.8 } },
    ),
    compared(`the same with the texts from the vault, ${beside}`, { own: own.texts, peer }, { ...how, aim: null, against: { least: 1.6 } }),
    compared(`read of the whole log in PostgreSQL with texts, ${beside}`, { own: own.inPostgres, peer }, { ...how, aim: null }),
  ];
};
