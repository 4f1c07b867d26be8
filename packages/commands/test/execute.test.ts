import { type DomainEvent, type PartyBody, policy, type SourceBody, standardVocabulary } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { createLogger, systemClock, systemRandom } from '@averment/platform';
import type { Pool } from 'pg';
import t from 'tap';
import { type CommandOptions, createCommands } from '../src/index.ts';
import { callerOf, foreign, memoryLog } from './support.ts';

/** Registering never asks the database: it is there for leases. */
const noPool = {} as Pool;
const commandsOn = (log: EventLog<DomainEvent>, more: Partial<CommandOptions> = {}) =>
  createCommands({
    log,
    pool: noPool,
    clock: systemClock,
    random: systemRandom,
    serverKey: Buffer.alloc(32, 1),
    vocabulary: standardVocabulary,
    policy,
    findSource: async () => null,
    findReviewed: async () => new Map(),
    findQuotes: async () => new Map(),
    findLookAlikes: async () => [],
    reviewLease: 1000,
    logger: createLogger({ level: 'silent', name: 'test' }),
    onAppended: () => undefined,
    ...more,
  });

const court: PartyBody = {
  kind: 'court',
  name: 'Harbour Court',
  aliases: [],
  private: null,
  publicRole: null,
  parent: null,
  distinctFrom: [],
};
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
  const patient = commandsOn(contended(log, 3), { onAppended: (position) => positions.push(position) });
  const made = await patient.registerParty(keyed, court);
  t.match(made, { ok: true, value: { id: /^party_/ } });
  t.strictSame(positions, [await log.head()], 'whoever follows is told once, when something was written');

  const busy = memoryLog();
  const refused = await commandsOn(contended(busy, 1000)).registerParty(keyed, court);
  t.match(refused, { ok: false, error: { code: 'Busy' } });
  t.notOk(
    (await busy.readAll(0n, 1000)).some(({ type }) => type === 'PartyRegistered'),
    'nothing of it was recorded',
  );
});

t.test('a command that loses against its own repeat answers as that one', async (t) => {
  const log = memoryLog();
  const first = await commandsOn(log).registerParty(keyed, court);
  const stale = commandsOn({ ...log, readStream: staleOnce(log) });
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
  const body: SourceBody = {
    kind: 'article',
    url: 'https://pier.example/shots',
    publisher: null,
    title: null,
    authors: [],
    publishedAt: null,
    language: 'en',
    translation: null,
    translatedFrom: null,
    text: 'Text.',
  };
  const caller = callerOf({ path: '/v1/sources', idempotencyKey: 'k', body });
  const first = await commandsOn(log).registerSource(caller, body);
  const other = 'source_00000000000000000000000000';
  const late = commandsOn({ ...log, readStream: staleOnce(log) }, { findSource: async () => other });
  t.strictSame(await late.registerSource(caller, body), first, 'the own event counts, not the double that was found meanwhile');
  const double = await commandsOn(log, { findSource: async () => other }).registerSource(callerOf({ path: '/v1/sources', body }), body);
  t.match(double, { ok: false, error: { code: 'SourceExists', existing: other } });
});

t.test('an unknown outcome is the caller’s to repeat', async (t) => {
  const log = memoryLog();
  let broken = true;
  const commands = commandsOn({
    ...log,
    append: async (...args) => {
      const outcome = await log.append(...args);
      if (broken) throw new LogUnavailable('no answer');
      return outcome;
    },
  });
  await t.rejects(commands.registerParty(keyed, court), LogUnavailable);
  broken = false;
  t.match(await commands.registerParty(keyed, court), { ok: true, value: { position: String(await log.head()) } });
  t.equal((await log.readAll(0n, 10)).length, 1);
});

t.test('only the first event of a command carries its request', async (t) => {
  const log = memoryLog();
  await commandsOn(log).registerParty({ ...keyed, correlation: 'a'.repeat(32) }, court);
  const [event] = await log.readAll(0n, 10);
  t.match(event, { type: 'PartyRegistered', actor: 'contributor', request: /^[\w-]{43}$/, correlation: 'a'.repeat(32), edit: null });
});
