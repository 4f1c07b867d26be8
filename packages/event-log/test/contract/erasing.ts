import { randomBytes } from 'node:crypto';
import { type EventToAppend, eraseTexts } from '../../src/index.ts';
import { decoded, mark, newStream, note } from '../events.ts';
import { follow, type Log, type WithLog, written } from './suite.ts';

/** What an erasure writes, and what is read from then on. */
export const erasing = (withLog: WithLog): void => {
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

  withLog('a read that has a text and its erasure leaves the text out, though the vault holds it still', async (t, log, harness) => {
    const [stream, other] = [newStream(), newStream()];
    const first = written(await log.append(stream, -1, [note('Jane Roe', { items: [{ text: 'kept' }] }), mark()]));
    await log.append(other, -1, [note('Jane Roe')]);
    await log.append(stream, 1, [note('later')]);
    await eraseTexts(log, {
      stream,
      fields: [{ revision: 0, pointer: '/title' }],
      reasonCode: 'personal_data',
      actor: 'admin',
      command: '7e0f1a52-95b9-5d5f-9b1e-4d4f6a1d0b2c',
      at: '2026-03-02T12:00:00.000Z',
      idOf: () => '7e0f1a52-95b9-5d5f-9b1e-000000000000',
    });
    t.equal((await log.readStored(stream, 0))[0]?.disclosures.length, 2, 'the vault has not followed');
    const left = { items: [{ text: 'kept' }] };
    const read = async (options: Parameters<Log['readStream']>[2]) => {
      const events = (await log.readStream(stream, 0, options)).map(decoded);
      t.same(events[0]?.data, left);
      return events.map(({ revision }) => revision);
    };
    const notes = new Set([note('').type]);
    t.same(await read({}), [0, 1, 2, 3]);
    t.same(await read({ types: notes }), [0, 2], 'also where the erasure is not asked for');
    t.same(await read({ types: new Set(), revisions: new Set([0]) }), [0]);
    t.same(await read({ until: first.position }), [0, 1], 'nor answered, as it is later');
    t.same(await read({ until: first.position, types: notes }), [0]);
    t.same(await read({ types: new Set(), revisions: new Set([0, 3]), until: first.position }), [0]);
    t.same(await read({ types: new Set(), revisions: new Set([0, 3]) }), [0, 3]);
    t.same(
      (await log.readAll(0n, 10)).map((each) => decoded(each).data),
      [left, { n: 0 }, { title: 'Jane Roe' }, { title: 'later' }, decoded((await log.readStream(stream, 3))[0]).data],
      'in the log as in the stream, and from this stream alone',
    );
    t.same(
      (await log.readAll(0n, 10, { canonical: true })).map(({ disclosures }) => disclosures?.length),
      [1, 0, 1, 1, 0],
      'with the stored bytes neither',
    );
    await harness.followErasures(log);
    t.same(await read({}), [0, 1, 2, 3], 'and so it stays');
    t.same(await read({ until: first.position }), [0, 1]);
    t.same(await read({ types: new Set(), revisions: new Set([0]), until: first.position }), [0]);
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
