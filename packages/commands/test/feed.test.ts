import { catalogue, type DomainEvent, feedOperations } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { createFeedOperations } from '../src/index.ts';
import { court, foreign } from './support.ts';

const stream = 'party_01h455vb4pex5vsknk084sn02q';
const actor = 'operator';
const reason = 'The disk lost it.';

/** A log with two parties, the name of the first of which is lost, and the way to find it again. */
const damagedLog = async () => {
  const store = createMemoryStore();
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
  await log.append(stream, -1, [foreign('PartyRegistered', court('Harbour Court'))]);
  await log.append(`${stream.slice(0, -1)}r`, -1, [foreign('PartyRegistered', court('Mountain Court'))]);
  const key = `${stream} 0`;
  const texts = store.vault.get(key) ?? [];
  store.vault.delete(key);
  return { log, feed: feedOf(log), lose: () => store.vault.delete(key), find: () => store.vault.set(key, texts) };
};
const feedOf = (log: EventLog<DomainEvent>) => createFeedOperations({ log, clock: systemClock, random: systemRandom });
const decisions = async (log: EventLog<DomainEvent>) =>
  ((await log.readStream(feedOperations, 0)) as DomainEvent[]).map(({ type, actor: by, data }) => ({ type, by, data }));

t.test('only what cannot be read is passed over, once, by whoever decides it, for a reason', async (t) => {
  const { log, feed } = await damagedLog();
  t.match(await feed.skip({ position: 2n, reason, actor }), { outcome: 'readable', type: 'PartyRegistered' });
  for (const position of [3n, 9_223_372_036_854_775_807n]) t.match(await feed.skip({ position, reason, actor }), { outcome: 'nothing' });
  t.match(await feed.skip({ position: 1n, reason, actor }), {
    outcome: 'passed_over',
    already: false,
    event: { undecodable: 'text_missing', stream },
  });
  t.match(await feed.skip({ position: 1n, reason: 'Another.', actor: 'other' }), { outcome: 'passed_over', already: true });
  t.strictSame(await decisions(log), [
    { type: 'FeedEventSkipped', by: actor, data: { position: '1', stream, revision: 0, why: 'text_missing', reason } },
  ]);
});

t.test('what can be read again is told once, and may be lost and passed over again', async (t) => {
  const { log, feed, find, lose } = await damagedLog();
  t.strictSame(await feed.mend(actor), [], 'nothing is passed over');
  await feed.skip({ position: 1n, reason, actor });
  t.match(await feed.mend(actor), [{ position: '1', outcome: 'waits', error: /text_missing/ }]);
  find();
  t.match(await feed.mend(actor), [{ position: '1', stream, revision: 0, outcome: 'mended' }]);
  t.strictSame(await feed.mend(actor), []);
  lose();
  const position = await log.head();
  t.match(
    await feed.skip({ position, reason, actor }),
    { outcome: 'passed_over', already: false, event: { stream, revision: 0 } },
    'where it is carried',
  );
  t.match(await feed.skip({ position: 1n, reason, actor }), { outcome: 'passed_over', already: false }, 'and where it stands');
  find();
  t.match(await feed.mend(actor), [
    { position: '1', outcome: 'mended' },
    { position: String(position), outcome: 'mended' },
  ]);
  t.strictSame(
    (await decisions(log)).map(({ type, data }) => [type, 'position' in data && data.position]),
    [
      ['FeedEventSkipped', '1'],
      ['FeedEventMended', '1'],
      ['FeedEventSkipped', String(position)],
      ['FeedEventSkipped', '1'],
      ['FeedEventMended', '1'],
      ['FeedEventMended', String(position)],
    ],
  );
});

t.test('of two who decide at once, one is written down', async (t) => {
  const { log, find } = await damagedLog();
  const outcomes = await Promise.all(['one', 'other'].map((by) => feedOf(log).skip({ position: 1n, reason, actor: by })));
  t.strictSame(outcomes.map((each) => each.outcome === 'passed_over' && each.already).sort(), [false, true]);
  find();
  await Promise.all([feedOf(log).mend('one'), feedOf(log).mend('other')]);
  t.strictSame(
    (await decisions(log)).map(({ type }) => type),
    ['FeedEventSkipped', 'FeedEventMended'],
  );
});

t.test('a decision that cannot be read itself is taken again', async (t) => {
  const { log, feed } = await damagedLog();
  await feed.skip({ position: 1n, reason, actor });
  const forgetful: EventLog<DomainEvent> = {
    ...log,
    readStream: async (...args) =>
      (await log.readStream(...args)).map((event) =>
        event.stream === feedOperations && event.revision === 0 ? { ...event, undecodable: 'corrupt', error: 'a bit flipped' } : event,
      ),
  };
  t.match(await feedOf(forgetful).skip({ position: 1n, reason, actor }), { outcome: 'passed_over', already: false });
  t.match(await feedOf(forgetful).skip({ position: 1n, reason, actor }), { outcome: 'passed_over', already: true });
});
