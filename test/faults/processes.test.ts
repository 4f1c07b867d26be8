import t from 'tap';
import { testExperiment } from './experiment.ts';
import { processes } from './experiments/processes.ts';

t.test(processes.name, (t) => testExperiment(t, processes));
