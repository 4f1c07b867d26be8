import { type DomainEvent, derivedId } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { createMerging } from '../src/index.ts';
import { foreign, memoryLog } from './support.ts';

const idOf = (prefix: 'incident' | 'claim' | 'party' | 'source') => derivedId(prefix, systemRandom.uuid(), prefix);
const report = () => foreign('IncidentReported', { title: 'Officers stop a car', occurred: {}, place: { country: 'US' }, agencies: [] });
const claimOf = (id: string) => ({
  id,
  aspect: 'fled',
  about: idOf('party'),
  value: { kind: 'boolean', value: true },
  statement: 'The agency says that he ran.',
  lang: 'en',
  speaker: idOf('party'),
  capacity: 'spokesperson',
  stance: 'asserts',
  onBehalfOf: null,
  via: [],
  rendering: null,
  ownReporting: false,
  saidAt: null,
  validAt: null,
  replaces: null,
  relatesTo: [],
  scope: null,
  flags: [],
  citations: [],
});
const typesOf = async (log: EventLog<DomainEvent>, stream: string): Promise<string[]> =>
  (await log.readStream(stream, 0)).map(({ type }) => type);
const followedBy = (log: EventLog<DomainEvent>) => createMerging({ log, clock: systemClock });

/** A log with a claim that was moved from one incident to another. */
const movedLog = async () => {
  const log = memoryLog();
  const [here, there, claim, received] = [idOf('incident'), idOf('incident'), idOf('claim'), idOf('claim')];
  await log.append(there, -1, [report()]);
  await log.append(here, -1, [report()]);
  await log.append(here, 0, [foreign('ClaimAdded', { claim: claimOf(claim) })]);
  await log.append(here, 1, [foreign('ClaimMoved', { claim, to: there, received, reason: 'It is of the other.' })]);
  return { log, here, there, claim, received, place: { stream: here, revision: 2 } };
};

t.test('a claim that was moved is received once, however often and by however many', async (t) => {
  const { log, here, there, claim, received, place } = await movedLog();
  await Promise.all([followedBy(log).follow(place), followedBy(log).follow(place)]);
  await followedBy(log).follow(place);
  t.same(await typesOf(log, there), ['IncidentReported', 'ClaimReceived']);
  t.match((await log.readStream(there, 1))[0], {
    actor: 'worker',
    edit: null,
    data: { from: here, was: claim, rank: 'normal', claim: { id: received, statement: 'The agency says that he ran.' } },
  });
});

t.test('who is ended in between, or does not hear how it ended, does it again and it is done once', async (t) => {
  for (const written of [true, false]) {
    const { log, there, place } = await movedLog();
    const ended: EventLog<DomainEvent> = {
      ...log,
      append: async (...append) => {
        if (written) await log.append(...append);
        throw new LogUnavailable('the line is cut');
      },
    };
    await t.rejects(followedBy(ended).follow(place), LogUnavailable);
    await followedBy(log).follow(place);
    t.same(await typesOf(log, there), ['IncidentReported', 'ClaimReceived']);
  }
});

const merged = (into: string) => foreign('IncidentMerged', { into, reason: 'They are one.' });

t.test('an incident that was merged meanwhile leaves it to its survivor, and not again', async (t) => {
  const { log, there, received, place } = await movedLog();
  const survivor = idOf('incident');
  await log.append(survivor, -1, [report()]);
  await log.append(there, 0, [merged(survivor)]);
  await followedBy(log).follow(place);
  t.same(await typesOf(log, there), ['IncidentReported', 'IncidentMerged']);
  await followedBy(log).follow({ stream: there, revision: 1 });
  await followedBy(log).follow(place);
  t.same(await typesOf(log, survivor), ['IncidentReported', 'ClaimReceived', 'IncidentAbsorbed']);
  t.match((await log.readStream(survivor, 1))[0], { data: { claim: { id: received } } });
});

t.test('it is merged in the very moment in which it receives', async (t) => {
  const { log, there, place } = await movedLog();
  const survivor = idOf('incident');
  await log.append(survivor, -1, [report()]);
  let first = true;
  const busy: EventLog<DomainEvent> = {
    ...log,
    append: async (stream, expected, events) => {
      if (first && stream === there) await log.append(there, 0, [merged(survivor)]);
      first = false;
      return log.append(stream, expected, events);
    },
  };
  await followedBy(busy).follow(place);
  t.same(await typesOf(log, there), ['IncidentReported', 'IncidentMerged']);
  t.same(await typesOf(log, survivor), ['IncidentReported', 'ClaimReceived']);
});

t.test('a claim of an absorbed incident comes with its words, and what was restricted since in its own stream stays so', async (t) => {
  const { log, here, there, claim, received } = await movedLog();
  const survivor = idOf('incident');
  await log.append(survivor, -1, [report()]);
  await log.append(here, 2, [
    foreign('ClaimAdded', { claim: { ...claimOf(idOf('claim')), id: derivedId('claim', systemRandom.uuid(), 'two') } }),
  ]);
  const second = ((await log.readStream(here, 3))[0] as DomainEvent<'ClaimAdded'>).data.claim.id;
  await log.append(here, 3, [merged(survivor)]);
  await followedBy(log).follow({ stream: here, revision: 4 });
  const decision = derivedId('erasure', systemRandom.uuid(), 'erasure');
  await log.append(here, 4, [
    foreign('TextRestricted', { items: [{ revision: 3, pointer: '/claim/statement' }], reasonCode: 'court_order', decision }),
  ]);
  const again = idOf('claim');
  await log.append(survivor, 1, [foreign('ClaimMoved', { claim: second, to: there, received: again, reason: 'It is of the other.' })]);
  await followedBy(log).follow({ stream: survivor, revision: 2 });
  const told = (await log.readStream(there, 1)) as DomainEvent[];
  t.match(told, [
    { type: 'ClaimReceived', data: { from: survivor, was: second, claim: { id: again, statement: 'The agency says that he ran.' } } },
    { type: 'TextRestricted', data: { decision } },
  ]);
  t.not(claim, received);
});
