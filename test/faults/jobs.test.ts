import t from 'tap';
import { testExperiment } from './experiment.ts';
import { jobs } from './experiments/jobs.ts';

t.test(jobs.name, (t) => testExperiment(t, jobs));
