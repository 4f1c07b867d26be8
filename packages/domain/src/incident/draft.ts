import type { Envelope } from '../log/envelope.ts';
import type { NewEvent } from '../log/events.ts';
import type { Parties } from '../party/shapes.ts';
import type { PolicyInForce } from '../rules/policy.ts';
import type { EnteredQuote } from '../rules/share.ts';
import { survivorOf } from '../rules/voices.ts';
import type { Citation } from '../source/citation.ts';
import type { SourceFacts } from '../source/state.ts';
import type { ErrorCode, Problem } from '../values/errors.ts';
import { isTimeZone, localTimesOf, offsetsOf } from '../values/time.ts';
import type { Vocabulary } from '../values/vocabulary.ts';
import type { ClaimEntry, DisputeEntry, Incident, IncidentRecord, Origin, ProceedingEntry, RulingEntry } from './state.ts';

/** What a decision has to know beside the incident's own stream, as of now. */
export type Facts = {
  vocabulary: Vocabulary;
  policy: PolicyInForce;
  parties: Parties;
  /** Of a vote: what was submitted before a party was merged may name it, since it counts as its survivor. */
  mayNameMerged?: boolean;
  /** Of an edit that undoes another one, as it is made, and of a vote: corrections may bring back what was on record. */
  mayReverse?: boolean;
  /** Whether an edit that used the party was applied with two approvals since it was last said whether it is private. What may lag says no. */
  privacyReviewed: (party: string) => boolean;
  /** The quotes from a source that are on record, in the order in which they entered; without it none are. What may lag says too few: what is served never does. */
  quoted?: (source: string) => readonly EnteredQuote[];
  sources: (id: string) => SourceFacts | undefined;
  /** `distinctFrom`: the incidents that it was said not to be. `timeZone`: the one of its clocks. */
  incidents: (
    id: string,
  ) => { status: Incident['status']; distinctFrom?: { has(id: string): boolean }; timeZone?: string | null } | undefined;
  /** For a merge that is taken back: what the survivors' streams say of the incident's things (`returning`). */
  returned?: readonly NewEvent[];
};

/** Entries of the record, with those that the changes before this one made or touched laid over them. The record itself is never written. */
type Layer<E> = { get(id: string): E | undefined; set(id: string, entry: E): void };

const layer = <E>(record: ReadonlyMap<string, E>): Layer<E> => {
  const over = new Map<string, E>();
  return { get: (id) => over.get(id) ?? record.get(id), set: (id, entry) => void over.set(id, entry) };
};

/** Each set of the record is copied once, when the edit first adds to it: an edit can name one claim thousands of times. */
const namings = (record: ReadonlyMap<string, ReadonlySet<string>>): Draft['namedBy'] => {
  const over = new Map<string, Set<string>>();
  const get = (claim: string) => over.get(claim) ?? record.get(claim);
  return { get, add: (claim, id) => void over.set(claim, (over.get(claim) ?? new Set(get(claim))).add(id)) };
};

/** `own`: the fields in which it speaks of itself, `held` what they hold as far as the record shows it. `isAbout`: whether it is about the thing. */
export type ChangeAt = { own: readonly string[]; held: object; isAbout: (target: string) => boolean };

/** The record as the changes of an edit would leave it, one after the other, and what is wrong with them. */
export type Draft = {
  facts: Facts;
  incident: string | null;
  status: IncidentRecord['status'];
  fields: IncidentRecord['fields'];
  claims: Layer<ClaimEntry>;
  disputes: Layer<DisputeEntry>;
  proceedings: Layer<ProceedingEntry>;
  rulings: Layer<RulingEntry>;
  /** Whether the incident was said not to be another one. */
  distinctFrom: Layer<boolean>;
  /** Ids of all things that the edit makes, in whatever order. */
  made: ReadonlySet<string>;
  /** By claim: the disputes and rulings that named it at some time. */
  namedBy: { get(claim: string): ReadonlySet<string> | undefined; add(claim: string, id: string): void };
  /** What the change at a revision of the record says of itself; undefined where there is none. */
  changeAt: (revision: number) => ChangeAt | undefined;
  /** In whose stream a correction stands that the record shows. */
  correctionIn: (id: string) => string | undefined;
  /** Revision that the next change would get, were each change one event from here on: tells earlier from later. */
  next: number;
  problems: Problem[];
};

/** `made`: the ids of all things that the edit makes. */
export const draftOf = (state: Incident, made: ReadonlySet<string>, facts: Facts, changeAt: Draft['changeAt']): Draft => ({
  facts,
  incident: state.id,
  status: state.status,
  fields: state.fields,
  claims: layer(state.claims),
  disputes: layer(state.disputes),
  proceedings: layer(state.proceedings),
  rulings: layer(state.rulings),
  distinctFrom: layer(new Map([...state.distinctFrom.keys()].map((id) => [id, true]))),
  made,
  namedBy: namings(state.namedBy),
  changeAt,
  correctionIn: (id) => state.corrections.find((correction) => correction.id === id)?.incident,
  next: state.streamRevision + 1,
  problems: [],
});

/** The origin of what the draft's next change makes, and of what an event makes. */
export const originIn = ({ incident, next }: Draft): Origin => ({ incident: incident ?? '', place: next });
export const originOf = ({ stream, revision }: Envelope): Origin => ({ incident: stream, place: revision });

/** Notes a problem at a JSON Pointer of the request's body. */
export type Report = (pointer: string, message: string, code?: ErrorCode) => void;

export const reporter =
  ({ problems }: { problems: Problem[] }, base: string): Report =>
  (pointer, message, code = 'InvalidChange') =>
    void problems.push({ code, pointer: `${base}${pointer}`, message });

export const checkParty = (draft: Draft, report: Report, id: string | null | undefined, pointer: string) => {
  if (id === null || id === undefined) return;
  const { parties, mayNameMerged = false } = draft.facts;
  const party = parties(id);
  if (!party) report(pointer, `there is no party ${id}: register it first`);
  else if (party.mergedInto !== null && !mayNameMerged)
    report(pointer, `this party is merged into ${survivorOf(id, parties)}: name that one`);
};

type Things = 'claims' | 'disputes' | 'proceedings' | 'rulings';
const words: Record<Things, string> = { claims: 'claim', disputes: 'dispute', proceedings: 'proceeding', rulings: 'ruling' };

/** A local time of the incident's time zone has to be one time: told when something was said or decided, it says what came first. */
export const checkDateTime = (draft: Draft, report: Report, value: string | null, pointer: string) => {
  const zone = draft.fields?.occurred?.timeZone ?? null;
  if (value === null || zone === null || !isTimeZone(zone)) return;
  for (const local of localTimesOf(value)) {
    const [first, second] = offsetsOf(local, zone);
    if (first === undefined)
      report(pointer, `names ${local}, which was left out in ${zone} when the clocks were set forward`, 'LocalTimeUnclear');
    if (second !== undefined) {
      const which = `write ${local}${first} for the first or ${local}${second} for the second`;
      report(pointer, `names ${local}, which came twice in ${zone} when the clocks were set back: ${which}`, 'LocalTimeUnclear');
    }
  }
};

/** A thing of this incident that is named: in the record, or made by this edit in whatever order. */
export const checkNamed = (draft: Draft, report: Report, things: Things, id: string | null | undefined, pointer: string) => {
  if (id === null || id === undefined || draft[things].get(id) || draft.made.has(id)) return;
  report(pointer, `this incident has no ${words[things]} ${id}`);
};

/** A thing that the change acts on has to be there when the change comes. Answers it. */
export const checkThere = <E>(report: Report, entry: E | undefined, what: string, id: string, pointer: string): E | undefined => {
  if (!entry) report(pointer, `this incident has no ${what} ${id}`);
  return entry;
};

/** Another incident, to which something of this one goes. */
export const checkPublished = (draft: Draft, report: Report, id: string, pointer: string) => {
  const status = draft.facts.incidents(id)?.status ?? 'none';
  if (id === draft.incident) report(pointer, 'is this incident itself');
  else if (status === 'none' || status === 'proposed') report(pointer, `there is no published incident ${id}`);
  else if (status !== 'published') report(pointer, `names an incident that is ${status}: name one that is published`, 'RecordState');
};

export const checkCitations = (
  { facts }: { facts: Pick<Facts, 'sources'> },
  report: Report,
  citations: readonly Citation[] | undefined,
  pointer: string,
) => {
  for (const [index, { source, revision, position }] of (citations ?? []).entries()) {
    const known = facts.sources(source);
    const isScene = position === null;
    if (known && isScene && !known.isFilm)
      report(`${pointer}/${index}/scene`, 'is described of a film alone: quote the words of this source');
    if (!known || (!isScene && revision > known.textRevisions)) {
      report(
        `${pointer}/${index}`,
        `there is no source ${source} with a text of revision ${revision}: register the source first`,
        'SourceTextUnknown',
      );
    }
  }
};

/** Notes in a draft that a dispute or ruling names these claims. */
export const draftNames = ({ namedBy }: Draft, id: string, claims: readonly string[]) => {
  for (const claim of claims) namedBy.add(claim, id);
};
