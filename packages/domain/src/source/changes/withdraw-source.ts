import { z } from 'zod';
import { readReason } from '../../register/correction.ts';
import { both, usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { sourceChange } from './kind.ts';

const shape = z
  .strictObject({ reason: reasonText.describe('Why') })
  .describe('The source is withdrawn: it takes no more changes. It takes two approvals');

/** The source is withdrawn. What was quoted from it stays readable. */
export const withdrawSource = sourceChange({
  ...usual,
  kind: 'withdraw_source',
  event: 'SourceWithdrawn',
  alone: true,
  sent: shape,
  read: z.object({ reason: readReason }),
  stored: shape,
  applied: shape,
  resolve: (change) => change,
  check: () => undefined,
  // Whoever withdraws it has read it as it is.
  keys: () => both('status', 'text'),
  data: ({ reason }) => ({ reason }),
  does: 'it withdraws the source',
  document: ({ kind, reason }) => ({ kind, reason: reason ?? null }),
});
