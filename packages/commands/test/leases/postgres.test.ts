import { createLogger, createPool, migrate } from '@averment/platform';
import { patience, testServer } from '@averment/platform/testing';
import t from 'tap';
import { createPostgresLeases, migrations } from '../../src/index.ts';
import { leasesContract } from './contract.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const databaseUrl = await server.createDatabase();
await migrate(databaseUrl, migrations);
const logger = createLogger({ level: 'silent', name: 'test' });
const pool = createPool({ databaseUrl, name: 'test', logger, connectTimeout: patience });
t.teardown(() => pool.end());

leasesContract(t, async () => ({
  leases: createPostgresLeases(pool),
  // `until` is told to the millisecond in which it lies.
  passed: async (moment) => {
    for (let past = false; !past; ) {
      const { rows } = await pool.query<{ past: boolean }>(
        `SELECT clock_timestamp() > $1::timestamptz + interval '1 millisecond' AS past`,
        [moment],
      );
      past = rows[0]?.past === true;
    }
  },
}));
