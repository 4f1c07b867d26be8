/** Changes by which others are undone, as they are read. Here, since a kind is undone by another one, and that one mostly by it. */

type Why = { reason: string };

export const retractedIncident = ({ reason }: Why) => ({ kind: 'retract_incident', reason });
export const reinstatedIncident = ({ reason }: Why) => ({ kind: 'reinstate_incident', reason });
export const mergedInto = (into: string | null, { reason }: Why) => ({ kind: 'merge_incident', into, reason });
export const unmerged = ({ reason }: Why) => ({ kind: 'unmerge_incident', reason });
export const distinguished = (from: string, { reason }: Why) => ({ kind: 'distinguish_incident', from, reason });
export const undistinguished = (from: string, { reason }: Why) => ({ kind: 'undistinguish_incident', from, reason });
export const retractedClaim = (claim: string, { reason }: Why) => ({ kind: 'retract_claim', claim, reason });
export const reinstatedClaim = (claim: string, { reason }: Why) => ({ kind: 'reinstate_claim', claim, reason });
export const retractedEntry = (target: string, { reason }: Why) => ({ kind: 'retract_entry', target, reason });
export const reinstatedEntry = (target: string, { reason }: Why) => ({ kind: 'reinstate_entry', target, reason });
export const withdrawnDispute = (dispute: string, { reason }: Why) => ({ kind: 'withdraw_dispute', dispute, reason });
export const retractedUpdate = (proceeding: string, revision: number, { reason }: Why) => ({
  kind: 'retract_update',
  proceeding,
  revision,
  reason,
});
export const updatedProceeding = (proceeding: string, update: object) => ({ kind: 'update_proceeding', proceeding, ...update });
/** The claim cites just this again. */
export const citingAgain = (claim: string, citations: object[], { reason }: Why) => ({
  kind: 'correct_claim',
  claim,
  set: { citations },
  basis: 'reversal',
  reason,
});
