import { partyBody } from '@averment/domain';
import t from 'tap';
import { testCommands } from '../src/testing.ts';
import { callerOf, memoryLog } from './support.ts';

const office = (name: string, ...values: string[]) =>
  partyBody.parse({ kind: 'agency', name, identifiers: values.map((value) => ({ scheme: 'ori', value })) });
const by = (key: string) => callerOf({ subject: 'contributor', idempotencyKey: key, body: { key } });

t.test('of several processes at once one registers it, and the others are told of the same', async (t) => {
  const log = memoryLog();
  const done = await Promise.all(
    ['a', 'b', 'c', 'd'].map((key) => testCommands({ log }).registerParty(by(key), office(`Office ${key}`, 'WA1', `WA${key}`))),
  );
  const ids = done.map((each) => (each.ok ? each.value.id : (each.error.existing ?? each.error.code)));
  t.equal(new Set(ids).size, 1, JSON.stringify(done));
  t.equal(done.filter(({ ok }) => ok).length, 1);
  const events = await log.readAll(0n, 1000, { texts: false });
  t.equal(events.filter(({ type }) => type === 'PartyRegistered').length, 1);
});

t.test('what a request reserved and did not come to write, the next one takes up', async (t) => {
  const log = memoryLog();
  const dying = {
    ...log,
    append: async (...append: Parameters<typeof log.append>) => {
      if (append[0].startsWith('party_')) throw new Error('it is ended');
      return log.append(...append);
    },
  };
  await t.rejects(testCommands({ log: dying }).registerParty(by('a'), office('Office', 'WA1', 'WA2')));
  const done = await testCommands({ log }).registerParty(by('b'), office('The office', 'WA3', 'WA2'));
  t.equal(done.ok, true);
  const repeat = await testCommands({ log }).registerParty(by('b'), office('The office', 'WA3', 'WA2'));
  t.same(repeat, done, 'a repeat is answered as the first time');
  for (const [key, value] of [
    ['c', 'WA1'],
    ['d', 'WA2'],
    ['e', 'WA3'],
  ] as const) {
    const again = await testCommands({ log }).registerParty(by(key), office(`Office ${key}`, value));
    t.match(
      again,
      value === 'WA1' ? { ok: true } : { ok: false, error: { code: 'ExternalIdTaken', existing: done.ok ? done.value.id : '' } },
    );
  }
});
