import { AppendTooLarge, maxAppendBytes, maxEventBytes } from '../../src/index.ts';
import { catalogue, decoded, event, mark, newStream, note } from '../events.ts';
import { follow, type Log, type WithLog, written } from './suite.ts';

/** What an append does, alone, repeated and beside others. */
export const appending = (withLog: WithLog): void => {
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
};
