import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@averment/domain';
import type { Catalogue, EventLog } from '@averment/event-log';
import type { Projection, ProjectionContext } from '../../src/projection.ts';

/**
 * A small read model for the tests of the runner: the numbers that were added in each stream, each with its running sum, which is folded from the stream as
 * the real models are. A number that it is told to dislike is poison.
 */
type Added = { amount: number; note?: string };
export const catalogue: Catalogue = {
  Added: { schema: 1, texts: (data) => ((data as Added).note === undefined ? [] : [['note']]), upcast: {} },
  TextErased: { schema: 1, texts: () => [], upcast: {} },
};
/** Of a newer program, whose events this one does not know. */
export const newerCatalogue: Catalogue = { ...catalogue, Subtracted: { schema: 1, texts: () => [], upcast: {} } };

export type Dislikes = { amounts: Set<number> };

type Options = { name?: Projection['name']; dislikes?: Dislikes; version?: number; hold?: () => Promise<void> };

export const tally = (options: Options = {}): Projection => {
  const { name = 'reviews', dislikes = { amounts: new Set() }, version = 1, hold } = options;
  return {
    name,
    version,
    ddl: (schema) =>
      `CREATE TABLE ${schema}.added (stream text, revision integer, position bigint NOT NULL, amount integer NOT NULL, sum integer NOT NULL, note text, PRIMARY KEY (stream, revision))`,
    indexes: (schema) => `CREATE INDEX ON ${schema}.added (position)`,
    streams: ['stream_'],
    compared: [{ table: 'added', key: ['stream', 'revision'] }],
    apply: async (tx, events, context) => {
      for (const row of await rowsOf(events, context, dislikes)) {
        await tx.query(`INSERT INTO ${context.schema}.added VALUES ($1, $2, $3, $4, $5, $6)`, [
          row.stream,
          row.revision,
          row.position,
          row.amount,
          row.sum,
          row.note,
        ]);
      }
      await hold?.();
    },
  };
};

const rowsOf = async (events: readonly DomainEvent[], context: ProjectionContext, { amounts }: Dislikes) => {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const wanted = [...streams].map(([stream, own]) => ({ stream, from: 0, to: own.at(-1)?.revision ?? 0 }));
  const whole = await context.readStreams(wanted);
  const fresh = new Set(events.map(({ id }) => id));
  return [...whole].flatMap(([stream, all]) => {
    let sum = 0;
    const rows = all.map((event) => {
      const { amount, note = null } = (event.type as string) === 'TextErased' ? { amount: 0 } : (event.data as unknown as Added);
      if (amounts.has(amount)) throw new Error(`nobody likes ${amount}`);
      sum += amount;
      return { id: event.id, stream, revision: event.revision, position: event.position, amount, sum, note };
    });
    return rows.filter(({ id }) => fresh.has(id));
  });
};

/** Appends these numbers in one append, after the stream's last event. Answers the position. */
export const add = async (log: EventLog<DomainEvent>, stream: string, ...amounts: (number | Added)[]): Promise<bigint> =>
  await append(log, stream, 'Added', ...amounts.map((amount) => (typeof amount === 'number' ? { amount } : amount)));

export const append = async (log: EventLog<DomainEvent>, stream: string, type: string, ...data: object[]): Promise<bigint> => {
  const expected = (await log.readStream(stream, 0, { texts: false })).length - 1;
  const command = randomUUID();
  const events = data.map((one) => ({
    id: randomUUID(),
    type,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'tester',
    edit: null,
    command,
    request: null,
    correlation: null,
    data: one,
  }));
  const outcome = await log.append(stream, expected, events);
  if (outcome.outcome !== 'written') throw new Error(`not written: ${outcome.outcome}`);
  return outcome.position;
};
