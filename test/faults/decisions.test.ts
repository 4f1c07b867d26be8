import t from 'tap';
import { testExperiment } from './experiment.ts';
import { decisions } from './experiments/decisions.ts';

t.test(decisions.name, (t) => testExperiment(t, decisions));
