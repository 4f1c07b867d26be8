import { randomBytes, randomUUID } from 'node:crypto';
import type { Catalogue, EventToAppend, Logged } from '../src/index.ts';
import { isUndecodable } from '../src/index.ts';

/** Two plain event types for tests: a note has texts in several depths, a mark has none. */
export const catalogue: Catalogue = {
  NoteTaken: {
    schema: 1,
    texts: (data) => {
      const { title, items = [] } = data as NoteData;
      const own = title === undefined || title === null ? [] : [['title']];
      return [...own, ...items.flatMap(({ text, quote }, index) => textsOfItem(text, quote).map((name) => ['items', index, name]))];
    },
    upcast: {},
  },
  MarkSet: { schema: 1, texts: () => [], upcast: {} },
  TextErased: { schema: 1, texts: () => [], upcast: {} },
};

const textsOfItem = (text: unknown, quote: unknown) => [...(text === undefined ? [] : ['text']), ...(quote === undefined ? [] : ['quote'])];

export type NoteData = { title?: string | null; n?: number; items?: { text?: string; quote?: object; at?: number }[] };

/** An event as the tests' logs give it. */
export type TestEvent = {
  id: string;
  type: string;
  schema: number;
  stream: string;
  revision: number;
  last: number;
  at: string;
  actor: string;
  edit: number | null;
  command: string;
  request: string | null;
  correlation: string | null;
  data: NoteData & Record<string, unknown>;
  position: bigint;
  recordedAt: string;
};

export const random = { bytes: randomBytes };

export const event = (type: string, data: object, more: Partial<EventToAppend> = {}): EventToAppend => ({
  id: randomUUID(),
  type,
  at: '2026-03-01T12:00:00.000Z',
  actor: 'contributor',
  edit: null,
  command: randomUUID(),
  request: null,
  correlation: null,
  data,
  ...more,
});

export const note = (title: string, more: NoteData = {}) => event('NoteTaken', { title, ...more });
export const mark = (n = 0) => event('MarkSet', { n });
export const newStream = () => `incident_${randomUUID().replaceAll('-', '')}`;

/** The event, or an error that says why it could not be decoded. */
export const decoded = (found: Logged<TestEvent> | undefined): TestEvent => {
  if (!found) throw new Error('there is no event');
  if (isUndecodable(found)) throw new Error(`${found.undecodable}: ${found.error}`);
  return found;
};
