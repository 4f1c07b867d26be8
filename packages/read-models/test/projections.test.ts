import t from 'tap';
import { createProjections, projectionNames } from '../src/index.ts';
import { installed } from './installed.ts';

t.test('each projection has the name under which the table of models has it', async (t) => {
  const projections = createProjections(installed);
  t.same(
    projections.map(({ name }) => name),
    projectionNames,
  );
});
