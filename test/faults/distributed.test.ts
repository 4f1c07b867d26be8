import t from 'tap';
import { distributed, noRedis, testExperiment } from './experiment.ts';
import { jobs } from './experiments/jobs.ts';
import { roleMatrix } from './experiments/roles.ts';
import { storm } from './experiments/storm.ts';

// Two api and two worker processes on PostgreSQL, a Redis and a stand-in for EventStoreDB.
const missing = await noRedis();
for (const experiment of [storm, jobs, roleMatrix]) {
  t.test(`distributed, ${experiment.name}`, async (t) => {
    if (missing !== null) t.pass(experiment.name, { skip: `skipped: ${missing}` });
    else await testExperiment(t, experiment, distributed);
  });
}
