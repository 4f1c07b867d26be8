import { type DomainEvent, derivedId } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { createMerging } from '../src/index.ts';
import { foreign, memoryLog } from './support.ts';

const registered = (more: object = {}) =>
  foreign('PartyRegistered', { kind: 'person', name: 'A mayor', aliases: [], private: false, publicRole: 'mayor', parent: null, ...more });
const merged = (into: string) => foreign('PartyMerged', { into, reason: 'They are one.' });
const unmerged = () => foreign('PartyUnmerged', { reason: 'They are two.' });
const privacySet = () => foreign('PartyPrivacySet', { private: true, publicRole: null, reason: 'It is a private person.' });
const typesOf = async (log: EventLog<DomainEvent>, stream: string) => (await log.readStream(stream, 1)).map(({ type }) => type);
const followedBy = (log: EventLog<DomainEvent>) => createMerging({ log, clock: systemClock });

/** A log with a survivor, and a party that is merged into it. */
const mergedLog = async (survivorIs: object = {}) => {
  const log = memoryLog();
  const [absorbed, survivor] = [1, 2].map(() => derivedId('party', systemRandom.uuid(), 'party')) as [string, string];
  await log.append(survivor, -1, [registered(survivorIs)]);
  await log.append(absorbed, -1, [registered()]);
  await log.append(absorbed, 0, [merged(survivor)]);
  return { log, absorbed, survivor, place: { stream: absorbed, revision: 1 } };
};

t.test('a merge and its end are followed once, however often and by however many', async (t) => {
  const { log, absorbed, survivor, place } = await mergedLog();
  await Promise.all([followedBy(log).follow(place), followedBy(log).follow(place)]);
  await followedBy(log).follow(place);
  t.same(await typesOf(log, survivor), ['PartyAbsorbed']);
  t.match((await log.readStream(survivor, 1))[0], { actor: 'worker', edit: null, data: { from: absorbed, revision: 1 } });
  await log.append(absorbed, 1, [unmerged()]);
  for (const revision of [2, 1, 2]) await followedBy(log).follow({ stream: absorbed, revision });
  t.same(await typesOf(log, survivor), ['PartyAbsorbed', 'PartyReleased']);
  await log.append(absorbed, 2, [merged(survivor)]);
  await followedBy(log).follow({ stream: absorbed, revision: 3 });
  t.same(await typesOf(log, survivor), ['PartyAbsorbed', 'PartyReleased', 'PartyAbsorbed']);
});

t.test('who does not hear how an append ended does it again, and it is done once', async (t) => {
  const { log, survivor, place } = await mergedLog();
  const cut: EventLog<DomainEvent> = {
    ...log,
    append: async (...append) => {
      await log.append(...append);
      throw new LogUnavailable('the line is cut');
    },
  };
  await t.rejects(followedBy(cut).follow(place), LogUnavailable);
  await followedBy(log).follow(place);
  t.same(await typesOf(log, survivor), ['PartyAbsorbed']);
});

t.test('who turns private does so under all names, in whatever order it comes', async (t) => {
  const { log, absorbed, survivor, place } = await mergedLog();
  const first = derivedId('party', systemRandom.uuid(), 'party');
  await log.append(first, -1, [registered()]);
  await log.append(first, 0, [merged(absorbed)]);
  for (const at of [place, { stream: first, revision: 1 }]) await followedBy(log).follow(at);
  await log.append(survivor, 1, [privacySet()]);
  for (const _ of [1, 2]) await followedBy(log).follow({ stream: survivor, revision: 2 });
  t.same(await typesOf(log, absorbed), ['PartyMerged', 'PartyAbsorbed', 'PartyPrivacySet']);
  t.match((await log.readStream(absorbed, 3))[0], { actor: 'worker', data: { private: true } });
  await followedBy(log).follow({ stream: absorbed, revision: 3 });
  t.same(await typesOf(log, first), ['PartyMerged', 'PartyPrivacySet'], 'what follows is followed in turn');

  const late = await mergedLog();
  await late.log.append(late.survivor, 0, [privacySet()]);
  await followedBy(late.log).follow({ stream: late.survivor, revision: 1 });
  t.same(await typesOf(late.log, late.absorbed), ['PartyMerged'], 'nothing is known of the merge yet');
  await followedBy(late.log).follow(late.place);
  t.same(await typesOf(late.log, late.absorbed), ['PartyMerged', 'PartyPrivacySet']);

  const over = await mergedLog();
  await followedBy(over.log).follow(over.place);
  await over.log.append(over.absorbed, 1, [unmerged()]);
  await over.log.append(over.survivor, 1, [privacySet()]);
  await followedBy(over.log).follow({ stream: over.survivor, revision: 2 });
  t.same(await typesOf(over.log, over.absorbed), ['PartyMerged', 'PartyUnmerged'], 'it is one of its own again');
});
