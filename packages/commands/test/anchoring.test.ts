import { type DomainEvent, derivedId } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { type Commands, createAnchoring, createMerging } from '../src/index.ts';
import { testCommands } from '../src/testing.ts';
import { anchorings, articleText, published } from './story.ts';
import { foreign, memoryLog } from './support.ts';

/** One of several workers. */
const worker = (log: EventLog<DomainEvent>, incident: string, submitEdit: Commands['submitEdit'] = testCommands({ log }).submitEdit) =>
  createAnchoring({ log, clock: systemClock, submitEdit, incidentsUsing: async () => [incident] });

t.test('what was proposed of an earlier text does not wait beside what is proposed of the last one', async (t) => {
  const log = memoryLog();
  const { incident, revise } = await published(log);
  const first = await revise('The harbour police said nothing. A witness said that the car stood still.', 1);
  await worker(log, incident).follow(first);
  t.same(await anchorings(log, incident), [{ set: [['flags']], isOpen: true }], 'a flag quotes nothing');
  const second = await revise(`On Thursday t${articleText.slice(1)}`, 2);
  await worker(log, incident).follow(second);
  t.same(await anchorings(log, incident), [
    { set: [['flags']], isOpen: false },
    { set: [['citations']], isOpen: true },
  ]);
  for (const place of [first, second, first]) await worker(log, incident).follow(place);
  t.equal((await anchorings(log, incident)).length, 2, 'once more changes nothing');
});

t.test('a worker that is late withdraws what it proposed of a text that is no longer the last', async (t) => {
  const log = memoryLog();
  const { commands, incident, revise } = await published(log);
  const first = await revise(`In a statement t${articleText.slice(1)}`, 1);
  const late = worker(log, incident, async (...asked) => {
    // All this was read before the article changed again, and another worker was done with it.
    await worker(log, incident).follow(await revise(`On Thursday t${articleText.slice(1)}`, 2));
    return commands.submitEdit(...asked);
  });
  await late.follow(first);
  t.same(await anchorings(log, incident), [
    { set: [['citations']], isOpen: true },
    { set: [['citations']], isOpen: false },
  ]);
});

t.test('a claim that comes after its source has changed is proposed the new places where it comes', async (t) => {
  const log = memoryLog();
  const { incident, revise } = await published(log);
  const there = derivedId('incident', incident, 'there');
  const [reported, added] = ['IncidentReported', 'ClaimAdded'].map(async (type) =>
    (await log.readStream(incident, 0)).find((event) => event.type === type),
  ) as [Promise<DomainEvent<'IncidentReported'>>, Promise<DomainEvent<'ClaimAdded'>>];
  await log.append(there, -1, [foreign('IncidentReported', (await reported).data)]);
  await revise(`On Thursday t${articleText.slice(1)}`, 1);
  const { claim } = (await added).data;
  const received = derivedId('claim', there, 'received');
  const end = (await log.readStream(incident, 0)).length;
  await log.append(incident, end - 1, [foreign('ClaimMoved', { claim: claim.id, to: there, received, reason: 'It is of the other.' })]);
  await createMerging({ log, clock: systemClock }).follow({ stream: incident, revision: end });
  const place = { stream: there, revision: 1 };
  await Promise.all([worker(log, incident).follow(place), worker(log, incident).follow(place)]);
  t.same(await anchorings(log, there), [{ set: [['citations']], isOpen: true }]);
  await worker(log, there).follow(await revise(`On Friday evening t${articleText.slice(1)}`, 2));
  t.same(await anchorings(log, there), [
    { set: [['citations']], isOpen: false },
    { set: [['citations']], isOpen: true },
  ]);
});
