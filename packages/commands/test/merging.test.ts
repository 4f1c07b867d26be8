import { type DomainEvent, derivedId } from '@averment/domain';
import { type EventLog, LogUnavailable, StreamUnreadable } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { createMerging } from '../src/index.ts';
import { foreign, memoryLog } from './support.ts';

const incident = (): string => derivedId('incident', systemRandom.uuid(), 'incident');
const report = foreign('IncidentReported', { title: 'Officers stop a car', occurred: {}, place: { country: 'US' }, agencies: [] });
const merged = (into: string) => foreign('IncidentMerged', { into, reason: 'They are one.' });
const unmerged = () => foreign('IncidentUnmerged', { reason: 'They are two.' });
const typesOf = async (log: EventLog<DomainEvent>, stream: string): Promise<string[]> =>
  (await log.readStream(stream, 0)).map(({ type }) => type);

/** A log with a survivor, and an incident that is merged into it. */
const mergedLog = async () => {
  const log = memoryLog();
  const [absorbed, survivor] = [incident(), incident()];
  await log.append(survivor, -1, [{ ...report, id: systemRandom.uuid() }]);
  await log.append(absorbed, -1, [{ ...report, id: systemRandom.uuid() }]);
  await log.append(absorbed, 0, [merged(survivor)]);
  return { log, absorbed, survivor, place: { stream: absorbed, revision: 1 } };
};
const followedBy = (log: EventLog<DomainEvent>) => createMerging({ log, clock: systemClock });

t.test('a decision is followed once, however often and by however many', async (t) => {
  const { log, absorbed, survivor, place } = await mergedLog();
  await Promise.all([followedBy(log).follow(place), followedBy(log).follow(place), followedBy(log).follow(place)]);
  await followedBy(log).follow(place);
  t.same(await typesOf(log, survivor), ['IncidentReported', 'IncidentAbsorbed']);
  t.match((await log.readStream(survivor, 1))[0], {
    actor: 'worker',
    edit: null,
    request: null,
    data: { from: absorbed, revision: 1, via: null },
  });
  await log.append(absorbed, 1, [unmerged()]);
  const end = { stream: absorbed, revision: 2 };
  await Promise.all([followedBy(log).follow(end), followedBy(log).follow(end)]);
  for (const each of [place, end]) await followedBy(log).follow(each);
  t.same(await typesOf(log, survivor), ['IncidentReported', 'IncidentAbsorbed', 'IncidentReleased']);
  t.same(await typesOf(log, absorbed), ['IncidentReported', 'IncidentMerged', 'IncidentUnmerged'], 'there was nothing to return');
});

t.test('who is ended in between, or does not hear how it ended, does it again and it is done once', async (t) => {
  for (const written of [true, false]) {
    const { log, survivor, place } = await mergedLog();
    const ended: EventLog<DomainEvent> = {
      ...log,
      append: async (...append) => {
        if (written) await log.append(...append);
        throw new LogUnavailable('the line is cut');
      },
    };
    await t.rejects(followedBy(ended).follow(place), LogUnavailable);
    t.equal((await typesOf(log, survivor)).length, written ? 2 : 1);
    await followedBy(log).follow(place);
    t.same(await typesOf(log, survivor), ['IncidentReported', 'IncidentAbsorbed']);
  }
});

t.test('what others write to the survivor meanwhile makes it decide anew', async (t) => {
  const { log, survivor, place } = await mergedLog();
  let others = 3;
  const busy: EventLog<DomainEvent> = {
    ...log,
    append: async (stream, expected, events) => {
      if (others > 0) await log.append(stream, expected, [foreign('IncidentRetracted', { reason: 'It did not happen.' })]);
      others -= 1;
      return log.append(stream, expected, events);
    },
  };
  await followedBy(busy).follow(place);
  t.same((await typesOf(log, survivor)).slice(-2), ['IncidentRetracted', 'IncidentAbsorbed']);
});

t.test('a survivor that is merged in turn tells the next one, whichever comes first', async (t) => {
  const { log, absorbed, survivor, place } = await mergedLog();
  const last = incident();
  await log.append(last, -1, [{ ...report, id: systemRandom.uuid() }]);
  await log.append(survivor, 0, [merged(last)]);
  await followedBy(log).follow({ stream: survivor, revision: 1 });
  await followedBy(log).follow(place);
  const told = (await log.readStream(last, 1)) as DomainEvent[];
  t.match(
    told.map(({ data }) => data),
    [
      { from: survivor, revision: 1, via: null },
      { from: absorbed, revision: 1, via: survivor },
    ],
  );
  await log.append(absorbed, 1, [unmerged()]);
  await followedBy(log).follow({ stream: absorbed, revision: 2 });
  t.match((await log.readStream(last, 3))[0], { type: 'IncidentReleased', data: { from: absorbed, revision: 2 } });
  t.same((await typesOf(log, survivor)).slice(2), ['IncidentAbsorbed', 'IncidentReleased']);
});

t.test('a survivor that cannot be read is said, and nothing is appended', async (t) => {
  const { log, survivor, place } = await mergedLog();
  const damaged: EventLog<DomainEvent> = {
    ...log,
    readStream: async (stream, ...more) => {
      const events = await log.readStream(stream, ...more);
      return stream === survivor ? events.map((event) => ({ ...event, undecodable: 'corrupt' as const, error: 'damaged' })) : events;
    },
  };
  await t.rejects(followedBy(damaged).follow(place), StreamUnreadable);
  t.equal((await typesOf(log, survivor)).length, 1);
  await followedBy(log).follow(place);
  t.equal((await typesOf(log, survivor)).length, 2);
});
