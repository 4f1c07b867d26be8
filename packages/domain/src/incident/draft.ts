import type { ErrorCode, Problem } from '../errors.ts';
import type { Ground, Policy } from '../policy.ts';
import type { Change, Citation } from '../shapes.ts';
import type { Vocabulary } from '../vocabulary.ts';
import type { ClaimEntry, DisputeEntry, Incident, Parties, ProceedingEntry, RulingEntry } from './state.ts';

/** What a decision has to know beside the incident's own stream, as of now. */
export type Facts = {
  vocabulary: Vocabulary;
  policy: Policy;
  parties: Parties;
  /** Whether an edit that used the party was applied with two approvals since it was last said whether it is private. What may lag says no. */
  privacyReviewed: (party: string) => boolean;
  /** As `Ground` of the policy has it. */
  quoted?: Ground['quoted'];
  /** `revisions`: how many revisions of its text there are. */
  sources: (id: string) => { revisions: number; withdrawn: boolean } | undefined;
  incidents: (id: string) => { status: Incident['status'] } | undefined;
};

/** Entries of the record, with those that the changes before this one made or touched laid over them. The record itself is never written. */
export type Layer<E> = { get(id: string): E | undefined; set(id: string, entry: E): void };

const layer = <E>(record: ReadonlyMap<string, E>): Layer<E> => {
  const over = new Map<string, E>();
  return { get: (id) => over.get(id) ?? record.get(id), set: (id, entry) => void over.set(id, entry) };
};

/** The record as the changes of an edit would leave it, one after the other, and what is wrong with them. */
export type Draft = {
  facts: Facts;
  incident: string | null;
  status: Incident['status'];
  claims: Layer<ClaimEntry>;
  disputes: Layer<DisputeEntry>;
  proceedings: Layer<ProceedingEntry>;
  rulings: Layer<RulingEntry>;
  /** Ids of all things that the edit makes, in whatever order. */
  made: ReadonlySet<string>;
  namedBy: Map<string, Set<string>>;
  /** Revision that the next change would get, were each change one event from here on: tells earlier from later. */
  next: number;
  problems: Problem[];
};

const madeId = (change: Change): string | undefined => {
  switch (change.kind) {
    case 'add_claim':
      return change.claim.id;
    case 'dispute_claim':
      return change.dispute.id;
    case 'open_proceeding':
      return change.proceeding.id;
    case 'record_ruling':
      return change.ruling.id;
    default:
      return undefined;
  }
};

/** What a change acts on, so that it has to come after the change that makes it. */
const actsOn = (change: Change): string | undefined => {
  switch (change.kind) {
    case 'dispute_claim':
      return change.dispute.claim;
    case 'add_citation':
    case 'correct_claim':
    case 'rank_claim':
      return change.claim;
    case 'update_proceeding':
      return change.proceeding;
    default:
      return undefined;
  }
};

/**
 * The order in which the changes are applied, as indexes: their own, but for a change that acts on what a later one makes (refs may stand in any
 * order), which follows it at once.
 */
export const applicationOrder = (changes: readonly Change[]): number[] => {
  const makers = new Map(changes.map((change, index) => [madeId(change), index]));
  const waiting = new Map<number, number[]>();
  const order: number[] = [];
  const apply = (index: number) => {
    order.push(index);
    for (const next of waiting.get(index) ?? []) apply(next);
    waiting.delete(index);
  };
  for (const [index, change] of changes.entries()) {
    const target = actsOn(change);
    const maker = (target === undefined ? undefined : makers.get(target)) ?? -1;
    if (maker > index) waiting.set(maker, [...(waiting.get(maker) ?? []), index]);
    else apply(index);
  }
  return order;
};

export const draftOf = (state: Incident, changes: readonly Change[], facts: Facts): Draft => ({
  facts,
  incident: state.id,
  status: state.status,
  claims: layer(state.claims),
  disputes: layer(state.disputes),
  proceedings: layer(state.proceedings),
  rulings: layer(state.rulings),
  made: new Set(changes.flatMap((change) => madeId(change) ?? [])),
  namedBy: new Map(),
  next: state.streamRevision + 1,
  problems: [],
});

/** Notes a problem at a JSON Pointer of the request's body. */
export type Report = (pointer: string, message: string, code?: ErrorCode) => void;

export const reporter =
  (draft: Draft, base: string): Report =>
  (pointer, message, code = 'InvalidChange') =>
    void draft.problems.push({ code, pointer: `${base}${pointer}`, message });

export const checkParty = (draft: Draft, report: Report, id: string | null | undefined, pointer: string) => {
  if (id !== null && id !== undefined && !draft.facts.parties(id)) report(pointer, `there is no party ${id}: register it first`);
};

type Kind = 'claims' | 'disputes' | 'proceedings' | 'rulings';
const words: Record<Kind, string> = { claims: 'claim', disputes: 'dispute', proceedings: 'proceeding', rulings: 'ruling' };

/** A thing of this incident that is named: in the record, or made by this edit in whatever order. */
export const checkNamed = (draft: Draft, report: Report, kind: Kind, id: string | null | undefined, pointer: string) => {
  if (id === null || id === undefined || draft[kind].get(id) || draft.made.has(id)) return;
  report(pointer, `this incident has no ${words[kind]} ${id}`);
};

export const checkCitations = (draft: Draft, report: Report, citations: readonly Citation[] | undefined, pointer: string) => {
  for (const [index, { source, revision }] of (citations ?? []).entries()) {
    const known = draft.facts.sources(source);
    if (!known || revision > known.revisions) {
      report(
        `${pointer}/${index}`,
        `there is no source ${source} with a text of revision ${revision}: register the source first`,
        'SourceTextUnknown',
      );
    }
  }
};
