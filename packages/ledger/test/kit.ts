import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DomainEvent } from '@averment/domain';
import type { Logged } from '@averment/event-log';
import { inTransaction, migrate, systemClock } from '@averment/platform';
import { type TestServer, testFolder, testPools } from '@averment/platform/testing';
import { parseVerifierKey } from '@averment/verify-log';
import type { Test } from 'tap';
import { createLedger, createLedgerFollower, createSigner, makeLedgerKey, migrations } from '../src/index.ts';

export const incident = 'incident_6ra6p4wfn4aa8b38md67kz9590';
export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Events as a log hands them on, with gaps between their positions as EventStoreDB has them. */
export const eventsFrom = (first: number, count: number, type = 'ClaimAdded'): Logged<DomainEvent>[] =>
  Array.from({ length: count }, (_, at) => {
    const revision = first + at;
    const canonical = `{"actor":"a","at":"2026-01-01T00:00:00.000Z","command":"c","correlation":null,"data":{"n":${revision}},"edit":1,"id":"i","last":${revision},"request":null,"revision":${revision},"schema":1,"stream":"${incident}","type":"${type}"}`;
    const place = {
      stream: incident,
      revision,
      last: revision,
      position: BigInt(revision * 7 + 7),
      recordedAt: '2026-01-01T00:00:00.000000Z',
    };
    return { ...JSON.parse(canonical), ...place, canonical, sha256: sha256(canonical) } as Logged<DomainEvent>;
  });

/** A ledger in a database of its own, with a key. `add` gives events leaves. */
export const ledgerFor = async (t: Test, server: TestServer) => {
  const url = await server.createDatabase();
  await migrate(url, migrations);
  const { pool, end } = testPools(url);
  t.teardown(end);
  const follower = createLedgerFollower({ holds: async () => true });
  let position = 0n;
  const add = async (events: readonly Logged<DomainEvent>[]) => {
    const last = events.at(-1) as Logged<DomainEvent>;
    await inTransaction(pool, async (tx) => {
      const moved = await tx.query(follower.move(position, { position: last.position, mark: null }));
      if (moved.rowCount !== 1) throw new Error('the checkpoint stands elsewhere');
      await follower.apply(tx, events);
    });
    position = last.position;
  };
  const keyFile = join(await testFolder(t), 'ledger.key');
  const keys = await makeLedgerKey(keyFile, 'record.example/log');
  const signer = createSigner({ pool, keys, keyFile, clock: systemClock });
  const key = parseVerifierKey(keys[0]?.vkey ?? '');
  return { url, pool, add, keyFile, keys, signer, key, ledger: createLedger(pool), events: eventsFrom };
};
