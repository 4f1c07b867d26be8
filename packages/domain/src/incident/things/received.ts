import { z } from 'zod';
import { typeId } from '../../values/shapes.ts';
import { storedClaim } from './claim.ts';

/** `claim` as it stood where it was moved from, there under the id `was`; `from`: the incident in whose stream that was decided. */
export const receivedClaim = z.strictObject({
  from: typeId('incident'),
  was: typeId('claim'),
  claim: storedClaim,
  rank: z.enum(['preferred', 'normal', 'deprecated']),
  /** Fields that corrections had set. */
  corrected: z.array(z.string()),
});
export type ReceivedClaim = z.output<typeof receivedClaim>;
