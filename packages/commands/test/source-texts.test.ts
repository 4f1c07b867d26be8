import { catalogue, type DomainEvent, eventId, evolveSource, initialSource, sourceBody } from '@averment/domain';
import { type EventLog, eraseTexts } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { createFolds } from '../src/folds.ts';
import { createSourceTexts, type SourceText } from '../src/source-texts.ts';
import { foreign, memoryLog } from './support.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => `source_${name.repeat(26)}`) as [string, string, string];
const source = (text: string) => sourceBody.parse({ kind: 'other', language: 'en', text });
const textsOver = (log: EventLog<DomainEvent>, budget: number, most?: number) => {
  const { fresh } = createFolds({ log, initial: initialSource, evolve: evolveSource, budget: 100 });
  const { load } = createSourceTexts(log, budget, most);
  const quotes = [{ exact: 'first', prefix: null, suffix: null }];
  return {
    load: async (sources: readonly string[]) => {
      const needed = sources.flatMap((source) => [1, 2].map((revision) => ({ source, revision, quotes })));
      const found = await load(needed, fresh);
      const textOf = (text: SourceText) => (text === null ? null : text?.text);
      return found && ((source: string, revision: number) => textOf(found(source, revision)));
    },
  };
};
const register = (log: EventLog<DomainEvent>, stream: string, text: string) =>
  log.append(stream, -1, [foreign('SourceRegistered', source(text))]);
const revise = (log: EventLog<DomainEvent>, stream: string, text: string) =>
  log.append(stream, 0, [foreign('SourceTextRevised', { revision: 2, text, reason: 'A better scan.' })]);
const erase = (log: EventLog<DomainEvent>, stream: string, revision: number) => {
  const command = systemRandom.uuid();
  const idOf = (index: number) => eventId(command, index);
  return eraseTexts(log, {
    stream,
    fields: [{ revision, pointer: '/text' }],
    reasonCode: 'copyright',
    actor: 'admin',
    command,
    at: new Date(0).toISOString(),
    idOf,
  });
};

t.test('texts are found by source and revision, and kept', async (t) => {
  const store = createMemoryStore({ lags: true });
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
  let whole = 0;
  const texts = textsOver(
    {
      ...log,
      readStream: (stream, from, options) => {
        if (options?.texts !== false) whole += 1;
        return log.readStream(stream, from, options);
      },
    },
    1000,
  );
  await register(log, a, 'first');
  const look = async () => {
    const textOf = await texts.load([a, b]);
    return textOf && [textOf(a, 1), textOf(a, 2), textOf(b, 1), textOf(c, 1)];
  };
  t.strictSame(await look(), ['first', undefined, undefined, undefined]);
  whole = 0;
  await texts.load([a]);
  t.equal(whole, 0, 'a second look reads no text');
  await revise(log, a, 'second');
  t.strictSame(await look(), ['first', 'second', undefined, undefined], 'a further revision is seen');
  await erase(log, a, 0);
  t.strictSame(await look(), [null, 'second', undefined, undefined], 'an erased text is gone at once, however slow the vault is');
});

/** The log, which notes the streams whose texts are read. */
const noting = (log: ReturnType<typeof memoryLog>, read: string[]): typeof log => ({
  ...log,
  readStream: (stream, from, options) => {
    if (options?.texts !== false) read.push(stream);
    return log.readStream(stream, from, options);
  },
});

t.test('memory is bounded by the length of texts, the least recently used going first', async (t) => {
  const log = memoryLog();
  const read: string[] = [];
  const texts = textsOver(noting(log, read), 25);
  for (const stream of [a, b, c]) await register(log, stream, 'x'.repeat(10));
  for (const stream of [a, b, a, c, a, b]) await texts.load([stream]);
  t.strictSame(read, [a, b, c, b], 'a was used again and stayed');
  await log.append(`source_${'d'.repeat(26)}`, -1, [foreign('SourceRegistered', source('y'.repeat(100)))]);
  t.equal(
    (await texts.load([`source_${'d'.repeat(26)}`]))?.(`source_${'d'.repeat(26)}`, 1)?.length,
    100,
    'a longer text than all of it is answered all the same',
  );
});

t.test('a request reads so much text and no more, and what goes beyond is not held while it waits', async (t) => {
  const log = memoryLog();
  const read: string[] = [];
  const texts = textsOver(noting(log, read), 1000, 25);
  const streams = Array.from({ length: 100 }, (_, index) => `source_${String(index).padStart(26, '0')}`);
  for (const stream of streams) await register(log, stream, 'x'.repeat(10));
  t.ok(await texts.load(streams.slice(0, 2)));
  read.length = 0;
  t.equal(await texts.load(streams), null);
  t.ok(read.length <= 16, 'the rest was not read');
});

t.test('other work goes on between one text and the next', async (t) => {
  const log = memoryLog();
  const texts = textsOver(log, 1_000_000);
  const streams = Array.from({ length: 10 }, (_, index) => `source_${String(index).padStart(26, '0')}`);
  for (const stream of streams) await register(log, stream, 'x'.repeat(10));
  await texts.load(streams);
  let turns = 0;
  const count = () => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  await texts.load(streams);
  clearImmediate(ticking);
  t.ok(turns >= 10, `${turns} turns of the event loop for 10 texts`);
});
