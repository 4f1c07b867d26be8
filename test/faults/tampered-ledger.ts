import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, type DomainEvent } from '@averment/domain';
import { storedEvents } from '@averment/event-log';
import { createPostgresLog } from '@averment/event-log/testing';
import {
  createLedger,
  createLedgerFollower,
  createSigner,
  makeLedgerKey,
  migrations,
  signedFileOf,
  verifyStoredLedger,
} from '@averment/ledger';
import { inTransaction, migrate, systemClock, systemRandom } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import { type LedgerFinding, parseTilePath, parseVerifierKey, verifyLedger } from '@averment/verify-log';
import type { Pool } from 'pg';
import type { Scope } from './experiment.ts';

type Options = { databaseUrl: string; pool: Pool };

/** A ledger beside a log that is about to be altered, signed with a key in a folder of the test. */
export const makeTamperedLedger = async (scope: Scope, { databaseUrl, pool }: Options) => {
  await migrate(databaseUrl, migrations);
  const keyFile = join(await testFolder(scope), 'ledger.key');
  const [key, ...others] = await makeLedgerKey(keyFile, 'record.example/log');
  if (key === undefined) throw new Error('there is no key');
  const signer = createSigner({ pool, keys: [key, ...others], keyFile, clock: systemClock });
  const follower = createLedgerFollower({ holds: async () => true });
  const served = createLedger(pool);

  const follow = async (): Promise<void> => {
    const { position: from } = await follower.current(pool);
    // One that was open before would know that its log was altered.
    const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
    const events = await log.readAll(from, 100_000, { texts: false, canonical: true });
    await log.close();
    const last = events.at(-1);
    if (last === undefined) return;
    await inTransaction(pool, async (tx) => {
      await follower.apply(tx, events);
      await tx.query(follower.move(from, { position: last.position, mark: { position: last.position, sha256: last.sha256 ?? '' } }));
    });
  };

  return {
    tables: ['ledger.followed', 'ledger.leaves', 'ledger.tiles', 'ledger.checkpoint', 'ledger.keys'],
    /** Gives every event a leaf, and signs. */
    sign: async (): Promise<void> => {
      await signer.announce();
      await follow();
      await signer.sign();
      await copyFile(signedFileOf(keyFile), `${keyFile}.kept`);
    },
    /** Makes leaves and tiles anew of what the log has by now, as whoever holds the database may. */
    forge: async (): Promise<void> => {
      await pool.query(
        'TRUNCATE ledger.leaves, ledger.tiles; UPDATE ledger.followed SET position = 0, size = 0, seen_at = NULL, sha256 = NULL',
      );
      await follow();
    },
    /** Signs what there is, as whoever holds the key too may. */
    forgeSignature: async (): Promise<void> => {
      await rm(signedFileOf(keyFile));
      await pool.query('UPDATE ledger.checkpoint SET size = 0, root = NULL, note = NULL');
      await signer.sign();
    },
    putBack: (): Promise<void> => copyFile(`${keyFile}.kept`, signedFileOf(keyFile)),
    checkpoint: async (): Promise<string> => (await served.checkpoint()) ?? '',
    /** What `npm run verify` says of the ledger. */
    findings: async (): Promise<LedgerFinding[]> => {
      const findings: LedgerFinding[] = [];
      await verifyStoredLedger({ pool, events: storedEvents({ pool }), keyFile, found: (finding) => findings.push(finding) });
      return findings;
    },
    /** What an outsider finds who has kept a checkpoint. */
    outside: async (since: string): Promise<LedgerFinding[]> => {
      const findings: LedgerFinding[] = [];
      const answer = async (path: string): Promise<string | Uint8Array | null> =>
        path === 'checkpoint' ? served.checkpoint() : served.tile(parseTilePath(path));
      await verifyLedger({
        url: 'http://record.example/log',
        keys: [parseVerifierKey(key.vkey)],
        since,
        fetch: async (url) => {
          const body = await answer(url.replace('http://record.example/log/', ''));
          return body === null ? new Response('', { status: 404 }) : new Response(typeof body === 'string' ? body : new Uint8Array(body));
        },
        found: (finding) => findings.push(finding),
      });
      return findings;
    },
  };
};
