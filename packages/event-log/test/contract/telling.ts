import { catalogue, decoded, mark, newStream } from '../events.ts';
import { follow, type WithLog, written } from './suite.ts';

/** What a log tells of itself: its clock and its end, that there is more, and that another one lies in its place. */
export const telling = (withLog: WithLog): void => {
  withLog('time is resolved by the log: nothing is stamped at or before a moment that is over', async (t, log) => {
    const empty = await log.now();
    t.equal(empty.head, 0n);
    const first = written(await log.append(newStream(), -1, [mark()]));
    const moments = await Promise.all([log.now(), log.append(newStream(), -1, [mark()]), log.now()]);
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
    await t.rejects(log.now(), other);
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
    const asking = [1, 2, 3, 4].flatMap(() => [asked(log.head), asked(log.now)]);
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
};
