import { traceCommand } from '../commands.ts';
import { erasedKey, withoutTexts } from '../erasure.ts';
import { type DomainEvent, type EventData, recordEvents } from '../events.ts';
import type { Claim, IncidentFields } from '../shapes.ts';
import { writtenBy } from './conflicts.ts';
import { claimsOfDispute, claimsOfRuling, markedFields, stillNaming, substance } from './naming.ts';
import { type Edit, type EditState, type Incident, initialIncident, type Vote } from './state.ts';

/**
 * The fold of an incident's stream. Total: an event that decide could not have made leaves the rest as it is, and a text that was erased or not asked
 * for is absent, never read. Event data is shared with the state and never changed.
 */

const nameClaims = (state: Incident, id: string, claims: readonly string[]) => {
  for (const claim of claims) {
    const by = state.namedBy.get(claim);
    if (by) by.add(id);
    else state.namedBy.set(claim, new Set([id]));
    // An effect or a counter-claim that a correction names anew applies again.
    state.claims.get(claim)?.detached.delete(id);
  }
};

/** Sets the fields named, also those whose text is erased: the old value no longer holds. Answers what changed. */
const setFields = (target: object, fields: readonly string[], set: object) => {
  const held = target as Record<string, unknown>;
  const values = set as Record<string, unknown>;
  return fields.map((field) => {
    const from = held[field];
    held[field] = values[field];
    return { field, from, to: values[field] };
  });
};

type Correction = { id: string; fields: string[]; set: object; reason: string; citations: Claim['citations'] };
const correct = (state: Incident, event: DomainEvent, target: string, held: object, { id, fields, set, reason, citations }: Correction) => {
  const changes = setFields(held, fields, set);
  state.corrections.push({
    id,
    target,
    changes,
    reason: reason ?? null,
    citations,
    revision: event.revision,
    recordedAt: event.recordedAt,
  });
};

const correctClaim = (state: Incident, event: DomainEvent, data: EventData<'ClaimCorrected'>) => {
  const entry = state.claims.get(data.claim);
  if (!entry) return;
  if (data.fields.some((field) => substance.has(field))) {
    const carried = new Set(data.carry);
    for (const id of stillNaming(state, data.claim, state.namedBy.get(data.claim) ?? [])) if (!carried.has(id)) entry.detached.add(id);
  }
  for (const field of data.fields) if (markedFields.has(field)) entry.correctedFields.add(field);
  correct(state, event, data.claim, entry.claim, data);
  if (data.fields.includes('citations')) entry.claim.citations = [...(entry.claim.citations ?? [])];
};

const correctEntry = (state: Incident, event: DomainEvent, data: EventData<'EntryCorrected'>) => {
  const { target } = data;
  const dispute = state.disputes.get(target)?.dispute;
  const ruling = state.rulings.get(target)?.ruling;
  const held = dispute ?? ruling ?? state.proceedings.get(target)?.proceeding;
  if (!held) return;
  const before = new Set(dispute ? claimsOfDispute(dispute) : ruling ? claimsOfRuling(ruling) : []);
  correct(state, event, target, held, data);
  const after = dispute ? claimsOfDispute(dispute) : ruling ? claimsOfRuling(ruling) : [];
  // Effects set anew name their claims anew; a counter-claim that stays does not.
  nameClaims(state, target, data.fields.includes('effects') ? after : after.filter((claim) => !before.has(claim)));
};

const retractEntry = (state: Incident, { target, reason }: EventData<'EntryRetracted'>) => {
  const dispute = state.disputes.get(target);
  const entry = dispute ?? state.proceedings.get(target) ?? state.rulings.get(target);
  if (entry) entry.retracted = true;
  if (dispute) dispute.reason = reason ?? null;
};

/** Folds a record event. */
const evolveRecord = (state: Incident, event: DomainEvent) => {
  switch (event.type) {
    case 'IncidentReported':
      state.fields = { ...event.data };
      state.status = 'published';
      break;
    case 'ClaimAdded': {
      const claim = { ...event.data.claim, citations: [...event.data.claim.citations] };
      const rank = { rank: 'normal', rankReason: null } as const;
      const entry = {
        claim,
        ...rank,
        retracted: false,
        addedAtRevision: event.revision,
        correctedFields: new Set<string>(),
        detached: new Set<string>(),
      };
      state.claims.set(claim.id, entry);
      break;
    }
    case 'CitationAdded':
      state.claims.get(event.data.claim)?.claim.citations.push(...event.data.citations);
      break;
    case 'ClaimDisputed': {
      const dispute = { ...event.data.dispute };
      state.disputes.set(dispute.id, { dispute, withdrawn: false, retracted: false, revision: event.revision, reason: null });
      nameClaims(state, dispute.id, claimsOfDispute(dispute));
      break;
    }
    case 'DisputeWithdrawn': {
      const entry = state.disputes.get(event.data.dispute);
      if (entry) Object.assign(entry, { withdrawn: true, reason: event.data.reason ?? null });
      break;
    }
    case 'ProceedingOpened': {
      const proceeding = { ...event.data.proceeding };
      state.proceedings.set(proceeding.id, { proceeding, updates: [], retracted: false, revision: event.revision });
      break;
    }
    case 'ProceedingUpdated': {
      const { proceeding, on, status, note, citations } = event.data;
      state.proceedings.get(proceeding)?.updates.push({ on, status, note: note ?? null, citations, revision: event.revision });
      break;
    }
    case 'CourtRulingRecorded': {
      const ruling = { ...event.data.ruling };
      state.rulings.set(ruling.id, { ruling, retracted: false, revision: event.revision });
      nameClaims(state, ruling.id, claimsOfRuling(ruling));
      break;
    }
    case 'IncidentCorrected':
      state.fields ??= {} as IncidentFields;
      correct(state, event, event.stream, state.fields, event.data);
      break;
    case 'ClaimCorrected':
      correctClaim(state, event, event.data);
      break;
    case 'EntryCorrected':
      correctEntry(state, event, event.data);
      break;
    case 'ClaimRanked': {
      const entry = state.claims.get(event.data.claim);
      if (entry) Object.assign(entry, { rank: event.data.rank, rankReason: event.data.reason ?? null });
      break;
    }
    case 'ClaimRetracted':
    case 'ClaimReinstated': {
      const entry = state.claims.get(event.data.claim);
      if (entry) entry.retracted = event.type === 'ClaimRetracted';
      break;
    }
    case 'EntryRetracted':
      retractEntry(state, event.data);
      break;
    case 'IncidentMerged':
      state.status = 'merged';
      state.mergedInto = event.data.into;
      break;
    case 'IncidentUnmerged':
      state.status = 'published';
      state.mergedInto = null;
      break;
    case 'IncidentRetracted':
      state.status = 'retracted';
      break;
  }
};

const addVersion = (edit: Edit, event: DomainEvent<'EditSubmitted' | 'EditRevised'>, version: number) => {
  const { baseRevision, rationale, changes, refs, quotes } = event.data;
  edit.versions.push({
    version,
    revision: event.revision,
    baseRevision,
    by: event.actor,
    submittedAt: event.at,
    rationale: rationale ?? null,
    changes,
    quotes,
  });
  edit.state = 'submitted';
  Object.assign(edit.refs, refs);
};

const decided: Record<Vote['decision'], EditState> = { approve: 'submitted', reject: 'rejected', request_changes: 'changes_requested' };
const addVote = (edit: Edit, event: DomainEvent<'EditApproved' | 'EditRejected' | 'EditChangesRequested'>, decision: Vote['decision']) => {
  const { version, reason, needed, policy } = event.data;
  edit.votes.push({ decision, by: event.actor, at: event.at, version, reason: reason ?? null, needed, policy, revision: event.revision });
  edit.state = decided[decision];
};

/** Folds an event of the review of an edit that there is. Answers whether it changed the edit's versions, votes or state. */
const evolveEdit = (edit: Edit, event: DomainEvent): boolean => {
  switch (event.type) {
    case 'EditRevised':
      addVersion(edit, event, event.data.version);
      return true;
    case 'EditApproved':
      addVote(edit, event, 'approve');
      return true;
    case 'EditRejected':
      addVote(edit, event, 'reject');
      return true;
    case 'EditChangesRequested':
      addVote(edit, event, 'request_changes');
      return true;
    case 'EditWithdrawn':
      edit.state = 'withdrawn';
      edit.withdrawnReason = event.data.reason ?? null;
      return true;
    case 'EditApplied':
      edit.state = 'applied';
      edit.appliedRevision = event.last;
      return true;
    default:
      return false;
  }
};

/** A revision, and when it was decided: where a log was restored from a backup, another event comes to stand at the same revision. */
const placeOf = ({ revision, at }: DomainEvent): string => `${revision}-${Date.parse(at).toString(36)}`;

const submit = (state: Incident, event: DomainEvent<'EditSubmitted'>, number: number) => {
  const edit: Edit = {
    edit: number,
    command: event.command,
    author: event.actor,
    state: 'submitted',
    versions: [],
    refs: {},
    votes: [],
    changedAt: placeOf(event),
    appliedRevision: null,
    withdrawnReason: null,
  };
  addVersion(edit, event, 1);
  state.edits.set(number, edit);
  if (state.status === 'none') state.status = 'proposed';
};

const evolveReview = (state: Incident, event: DomainEvent) => {
  if (event.edit === null) return;
  if (event.type === 'EditSubmitted') return submit(state, event, event.edit);
  const edit = state.edits.get(event.edit);
  if (edit && evolveEdit(edit, event)) edit.changedAt = placeOf(event);
};

/** Marks the texts as erased and, where the fold holds them, makes its state anew without them. */
const erase = (state: Incident, event: DomainEvent<'TextErased'>) => {
  const { items } = event.data;
  const left = state.history && withoutTexts(state.history, items);
  if (left) Object.assign(state, left.reduce(evolveIncident, initialIncident()));
  const revisions = new Set(items.map(({ revision }) => revision));
  for (const item of items) state.erased.add(erasedKey(item));
  // What reads of the edit serve has changed, so its ETag does.
  for (const edit of state.edits.values()) {
    if ([...edit.versions, ...edit.votes].some(({ revision }) => revisions.has(revision))) edit.changedAt = placeOf(event);
  }
};

/** Folds one event into the state, in place, and returns it. */
export const evolveIncident = (state: Incident, event: DomainEvent): Incident => {
  if (event.type === 'TextErased') erase(state, event);
  else if (recordEvents.has(event.type)) {
    evolveRecord(state, event);
    state.revision = event.revision;
    state.recordedAt = event.recordedAt;
    state.written.push({ revision: event.revision, type: event.type, keys: writtenBy(event.type, event.data) });
  } else evolveReview(state, event);
  state.id ??= event.stream;
  state.streamRevision = event.revision;
  traceCommand(state.commands, event);
  state.history?.push(event);
  return state;
};
