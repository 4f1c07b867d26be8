import t from 'tap';
import { testExperiment } from './experiment.ts';
import { disk } from './experiments/disk.ts';

t.test(disk.name, (t) => testExperiment(t, disk));
