import t from 'tap';
import { distributed, testExperiment } from './experiment.ts';
import { followers } from './experiments/followers.ts';

// Two api and two worker processes on PostgreSQL, a Redis and a stand-in for EventStoreDB.
t.test(`distributed, ${followers.name}`, (t) => testExperiment(t, followers, distributed));
