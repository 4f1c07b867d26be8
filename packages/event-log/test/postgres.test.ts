import t from 'tap';
import { eraseToHead } from '../src/index.ts';
import { eventLogContract } from './contract.ts';
import { databases } from './postgres.ts';

const { newDatabase } = await databases(t);

eventLogContract(t, async (t) => {
  const { pool, open } = await newDatabase(t);
  return {
    open: (catalogue) => open({ catalogue }),
    followErasures: async (log) => void (await eraseToHead({ pool, log })),
    cutOff: async (stream, revision) =>
      void (await pool.query('DELETE FROM log.events WHERE stream = $1 AND revision < $2', [stream, revision])),
    replace: async () => {
      await pool.query('CREATE TABLE kept AS TABLE log.events; CREATE TABLE kept_head AS TABLE log.head');
      await pool.query("TRUNCATE log.events; UPDATE log.head SET position = 0, recorded_at = '-infinity'");
      return async () => {
        await pool.query('TRUNCATE log.events; INSERT INTO log.events TABLE kept');
        await pool.query('UPDATE log.head h SET position = k.position FROM kept_head k');
      };
    },
  };
});
