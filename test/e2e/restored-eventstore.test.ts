import { backupOf, newStandInLog, startStandIn } from '@averment/event-log/testing';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { expect } from '../../services/api/test/support/story.ts';
import { install, untilRestored } from './installation.ts';

// What becomes of a service whose log in EventStoreDB is exchanged, or comes back from an older backup than its read models.
const server = await testServer(t);

t.test(
  'EventStoreDB: another log, or an older backup, stops the processes until the right one is back or it is said to be that',
  async (t) => {
    const right = newStandInLog();
    const store = await startStandIn(t, right);
    const own = await install(t, await server.createDatabase(), { EVENT_LOG_URL: store.url, EVENT_LOG_NAME: 'restored' });
    const { log } = expect(await own.feed(), 200).body;
    store.restartOn(newStandInLog());
    t.match(await own.write('An agency of nowhere'), { status: 503 });
    await own.until(503, /another event log/);
    t.match(await own.feed(), { status: 503 });
    t.match(await own.ask('GET', `/v1/incidents/${own.incident}`), { status: 200 }, 'the record is read');
    store.restartOn(right);
    await own.until(200);
    await own.writeAndRead('An agency in the right log');

    const backup = backupOf(right);
    for (let n = 0; n < 3; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    store.restartOn(backup);
    await untilRestored(t, own, String(log));
  },
);
