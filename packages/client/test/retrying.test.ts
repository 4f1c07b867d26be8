import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import { createApi, type Wait } from '../src/index.ts';
import { says, startStandIn } from './stand-in.ts';

const party = { kind: 'agency', name: 'River police' } as const;
const away = { 'retry-after': '0' };
type Asked = IncomingMessage & { text: string };

/** Answers the requests in turn, and notes them. */
const inTurn = (answers: ((response: ServerResponse) => void)[]) => {
  const asked: { method: string; key: string | undefined; text: string }[] = [];
  return {
    asked,
    answer: ({ method = '', headers, text }: Asked, response: ServerResponse) => {
      asked.push({ method, key: headers['idempotency-key']?.toString(), text });
      answers[Math.min(asked.length, answers.length) - 1]?.(response);
    },
  };
};

const unavailable = (response: ServerResponse) => says(response, 503, { detail: 'away' }, away);
const limited = (response: ServerResponse) => says(response, 429, { detail: 'too many' }, away);
const broken = (response: ServerResponse) => response.destroy();
const half = (response: ServerResponse) => {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"id":', () => response.destroy());
};
const made = (response: ServerResponse) => says(response, 201, { id: 'party_1' });

t.test('a write is sent again with the same key and body, however it failed', async (t) => {
  const turns = inTurn([unavailable, limited, broken, half, made]);
  const waits: Wait[] = [];
  const api = createApi({ url: await startStandIn(t, turns.answer), retries: { onWait: (wait) => waits.push(wait) } });
  const { data, response } = await api.POST('/v1/parties', { body: party });
  t.match({ status: response.status, data }, { status: 201, data: { id: 'party_1' } });
  t.equal(turns.asked.length, 5);
  t.equal(new Set(turns.asked.map(({ key }) => key)).size, 1);
  t.match(turns.asked[0]?.key, /^[0-9a-f-]{36}$/);
  t.ok(turns.asked.every(({ text }) => text === JSON.stringify(party)));
  t.match(waits, [{ reason: 'answered 503', milliseconds: 0 }, { reason: 'answered 429' }, { reason: /./ }, { reason: /./ }]);
});

t.test('a key of the caller stays', async (t) => {
  const turns = inTurn([unavailable, made]);
  const api = createApi({ url: await startStandIn(t, turns.answer) });
  await api.POST('/v1/parties', { body: party, params: { header: { 'Idempotency-Key': 'own' } } });
  t.strictSame(
    turns.asked.map(({ key }) => key),
    ['own', 'own'],
  );
});

t.test('reads have no key, and are sent again too', async (t) => {
  const turns = inTurn([broken, unavailable, (response) => says(response, 200, { items: [], next: null })]);
  const api = createApi({ url: await startStandIn(t, turns.answer) });
  t.match((await api.GET('/v1/incidents')).data, { items: [] });
  t.strictSame(
    turns.asked.map(({ method, key }) => [method, key]),
    Array(3).fill(['GET', undefined]),
  );
});

t.test('what is refused otherwise is not sent again', async (t) => {
  for (const status of [400, 401, 403, 404, 409, 412, 422, 500]) {
    const turns = inTurn([(response) => says(response, status, { detail: 'no' })]);
    const api = createApi({ url: await startStandIn(t, turns.answer) });
    t.equal((await api.POST('/v1/parties', { body: party })).response.status, status);
    t.equal(turns.asked.length, 1, `${status}`);
  }
});

t.test('repeats are bounded: by their number, by the wait that is asked for, and by the signal', async (t) => {
  const turns = inTurn([unavailable]);
  const url = await startStandIn(t, turns.answer);
  t.equal((await createApi({ url, retries: { times: 3 } }).GET('/v1/incidents')).response.status, 503);
  t.equal(turns.asked.length, 4);
  t.equal((await createApi({ url, retries: false }).GET('/v1/incidents')).response.status, 503);
  t.equal(turns.asked.length, 5);

  const long = inTurn([(response) => says(response, 429, { detail: 'too many' }, { 'retry-after': '86400' })]);
  t.equal((await createApi({ url: await startStandIn(t, long.answer) }).GET('/v1/incidents')).response.status, 429);
  t.equal(long.asked.length, 1);

  const stopping = new AbortController();
  const slow = inTurn([(response) => says(response, 503, { detail: 'away' }, { 'retry-after': '50' })]);
  const own = createApi({ url: await startStandIn(t, slow.answer), retries: { onWait: () => stopping.abort() } });
  await t.rejects(own.GET('/v1/incidents', { signal: stopping.signal }), { name: 'AbortError' });
  t.equal(slow.asked.length, 1);
});
