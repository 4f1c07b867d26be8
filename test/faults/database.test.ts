import t from 'tap';
import { testExperiment } from './experiment.ts';
import { database } from './experiments/database.ts';

t.test(database.name, (t) => testExperiment(t, database));
