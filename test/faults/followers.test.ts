import t from 'tap';
import { testExperiment } from './experiment.ts';
import { followers } from './experiments/followers.ts';

t.test(followers.name, (t) => testExperiment(t, followers));
