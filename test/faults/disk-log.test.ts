import t from 'tap';
import { testExperiment } from './experiment.ts';
import { diskForTheLog } from './experiments/disk.ts';

t.test(diskForTheLog.name, (t) => testExperiment(t, diskForTheLog));
