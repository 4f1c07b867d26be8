import t from 'tap';
import { testExperiment } from './experiment.ts';
import { diskForTheTables } from './experiments/disk.ts';

t.test(diskForTheTables.name, (t) => testExperiment(t, diskForTheTables));
