// Runs the tests of the EventStoreDB adapter, and those of the services on it, against a real server: `npm run test:eventstore -- esdb://127.0.0.1:2113?tls=false`. It appends streams of
// its own to the server and leaves them there; what else the server holds is neither needed nor touched.
import { globSync } from 'node:fs';

const [url, ...rest] = process.argv.slice(2);
if (url === undefined || rest.length > 0 || !/^esdb(\+discover)?:\/\//.test(url)) {
  console.error('averment: needs the connection string of an EventStoreDB: npm run test:eventstore -- "esdb://127.0.0.1:2113?tls=false"');
  process.exit(1);
}
process.env.TEST_EVENTSTORE_URL = url;
process.argv.splice(2, 1, ...globSync(['packages/event-log/test/eventstoredb*.test.ts', 'test/e2e/distributed.test.ts']).sort());
await import('./test.mjs');
