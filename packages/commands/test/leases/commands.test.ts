import { partyBody, proposalBody, sourceBody } from '@averment/domain';
import { systemClock } from '@averment/platform';
import t from 'tap';
import type { Leases } from '../../src/leases/port.ts';
import { createMemoryLeases, testCommands } from '../../src/testing.ts';
import { callerOf, memoryLog } from '../support.ts';

const ok = <T>(result: { ok: true; value: T } | { ok: false; error: object }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const reviewer = (subject: string, idempotencyKey: string | null = null) =>
  callerOf({ subject, role: 'reviewer', path: '/v1/incidents', idempotencyKey, body: {} });

/** An incident that waits for review; `more` of the leases fails or differs. */
const proposed = async (more: (leases: Leases) => Partial<Leases>) => {
  const log = memoryLog();
  const memory = createMemoryLeases(systemClock);
  const leases = { ...memory, ...more(memory) };
  const commands = testCommands({ log, leases });
  const { id: police } = ok(await commands.registerParty(callerOf(), partyBody.parse({ kind: 'agency', name: 'River police' })));
  const note = sourceBody.parse({ kind: 'other', language: 'en', text: 'The police said that the boat drove at them.' });
  const { id: source } = ok(await commands.registerSource(callerOf(), note));
  const claim = {
    aspect: 'order_given',
    value: { kind: 'boolean', value: true },
    statement: 'The police say that an order was given.',
    speaker: police,
    capacity: 'spokesperson',
    stance: 'asserts',
    citations: [{ source, quote: { exact: 'the boat drove at them' } }],
  };
  const body = proposalBody.parse({
    title: 'River police stop a boat',
    occurred: { date: '2026-03-03' },
    place: { text: 'the river', locality: 'Ferryhill', country: 'GB', precision: 'locality' },
    agencies: [police],
    claims: [claim],
    rationale: 'The first note.',
  });
  const { of, edit, etag } = ok(await commands.proposeIncident(callerOf(), body));
  const ref = { stream: of.id, edit };
  return { log, commands, ref, etag, held: () => leases.current(ref, 1) };
};

t.test('a lease that outlives its break is removed by the repeat, and broken once', async (t) => {
  let fails = true;
  const { log, commands, ref, held } = await proposed(({ removeBroken }) => ({
    removeBroken: async (...broken) => {
      if (fails) throw new Error('the database is away');
      return removeBroken(...broken);
    },
  }));
  ok(await commands.takeLease(reviewer('ann'), ref));
  const breaks = () => commands.breakLease(reviewer('ben', 'k'), { ...ref, reason: 'On leave.' });
  await t.rejects(breaks(), { message: 'the database is away' });
  t.match(await held(), { holder: 'ann' });
  fails = false;
  t.match(ok(await breaks()), { edit: 1, version: 1, lease: null });
  t.equal(await held(), undefined);
  const types = (await log.readAll(0n, 100)).map(({ type }) => type);
  t.strictSame(types.slice(-2), ['EditSubmitted', 'ReviewLeaseBroken']);
});

t.test('a decision that is on disk is answered also where its lease cannot be ended', async (t) => {
  const { commands, ref, etag, held } = await proposed(() => ({
    end: async () => {
      throw new Error('the database is away');
    },
  }));
  ok(await commands.takeLease(reviewer('ann'), ref));
  const decision = { decision: 'approve', reason: null } as const;
  t.match(ok(await commands.decideEdit(reviewer('ann'), { ...ref, ifMatch: [etag], ...decision })), { state: 'applied' });
  t.match(await held(), { holder: 'ann' });
});
