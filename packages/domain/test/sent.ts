import { addClaim, type Body, citations, claim, outcome, partyId, type Scene, scene } from './scene.ts';

/** Changes as they are sent, on a published incident. */

/** A published incident with one claim of the department. */
export const published = (...more: Body[]) => {
  const s = scene();
  s.published(claim('c1'), ...more);
  return s;
};
/** What an edit of one claim with these fields comes to. */
export const claimed = (more: Body, s = published()) => outcome(s.submit([addClaim('x', more)]));
export const quantity = (more: Body = {}) => ({
  aspect: 'shots_fired',
  about: null,
  value: { kind: 'quantity', value: '2', unit: 'shot', comparator: 'exact', ...more },
});
export const dispute = (s: Scene, more: Body = {}): Body => ({
  kind: 'dispute_claim',
  ref: 'd1',
  claim: s.id('c1'),
  basis: 'stated',
  by: partyId('city'),
  grounds: 'It § was not so',
  citations,
  ...more,
});
export const proceeding = (more: Body = {}): Body => ({
  kind: 'open_proceeding',
  ref: 'p1',
  type: 'charge',
  title: 'A § charge',
  status: 'open',
  citations,
  ...more,
});
export const ruling = (effects: Body[], more: Body = {}): Body => ({
  kind: 'record_ruling',
  ref: 'r1',
  finality: 'final',
  basis: 'report',
  summary: 'The court § decided',
  citations,
  effects,
  ...more,
});
export const upholds = (s: Scene) => ({ claim: s.id('c1'), effect: 'upholds', citations });
export const reason = { reason: 'The § reason why' };
export const correct = (s: Scene, set: Body, more: Body = {}): Body => ({
  kind: 'correct_claim',
  claim: s.id('c1'),
  set,
  citations,
  ...reason,
  ...more,
});
export const nobody = partyId('nobody');
