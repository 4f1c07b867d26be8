import { resembledShape } from '@averment/read-models';
import { answeredAs } from './registry.ts';

const resembled = answeredAs('Resembled', resembledShape, 'What is registered and resembles what was sent');
export const resembles = resembled
  .array()
  .describe(
    'What is registered and resembles it, the nearest first, at most 10: of the moment, so that a repeat may have others. It refuses nothing',
  );
