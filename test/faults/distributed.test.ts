import t from 'tap';
import { distributed, testExperiment } from './experiment.ts';
import { storm } from './experiments/storm.ts';

// Two api and two worker processes on PostgreSQL, a Redis and a stand-in for EventStoreDB.
t.test(`distributed, ${storm.name}`, (t) => testExperiment(t, storm, distributed));
