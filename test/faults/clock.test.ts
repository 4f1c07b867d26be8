import t from 'tap';
import { testExperiment } from './experiment.ts';
import { clock } from './experiments/clock.ts';

t.test(clock.name, (t) => testExperiment(t, clock));
