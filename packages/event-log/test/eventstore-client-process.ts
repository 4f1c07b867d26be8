import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, START, streamNameFilter } from '@eventstore/db-client';

// A process of its own for what the client does to its whole process: `node eventstore-client-process.ts append|checkpoint <connection string>`.

const [what = '', url = ''] = process.argv.slice(2);
const client = EventStoreDBClient.connectionString(url);
const stream = `test-${randomUUID()}-process`;
const append = () => client.appendToStream(stream, jsonEvent({ type: 'Fact', id: randomUUID(), data: {} }));

/** Follows `count` events with two subscriptions, of which one has a handler of checkpoints that fails, and tells what became of that one. */
const failInCheckpoint = async (count: number) => {
  const told = { seen: 0, errors: 0, unhandled: 0 };
  process.on('unhandledRejection', () => {
    told.unhandled += 1;
  });
  const subscribe = (checkpointReached?: () => Promise<void>) => {
    const range = { prefixes: [stream], maxSearchWindow: 1, checkpointInterval: 1 };
    return client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({ ...range, ...(checkpointReached && { checkpointReached }) }),
    });
  };
  const failing = subscribe(() => Promise.reject(new Error('the handler fails')));
  failing.on('data', () => {
    told.seen += 1;
  });
  failing.on('error', () => {
    told.errors += 1;
  });
  let left = count;
  const healthy = new Promise<void>((resolve) => {
    subscribe().on('data', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  for (let n = 0; n < count; n += 1) await append();
  await healthy;
  console.log(JSON.stringify({ ...told, ended: failing.destroyed }));
};

if (what === 'append') console.log(JSON.stringify(await append().then(({ success }) => success)));
else await failInCheckpoint(40);
// Whatever else the server says is to arrive before the end.
await append();
process.exit();
