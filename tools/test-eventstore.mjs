// Runs the tests of the EventStoreDB adapter, and those of the services on it, against a real server.
import { globSync } from 'node:fs';
import { commandLine } from '../packages/platform/src/command-line.ts';

const usage = `npm run test:eventstore -- 'esdb://127.0.0.1:2113?tls=false'

Runs the tests of the event log, and of the services on it, against the EventStoreDB of that connection string. They append streams of their own to the
server and leave them there; what else it holds is neither needed nor touched.`;

const { read, refuse } = commandLine('npm run test:eventstore', usage);
const [url = ''] = read({}, { positionals: 1 }).positionals;
if (!/^esdb(\+discover)?:\/\//.test(url)) refuse('needs the connection string of an EventStoreDB');
process.env.TEST_EVENTSTORE_URL = url;
process.argv.splice(2, 1, ...globSync(['packages/event-log/test/eventstoredb*.test.ts', 'test/e2e/distributed.test.ts']).sort());
await import('./test.mjs');
