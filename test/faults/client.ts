import { setTimeout as delay } from 'node:timers/promises';
import type { Bed } from './bed.ts';

export type Json = Record<string, unknown>;
/** A write as a client sends it, again and again under the same key until it is answered. */
export type Write = {
  subject: string;
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** Its Idempotency-Key. */
  key: string;
  body: Json | string;
  /** Of a body that is no JSON. */
  mediaType?: string;
  ifMatch?: string;
};
/** An Idempotency-Key out of words: visible characters, without spaces. */
export const keyFor = (...words: string[]): string => words.join('/').replaceAll(' ', '-');
export type Answered = Write & { status: number; text: string; json: Json };

/** Everything that was sent, everything that was answered for good, and the answers 429 and 5xx, after which it was sent again. */
export type Journal = {
  sent: Write[];
  answered: Answered[];
  retries: number;
  turnedAway: { write: Write; status: number; text: string; retryAfter: string | null }[];
};

export type Client = {
  journal: Journal;
  /** Sends a write until it has an answer that will not change: anything but 429, 5xx and a broken connection. */
  write(write: Write): Promise<Answered>;
  /** Sends it once, there; null where no answer came. */
  once(write: Write, at: string): Promise<Answered | null>;
  /** Sends what was answered before until it is answered again. */
  again(write: Write): Promise<Answered>;
  /** Reads as that subject until it is answered 200. */
  read(subject: string, path: string): Promise<Json>;
  /** Reads until there is an answer, of any status. */
  look(subject: string | null, path: string): Promise<{ status: number; json: Json; headers: Headers }>;
  /** Resolves when so many writes were answered. */
  afterAnswers(count: number): Promise<void>;
  /** Resolves when so many writes were answered 429 or 5xx. */
  afterTurnedAway(count: number): Promise<void>;
};

/** For how long a request is repeated, in milliseconds: a service that has not recovered by then never will, however busy the machine is. */
export const recovery = 280_000;
const longestWait = 60_000;

/**
 * A client of processes that serve at `urls`, any of which may be away. It turns to the next one after each failure, and after `answerWithin` milliseconds
 * without an answer; a request that had none is given twice as long each time, since a slow machine answers too.
 */
export const createClient = (bed: Pick<Bed, 'keyOf'>, urls: readonly string[], answerWithin = 6000): Client => {
  const journal: Journal = { sent: [], answered: [], retries: 0, turnedAway: [] };
  const waiting: { list: readonly unknown[]; count: number; go: () => void }[] = [];
  const tell = () => {
    for (const { list, count, go } of waiting) if (list.length >= count) go();
  };
  const after = (list: readonly unknown[], count: number) =>
    new Promise<void>((go) => {
      waiting.push({ list, count, go });
      tell();
    });
  let turn = 0;

  const fetched = async (url: string, init: RequestInit, attempt: number) => {
    try {
      const within = Math.max(answerWithin, Math.min(answerWithin * 2 ** attempt, longestWait));
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(within) });
      // A stream never ends: that it has begun is its answer.
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      if (isStream) await response.body?.cancel();
      return { status: response.status, text: isStream ? '' : await response.text(), headers: response.headers };
    } catch {
      return null;
    }
  };
  const here = () => urls[turn % urls.length] ?? '';

  const send = async (write: Write, at: string, attempt = 0): Promise<Answered | null> => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${await bed.keyOf(write.subject)}`,
      'content-type': write.mediaType ?? 'application/json',
      'idempotency-key': write.key,
      ...(write.ifMatch === undefined ? {} : { 'if-match': write.ifMatch }),
    };
    const body = typeof write.body === 'string' ? write.body : JSON.stringify(write.body);
    const answer = await fetched(`${at}${write.path}`, { method: write.method, headers, body }, attempt);
    if (answer && (answer.status >= 500 || answer.status === 429)) {
      journal.turnedAway.push({ write, status: answer.status, text: answer.text, retryAfter: answer.headers.get('retry-after') });
      tell();
    }
    return answer && { ...write, status: answer.status, text: answer.text, json: parsed(answer.text) };
  };

  const lookOnce = async (subject: string | null, path: string, attempt: number) => {
    const headers: Record<string, string> = subject === null ? {} : { authorization: `Bearer ${await bed.keyOf(subject)}` };
    const answer = await fetched(`${here()}${path}`, { headers }, attempt);
    return answer && { status: answer.status, json: parsed(answer.text), headers: answer.headers };
  };

  const isForGood = ({ status }: { status: number }) => status < 500 && status !== 429;
  /** Asks, with a client's own pauses, until there is an answer that counts. */
  const untilAnswered = async <T extends { status: number; json: Json }>(
    what: string,
    ask: (attempt: number) => Promise<T | null>,
    counts: (answer: T) => boolean = isForGood,
  ): Promise<T> => {
    const begun = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ask(attempt);
      if (answer !== null && counts(answer)) return answer;
      if (performance.now() - begun > recovery)
        throw new Error(
          `${what} had no answer for ${recovery / 1000} s, the last one was ${answer ? `${answer.status} ${JSON.stringify(answer.json)}` : 'none'}`,
        );
      journal.retries += 1;
      turn += 1;
      await delay(20);
    }
  };

  return {
    journal,
    once: async (write, at) => {
      journal.sent.push(write);
      return send(write, at);
    },
    again: (write) => untilAnswered(`a repeat of ${write.method} ${write.path}`, (attempt) => send(write, here(), attempt)),
    write: async (write) => {
      journal.sent.push(write);
      // Each goes to another process first, and its repeats to the ones after it.
      let at = journal.sent.length;
      const answered = await untilAnswered(`${write.method} ${write.path}`, (attempt) =>
        send(write, urls[at++ % urls.length] ?? '', attempt),
      );
      journal.answered.push(answered);
      tell();
      return answered;
    },
    look: (subject, path) =>
      untilAnswered(
        `GET ${path}`,
        (attempt) => lookOnce(subject, path, attempt),
        () => true,
      ),
    read: async (subject, path) => {
      const { status, json } = await untilAnswered(`GET ${path}`, (attempt) => lookOnce(subject, path, attempt));
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(json)}`);
      return json;
    },
    afterAnswers: (count) => after(journal.answered, count),
    afterTurnedAway: (count) => after(journal.turnedAway, count),
  };
};

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
};
