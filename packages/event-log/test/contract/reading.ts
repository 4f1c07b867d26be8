import { type Catalogue, isUndecodable } from '../../src/index.ts';
import { catalogue, decoded, event, mark, newStream, note, type TestEvent } from '../events.ts';
import { follow, type Log, type WithLog, written } from './suite.ts';

/** What a read answers. */
export const reading = (withLog: WithLog): void => {
  withLog('texts can be left out', async (t, log) => {
    const stream = newStream();
    await log.append(stream, -1, [note('A title', { n: 1, items: [{ text: 'one', at: 3 }] })]);
    const expected = { n: 1, items: [{ at: 3 }] };
    t.same(decoded((await log.readStream(stream, 0, { texts: false }))[0]).data, expected);
    t.same(decoded((await log.readAll(0n, 10, { texts: false }))[0]).data, expected);
    t.same((await log.readStored(stream, 0, { texts: false }))[0]?.disclosures, []);
  });

  withLog('of the log the texts of some streams are read, and those of others left out', async (t, log) => {
    const [stream, other] = [newStream(), newStream().replace('incident', 'source')];
    const item = { at: 3 };
    await log.append(stream, -1, [note('one', { n: 1 })]);
    await log.append(other, -1, [note('two', { items: [{ text: 'long', ...item }] }), mark(2)]);
    await log.append(stream, 0, [mark(3), note('three')]);
    const read = async (texts: readonly string[] | boolean) => (await log.readAll(0n, 10, { texts })).map((each) => decoded(each).data);
    const [one, two, three] = [{ title: 'one', n: 1 }, { items: [item] }, { title: 'three' }];
    t.same(await read(['incident_']), [one, two, { n: 2 }, { n: 3 }, three]);
    t.same(await read([stream]), [one, two, { n: 2 }, { n: 3 }, three], 'also by their whole names');
    t.same(await read([other.slice(0, -1), 'party_']), [
      { n: 1 },
      { title: 'two', items: [{ text: 'long', at: 3 }] },
      { n: 2 },
      { n: 3 },
      {},
    ]);
    t.same(await read(['incident_', 'source_']), await read(true));
    t.same(await read(['%', '_', stream.toUpperCase()]), await read(false), 'a prefix is no pattern');
    t.same(await read([]), await read(false));
  });

  withLog('where a stream ends is told without reading it', async (t, log, harness) => {
    const stream = newStream();
    t.equal(await log.endOf(stream), null);
    const wider = await harness.open({ ...catalogue, StarGiven: { schema: 1, texts: () => [], upcast: {} } });
    for (const [expected, events] of [
      [-1, [note('one'), mark(1)]],
      [1, [event('StarGiven', {})]],
    ] as const) {
      const { revision, position } = written(await wider.append(stream, expected, events));
      await log.append(newStream(), -1, [mark()]);
      const recordedAt = (await log.readStored(stream, revision))[0]?.recordedAt;
      t.same(await log.endOf(stream), { stream, revision, last: revision, position, recordedAt });
    }
  });

  withLog('of the log the stored bytes are read where they are asked for', async (t, log, harness) => {
    const stream = newStream();
    const wider = await harness.open({ ...catalogue, StarGiven: { schema: 1, texts: () => [], upcast: {} } });
    await wider.append(stream, -1, [note('one', { n: 1 }), event('StarGiven', {}), mark(2)]);
    const stored = await log.readStored(stream, 0);
    for (const [texts, areWanted] of [
      [true, true],
      [false, false],
      [['incident_'], true],
      [[], false],
    ] as const) {
      const [plain, whole] = [await log.readAll(0n, 10, { texts }), await log.readAll(0n, 10, { texts, canonical: true })];
      t.same(
        whole,
        plain.map((each, index) => ({
          ...each,
          canonical: stored[index]?.canonical,
          disclosures: areWanted ? stored[index]?.disclosures : [],
        })),
        'with what is read without them, also of an event that cannot be decoded',
      );
      t.same(whole.map(isUndecodable), [false, true, false]);
      t.notOk(plain.some((each) => 'canonical' in each));
    }
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
    t.same(await revisions({ types: new Set([mark().type]), revisions: new Set([2, 9]) }), [1, 2, 3], 'and at some revisions');
    t.same(await revisions({ types: new Set(), revisions: new Set([3, 4]), until: last.position - 1n }), [3]);
    t.same(await revisions({ types: new Set(), revisions: new Set([0, 2]) }, 1), [2]);
    t.same(decoded((await log.readStream(stream, 0, { types: new Set(), revisions: new Set([2]) }))[0]).data, { title: 'two' });
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
      t.match(await each.endOf(stream), { revision: 3 });
      const outcome = await each.append(stream, -1, [mark(5)]).catch((error: Error) => error);
      if (outcome instanceof Error) t.equal(outcome.name, 'StreamUnreadable');
      else t.match(outcome, { outcome: 'wrong_revision' }, 'no second beginning');
      const repeat = await each.append(stream, -1, sent).catch((error: Error) => error);
      if (repeat instanceof Error) t.equal(repeat.name, 'StreamUnreadable');
      else t.notMatch(repeat, { outcome: 'written' }, 'nor by a repeat');
    }
    t.ok((await follow(log)).length <= whole.length, 'nothing was written');
  });
};
