import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { keptPort, testFolder } from '@averment/platform/testing';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { client, expectStatus } from './client.ts';
import { startServer } from './server.ts';

type Noted = { id: string; position: string; incidentId: string; revision: number; type: string };
type FeedPage = { items: Omit<Noted, 'id'>[]; next: string };

// The newsroom's server of docs, as it stands there, beside what `npm start` starts.
const { url, keys } = await startServer(t, { WEBHOOK_PRIVATE_ADDRESSES: 'on' });
const app = client(url, keys.app);
const file = join(await testFolder(t), 'noted.jsonl');
const port = await keptPort();
const noted = (): Noted[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

const start = async (secret: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'receiver.mjs'), file, String(port)], {
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('takes webhooks')) break;
  return child;
};

/** All that the feed shows an app. */
const feed = async (): Promise<Omit<Noted, 'id'>[]> => {
  const found: Omit<Noted, 'id'>[] = [];
  for (let after = '0'; ; ) {
    const { items, next } = expectStatus(await app.get(`/v1/events?after=${after}&limit=500`), 200) as unknown as FeedPage;
    if (items.length === 0) return found;
    found.push(...items.map(({ position, incidentId, revision, type }) => ({ position, incidentId, revision, type })));
    after = next;
  }
};
const byPosition = (one: { position: string }, other: { position: string }) => Number(BigInt(one.position) - BigInt(other.position));
const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
};

t.test('a newsroom gets exactly the events of the feed, in order by incident, through crashes of its server', async (t) => {
  const made = expectStatus(await app.send('POST', '/v1/webhooks', { url: `http://127.0.0.1:${port}/` }), 201);
  const [path, secret] = [`/v1/webhooks/${made.id}`, String(made.secret)];
  let receiver = await start(secret);
  expectStatus(await app.send('POST', `${path}/replay`, { from: '0' }), 200);
  for (const count of [5, 25]) {
    await until(async () => noted().length >= count);
    receiver.kill('SIGKILL');
    await once(receiver, 'exit');
    receiver = await start(secret);
  }
  await until(async () => (await app.get(path)).body.waiting === 0 && noted().length >= (await feed()).length);
  const all = noted();
  const shown = await feed();
  t.ok(shown.length > 50, `the samples have ${shown.length} events`);
  t.strictSame(all.map(({ id: _, ...rest }) => rest).toSorted(byPosition), shown);
  t.equal(new Set(all.map(({ id }) => id)).size, all.length, 'each once');
  for (const of of Map.groupBy(all, ({ incidentId }) => incidentId).values()) t.strictSame(of, of.toSorted(byPosition));

  const rotated = expectStatus(await app.send('POST', `${path}/rotate`), 200);
  await app.send('POST', `${path}/replay`, { from: String(shown.at(-1)?.position) });
  const deliveries = async () =>
    (await app.get(`${path}/deliveries?limit=1`)).body.items as { position: string; state: string; attempts: { status: number }[] }[];
  const isTaken = async () => (await app.get(path)).body.waiting === 0 && (await deliveries())[0]?.state === 'taken';
  await until(isTaken);
  t.match(await deliveries(), [{ position: shown.at(-1)?.position, attempts: [{ status: 204 }] }], 'it still knows the old secret');
  receiver.kill('SIGKILL');
  await once(receiver, 'exit');
  await start(`${secret},${rotated.secret}`);
  t.equal(noted().length, all.length, 'what came twice is noted once');
});

t.test('it takes nothing that others sent, or that is old, or changed, or long', async (t) => {
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  const before = noted().length;
  const send = (body: string, { by = other, at = new Date(), signed = body } = {}) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: {
        'webhook-id': 'msg_forged',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(by).sign('msg_forged', at, signed),
      },
      body,
    }).then(({ status }) => status);
  const body = JSON.stringify({ data: { position: '1' } });
  t.equal(await send(body, { by: secret }), 401);
  t.equal(await send(body, { at: new Date(Date.now() - 3_600_000) }), 401);
  t.equal(await send(body, { signed: `${body} ` }), 401);
  t.ok([401, 0].includes(await send('x'.repeat(1_000_000)).catch(() => 0)));
  t.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 401);
  t.equal(noted().length, before);
});
