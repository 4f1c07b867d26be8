import { EventStoreDBClient } from '@eventstore/db-client';
import t from 'tap';
import { eraseToHead } from '../src/index.ts';
import { eventLogContract } from './contract.ts';
import { newStandInLog, startStandIn } from './eventstore-stand-in/server.ts';
import { newTestStore, realServer } from './eventstoredb.ts';
import { databases } from './postgres.ts';

const { server } = await databases(t);

eventLogContract(t, async (t) => {
  const standIn = realServer === undefined ? await startStandIn(t) : undefined;
  const url = realServer ?? standIn?.url ?? '';
  const { pool, open, prefix } = await newTestStore(t, server, url);
  return {
    open: (catalogue) => open({ catalogue }),
    followErasures: async (log) => void (await eraseToHead({ pool, log })),
    cutOff: async (stream, revision) => {
      const client = EventStoreDBClient.connectionString(url);
      await client.setStreamMetadata(prefix + stream, { truncateBefore: revision });
      await client.dispose();
    },
    ...(standIn && {
      replace: async () => {
        const log = standIn.restartOn(newStandInLog());
        return async () => void standIn.restartOn(log);
      },
    }),
  };
});
