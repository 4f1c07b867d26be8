import { changeKind } from './kind.ts';
import { retraction } from './retraction.ts';

/** A claim that was taken back stands again. */
export const reinstateClaim = changeKind({
  ...retraction(false, 'is not retracted'),
  kind: 'reinstate_claim',
  event: 'ClaimReinstated',
  twoApprovals: () => ['it reinstates a claim'],
});
