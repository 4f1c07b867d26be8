import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { catalogue, type DomainEvent, derivedId } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { createLogger, migrate, systemClock, systemRandom } from '@averment/platform';
import { type TestServer, testPools } from '@averment/platform/testing';
import { createDelivering, createPost, createWebhooks, type Delivering, migrations, sentFilters, type WebhookMade } from '../src/index.ts';
import { follow } from '../src/testing.ts';

export type Test = { teardown(run: () => Promise<void> | void): void };
type Log = EventLog<DomainEvent>;

export const logger = createLogger({ level: 'silent', name: 'test' });
export const serverKey = randomBytes(32);
export const minute = 60_000;
export const day = 86_400_000;

/** Waits until a condition holds; the runner of the tests ends what never comes. */
export const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that stands still but where the test moves it. */
export const settable = () => {
  let time = Date.now();
  return { now: () => new Date(time), pass: (milliseconds: number) => void (time += milliseconds) };
};

export type Received = {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  data: { position: string; incidentId: string; revision: number; type: string };
};
export type Receiver = {
  url: string;
  received: Received[];
  /** Requests that were not answered yet, of all paths. */
  most: () => number;
  answer: (received: Received) => Promise<{ status: number; headers?: Record<string, string>; body?: string } | 'hang up'>;
};

/** A newsroom's server on loopback, which takes everything unless the test says otherwise. */
export const receiver = async (t: Test): Promise<Receiver> => {
  const received: Received[] = [];
  const open = new Map<string, number>();
  let most = 0;
  const own: Receiver = { url: '', received, most: () => most, answer: async () => ({ status: 204 }) };
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    const { data } = JSON.parse(body);
    const one = { path: request.url ?? '', headers: request.headers, body, data };
    received.push(one);
    const line = `${one.path} ${data.incidentId}`;
    open.set(line, (open.get(line) ?? 0) + 1);
    most = Math.max(most, open.get(line) ?? 0);
    const answer = await own.answer(one);
    open.set(line, (open.get(line) ?? 0) - 1);
    if (answer === 'hang up') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  own.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return own;
};

const by = { at: '2026-01-01T00:00:00.000Z', actor: 'tester', edit: null, request: null, correlation: null };
export const event = (type: string, data: object) => ({ id: randomUUID(), type, ...by, command: randomUUID(), data });
export const place = (region: string | null) => ({
  text: 'The harbour',
  locality: null,
  region,
  country: 'US',
  point: null,
  precision: 'region',
});
const occurred = { date: '2026-01-14', dateText: null, time: null, approximate: false, timeZone: null, fold: null };
export const incidentId = (): string => derivedId('incident', randomUUID(), 'incident');
export const partyId = (): string => derivedId('party', randomUUID(), 'party');
/** Publishes an incident. */
export const publish = async (log: Log, more: { region?: string | null; agencies?: string[] } = {}): Promise<string> => {
  const stream = incidentId();
  const data = {
    title: 'Shots at the harbour',
    occurred,
    place: place(more.region ?? null),
    agencies: more.agencies ?? [],
    externalId: null,
  };
  await log.append(stream, -1, [event('IncidentReported', data)]);
  return stream;
};
/** Adds record events to an incident. */
export const add = async (log: Log, stream: string, count = 1): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    const last = await log.endOf(stream);
    await log.append(stream, last?.revision ?? -1, [event('IncidentRetracted', { reason: 'It is another one.' })]);
  }
};

export type Own = Awaited<ReturnType<typeof world>>;
/** An empty log and database, with the clock, and what the api and the worker do. */
export const world = async (t: Test, server: TestServer, more: { log?: Log } = {}) => {
  const databaseUrl = await server.createDatabase();
  await migrate(databaseUrl, migrations);
  const { pool, end } = testPools(databaseUrl);
  const log = more.log ?? createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  const clock = settable();
  const closing: Delivering[] = [];
  t.teardown(async () => {
    for (const each of closing) await each.close();
    await end();
  });
  const woken: Date[] = [];
  const noKey = new Set<string>();
  const settings = { limit: 3, secretGrace: day, privateAddresses: true, timeout: 600 * minute, concurrency: 8, giveUp: 3 * day };
  const hooks = createWebhooks({
    pool,
    clock,
    random: systemRandom,
    serverKey,
    identify: ({ idempotencyKey, body }: { subject: string; idempotencyKey: string | null; body?: unknown }) => ({
      command: idempotencyKey ?? randomUUID(),
      former: [],
      request: JSON.stringify(body ?? null),
    }),
    head: log.head,
    ...settings,
    onWork: () => undefined,
  });
  /** A worker's part. */
  const worker = (changed: Partial<Parameters<typeof createDelivering>[0]> = {}): Delivering => {
    const delivering = createDelivering({
      pool,
      serverKey,
      clock,
      random: systemRandom,
      logger,
      post: createPost(settings),
      backoff: (tried) => minute * 2 ** (tried - 1),
      ...settings,
      withoutKey: async (subjects) => subjects.filter((subject) => noKey.has(subject)),
      wakeAt: (time) => void woken.push(time),
      told: () => undefined,
      ...changed,
    });
    closing.push(delivering);
    return delivering;
  };
  const create = async (url: string, filters: object = {}, subject = 'app'): Promise<WebhookMade & { secret: string }> => {
    const made = await hooks.create({ subject, idempotencyKey: null }, { url, filters: sentFilters.parse(filters) });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    return { ...made.value, secret: made.value.secret ?? '' };
  };
  return { pool, log, clock, hooks, worker, create, woken, noKey, settings, follow: () => follow(pool, log) };
};

/** Sends until nothing is due any more. */
export const drain = async ({ pool, clock, follow }: Own, ...workers: Delivering[]): Promise<void> => {
  await follow();
  await until(async () => {
    for (const worker of workers) await worker.run();
    const { rowCount } = await pool.query(
      `SELECT FROM webhooks.lines AS l JOIN webhooks.webhooks AS w ON w.id = l.webhook
        WHERE w.disabled_at IS NULL AND (leased_until > $1 OR due <= $1 AND (w.not_before IS NULL OR w.not_before <= $1))`,
      [clock.now()],
    );
    return rowCount === 0;
  });
};
