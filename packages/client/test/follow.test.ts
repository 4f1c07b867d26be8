import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import { type FollowOptions, follow, LogChanged, Refused, type Wait } from '../src/index.ts';
import { says, startStandIn } from './stand-in.ts';

/** How the stream goes wrong, or not; what it is to send stands in `lines`, each as it is sent. */
type Stream = (request: IncomingMessage, response: ServerResponse, send: (positions: number[]) => void) => void;
type Options = { head: () => number; stream: Stream; page?: (request: IncomingMessage, response: ServerResponse) => boolean };

const eventAt = (position: number) => ({ position: `${position}`, type: 'ClaimAdded' });
const sent = (position: number) => `id: ${position}\ndata: ${JSON.stringify(eventAt(position))}\n\n`;

/** A service with a feed of the positions 1 to `head`, two on a page, of which those that 5 divides are not shown. */
const feedOf =
  ({ head, stream, page }: Options) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/v1/events/stream') {
      const send = (positions: number[]) => response.write(positions.map(sent).join(''));
      stream(request, response, send);
      return;
    }
    if (page?.(request, response)) return;
    const after = Number(searchParams.get('after'));
    const next = Math.max(after, Math.min(head(), after + 2));
    const items = [after + 1, after + 2].filter((position) => position <= next && position % 5 !== 0).map(eventAt);
    says(response, 200, { items, next: `${next}`, log: 'log-1' });
  };
const opened = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const none: Stream = (_request, response) => says(response, 404, { detail: 'no such path' });

/** Follows until that many events came; answers their positions. */
const positions = async (url: string, count: number, options: FollowOptions = {}): Promise<string[]> => {
  const came: string[] = [];
  for await (const { position } of follow({ url, key: 'app', every: 5, ...options })) {
    came.push(position);
    if (came.length === count) break;
  }
  return came;
};
const upTo = (last: number): string[] => Array.from({ length: last }, (_, index) => `${index + 1}`).filter((one) => Number(one) % 5 !== 0);

t.test('without a stream the feed is read by pages, and asked for what is new', async (t) => {
  let asked = 0;
  const head = () => Math.min(12, 3 + Math.floor(asked++ / 2));
  const url = await startStandIn(t, feedOf({ head, stream: none }));
  t.strictSame(await positions(url, 10), upTo(12));
});

t.test(
  'a stream begins where the pages end; one that breaks off, repeats itself or is silent costs nothing and brings nothing twice',
  async (t) => {
    const resumed: unknown[] = [];
    let head = 3;
    const ways: Stream[] = [
      (_, response, send) => {
        send([3, 4, 6]);
        send([7]);
        // Half an event: it is not one yet.
        response.write('id: 8\ndata: {"position": "8"', () => setImmediate(() => response.destroy()));
      },
      (_, response, send) => {
        send([2, 7, 8, 9]);
        response.end();
      },
      (_, response) => {
        head = 11;
        // Silent for good.
        response.write(': heartbeat\n\n');
      },
      (_, __, send) => send([11, 12]),
    ];
    const stream: Stream = (request, response, send) => {
      resumed.push([request.headers['last-event-id'], new URL(request.url ?? '', 'http://localhost').searchParams.get('log')]);
      opened(response);
      ways[resumed.length - 1]?.(request, response, send);
    };
    const url = await startStandIn(t, feedOf({ head: () => head, stream }));
    const waits: Wait[] = [];
    t.strictSame(await positions(url, 10, { silence: 1000, onWait: (wait) => waits.push(wait) }), upTo(12));
    t.strictSame(
      resumed,
      ['3', '7', '9', '11'].map((position) => [position, 'log-1']),
    );
    t.equal(waits.length, 2, 'an end in order is no failure');
  },
);

t.test('the position of the pages counts, also where nothing of it was shown', async (t) => {
  const asked: unknown[] = [];
  const stream: Stream = ({ headers }, response, send) => {
    asked.push(headers['last-event-id']);
    opened(response);
    send([6]);
  };
  const url = await startStandIn(t, feedOf({ head: () => 5, stream }));
  t.strictSame(await positions(url, 5), upTo(6));
  t.strictSame(asked, ['5']);
});

t.test('a service that is away is waited for, as long as it says', async (t) => {
  const refusals: ((response: ServerResponse) => void)[] = [
    (response) => says(response, 503, { detail: 'away' }, { 'retry-after': '0' }),
    (response) => says(response, 429, { detail: 'too many' }, { 'retry-after': '0' }),
    (response) => response.destroy(),
    (response) => response.writeHead(502, { 'retry-after': '0' }).end('a proxy'),
    () => undefined,
  ];
  const page = (_: IncomingMessage, response: ServerResponse) => {
    const refuse = refusals.shift();
    refuse?.(response);
    return refuse !== undefined;
  };
  const url = await startStandIn(t, feedOf({ head: () => 4, stream: none, page }));
  const waits: Wait[] = [];
  t.strictSame(await positions(url, 4, { silence: 2000, onWait: (wait) => waits.push(wait) }), upTo(4));
  t.match(waits, [
    { reason: /503: away/, milliseconds: 0 },
    { reason: /429: too many/ },
    { reason: /./ },
    { reason: /502/ },
    { reason: /timeout/ },
  ]);
});

t.test('another log, and a refusal that waiting does not mend, end it', async (t) => {
  const refused = async (status: number, detail: string) => {
    const page = (_: IncomingMessage, response: ServerResponse) => {
      says(response, status, { detail });
      return true;
    };
    return positions(await startStandIn(t, feedOf({ head: () => 1, stream: none, page })), 1, { after: '1', log: 'log-0' });
  };
  await t.rejects(refused(410, 'Another log lies there.'), LogChanged);
  for (const status of [400, 401, 403]) await t.rejects(refused(status, 'no'), { name: 'Refused', status });

  const stream: Stream = (_, response) => says(response, 410, { detail: 'Another log lies there.' });
  await t.rejects(positions(await startStandIn(t, feedOf({ head: () => 1, stream })), 2), LogChanged, 'also where the stream says it');
  t.ok(new Refused(410, {} as never, null) instanceof Error);
});

t.test('the signal ends it wherever it is: at a page, in a stream, in a wait', async (t) => {
  const endless: Stream = (_, response) => void opened(response).write(': here\n\n');
  const away = { head: () => 2, stream: none, page: (_: IncomingMessage, response: ServerResponse) => !response.destroy().writable };
  for (const options of [{ head: () => 2, stream: endless }, { head: () => 2, stream: none }, away]) {
    const stopping = new AbortController();
    const url = await startStandIn(t, (request, response) => {
      feedOf(options)(request, response);
      if (request.url?.includes('stream') || options === away) setImmediate(() => stopping.abort());
    });
    for await (const _ of follow({ url, signal: stopping.signal, every: 60_000 }));
    t.ok(stopping.signal.aborted);
  }
  for await (const _ of follow({ url: 'http://127.0.0.1:1', signal: AbortSignal.abort() })) t.fail('nothing is followed');
});
