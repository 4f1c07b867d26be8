// A process of its own that appends what is planned, many at once, and tells its parent of each acknowledged append.
import { createLogger, createPool } from '@averment/platform';
import { patience } from '@averment/platform/testing';
import { createPostgresLog } from '../src/postgres/log.ts';
import { catalogue, random, type TestEvent } from './events.ts';
import { planned } from './plan.ts';

const [databaseUrl = '', writer = '', count = '0'] = process.argv.slice(2);
const inFlight = 16;

const logger = createLogger({ level: 'fatal', name: writer });
const pool = createPool({ databaseUrl, name: writer, logger, connectTimeout: patience });
const log = await createPostgresLog<TestEvent>({ pool, catalogue, random, deadline: patience, answerWithin: patience });

let next = 0;
const work = async () => {
  for (let n = next++; n < Number(count); n = next++) {
    const { stream, events } = planned(writer, n);
    const outcome = await log.append(stream, -1, events);
    if (outcome.outcome === 'wrong_revision') throw new Error(`${stream} is at ${outcome.actual}`);
    process.send?.({ n, outcome: outcome.outcome, revision: outcome.revision, position: String(outcome.position) });
  }
};
await Promise.all(Array.from({ length: inFlight }, work));
await log.close();
await pool.end();
process.disconnect();
