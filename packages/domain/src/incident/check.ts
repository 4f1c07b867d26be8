import type { Problem } from '../errors.ts';
import type { Change, Claim, Dispute, Proceeding, Ruling } from '../shapes.ts';
import { checkClaim } from './check-claim.ts';
import { checkConceal } from './check-conceal.ts';
import { checkDispute, checkProceeding, checkRuling } from './check-entries.ts';
import { applicationOrder, checkCitations, checkParty, type Draft, draftOf, type Facts, type Report, reporter } from './draft.ts';
import {
  claimsOfDispute,
  claimsOfRuling,
  disputeFields,
  isOpen,
  proceedingFields,
  rulingFields,
  stillNaming,
  substance,
} from './naming.ts';
import type { ClaimEntry, DisputeEntry, Incident, ProceedingEntry, RulingEntry } from './state.ts';

/** Lays each change over the record in turn, and notes what it breaks. */

type Named<K extends Change['kind']> = Extract<Change, { kind: K }>;

const nameClaims = (draft: Draft, id: string, claims: readonly string[]) => {
  for (const claim of claims) {
    const by = draft.namedBy.get(claim);
    if (by) by.add(id);
    else draft.namedBy.set(claim, new Set([id]));
  }
};

const acted = <E>(report: Report, entry: E | undefined, what: string, id: string, pointer: string): E | undefined => {
  if (!entry) report(pointer, `this incident has no ${what} ${id}`);
  return entry;
};

const newClaim = (claim: Claim, addedAtRevision: number): ClaimEntry => ({
  claim,
  rank: 'normal',
  rankReason: null,
  retracted: false,
  addedAtRevision,
  correctedFields: new Set(),
  detached: new Set(),
});

const addClaim = (draft: Draft, report: Report, { claim }: Named<'add_claim'>) => {
  checkClaim(draft, report, claim, draft.next);
  draft.claims.set(claim.id, newClaim(claim, draft.next));
};

const disputeClaim = (draft: Draft, report: Report, { dispute }: Named<'dispute_claim'>) => {
  const entry = acted(report, draft.claims.get(dispute.claim), 'claim', dispute.claim, '/claim');
  if (entry?.retracted) report('/claim', 'names a claim that was retracted and stands no more', 'RecordState');
  checkDispute(draft, report, dispute);
  draft.disputes.set(dispute.id, { dispute, withdrawn: false, retracted: false, revision: draft.next, reason: null });
  nameClaims(draft, dispute.id, claimsOfDispute(dispute));
};

const withdrawDispute = (draft: Draft, report: Report, { dispute }: Named<'withdraw_dispute'>) => {
  const entry = acted(report, draft.disputes.get(dispute), 'dispute', dispute, '/dispute');
  if (!entry) return;
  if (!isOpen(entry)) report('/dispute', `names a dispute that was ${entry.retracted ? 'retracted' : 'withdrawn'} before`, 'RecordState');
  draft.disputes.set(dispute, { ...entry, withdrawn: true });
};

const updateProceeding = (draft: Draft, report: Report, { proceeding, citations }: Named<'update_proceeding'>) => {
  const entry = acted(report, draft.proceedings.get(proceeding), 'proceeding', proceeding, '/proceeding');
  if (entry?.retracted) report('/proceeding', 'names a proceeding that was retracted', 'RecordState');
  checkCitations(draft, report, citations, '/citations');
};

const recordRuling = (draft: Draft, report: Report, { ruling }: Named<'record_ruling'>) => {
  checkRuling(draft, report, ruling, draft.next);
  draft.rulings.set(ruling.id, { ruling, retracted: false, revision: draft.next });
  nameClaims(draft, ruling.id, claimsOfRuling(ruling));
};

const checkAgencies = (draft: Draft, report: Report, agencies: readonly string[], pointer: string) => {
  for (const [index, id] of agencies.entries()) {
    checkParty(draft, report, id, `${pointer}/${index}`);
    const kind = draft.facts.parties(id)?.kind;
    if (kind === 'person' || kind === 'described_role') report(`${pointer}/${index}`, 'must be a body, not a person');
  }
};

/** Rule 5 of standing: a correction of what a claim says, or who says it, has to say which disputes and rulings still meet it. */
const checkCarry = (draft: Draft, report: Report, state: Incident, { claim, fields, carry }: Named<'correct_claim'>, entry: ClaimEntry) => {
  const candidates = new Set([...(state.namedBy.get(claim) ?? []), ...(draft.namedBy.get(claim) ?? [])]);
  const naming = new Set(stillNaming(draft, claim, candidates));
  for (const [index, id] of carry.entries()) {
    if (!naming.has(id)) report(`/carry/${index}`, `${id} is no open dispute of this claim and no ruling with an effect on it`);
  }
  if (!fields.some((field) => substance.has(field))) return entry;
  if (naming.size > 0 && carry.length === 0) {
    const message = `lists none of what names this claim (${[...naming].join(', ')}): list those that still apply to the corrected claim, and withdraw or correct the others`;
    report('/carry', message, 'CarryNeeded');
  }
  const carried = new Set<string>(carry);
  return { ...entry, detached: new Set([...entry.detached, ...[...naming].filter((id) => !carried.has(id))]) };
};

const correctClaim = (draft: Draft, report: Report, state: Incident, change: Named<'correct_claim'>) => {
  checkCitations(draft, report, change.citations, '/citations');
  const entry = acted(report, draft.claims.get(change.claim), 'claim', change.claim, '/claim');
  if (!entry) return;
  checkConceal(report, change, entry.claim);
  const { set } = change;
  const claim: Claim = { ...entry.claim, ...set };
  const fields = new Set<string>(change.fields);
  const inSet: Report = (pointer, message, code) =>
    report(fields.has(pointer.split('/')[1] ?? '') ? `/set${pointer}` : '/set', message, code);
  checkClaim(draft, inSet, claim, entry.addedAtRevision, (...names) => names.some((name) => fields.has(name)));
  draft.claims.set(claim.id, { ...checkCarry(draft, report, state, change, entry), claim });
};

/** The entry as the correction would leave it, if its kind has the fields that are set. */
const corrected = <T extends object>(
  report: Report,
  held: T,
  { fields, set }: Named<'correct_entry'>,
  has: readonly string[],
  what: string,
): T => {
  for (const field of fields) if (!has.includes(field)) report(`/set/${field}`, `is no field of a ${what}; it has ${has.join(', ')}`);
  return { ...held, ...set };
};

const checkBasis = (report: Report, { fields, set }: Named<'correct_entry'>, allowed: readonly string[]) => {
  if (fields.includes('basis') && !allowed.includes(set.basis ?? '')) report('/set/basis', `must be ${allowed.join(' or ')}`);
};

const correctEntry = (draft: Draft, report: Report, change: Named<'correct_entry'>) => {
  checkCitations(draft, report, change.citations, '/citations');
  const { target } = change;
  const fields = new Set<string>(change.fields);
  const touches = (...names: string[]) => names.some((name) => fields.has(name));
  const inSet: Report = (pointer, message, code) =>
    report(fields.has(pointer.split('/')[1] ?? '') ? `/set${pointer}` : '/set', message, code);
  const dispute = draft.disputes.get(target);
  const proceeding = draft.proceedings.get(target);
  const ruling = draft.rulings.get(target);
  const entry: DisputeEntry | ProceedingEntry | RulingEntry | undefined = dispute ?? proceeding ?? ruling;
  if (!acted(report, entry, 'entry', target, '/target')) return;
  if (entry?.retracted && !change.conceal)
    report('/target', 'names an entry that was retracted: of such only what it says can be concealed', 'RecordState');
  checkConceal(report, change, dispute?.dispute ?? proceeding?.proceeding ?? ruling?.ruling ?? {});
  if (dispute) {
    checkBasis(report, change, ['stated', 'inferred']);
    const after: Dispute = corrected(report, dispute.dispute, change, disputeFields, 'dispute');
    checkDispute(draft, inSet, after, touches);
    draft.disputes.set(target, { ...dispute, dispute: after });
    nameClaims(draft, target, claimsOfDispute(after));
  } else if (proceeding) {
    const after: Proceeding = corrected(report, proceeding.proceeding, change, proceedingFields, 'proceeding');
    draft.proceedings.set(target, { ...proceeding, proceeding: after });
    checkProceeding(draft, inSet, after, touches);
  } else if (ruling) {
    checkBasis(report, change, ['court_document', 'report']);
    const after: Ruling = corrected(report, ruling.ruling, change, rulingFields, 'ruling');
    checkRuling(draft, inSet, after, ruling.revision, touches);
    draft.rulings.set(target, { ...ruling, ruling: after });
    nameClaims(draft, target, claimsOfRuling(after));
  }
};

const retract = (draft: Draft, report: Report, id: string, retracted: boolean) => {
  const entry = acted(report, draft.claims.get(id), 'claim', id, '/claim');
  if (!entry) return;
  if (entry.retracted === retracted) report('/claim', retracted ? 'was retracted before' : 'is not retracted', 'RecordState');
  draft.claims.set(id, { ...entry, retracted });
};

const retractEntry = (draft: Draft, report: Report, target: string) => {
  const [dispute, proceeding, ruling] = [draft.disputes.get(target), draft.proceedings.get(target), draft.rulings.get(target)];
  const entry: DisputeEntry | ProceedingEntry | RulingEntry | undefined = dispute ?? proceeding ?? ruling;
  if (!acted(report, entry, 'entry', target, '/target')) return;
  if (entry?.retracted) report('/target', 'was retracted before', 'RecordState');
  if (dispute) draft.disputes.set(target, { ...dispute, retracted: true });
  if (proceeding) draft.proceedings.set(target, { ...proceeding, retracted: true });
  if (ruling) draft.rulings.set(target, { ...ruling, retracted: true });
};

const merge = (draft: Draft, report: Report, into: string) => {
  const status = draft.facts.incidents(into)?.status;
  if (into === draft.incident) report('/into', 'is this incident itself');
  else if (status === undefined || status === 'none' || status === 'proposed') report('/into', `there is no published incident ${into}`);
  else if (status !== 'published') report('/into', `names an incident that is ${status}: merge into one that is published`, 'RecordState');
  draft.status = 'merged';
};

const applyChange = (draft: Draft, report: Report, state: Incident, change: Change) => {
  switch (change.kind) {
    case 'report_incident':
      checkAgencies(draft, report, change.agencies, '/agencies');
      draft.status = 'published';
      return;
    case 'add_claim':
      return addClaim(draft, report, change);
    case 'add_citation':
      acted(report, draft.claims.get(change.claim), 'claim', change.claim, '/claim');
      return checkCitations(draft, report, change.citations, '/citations');
    case 'dispute_claim':
      return disputeClaim(draft, report, change);
    case 'withdraw_dispute':
      return withdrawDispute(draft, report, change);
    case 'open_proceeding': {
      const { proceeding } = change;
      draft.proceedings.set(proceeding.id, { proceeding, updates: [], retracted: false, revision: draft.next });
      return checkProceeding(draft, report, proceeding);
    }
    case 'update_proceeding':
      return updateProceeding(draft, report, change);
    case 'record_ruling':
      return recordRuling(draft, report, change);
    case 'correct_incident':
      checkAgencies(draft, report, change.set.agencies ?? [], '/set/agencies');
      checkConceal(report, change, state.fields ?? {});
      return checkCitations(draft, report, change.citations, '/citations');
    case 'correct_claim':
      return correctClaim(draft, report, state, change);
    case 'correct_entry':
      return correctEntry(draft, report, change);
    case 'rank_claim':
      return void acted(report, draft.claims.get(change.claim), 'claim', change.claim, '/claim');
    case 'retract_claim':
      return retract(draft, report, change.claim, true);
    case 'reinstate_claim':
      return retract(draft, report, change.claim, false);
    case 'retract_entry':
      return retractEntry(draft, report, change.target);
    case 'merge_incident':
      return merge(draft, report, change.into);
    case 'unmerge_incident':
      if (draft.status !== 'merged') report('', 'takes back a merge, but the incident is not merged', 'RecordState');
      draft.status = 'published';
      return;
    case 'retract_incident':
      draft.status = 'retracted';
      return;
    default:
      change satisfies never;
  }
};

/** The first change of a proposal is the incident, and no other change is. */
const checkKinds = (draft: Draft, changes: readonly Change[], at: (index: number) => string) => {
  const proposed = draft.status === 'none' || draft.status === 'proposed';
  for (const [index, { kind }] of changes.entries()) {
    const fits = proposed ? kind === (index === 0 ? 'report_incident' : 'add_claim') : kind !== 'report_incident';
    if (!fits)
      reporter(draft, at(index))('', proposed ? 'a proposal holds the incident and its claims' : 'the incident was reported before');
  }
};

/** Where in the body of a proposal, or of an edit, a change stands. Pointers of claims are relative to the claim. */
const placeOf = (changes: readonly Change[]) => {
  if (changes[0]?.kind === 'report_incident') return (index: number) => (index === 0 ? '' : `/claims/${index - 1}`);
  return (index: number) => `/changes/${index}${changes[index]?.kind === 'add_claim' ? '/claim' : ''}`;
};

/** Whether an incident of this status takes the change. What a retracted one says is still to be read, so it can be concealed. */
export const takes = (status: Incident['status'], change: Change): boolean => {
  if (status === 'merged') return change.kind === 'unmerge_incident';
  return status !== 'retracted' || ('conceal' in change && change.conceal);
};

/**
 * What is wrong with the changes on the record as it is now, with pointers into the body of the request that submits them. Reads no text.
 * `InvalidChange` and `SourceTextUnknown` are mistakes of the edit, `RecordState` and `CarryNeeded` clashes with what the record holds.
 */
export const checkChanges = (state: Incident, changes: readonly Change[], facts: Facts): Problem[] => {
  const draft = draftOf(state, changes, facts);
  const at = placeOf(changes);
  checkKinds(draft, changes, at);
  for (const index of applicationOrder(changes)) {
    const change = changes[index];
    if (!change) continue;
    const report = reporter(draft, at(index));
    if (!takes(draft.status, change))
      report('', `comes after the change that leaves the incident ${draft.status}: put it into an edit of its own`);
    applyChange(draft, report, state, change);
    draft.next += 1;
  }
  return draft.problems;
};
