import t from 'tap';
import { distributed, testExperiment } from './experiment.ts';
import { jobs } from './experiments/jobs.ts';

// Two api and two worker processes on PostgreSQL, a Redis and a stand-in for EventStoreDB.
t.test(`distributed, ${jobs.name}`, (t) => testExperiment(t, jobs, distributed));
