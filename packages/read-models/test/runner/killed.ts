import type { DomainEvent } from '@averment/domain';
import { createPostgresLog } from '@averment/event-log/testing';
import { createLogger, systemRandom } from '@averment/platform';
import { testPools } from '@averment/platform/testing';
import { createRunner } from '../../src/runner/index.ts';
import { catalogue, tally } from './tally.ts';

// A runner that stops in the middle of its batch, with the rows of it written and nothing committed: run as a child, to be killed or stopped there.
const [databaseUrl = ''] = process.argv.slice(2);
const logger = createLogger({ level: 'silent', name: 'test' });
const { pool, applying } = testPools(databaseUrl);
const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
const hold = async () => {
  process.send?.('in the middle');
  await new Promise(() => undefined);
};
const runner = createRunner({
  pool,
  applying,
  log,
  projections: [tally({ hold })],
  logger,
  erase: async () => undefined,
  logName: async () => 'test.0',
});
await runner.advance('reviews');
