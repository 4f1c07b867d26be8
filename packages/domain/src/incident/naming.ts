import type { Claim, Dispute, Proceeding, Ruling } from '../shapes.ts';
import type { DisputeEntry, RulingEntry } from './state.ts';

/** What a claim says and who says it: a correction of one of these asks anew whether a dispute or a ruling's effect still meets the claim (rules.md, standing, 5). */
export const substance: ReadonlySet<keyof Claim> = new Set(['aspect', 'about', 'value', 'stance', 'speaker'] as const);

/** Fields that give the mark `corrected` (rules.md, standing, 2). */
export const markedFields: ReadonlySet<string> = new Set<keyof Claim>([
  'aspect',
  'about',
  'value',
  'statement',
  'stance',
  'speaker',
  'capacity',
  'onBehalfOf',
  'scope',
  'saidAt',
  'validAt',
]);

export const disputeFields = ['basis', 'by', 'capacity', 'grounds', 'counterClaim', 'citations'] as const satisfies (keyof Dispute)[];
export const proceedingFields = [
  'type',
  'title',
  'by',
  'against',
  'forum',
  'openedOn',
  'status',
  'caseNumber',
  'continues',
  'claims',
  'citations',
] as const satisfies (keyof Proceeding)[];
export const rulingFields = [
  'court',
  'judge',
  'decidedOn',
  'finality',
  'onMotionOf',
  'standard',
  'basis',
  'caseNumber',
  'summary',
  'citations',
  'effects',
] as const satisfies (keyof Ruling)[];

/** The claims that a dispute names. */
export const claimsOfDispute = ({ claim, counterClaim }: Pick<Dispute, 'claim' | 'counterClaim'>): string[] =>
  counterClaim === null ? [claim] : [claim, counterClaim];
/** The claims that a ruling's effects name. */
export const claimsOfRuling = ({ effects }: Pick<Ruling, 'effects'>): string[] =>
  effects.flatMap(({ claim }) => (claim === null ? [] : [claim]));

export const isOpen = (dispute: DisputeEntry): boolean => !dispute.withdrawn && !dispute.retracted;

type Looked = {
  claims: { get(id: string): { detached: ReadonlySet<string> } | undefined };
  disputes: { get(id: string): DisputeEntry | undefined };
  rulings: { get(id: string): RulingEntry | undefined };
};

/** Of the disputes and rulings given, those that name the claim now: open or not retracted, and not detached by a correction. */
export const stillNaming = (state: Looked, claim: string, candidates: Iterable<string>): string[] =>
  [...candidates].filter((id) => {
    if (state.claims.get(claim)?.detached.has(id)) return false;
    const dispute = state.disputes.get(id);
    if (dispute) return isOpen(dispute) && claimsOfDispute(dispute.dispute).includes(claim);
    const ruling = state.rulings.get(id);
    return ruling !== undefined && !ruling.retracted && claimsOfRuling(ruling.ruling).includes(claim);
  });
