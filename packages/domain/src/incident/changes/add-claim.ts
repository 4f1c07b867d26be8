import { z } from 'zod';
import { tellAdded } from '../../rules/contradictions.ts';
import { claimInEdit } from '../../views/documents/claim.ts';
import { originIn, originOf } from '../draft.ts';
import type { ClaimEntry, Origin } from '../state.ts';
import { type Claim, checkClaim, claimContent, resolveRelations, sentClaim, storedClaim } from '../things/claim.ts';
import { incidentOf } from '../things/value.ts';
import { retractedClaim } from './inverses.ts';
import { changeKind, content, unplaced, usual } from './kind.ts';

const newClaim = (claim: Claim, origin: Origin, revision: number): ClaimEntry => ({
  claim,
  rank: 'normal',
  ranking: null,
  retracted: false,
  retraction: null,
  ...origin,
  addedAtRevision: revision,
  movedTo: null,
  movedFrom: null,
  correctedFields: new Set(),
  detached: new Set(),
});

/** A claim enters the record. */
export const addClaim = changeKind({
  ...usual,
  kind: 'add_claim',
  older: [unplaced(1)],
  event: 'ClaimAdded',
  sent: z.strictObject({ claim: sentClaim }).describe('A claim enters the record'),
  stored: z.strictObject({ claim: storedClaim }),
  read: z.object({ claim: claimInEdit.describe('The claim') }),
  place: 'anywhere',
  makes: 'claim',
  within: '/claim',
  refOf: ({ claim }) => claim.ref,
  idOf: ({ claim }) => claim.id,
  resolve: ({ kind, claim: { ref: _, ...claim } }, at) => ({
    kind,
    claim: {
      ...claim,
      id: at.id('claim'),
      replaces: at.namedOrNull(claim.replaces, '/replaces', 'claim'),
      relatesTo: resolveRelations(at, claim.relatesTo, '/relatesTo'),
      citations: at.citations(claim.citations, '/citations'),
    },
  }),
  check: (draft, report, { claim }) => {
    checkClaim(draft, report, claim, draft.next);
    draft.claims.set(claim.id, newClaim(claim, originIn(draft), draft.next));
  },
  keys: ({ claim }) => ({ reads: [], writes: [content(claim.id)] }),
  evolve: (record, { claim }, event) => {
    record.claims.set(claim.id, newClaim({ ...claim, citations: [...claim.citations] }, originOf(event), event.revision));
  },
  inverse: ({ claim }, undoing) => retractedClaim(claim.id, undoing),
  does: 'it adds a claim',
  brings: ({ claim }) => claim,
  sets: ({ claim }) => ({ target: claim.id, correction: null }),
  claimsAsked: ({ claim }) => [claim.replaces],
  incidentsAsked: ({ claim }) => incidentOf(claim.value),
  tells: ({ claim }, claims, tell) => {
    claims.set(claim.id, claim);
    tellAdded(claim, tell);
  },
  document: ({ kind, claim }, ref) => ({ kind, claim: { ref: ref(claim.id), ...claimContent(claim) } }),
});
