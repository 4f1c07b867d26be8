import { type DomainEvent, partyBody, sourceBody } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import t from 'tap';
import { testCommands } from '../src/testing.ts';
import { callerOf, foreign, memoryLog } from './support.ts';

const court = partyBody.parse({ kind: 'court', name: 'Harbour Court' });
const keyed = callerOf({ idempotencyKey: 'k' });

/** Before each of the first `times` appends to a stream somebody else writes to it. */
const contended = (log: EventLog<DomainEvent>, times: number) => {
  let left = times;
  const append: EventLog<DomainEvent>['append'] = async (stream, expected, events) => {
    if (left-- > 0)
      await log.append(stream, expected, [
        foreign('TextErased', { items: [{ revision: 0, pointer: '/name', digest: 'x' }], reasonCode: 'error' }),
      ]);
    return log.append(stream, expected, events);
  };
  return { ...log, append };
};

t.test('a command decides anew after a wrong revision, a few times, and then says that it is busy', async (t) => {
  const log = memoryLog();
  const positions: bigint[] = [];
  const patient = testCommands({ log: contended(log, 3), onAppended: (position) => positions.push(position) });
  const made = await patient.registerParty(keyed, court);
  t.match(made, { ok: true, value: { id: /^party_/ } });
  t.strictSame(positions, [await log.head()], 'whoever follows is told once, when something was written');

  const busy = memoryLog();
  const refused = await testCommands({ log: contended(busy, 1000) }).registerParty(keyed, court);
  t.match(refused, { ok: false, error: { code: 'Busy' } });
  t.notOk(
    (await busy.readAll(0n, 1000)).some(({ type }) => type === 'PartyRegistered'),
    'nothing of it was recorded',
  );
});

t.test('a command that loses against its own repeat answers as that one', async (t) => {
  const log = memoryLog();
  const first = await testCommands({ log }).registerParty(keyed, court);
  const stale = testCommands({ log: { ...log, readStream: staleOnce(log) } });
  t.strictSame(await stale.registerParty(keyed, court), first);
  t.equal((await log.readAll(0n, 10)).length, 1);
});

/** The first read finds nothing yet, as it was just before the other process wrote. */
const staleOnce = (log: EventLog<DomainEvent>): EventLog<DomainEvent>['readStream'] => {
  let reads = 0;
  return async (...args) => {
    reads += 1;
    return reads === 1 ? [] : log.readStream(...args);
  };
};

t.test('a refusal beside its own repeat is looked at again', async (t) => {
  const log = memoryLog();
  const body = sourceBody.parse({ kind: 'article', url: 'https://pier.example/shots', language: 'en', text: 'Text.' });
  const caller = callerOf({ path: '/v1/sources', idempotencyKey: 'k', body });
  const first = await testCommands({ log }).registerSource(caller, body);
  const other = 'source_00000000000000000000000000';
  const late = testCommands({ log: { ...log, readStream: staleOnce(log) }, findSource: async () => other });
  t.strictSame(await late.registerSource(caller, body), first, 'the own event counts, not the double that was found meanwhile');
  const double = await testCommands({ log, findSource: async () => other }).registerSource(callerOf({ path: '/v1/sources', body }), body);
  t.match(double, { ok: false, error: { code: 'SourceExists', existing: other } });
});

t.test('an unknown outcome is the caller’s to repeat', async (t) => {
  const log = memoryLog();
  let broken = true;
  const append: typeof log.append = async (...args) => {
    const outcome = await log.append(...args);
    if (broken) throw new LogUnavailable('no answer');
    return outcome;
  };
  const commands = testCommands({ log: { ...log, append } });
  await t.rejects(commands.registerParty(keyed, court), LogUnavailable);
  broken = false;
  t.match(await commands.registerParty(keyed, court), { ok: true, value: { position: String(await log.head()) } });
  t.equal((await log.readAll(0n, 10)).length, 1);
});

t.test('only the first event of a command carries its request', async (t) => {
  const log = memoryLog();
  await testCommands({ log }).registerParty({ ...keyed, correlation: 'a'.repeat(32) }, court);
  const [event] = await log.readAll(0n, 10);
  t.match(event, { type: 'PartyRegistered', actor: 'contributor', request: /^[\w-]{43}$/, correlation: 'a'.repeat(32), edit: null });
});
