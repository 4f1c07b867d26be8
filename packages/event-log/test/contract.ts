import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import {
  type AppendOutcome,
  AppendTooLarge,
  type Catalogue,
  type EventLog,
  type EventToAppend,
  eraseTexts,
  isUndecodable,
  maxAppendBytes,
  maxEventBytes,
} from '../src/index.ts';
import { catalogue, decoded, event, mark, newStream, note, type TestEvent } from './events.ts';

type Log = EventLog<TestEvent>;

/** How the suite gets at one store. */
export type Harness = {
  /** Opens the log on the same store once more: what another process would see. */
  open(catalogue: Catalogue): Promise<Log>;
  /** Lets a vault that follows the log catch up. */
  followErasures(log: Log): Promise<void>;
  /** Takes the first events of the stream away, so that it begins at this revision, as whoever runs the store can; undefined where they cannot. */
  cutOff?(stream: string, revision: number): Promise<void>;
  /** Puts an empty log in the place of this one, under the feet of all who have opened it; answers how to put this one back. */
  replace?(): Promise<() => Promise<void>>;
};

const written = (outcome: AppendOutcome) => {
  if (outcome.outcome === 'wrong_revision') throw new Error(`the stream is at ${outcome.actual}`);
  return outcome;
};

/** Reads the whole log in pages, as whoever follows it does. */
export const follow = async (log: Log, after = 0n, limit = 7): Promise<TestEvent[]> => {
  const all: TestEvent[] = [];
  for (let at = after; ; ) {
    const page = await log.readAll(at, limit);
    const last = page.at(-1);
    if (!last) return all;
    all.push(...page.map(decoded));
    at = last.position;
  }
};

/** Every adapter passes this suite. It asserts nothing that the port does not say. */
export const eventLogContract = (t: Test, newHarness: (t: Test) => Promise<Harness>): void => {
  const withLog = (name: string, run: (t: Test, log: Log, harness: Harness) => Promise<void>) =>
    t.test(name, async (t) => {
      const harness = await newHarness(t);
      await run(t, await harness.open(catalogue), harness);
    });

  withLog('an append is read back as it was sent', async (t, log) => {
    const stream = newStream();
    const sent = [note('A title', { n: 1, items: [{ text: 'one', at: 3 }, { quote: { exact: 'two', prefix: null } }] }), mark(2)];
    t.match(await log.append(stream, -1, sent), { outcome: 'written', revision: 1 });
    const read = (await log.readStream(stream, 0)).map(decoded);
    t.equal(read.length, 2);
    const stored = await log.readStored(stream, 0);
    for (const [index, found] of read.entries()) {
      const { position, recordedAt, sha256, ...rest } = { sha256: '', ...found };
      t.equal(sha256, stored[index]?.sha256, 'with the hash of what is stored');
      t.same(rest, { ...sent[index], schema: 1, stream, revision: index, last: 1 });
      t.match(recordedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      t.type(position, 'bigint');
    }
    t.same((await log.readStream(stream, 1)).map(decoded), read.slice(1), 'from a revision on');
    t.same((await log.readStream(stream, 0, { to: 0 })).map(decoded), read.slice(0, 1), 'up to a revision');
    t.same(await log.readStream(stream, 2), [], 'nothing after the end');
    t.same(await log.readStream(newStream(), 0), [], 'nothing of a stream that is not there');
    t.same(await follow(log), read);
    t.equal(await log.head(), read[1]?.position);
  });

  withLog('what an append hands back is what a read without texts answers', async (t, log) => {
    const stream = newStream();
    for (const [expected, events] of [
      [-1, [note('A title', { n: 1, items: [{ text: 'one', at: 3 }] }), mark(2)]],
      [1, [mark(3)]],
    ] as const) {
      const { written: handed } = await log.append(stream, expected, events);
      if (handed) t.strictSame(handed(), await log.readStream(stream, expected + 1, { texts: false }));
      t.equal((await log.append(stream, expected, events)).written, undefined, 'nothing after a repeat');
    }
  });

  withLog('texts can be left out', async (t, log) => {
    const stream = newStream();
    await log.append(stream, -1, [note('A title', { n: 1, items: [{ text: 'one', at: 3 }] })]);
    const expected = { n: 1, items: [{ at: 3 }] };
    t.same(decoded((await log.readStream(stream, 0, { texts: false }))[0]).data, expected);
    t.same(decoded((await log.readAll(0n, 10, { texts: false }))[0]).data, expected);
    t.same((await log.readStored(stream, 0, { texts: false }))[0]?.disclosures, []);
  });

  withLog('of a stream only what is asked for is read, and texts of that only', async (t, log) => {
    const stream = newStream();
    const first = written(await log.append(stream, -1, [note('one'), mark(1), note('two')]));
    await log.append(stream, 2, [mark(2)]);
    const last = written(await log.append(stream, 3, [note('three')]));
    const revisions = async (options: Parameters<Log['readStream']>[2], from = 0) => {
      const read = (await log.readStream(stream, from, options)).map(decoded);
      t.same(
        (await log.readStored(stream, from, options)).map(({ revision }) => revision),
        read.map(({ revision }) => revision),
      );
      return read.map(({ revision }) => revision);
    };
    const notes = new Set([note('').type]);
    t.same(await revisions({ types: notes }), [0, 2, 4]);
    t.same(await revisions({ types: new Set([mark().type]) }), [1, 3]);
    t.same(await revisions({ types: new Set([mark().type, note('').type]) }), [0, 1, 2, 3, 4]);
    t.same(await revisions({ types: new Set(['Unknown']) }), []);
    t.same(await revisions({ types: new Set() }), []);
    t.same(await revisions({ until: first.position }), [0, 1, 2], 'up to a position');
    t.same(await revisions({ until: first.position - 1n, types: notes }), [0]);
    t.same(await revisions({ until: last.position, types: notes }, 1), [2, 4]);
    t.same(await revisions({ until: 0n }), []);
    t.same(await revisions({ types: notes, to: 3 }, 2), [2]);
    t.same(
      (await log.readStream(stream, 0, { types: notes })).map((each) => decoded(each).data.title),
      ['one', 'two', 'three'],
      'with their texts',
    );
    t.same(decoded((await log.readStream(stream, 4, { types: notes, texts: false }))[0]).data, {});
  });

  withLog('a wrong revision writes nothing', async (t, log) => {
    const stream = newStream();
    t.same(await log.append(stream, 0, [mark()]), { outcome: 'wrong_revision', actual: -1 }, 'no such stream');
    await log.append(stream, -1, [mark(), mark()]);
    t.same(await log.append(stream, -1, [mark()]), { outcome: 'wrong_revision', actual: 1 }, 'the stream exists');
    t.same(await log.append(stream, 0, [mark()]), { outcome: 'wrong_revision', actual: 1 }, 'too low');
    t.same(await log.append(stream, 2, [mark()]), { outcome: 'wrong_revision', actual: 1 }, 'too high');
    t.equal((await log.readStream(stream, 0)).length, 2);
    t.match(await log.append(stream, 1, [mark()]), { outcome: 'written', revision: 2 });
  });

  withLog('the same ids again are the same append, from any process and for ever', async (t, log, harness) => {
    const stream = newStream();
    const sent = [note('first'), note('second')];
    const first = written(await log.append(stream, -1, sent));
    const expected = { outcome: 'repeated' as const, revision: 1, position: first.position };
    t.same(await log.append(stream, -1, sent), expected);
    await log.append(stream, 1, [mark()]);
    t.same(await log.append(stream, -1, sent), expected, 'after later events');
    const other = await harness.open(catalogue);
    t.same(await other.append(stream, -1, sent), expected, 'from another process');

    const stored = await log.readStored(stream, 0);
    const changed = sent.map((each) => ({ ...each, data: { title: 'other words' } }));
    t.same(await other.append(stream, -1, changed), expected, 'ids are compared, nothing else');
    t.same(await log.readStored(stream, 0), stored, 'the first bytes and texts are kept');
    t.equal(decoded((await other.readStream(stream, 0))[0]).data.title, 'first', 'and readable');
  });

  withLog('a prefix of an append repeats, old ids with a new one do not', async (t, log) => {
    const stream = newStream();
    const sent = [mark(), mark(), mark()];
    await log.append(stream, -1, sent);
    const [first] = await log.readStored(stream, 0);
    t.same(await log.append(stream, -1, sent.slice(0, 1)), { outcome: 'repeated', revision: 0, position: first?.position });
    t.same(await log.append(stream, -1, [...sent, mark()]), { outcome: 'wrong_revision', actual: 2 });
    t.same(await log.append(stream, -1, [...sent.slice(0, 2), mark()]), { outcome: 'wrong_revision', actual: 2 });
    t.same(await log.append(stream, -1, sent.toReversed()), { outcome: 'wrong_revision', actual: 2 }, 'the order counts');
    t.equal((await log.readStream(stream, 0)).length, 3);
  });

  withLog('repeats at the same moment make one append', async (t, log, harness) => {
    const stream = newStream();
    const sent = [mark(), note('once')];
    const others = await Promise.all([harness.open(catalogue), harness.open(catalogue)]);
    const outcomes = await Promise.all([log, ...others, log, ...others].map((each) => each.append(stream, -1, sent)));
    t.equal(outcomes.filter(({ outcome }) => outcome === 'written').length, 1);
    t.equal(outcomes.filter(({ outcome }) => outcome === 'repeated').length, 5);
    t.equal(new Set(outcomes.map((outcome) => written(outcome).position)).size, 1);
    t.equal((await log.readStream(stream, 0)).length, 2);
  });

  withLog('of many writers on one stream one wins each revision', async (t, log, harness) => {
    const stream = newStream();
    const logs = [log, await harness.open(catalogue)];
    const writers = Array.from({ length: 20 }, (_, index) => ({ log: logs[index % 2] as Log, sent: [mark(index)] }));
    await Promise.all(
      writers.map(async ({ log, sent }) => {
        for (let expected = -1; ; ) {
          const outcome = await log.append(stream, expected, sent);
          if (outcome.outcome !== 'wrong_revision') return;
          expected = outcome.actual;
        }
      }),
    );
    const read = (await log.readStream(stream, 0)).map(decoded);
    t.same(
      read.map(({ revision }) => revision),
      writers.map((_, index) => index),
    );
    t.same(new Set(read.map(({ id }) => id)), new Set(writers.map(({ sent: [only] }) => only?.id)));
  });

  withLog('a reader that follows while others write misses nothing and sees each append whole', async (t, log, harness) => {
    const writers = await Promise.all([log, harness.open(catalogue), harness.open(catalogue)]);
    const appends = 60;
    let writing: number = writers.length;
    const write = async (writer: Log) => {
      for (let n = 0; n < appends; n += 1) await writer.append(newStream(), -1, n % 3 === 0 ? [note('a'), mark(), note('b')] : [mark()]);
      writing -= 1;
    };
    const seen: TestEvent[] = [];
    const read = async () => {
      for (let done = false; !done; ) {
        done = writing === 0;
        seen.push(...(await follow(log, seen.at(-1)?.position ?? 0n)));
      }
    };
    await Promise.all([read(), ...writers.map(write)]);
    t.equal(seen.length, writers.length * (appends + (appends / 3) * 2));
    t.same(seen, await follow(log), 'what was seen on the way is what stands there');
    let open: TestEvent | undefined;
    for (const [index, each] of seen.entries()) {
      const before = seen[index - 1];
      if (before && before.position >= each.position) t.fail('positions rise');
      if (open && !(each.stream === open.stream && each.last === open.last && each.recordedAt === open.recordedAt))
        t.fail('an append is cut');
      if (before && !open && before.recordedAt >= each.recordedAt) t.fail('each append has a later stamp than those before it');
      open = each.revision === each.last ? undefined : each;
    }
    t.equal(open, undefined);
  });

  withLog('an append that is refused does not disturb those beside it', async (t, log) => {
    const taken = newStream();
    await log.append(taken, -1, [mark()]);
    const streams = Array.from({ length: 12 }, newStream);
    const huge = event('MarkSet', { filler: 'x'.repeat(maxEventBytes) });
    const results = await Promise.allSettled([
      ...streams.map((stream) => log.append(stream, -1, [note('good')])),
      log.append(taken, -1, [mark()]),
      log.append(newStream(), -1, [huge]),
      log.append(newStream(), -1, [event('NoSuchType', {})]),
    ]);
    for (const result of results.slice(0, 12)) t.match(result, { status: 'fulfilled', value: { outcome: 'written', revision: 0 } });
    t.same(results[12], { status: 'fulfilled', value: { outcome: 'wrong_revision', actual: 0 } });
    t.match(results[13], { status: 'rejected', reason: { name: 'AppendTooLarge' } });
    t.match(results[14], { status: 'rejected', reason: { name: 'TypeError' } });
    t.equal((await follow(log)).length, 13);
  });

  withLog('events and appends have a longest size, measured as stored', async (t, log) => {
    const stream = newStream();
    const sized = (size: number) => event('MarkSet', { filler: 'x'.repeat(size) }, { id: '00000000-0000-4000-8000-000000000000' });
    const probe = newStream();
    await log.append(probe, -1, [sized(0)]);
    const overhead = Buffer.byteLength((await log.readStored(probe, 0))[0]?.canonical ?? '');
    await t.rejects(log.append(stream, -1, [sized(maxEventBytes - overhead + 1)]), AppendTooLarge);
    t.match(await log.append(stream, -1, [sized(maxEventBytes - overhead)]), { outcome: 'written' });
    t.equal(Buffer.byteLength((await log.readStored(stream, 0))[0]?.canonical ?? ''), maxEventBytes);

    const many = (count: number) => Array.from({ length: count }, () => event('MarkSet', { filler: 'x'.repeat(50_000) }));
    const enough = Math.floor(maxAppendBytes / 50_500);
    await t.rejects(log.append(newStream(), -1, many(enough + 1)), AppendTooLarge);
    t.match(await log.append(newStream(), -1, many(enough)), { outcome: 'written' });

    const events = [note('x'.repeat(200_000)), mark()];
    const measured = log.sizeOf(events);
    await log.append(probe, 0, events);
    const sizes = (await log.readStored(probe, 1)).map(({ canonical }) => Buffer.byteLength(canonical));
    t.ok(
      sizes.every((size, index) => size <= (measured.events[index] ?? 0) && size > (measured.events[index] ?? 0) - 100),
      'sizeOf is never less, and hardly more; texts do not count',
    );
    t.equal(
      measured.total,
      measured.events.reduce((sum, size) => sum + size, 0),
    );
  });

  withLog('what is no append is refused', async (t, log) => {
    const twice = mark();
    await t.rejects(log.append(newStream(), -1, []), TypeError, 'no events');
    await t.rejects(log.append(newStream(), -1, [twice, twice]), TypeError, 'an id twice');
    await t.rejects(log.append(newStream(), -1, [{ ...mark(), id: 'one' }]), TypeError, 'an id that is no UUID');
    await t.rejects(log.append('', -1, [mark()]), TypeError, 'no stream');
    await t.rejects(log.append(newStream(), -2, [mark()]), TypeError, 'no such revision');
    await t.rejects(log.append(newStream(), -1, [event('MarkSet', { _sd: [] })]), TypeError, 'a name that disclosures need');
    t.equal(await log.head(), 0n);
  });

  withLog('old events are read in the present form', async (t, log, harness) => {
    const stream = newStream();
    await log.append(stream, -1, [note('Old words', { n: 1 })]);
    const newer: Catalogue = {
      ...catalogue,
      NoteTaken: {
        schema: 3,
        texts: (data) => ((data as { heading?: string }).heading === undefined ? [] : [['heading']]),
        upcast: {
          1: ({ title, ...rest }) => ({ ...rest, ...(title === undefined ? {} : { heading: title }) }),
          2: (data) => ({ ...data, lang: 'en' }),
        },
      },
    };
    const later = await harness.open(newer);
    await later.append(stream, 0, [event('NoteTaken', { heading: 'New words', n: 2, lang: 'de' })]);
    const read = (await later.readStream(stream, 0)).map(decoded);
    t.same(
      read.map(({ schema, data }) => ({ schema, data })),
      [
        { schema: 3, data: { heading: 'Old words', n: 1, lang: 'en' } },
        { schema: 3, data: { heading: 'New words', n: 2, lang: 'de' } },
      ],
    );
    t.same(decoded((await later.readStream(stream, 0, { texts: false }))[0]).data, { n: 1, lang: 'en' }, 'also without texts');
    const old = await log.readStream(stream, 1);
    t.match(
      old,
      [{ undecodable: 'unknown_schema', stream, revision: 1, last: 1, type: 'NoteTaken' }],
      'the older program says that it cannot',
    );
    const { NoteTaken, ...rest } = newer;
    const gap = await harness.open({ ...rest, NoteTaken: { ...(NoteTaken as Catalogue[string]), upcast: { 2: (data) => data } } });
    t.match(await gap.readStream(stream, 0, { to: 0 }), [{ undecodable: 'unknown_schema' }], 'as does one that lacks a step');
  });

  withLog('an unknown type is a value with its place, and hides nothing else', async (t, log, harness) => {
    const stream = newStream();
    const wider = await harness.open({ ...catalogue, StarGiven: { schema: 1, texts: () => [], upcast: {} } });
    const unknown = event('StarGiven', {});
    await wider.append(stream, -1, [mark(1), unknown, mark(2)]);
    const read = await log.readStream(stream, 0);
    t.same(read.map(isUndecodable), [false, true, false]);
    t.match(read[1], { undecodable: 'unknown_type', id: unknown.id, type: 'StarGiven', stream, revision: 1, last: 2 });
    const all = await log.readAll(0n, 10);
    t.same(all, read);
    t.equal((await log.append(stream, 2, [mark(3)])).outcome, 'written');
  });

  withLog('time is resolved by the log: nothing is stamped at or before a moment that is over', async (t, log) => {
    const empty = await log.moment();
    t.equal(empty.head, 0n);
    const first = written(await log.append(newStream(), -1, [mark()]));
    const moments = await Promise.all([log.moment(), log.append(newStream(), -1, [mark()]), log.moment()]);
    t.ok(moments[0].head >= first.position);
    for (const { head, now } of [empty, moments[0], moments[2]]) {
      await log.append(newStream(), -1, [mark()]);
      const later = (await log.readAll(head, 100)).map(decoded);
      t.ok(later.length > 0 && later.every(({ recordedAt }) => recordedAt > now.toISOString().replace('Z', '000Z')));
    }
  });

  withLog('who subscribes hears of appends, until they stop', async (t, log, harness) => {
    const other = await harness.open(catalogue);
    let heard = 0;
    let wake = () => {};
    const stop = log.subscribe(() => {
      heard += 1;
      wake();
    });
    const next = (than: number) => new Promise<void>((resolve) => (heard > than ? resolve() : (wake = resolve)));
    const append = async (than: number) => {
      // A hint may be lost while the listener still connects; what was appended before it is a hint of its own.
      await other.append(newStream(), -1, [mark()]);
      await next(than);
    };
    await append(0);
    await append(heard);
    t.ok(heard >= 2);
    stop();
    await log.append(newStream(), -1, [mark()]);
    t.equal((await follow(log)).length, 3);
  });

  withLog('a stream that was cut off is not read in part, and does not begin anew', async (t, log, { cutOff, open }) => {
    if (cutOff === undefined) return void t.comment('skipped: a stream of this store cannot be cut off');
    const [stream, other] = [newStream(), newStream()];
    const sent = [mark(0), note('first', { n: 1 }), mark(2)];
    await log.append(stream, -1, sent);
    await log.append(stream, 2, [mark(3)]);
    await log.append(other, -1, [mark(4)]);
    const whole = await follow(log);
    await cutOff(stream, 2);
    for (const each of [log, await open(catalogue)]) {
      const unreadable = { name: 'StreamUnreadable', event: { stream, revision: 0, undecodable: 'missing' } };
      await t.rejects(each.readStream(stream, 0), unreadable);
      await t.rejects(each.readStream(stream, 0, { texts: false }), unreadable);
      await t.rejects(each.readStored(stream, 0), unreadable);
      await t.rejects(each.readStream(stream, 1), { ...unreadable, event: { revision: 1 } });
      t.match(await each.readStream(stream, 2), [{ revision: 2 }, { revision: 3 }], 'what is there can be read');
      t.same(await each.readStream(stream, 4), [], 'as can its end');
      t.match(await each.readStream(other, 0), [{ revision: 0 }], 'and every other stream');
      const outcome = await each.append(stream, -1, [mark(5)]).catch((error: Error) => error);
      if (outcome instanceof Error) t.equal(outcome.name, 'StreamUnreadable');
      else t.match(outcome, { outcome: 'wrong_revision' }, 'no second beginning');
      const repeat = await each.append(stream, -1, sent).catch((error: Error) => error);
      if (repeat instanceof Error) t.equal(repeat.name, 'StreamUnreadable');
      else t.notMatch(repeat, { outcome: 'written' }, 'nor by a repeat');
    }
    t.ok((await follow(log)).length <= whole.length, 'nothing was written');
  });

  withLog('another log in the place of this one is neither read nor written, until this one is back', async (t, log, { replace, open }) => {
    if (replace === undefined) return void t.comment('skipped: this store cannot be exchanged');
    const stream = newStream();
    await log.append(stream, -1, [mark(1), mark(2)]);
    const head = await log.head();
    const [, last] = await log.readStored(stream, 0);
    const seen = { position: head, sha256: last?.sha256 ?? '' };
    t.ok(await log.holds(seen));
    t.notOk(await log.holds({ ...seen, sha256: '00'.repeat(32) }));
    t.notOk(await log.holds({ ...seen, position: head + 1_000_000n }));
    await log.requireSame();

    const putBack = await replace();
    const other = { name: 'OtherLog' };
    await t.rejects(log.append(newStream(), -1, [mark(3)]), other, 'an empty one takes nothing');
    const stranger = await open(catalogue);
    await stranger.append(newStream(), -1, [mark(4), mark(5), mark(6)]);
    t.ok((await stranger.head()) > 0n);
    await t.rejects(log.append(newStream(), -1, [mark(7)]), other, 'nor one that has grown as long');
    await t.rejects(log.requireSame(), other);
    await t.rejects(log.head(), other);
    await t.rejects(log.moment(), other);
    await t.rejects(log.readAll(0n, 10), other);
    await t.rejects(log.readStream(stream, 0), other);
    await t.rejects(log.readStored(stream, 0), other);
    t.notOk(await log.holds(seen));
    t.equal((await follow(stranger)).length, 3, 'nothing of the refused was written');

    await putBack();
    await log.requireSame();
    t.equal(await log.head(), head);
    t.match(await log.append(stream, 1, [mark(8)]), { outcome: 'written', revision: 2 });
    t.same(
      (await follow(log)).map(({ data }) => data.n),
      [1, 2, 8],
    );
  });

  withLog('a log that is written to while it is asked where it ends is no other one', async (t, log) => {
    let writing = true;
    const asked = async (ask: () => Promise<unknown>) => {
      for (let times = 0; writing || times === 0; times += 1) await ask();
    };
    const asking = [1, 2, 3, 4].flatMap(() => [asked(log.head), asked(log.moment)]);
    const streams = Array.from({ length: 8 }, newStream);
    const written = await Promise.all(
      streams.map(async (stream) => {
        for (let revision = -1; revision < 24; revision += 1) await log.append(stream, revision, [mark(revision)]);
        return (await log.readStream(stream, 0)).length;
      }),
    ).finally(() => {
      writing = false;
    });
    await Promise.all(asking);
    t.same(new Set(written), new Set([25]));
  });

  withLog('an erasure names every copy of a text in its stream, and the events stay', async (t, log, harness) => {
    const stream = newStream();
    await log.append(stream, -1, [
      note('Jane Roe', { n: 1, items: [{ text: 'something else', at: 1 }, { text: 'Jane Roe' }] }),
      note('unrelated', { items: [{ quote: { exact: 'Jane Roe', prefix: 'said ' } }] }),
    ]);
    const before = await log.readStored(stream, 0);
    const erase = (more: object = {}) =>
      eraseTexts(log, {
        stream,
        fields: [{ revision: 0, pointer: '/title' }],
        reasonCode: 'personal_data',
        actor: 'admin',
        command: '7e0f1a52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
        at: '2026-03-02T12:00:00.000Z',
        idOf: (index) => `7e0f1a52-95b9-5d5f-9b1e-0000000000${String(index).padStart(2, '0')}`,
        ...more,
      });
    const outcome = await erase();
    t.match(outcome, { outcome: 'written', revision: 2 });
    const places = outcome.outcome === 'no_text' ? [] : outcome.items.map(({ revision, pointer }) => `${revision}${pointer}`);
    t.same(places.sort(), ['0/items/1/text', '0/title', '1/items/0/quote']);
    await harness.followErasures(log);
    const check = async () => {
      const read = (await log.readStream(stream, 0)).map(decoded);
      t.same(read[0]?.data, { n: 1, items: [{ text: 'something else', at: 1 }, {}] });
      t.same(read[1]?.data, { title: 'unrelated', items: [{}] });
      t.same(
        (await follow(log)).map(({ data }) => data),
        read.map(({ data }) => data),
      );
    };
    await check();
    t.same(
      (await log.readStored(stream, 0, { to: 1 })).map(({ canonical, sha256 }) => ({ canonical, sha256 })),
      before.map(({ canonical, sha256 }) => ({ canonical, sha256 })),
    );
    t.match(await erase(), { ...outcome, outcome: 'repeated', written: undefined }, 'the same command again');
    t.same(
      await erase({ command: 'b5f1c0de-95b9-5d5f-9b1e-4d4f6a1d0b2c' }),
      { outcome: 'no_text', field: { revision: 0, pointer: '/title' } },
      'another command finds nothing to erase',
    );
  });

  withLog('an erasure finds the copy that is appended while it runs', async (t, log, harness) => {
    const stream = newStream();
    await log.append(stream, -1, [note('Jane Roe')]);
    let raced = false;
    const racing: Log = {
      ...log,
      append: async (name: string, expected: number, events: readonly EventToAppend[]) => {
        if (!raced) await log.append(stream, 0, [note('Jane Roe')]);
        raced = true;
        return log.append(name, expected, events);
      },
    };
    const outcome = await eraseTexts(racing, {
      stream,
      fields: [{ revision: 0, pointer: '/title' }],
      reasonCode: 'personal_data',
      actor: 'admin',
      command: '7e0f1a52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
      at: '2026-03-02T12:00:00.000Z',
      idOf: () => '7e0f1a52-95b9-5d5f-9b1e-000000000000',
    });
    t.match(outcome, { outcome: 'written', revision: 2, items: [{ revision: 0 }, { revision: 1 }] });
    await harness.followErasures(log);
    t.same(
      (await log.readStream(stream, 0, { to: 1 })).map((each) => decoded(each).data),
      [{}, {}],
    );
  });

  withLog('an erasure of very many copies is still one append', async (t, log, harness) => {
    const stream = newStream();
    const items = Array.from({ length: 400 }, () => ({ text: 'Jane Roe', at: 1 }));
    await log.append(stream, -1, [note('a', { items }), note('b', { items }), note('c', { items })]);
    const ids = Array.from({ length: 20 }, () => `${randomBytes(4).toString('hex')}-95b9-5d5f-9b1e-000000000000`);
    const outcome = await eraseTexts(log, {
      stream,
      fields: [{ revision: 1, pointer: '/items/7/text' }],
      reasonCode: 'personal_data',
      actor: 'admin',
      command: '7e0f1a52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
      at: '2026-03-02T12:00:00.000Z',
      idOf: (index) => ids[index] as string,
    });
    await harness.followErasures(log);
    if (outcome.outcome === 'no_text') throw new Error('the text is there');
    t.equal(outcome.items.length, 1200);
    t.ok(outcome.revision > 3, 'in several events');
    const read = (await log.readStream(stream, 0)).map(decoded);
    t.equal(read.at(3)?.last, outcome.revision);
    t.same(read[0]?.data, { title: 'a', items: items.map(({ at }) => ({ at })) });
  });
};
