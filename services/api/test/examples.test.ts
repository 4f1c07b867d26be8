import { writeFileSync } from 'node:fs';
import { follow } from '@averment/webhooks/testing';
import t from 'tap';
import { type Example, story } from '../src/examples.ts';
import type { OpenApi, Operation } from '../src/openapi.ts';
import type { Answered } from './support/checker.ts';
import { harnessFor, type Person } from './support/harness.ts';

const harness = await harnessFor(t);

/** Without what differs from run to run. */
const masked = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer)
      .replaceAll(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g, '"TIME"')
      .replaceAll(/"day":"\d{4}-\d{2}-\d{2}"/g, '"day":"DAY"')
      .replaceAll(/"(waitingSeconds|oldestSeconds|medianSeconds|p90Seconds)":[\d.]+/g, '"$1":0')
      .replaceAll(/"traceId":"[0-9a-f]+"/g, '"traceId":"TRACE"')
      .replaceAll(/"etag":"[^,}]+/g, '"etag":"TAG"')
      .replaceAll(/"next":"[^"]+"/g, '"next":"CURSOR"')
      .replaceAll(/"(?:av[kt]|whsec)_[A-Za-z0-9_+/=-]+"/g, '"KEY"')
      .replaceAll(/"tip_[a-z0-9]+"/g, '"TIP"'),
  );

t.test('the examples are answered as the document says', async (t) => {
  const own = await harness(t, { keysTwoAdmins: true });
  const document = (await own.ask('GET', '/openapi.json')).body as unknown as OpenApi;
  const operations = new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [operation.operationId, { path, method: method.toUpperCase(), operation }]),
    ),
  );
  const shown = new Set<string>();
  const answered: Example[] = [];
  /** A tip has another id and secret each time. */
  const anew = new Map<string, string>();
  const now = (example: Example): Example =>
    JSON.parse([...anew].reduce((text, [one, other]) => text.replaceAll(one, other), JSON.stringify(example)));
  for (const example of story) {
    const found = operations.get(example.operation);
    if (found === undefined) throw new Error(`there is no operation ${example.operation}`);
    const { path, method, operation } = found;
    const sent = now(example);
    if (operation.tags.includes('Ledger')) await own.sign();
    const answer = await send(own, sent, method, path);
    if (example.operation === 'sendTip' && example.answer !== undefined) {
      const { id, secret } = example.answer as Record<string, string>;
      for (const [one, other] of [
        [id, answer.body.id],
        [secret, answer.body.secret],
      ])
        anew.set(String(one), String(other));
    }
    const name = `${example.operation} ${example.key ?? ''}`;
    t.equal(answer.status, example.status, `${name}: ${answer.text.slice(0, 500)}`);
    if (example.told !== false) {
      if (process.env.UPDATE_EXAMPLES === undefined) t.strictSame(masked(answer.body), masked(example.answer), name);
      answered.push({ ...sent, answer: answer.body });
    } else answered.push(sent);
    const kind = `${example.operation} ${example.status}`;
    if (!shown.has(kind)) holds(t, operation, example);
    shown.add(kind).add(example.operation);
  }
  t.strictSame(await noted(own), await shownToApps(own), 'webhooks are told of what the feed shows apps');
  const silent = [...operations.keys()].filter((name) => !shown.has(name));
  t.strictSame(silent, ['retryParked', 'skipParked', 'readMetrics', 'readContract', 'readSecurityText'], 'what has no example needs none');
  if (process.env.UPDATE_EXAMPLES !== undefined)
    writeFileSync(new URL('../src/examples.json', import.meta.url), `${JSON.stringify(answered, null, 2)}\n`);
});

type Place = { position: string; stream: string; revision: number; type: string };
const noted = async ({ pool, log }: Harness): Promise<Place[]> => {
  await follow(pool, log);
  return (await pool.query<Place>('SELECT position::text, stream, revision, type FROM webhooks.events ORDER BY webhooks.events.position'))
    .rows;
};
const shownToApps = async (own: Harness): Promise<Place[]> => {
  const found: Place[] = [];
  for (let after = '0'; ; ) {
    const { items, next } = (await own.read('/v1/events', { key: 'app', query: { after, limit: '500' } })).body as unknown as {
      items: Place[];
      next: string;
    };
    if (items.length === 0) return found;
    found.push(...items.map(({ position, stream, revision, type }) => ({ position, stream, revision, type })));
    after = next;
  }
};

type Test = Pick<typeof t, 'equal' | 'ok' | 'strictSame'>;
type Harness = Awaited<ReturnType<typeof harness>>;
const send = async (own: Harness, example: Example, method: string, template: string): Promise<Answered> => {
  const key = example.as as Person | null;
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(example.path?.[name]));
  const query = Object.fromEntries(Object.entries(example.query ?? {}).map(([name, value]) => [name, String(value)]));
  if (method === 'GET') return own.read(path, { key, query, ...(example.secret && { headers: { 'tip-secret': example.secret } }) });
  const headers: Record<string, string> = example.key === undefined ? {} : { 'idempotency-key': example.key };
  if (example.match) {
    const edit = await own.read(`${template.slice(0, template.indexOf('/{id}'))}/${example.path?.id}/edits/${example.path?.edit}`, { key });
    headers['if-match'] = String(edit.body.etag);
  }
  if (example.mediaType !== undefined) headers['content-type'] = example.mediaType;
  return own.ask(method, path, { key, query, headers, ...(example.body && { body: example.body }) });
};

/** The first of an operation that is answered with its status stands in the document. */
const holds = (t: Test, { parameters, requestBody, responses }: Operation, example: Example) => {
  const [shown] = Object.values(responses[String(example.status)]?.content ?? {});
  if (example.told !== false) t.strictSame(shown?.example, example.answer, `${example.operation} ${example.status}: its answer`);
  if (example.status >= 400) return;
  const named = Object.fromEntries(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter.example]));
  for (const [name, value] of Object.entries(example.path ?? {})) t.equal(named[`path ${name}`], value, `${example.operation} ${name}`);
  for (const [name, value] of Object.entries(example.query ?? {}))
    t.equal(String(named[`query ${name}`]), String(value), `${example.operation} ${name}`);
  const bodies = Object.values(requestBody?.content[example.mediaType ?? 'application/json']?.examples ?? {}).map(({ value }) => value);
  if (example.body !== undefined)
    t.ok(
      bodies.some((body) => JSON.stringify(body) === JSON.stringify(example.body)),
      `${example.operation}: its body`,
    );
  if (example.key !== undefined) t.equal(named['header Idempotency-Key'], example.key);
};
