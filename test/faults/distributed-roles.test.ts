import t from 'tap';
import { distributed, testExperiment } from './experiment.ts';
import { roleMatrix } from './experiments/roles.ts';

// Two api and two worker processes on PostgreSQL, a Redis and a stand-in for EventStoreDB.
t.test(`distributed, ${roleMatrix.name}`, (t) => testExperiment(t, roleMatrix, distributed));
