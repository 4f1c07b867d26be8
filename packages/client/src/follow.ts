import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { answerOf, Refused, refusalOf } from './answers.ts';
import { type Api, type ApiOptions, addressOf, createApi, headersOf } from './api.ts';
import { reasonOf, type Wait } from './retrying.ts';
import type { Schemas } from './schemas.ts';
import { backoff, pause, retryAfter } from './waiting.ts';

/** Another log lies there, or this one from an older backup: what was followed so far may hold what the record does not (docs/api.md, 21). */
export class LogChanged extends Error {
  constructor(problem: string) {
    super(`${problem} Drop what was followed, and begin anew without a position.`);
    this.name = 'LogChanged';
  }
}

export type FollowOptions = {
  /** The position after which to begin, of an event that was followed; the start unless it is said. */
  after?: string;
  /** The `log` of an event that was followed: goes with `after`. */
  log?: string;
  /** Ends the following, without an error. */
  signal?: AbortSignal;
  /** Whether what comes later is waited for; else it ends where the feed ends. */
  live?: boolean;
  /** Whether events are sent as they come (Server-Sent Events) once the end is reached, where the service does that. */
  stream?: boolean;
  /** In milliseconds: how often is asked for what is new where nothing is sent. */
  every?: number;
  /** In milliseconds: a page that takes so long, or a stream that is silent for so long, without a heartbeat, is taken for broken. */
  silence?: number;
  /** Is told before each wait for a service that does not answer. */
  onWait?: (wait: Wait) => void;
};

/** An event of the feed, with the name of the log that its position belongs to. With both of the last one, a later run goes on after it. */
export type Followed = Schemas['Event'] & { log: string };

/** Up to where was followed. Positions are those of the service, and may be beyond the last event that was shown. */
type Stand = { after: string; log: string | undefined };

/** In milliseconds. */
const usual = { every: 1000, silence: 60_000 };
/** In milliseconds: a connection that lasted so long had not failed; what ended it is the first failure. */
const lasting = 10_000;

const isAfter = (position: string, after: string): boolean => BigInt(position) > BigInt(after);

/** Everything up to the end of the feed, page by page. */
async function* paged(api: Api, stand: Stand, { signal, silence = usual.silence }: FollowOptions): AsyncGenerator<Followed> {
  for (;;) {
    const { after, log } = stand;
    const query = { after, limit: 500, ...(log !== undefined && { log }) };
    const late = AbortSignal.timeout(silence);
    const asked = { params: { query }, signal: signal ? AbortSignal.any([signal, late]) : late };
    const page = await answerOf(api.GET('/v1/events', asked));
    stand.log = page.log;
    for (const item of page.items) {
      if (!isAfter(item.position, stand.after)) continue;
      stand.after = item.position;
      yield { ...item, log: page.log };
    }
    if (!isAfter(page.next, after)) return;
    stand.after = page.next;
  }
}

/** What is sent by a stream, until it ends; false where the service has none. `isOver` ends one that is silent. */
async function* streamed(options: ApiOptions & FollowOptions, stand: Stand): AsyncGenerator<Followed, boolean> {
  const { fetch = globalThis.fetch } = options;
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
  const url = addressOf(options.url, '/v1/events/stream');
  if (stand.log !== undefined) url.searchParams.set('log', stand.log);
  const asked = { ...headersOf(options), accept: 'text/event-stream', 'last-event-id': stand.after };
  const answer = await fetch(new Request(url, { headers: asked, signal }));
  if ([404, 405, 406].includes(answer.status)) return false;
  if (!answer.ok || answer.body === null) throw await refusalOf(answer);

  const came: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => came.push(message) });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const silent = setTimeout(() => over.abort(new TypeError('the stream is silent')), options.silence ?? usual.silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(silent));
      if (done) return true;
      parser.feed(value);
      for (const { id, data } of came.splice(0)) {
        if (id === undefined) continue;
        const item = JSON.parse(data) as Schemas['Event'];
        if (!isAfter(item.position, stand.after)) continue;
        stand.after = item.position;
        yield { ...item, log: stand.log ?? '' };
      }
    }
  } finally {
    over.abort();
  }
}

/** A wait that may help: nobody answered, or the service says that it is not its day. Null for what will be refused again. */
const waitAfter = (error: unknown, failures: number): Wait | null => {
  if (error instanceof Refused) {
    if (error.status < 500 && error.status !== 408 && error.status !== 429) return null;
    return { reason: `answered ${error.status}: ${error.message}`, milliseconds: retryAfter(error.retryAfter) ?? backoff(failures) };
  }
  const isBroken = error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
  return isBroken ? { reason: reasonOf(error), milliseconds: backoff(failures) } : null;
};

/**
 * Every event of the feed from a position on, in the order of the log, each once in a run and none missed: `for await (const event of follow({ url, key }))`.
 * First page by page, then as events are sent. It resumes by itself where it was, for as long as the service is away. Throws `LogChanged`, and `Refused`
 * for what waiting does not mend, as a key that may not follow.
 */
export async function* follow(options: ApiOptions & FollowOptions): AsyncGenerator<Followed, void> {
  const { signal, live = true, every = usual.every, onWait } = options;
  const api = createApi({ ...options, retries: false });
  const stand: Stand = { after: options.after ?? '0', log: options.log };
  let streams = options.stream ?? true;
  async function* connected(): AsyncGenerator<Followed> {
    yield* paged(api, stand, options);
    if (live && streams) streams = yield* streamed(options, stand);
  }
  let failures = 0;
  while (!signal?.aborted) {
    const begun = performance.now();
    let wait: Wait = { reason: '', milliseconds: every };
    try {
      yield* connected();
      if (!live) return;
      failures = 0;
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof Refused && error.status === 410) throw new LogChanged(error.message);
      if (performance.now() - begun > lasting) failures = 0;
      const next = waitAfter(error, failures);
      if (next === null) throw error;
      wait = next;
      failures += 1;
      onWait?.(wait);
    }
    await pause(wait.milliseconds, signal);
  }
}
