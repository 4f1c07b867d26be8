import type { Parties } from './incident/state.ts';
import type { Change, ChangeKind } from './shapes.ts';

/** How many approvals an edit needs: a rule set with a version, which each vote records. */
export type Policy = {
  version: number;
  /** Each thing that takes two approvals, with the words that say so. Everything else takes one. */
  two: { kinds: Partial<Record<ChangeKind, string>>; correctedRuling: string; inferredDispute: string; privatePerson: string };
};

/** Version 1. An erasure needs two as well; it is no change of an edit, so it is not in this table. */
export const policy: Policy = {
  version: 1,
  two: {
    kinds: {
      record_ruling: 'it records a ruling',
      retract_claim: 'it retracts a claim',
      retract_entry: 'it retracts an entry',
      retract_incident: 'it retracts the incident',
      merge_incident: 'it merges the incident',
      unmerge_incident: 'it takes a merge back',
    },
    correctedRuling: 'it corrects a ruling',
    inferredDispute: 'it records a dispute that the record infers',
    privatePerson: 'it uses a private person',
  },
};

type Citing = { [field: string]: unknown };
const partyFields = ['speaker', 'about', 'onBehalfOf', 'by', 'against', 'forum', 'court', 'judge'] as const;

const partiesOf = (thing: Citing): string[] => {
  const value = thing.value as { kind: string; value?: unknown } | undefined;
  return [
    ...partyFields.map((field) => thing[field]),
    ...[thing.via, thing.agencies].flat(),
    value?.kind === 'party' ? value.value : null,
  ].filter((id) => typeof id === 'string');
};

const thingOf = (change: Change): Citing => {
  switch (change.kind) {
    case 'add_claim':
      return change.claim;
    case 'dispute_claim':
      return change.dispute;
    case 'open_proceeding':
      return change.proceeding;
    case 'record_ruling':
      return change.ruling;
    case 'correct_incident':
    case 'correct_claim':
    case 'correct_entry':
      return change.set;
    default:
      return change;
  }
};

/** The parties that a change uses, each once. */
export const partiesUsed = (change: Change): string[] => [...new Set(partiesOf(thingOf(change)))];

const reasonsOf = (change: Change, { two }: Policy, parties: Parties): (string | undefined)[] => {
  const inferred = thingOf(change).basis === 'inferred';
  const ruling = change.kind === 'correct_entry' && change.target.startsWith('ruling_');
  const person = partiesUsed(change).some((id) => {
    const party = parties(id);
    return party?.kind === 'person' && party.private;
  });
  return [
    two.kinds[change.kind],
    ruling ? two.correctedRuling : undefined,
    inferred ? two.inferredDispute : undefined,
    person ? two.privatePerson : undefined,
  ];
};

/** How many approvals an edit of these changes needs, and why, in words. A pure function of the changes and of the kind and privacy of the parties used. */
export const needed = (by: Policy, changes: readonly Change[], parties: Parties): { needed: 1 | 2; why: string } => {
  const reasons = new Set(changes.flatMap((change) => reasonsOf(change, by, parties)).filter((reason) => reason !== undefined));
  if (reasons.size === 0) return { needed: 1, why: 'One approval: nothing in it needs a second reviewer.' };
  return { needed: 2, why: `Two approvals: ${[...reasons].join(', ')}.` };
};
