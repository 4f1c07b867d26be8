import t from 'tap';
import { testExperiment } from './experiment.ts';
import { kill } from './experiments/kill.ts';

t.test(kill.name, (t) => testExperiment(t, kill));
