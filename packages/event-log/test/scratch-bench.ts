import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { connectClient } from '../src/eventstoredb/client.ts';
const url = 'esdb://127.0.0.1:2113?tls=false';
const bare = EventStoreDBClient.connectionString(url);
const own = connectClient(url, { answerWithin: 5000, scanWithin: 60000 });
const data = { filler: 'x'.repeat(450), n: 1 };
const text = JSON.stringify(data);
const run = async (name: string, inFlight: number, one: () => Promise<unknown>, ms = 4000) => {
  const end = performance.now() + ms; let n = 0;
  const t0 = performance.now(); const c0 = process.cpuUsage();
  await Promise.all(Array.from({ length: inFlight }, async () => { while (performance.now() < end) { await one(); n++; } }));
  const s = (performance.now() - t0) / 1000; const c = process.cpuUsage(c0);
  console.log(name, inFlight, Math.round(n / s), '/s', Math.round((c.user + c.system) / n), 'us cpu each');
};
const ops = {
  bare: () => bare.appendToStream(`b-${randomUUID()}`, jsonEvent({ type: 'T', id: randomUUID(), data, metadata: { last: 0, sha256: 'x'.repeat(64) } }), { expectedRevision: 'no_stream' }),
  own: () => own.append(`b-${randomUUID()}`, -1, [{ id: randomUUID(), type: 'T', data: text, metadata: '{"last":0,"sha256":"' + 'x'.repeat(64) + '"}' }]),
  back: async () => { const s = `b-${randomUUID()}`; await own.append(s, -1, [{ id: randomUUID(), type: 'T', data: text, metadata: '{"last":0,"sha256":"' + 'x'.repeat(64) + '"}' }]); await own.readStream(s, 0, 1); },
};
for (const f of [1, 32, 128]) for (const [name, op] of Object.entries(ops)) { await run(name, f, op, 1000); await run(name, f, op, 3000); }
await bare.dispose(); await own.close();
