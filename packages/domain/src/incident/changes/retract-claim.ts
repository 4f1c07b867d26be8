import { changeKind } from './kind.ts';
import { retraction } from './retraction.ts';

/** The record takes a claim back. */
export const retractClaim = changeKind({
  ...retraction(true, 'was retracted before'),
  kind: 'retract_claim',
  event: 'ClaimRetracted',
  twoApprovals: () => ['it retracts a claim'],
});
