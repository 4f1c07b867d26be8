import { type DomainEvent, derivedId, evolveIncident, initialIncident } from '@averment/domain';
import { type EventLog, LogUnavailable, withAbsorbed } from '@averment/event-log';
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

/** What the survivor's fold shows. */
const claimsOf = async (log: EventLog<DomainEvent>, stream: string): Promise<string[]> => {
  const events = await withAbsorbed((await log.readStream(stream, 0)) as DomainEvent[], async (absorbed, to) => {
    return (await log.readStream(absorbed, 0, { to })) as DomainEvent[];
  });
  return [...events.reduce(evolveIncident, initialIncident()).claims.keys()];
};

t.test(
  'an incident that was merged meanwhile receives it, its survivor takes it too, and whoever follows again changes nothing',
  async (t) => {
    const { log, there, received, place } = await movedLog();
    const survivor = idOf('incident');
    await log.append(survivor, -1, [report()]);
    await log.append(there, 0, [merged(survivor)]);
    const merge = { stream: there, revision: 1 };
    await Promise.all([followedBy(log).follow(merge), followedBy(log).follow(place), followedBy(log).follow(place)]);
    t.same(await typesOf(log, there), ['IncidentReported', 'IncidentMerged', 'ClaimReceived']);
    t.same(await claimsOf(log, survivor), [received]);
    const end = (await log.readStream(survivor, 0)).length;
    await log.append(there, 2, [foreign('IncidentUnmerged', { reason: 'They are two.' })]);
    await followedBy(log).follow({ stream: there, revision: 3 });
    for (const each of [place, merge, place]) await followedBy(log).follow(each);
    t.equal((await log.readStream(survivor, end)).length, 1, 'it let go, and nothing else');
    t.same(await claimsOf(log, survivor), []);
    t.same(await claimsOf(log, there), [received], 'it is of whom it was moved to');
  },
);

t.test('what was merged before the claim was moved leaves it to its survivor', async (t) => {
  const { log, there, here } = await movedLog();
  const [survivor, last] = [idOf('incident'), idOf('claim')];
  await log.append(survivor, -1, [report()]);
  await log.append(there, 0, [merged(survivor)]);
  await log.append(here, 2, [foreign('ClaimAdded', { claim: { ...claimOf(last) } })]);
  const again = idOf('claim');
  await log.append(here, 3, [foreign('ClaimMoved', { claim: last, to: there, received: again, reason: 'It is of the other.' })]);
  await followedBy(log).follow({ stream: here, revision: 4 });
  t.same(await typesOf(log, there), ['IncidentReported', 'IncidentMerged']);
  t.same(await claimsOf(log, survivor), [again]);
});

t.test('a claim of an absorbed incident comes with its words, and what was restricted since in its own stream stays so', async (t) => {
  const { log, here, there } = await movedLog();
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
});
