import { catalogue, type DomainEvent } from '@averment/domain';
import { migrations } from '@averment/event-log';
import { createEventStoreLog, createMemoryLog, createMemoryStore, createPostgresLog, startStandIn } from '@averment/event-log/testing';
import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { patience, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';
import { externalIdContract } from './external-ids.ts';

const server = await testServer(t);
const logger = createLogger({ level: 'silent', name: 'test' });
const common = { catalogue, random: systemRandom, deadline: patience, answerWithin: patience };

const newPool = async (t: Test) => {
  const databaseUrl = await server.createDatabase();
  for (const each of migrations) await migrate(databaseUrl, each);
  return () => {
    const pool = createPool({ databaseUrl, name: 'test', logger, connectTimeout: patience });
    t.teardown(() => pool.end());
    return pool;
  };
};

t.test('in memory', async (t) => {
  const newLog = async () => {
    const store = createMemoryStore();
    return { open: async () => createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store }) };
  };
  externalIdContract(t, newLog, true);
});

t.test('in PostgreSQL', async (t) => {
  externalIdContract(t, async (t) => {
    const pool = await newPool(t);
    return {
      open: async () => {
        const log = await createPostgresLog<DomainEvent>({ pool: pool(), ...common });
        t.teardown(() => log.close());
        return log;
      },
    };
  });
});

t.test('in EventStoreDB', async (t) => {
  externalIdContract(t, async (t) => {
    const pool = await newPool(t);
    const { url } = await startStandIn(t);
    return {
      open: async () => {
        const log = await createEventStoreLog<DomainEvent>({
          url,
          pool: pool(),
          clock: systemClock,
          prefix: 'test-',
          onSkew: ({ detail }) => t.fail(detail),
          clockTolerance: 600_000,
          scanWithin: patience,
          ...common,
        });
        t.teardown(() => log.close());
        return log;
      },
    };
  });
});
