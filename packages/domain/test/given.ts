import assert from 'node:assert/strict';
import type { z } from 'zod';
import {
  type AspectState,
  aspectStates,
  type Claim,
  claimsWithStanding,
  type DocumentInput,
  type DomainEvent,
  derivedId,
  type Effect,
  type EventData,
  type EventType,
  evolveIncident,
  type Incident,
  type IncidentDocument,
  incidentDocument,
  incidentShape,
  initialIncident,
  type Mark,
  type Parties,
  type PartyFacts,
  type Prefix,
  type SourceDocument,
  type Standing,
  standardVocabulary,
  standings,
  tagCases,
} from '../src/index.ts';

/**
 * Records of incidents in a few words, for tests of what is derived from them. Things have short names: `claim('c1', …)` makes an event, `given(…)`
 * folds events, and what comes back is asked by the same names.
 */

const command = '7a1d1f0e-0d4c-5c5b-8f83-2f1d5a0f6b11';
export const tagCase = tagCases(Buffer.alloc(32, 7));
/** The id of what a short name means. */
export const id = (prefix: Prefix, name: string): string => derivedId(prefix, command, name);
const party = (name: string) => id('party', name);
const orNull = (prefix: Prefix, name: string | null | undefined) => (name === null || name === undefined ? null : id(prefix, name));

type Named = Pick<PartyFacts, 'kind' | 'private'> & { parent: string | null; mergedInto?: string };
const agency = (parent: string | null = null): Named => ({ kind: 'agency', private: false, parent });
const role: Named = { kind: 'described_role', private: true, parent: null };

/** Two departments with their parts, a city, two outlets, a court, and people by role. */
const cast: Record<string, Named> = {
  department: agency(),
  bureau: agency('department'),
  office: agency('bureau'),
  otherBureau: agency('department'),
  ministry: agency(),
  police: agency('city'),
  city: agency(),
  outlet: { kind: 'outlet', private: false, parent: null },
  otherOutlet: { kind: 'outlet', private: false, parent: null },
  thirdOutlet: { kind: 'outlet', private: false, parent: null },
  court: { kind: 'court', private: false, parent: null },
  appealCourt: { kind: 'court', private: false, parent: null },
  driver: role,
  passenger: role,
  officer: role,
  lawyer: { ...role, private: false },
  witness: { kind: 'person', private: true, parent: null },
  secondWitness: { kind: 'person', private: true, parent: null },
  unnamedOfficial: role,
  otherUnnamedOfficial: role,
  /** People have no parent, whatever a record says of one. */
  claimedBy: { ...role, parent: 'department' },
  /** Registered twice, and merged. */
  oldDepartment: { ...agency(), mergedInto: 'department' },
  olderDepartment: { ...agency(), mergedInto: 'oldDepartment' },
  oldCourt: { kind: 'court', private: false, parent: null, mergedInto: 'court' },
  man: { ...role, mergedInto: 'driver' },
  spokesman: { ...role, mergedInto: 'witness' },
  /** Two merges at once. */
  left: { ...agency(), mergedInto: 'right' },
  right: { ...agency(), mergedInto: 'left' },
  /** A correction gone wrong: each is the other's parent. */
  snake: agency('tail'),
  tail: agency('snake'),
};

const facts = new Map(
  Object.entries(cast).map(([name, { parent, mergedInto, ...rest }]): [string, PartyFacts] => {
    const above = { parent: orNull('party', parent), mergedInto: orNull('party', mergedInto) };
    return [party(name), { id: party(name), name, publicRole: null, ...above, ...rest }];
  }),
);
export const parties: Parties = (of) => facts.get(of);

export type Given = { [K in EventType]: { type: K; data: EventData<K> } }[EventType];

/** What a citation has of a document without pages and times. */
export const unplaced = { page: null, from: null, to: null, scene: null };
const citations = (name: string): Claim['citations'] => [
  {
    source: id('source', 'article'),
    revision: 1,
    quote: { exact: `what the article says for ${name}`, prefix: null, suffix: null },
    position: { start: 0, end: 20 },
    part: 'body',
    ...unplaced,
  },
];
const cited = citations('it');

export const bool = (value: boolean): Claim['value'] => ({ kind: 'boolean', value });
export const term = (value: string): Claim['value'] => ({ kind: 'term', value });
export const text = (value: string): Claim['value'] => ({ kind: 'text', value, alternatives: [] });
export const time = (value: string, approximate = false): Claim['value'] => ({ kind: 'time', value, approximate });
export const who = (name: string): Claim['value'] => ({ kind: 'party', value: party(name) });
export const none: Claim['value'] = { kind: 'none' };
type Comparator = Extract<Claim['value'], { kind: 'quantity' }>['comparator'];
export const number = (value: string, comparator: Comparator = 'exact', unit = 'shot', upper: string | null = null): Claim['value'] => ({
  kind: 'quantity',
  value,
  unit,
  comparator,
  upper,
});

type Relation = { claim: string; as: 'supports' | 'answers' | 'about' };
export type ClaimWords = Partial<Omit<Claim, 'id' | 'about' | 'speaker' | 'onBehalfOf' | 'replaces' | 'relatesTo' | 'via'>> & {
  by: string;
  about?: string;
  onBehalfOf?: string;
  replaces?: string;
  relatesTo?: Relation[];
  via?: string[];
};

/** `claim('c1', {by: 'bureau', aspect: 'fled', about: 'driver', value: bool(true)})`. Spokesperson and asserts, unless it says otherwise. */
export const claim = (name: string, words: ClaimWords): Given => {
  const { by, about, onBehalfOf, replaces, relatesTo, via, ...rest } = words;
  return {
    type: 'ClaimAdded',
    data: {
      claim: {
        aspect: 'fled',
        value: bool(true),
        statement: `Statement of ${name}.`,
        lang: 'en',
        capacity: 'spokesperson',
        stance: 'asserts',
        rendering: null,
        ownReporting: false,
        saidAt: null,
        validAt: null,
        scope: null,
        flags: [],
        citations: citations(name),
        ...rest,
        id: id('claim', name),
        about: orNull('party', about),
        speaker: party(by),
        onBehalfOf: orNull('party', onBehalfOf),
        via: (via ?? []).map(party),
        replaces: orNull('claim', replaces),
        relatesTo: (relatesTo ?? []).map((relation) => ({ ...relation, claim: id('claim', relation.claim) })),
      },
    },
  };
};

export const dispute = (name: string, words: { claim: string; by?: string | null; inferred?: boolean; counterClaim?: string }): Given => ({
  type: 'ClaimDisputed',
  data: {
    dispute: {
      id: id('dispute', name),
      claim: id('claim', words.claim),
      basis: words.inferred ? 'inferred' : 'stated',
      by: orNull('party', words.by),
      capacity: words.by ? 'spokesperson' : null,
      grounds: `Grounds of ${name}.`,
      counterClaim: orNull('claim', words.counterClaim),
      citations: cited,
    },
  },
});
export const withdrawDispute = (name: string): Given => ({
  type: 'DisputeWithdrawn',
  data: { dispute: id('dispute', name), reason: 'taken back', citations: [] },
});

/** `inTheOpen`: as a form of before has it. */
type Numbered = { caseNumber?: string; inTheOpen?: boolean };
const numberOf = ({ caseNumber: number, inTheOpen }: Numbered) => ({
  caseNumber: number ?? null,
  case: number === undefined ? null : inTheOpen ? { number } : tagCase(number),
});

type Status = EventData<'ProceedingUpdated'>['status'];
export const proceeding = (
  name: string,
  words: { status?: Status; on?: string; continues?: string; forum?: string | null } & Numbered = {},
): Given => ({
  type: 'ProceedingOpened',
  data: {
    proceeding: {
      id: id('proceeding', name),
      type: 'charge',
      title: `Proceeding ${name}`,
      by: null,
      against: party('driver'),
      forum: words.forum === null ? null : party(words.forum ?? 'court'),
      openedOn: words.on ?? null,
      status: words.status ?? 'open',
      ...numberOf(words),
      continues: orNull('proceeding', words.continues),
      claims: [],
      citations: cited,
    },
  },
});
export const update = (name: string, status: Status, on: string | null = null): Given => ({
  type: 'ProceedingUpdated',
  data: { proceeding: id('proceeding', name), on, status, note: null, citations: cited },
});

/** An effect, of the thing that a name means: on a claim, on a ruling, or a proceeding's status. */
const noEffect: Effect = { claim: null, ruling: null, proceeding: null, effect: null, status: null, citations: [] };
export const on = {
  claim: (name: string, effect: Effect['effect']): Effect => ({ ...noEffect, claim: id('claim', name), effect }),
  ruling: (name: string, effect: Effect['effect']): Effect => ({ ...noEffect, ruling: id('ruling', name), effect }),
  proceeding: (name: string, status: Effect['status']): Effect => ({ ...noEffect, proceeding: id('proceeding', name), status }),
};
type RulingWords = { effects: Effect[]; on?: string; provisional?: boolean; appealable?: boolean; court?: string | null } & Numbered;
export const ruling = (name: string, words: RulingWords): Given => ({
  type: 'CourtRulingRecorded',
  data: {
    ruling: {
      id: id('ruling', name),
      court: words.court === null ? null : party(words.court ?? 'court'),
      judge: null,
      decidedOn: words.on ?? null,
      finality: words.provisional ? 'provisional' : words.appealable ? 'appealable' : 'final',
      onMotionOf: null,
      standard: null,
      basis: 'report',
      ...numberOf(words),
      summary: `Summary of ${name}.`,
      citations: cited,
      effects: words.effects,
    },
  },
});

export const rank = (name: string, to: 'preferred' | 'normal' | 'deprecated'): Given => ({
  type: 'ClaimRanked',
  data: { claim: id('claim', name), rank: to, reason: 'the body is fuller than the lead' },
});
export const retract = (name: string): Given => ({
  type: 'ClaimRetracted',
  data: { claim: id('claim', name), replacedBy: null, reason: 'recorded in error', citations: [] },
});
export const reinstate = (name: string): Given => ({
  type: 'ClaimReinstated',
  data: { claim: id('claim', name), reason: 'no error after all', citations: [] },
});
export const retractEntry = (prefix: 'dispute' | 'proceeding' | 'ruling', name: string): Given => ({
  type: 'EntryRetracted',
  data: { target: id(prefix, name), replacedBy: null, reason: 'recorded in error', citations: [] },
});
export const reinstateEntry = (prefix: 'dispute' | 'proceeding' | 'ruling', name: string): Given => ({
  type: 'EntryReinstated',
  data: { target: id(prefix, name), reason: 'no error after all', citations: [] },
});
export const retractIncident: Given = {
  type: 'IncidentRetracted',
  data: { replacedBy: id('incident', 'replacing'), reason: 'did not happen', citations: cited },
};
export const reinstateIncident: Given = { type: 'IncidentReinstated', data: { reason: 'it did happen', citations: [] } };

type OwnSet = EventData<'ChangeCorrected'>['set'];
/** Corrects what the change at a revision says of itself; the things have their prefixes, as in `claim_…`. */
export const correctChange = (revision: number, target: string, set: OwnSet): Given => ({
  type: 'ChangeCorrected',
  data: {
    id: id('correction', `${revision} ${JSON.stringify(set)}`),
    target,
    revision,
    fields: Object.keys(set) as (keyof OwnSet)[],
    set,
    conceal: false,
    reason: 'the reason was wrong',
    citations: [],
  } as EventData<'ChangeCorrected'>,
});

type ClaimSet = EventData<'ClaimCorrected'>['set'];
/** Corrects fields of a claim; `carry` names the disputes and rulings (by id) that still apply. */
export const correct = (name: string, set: ClaimSet, carry: string[] = []): Given => ({
  type: 'ClaimCorrected',
  data: {
    id: id('correction', `${name} ${Object.keys(set).join(' ')}`),
    claim: id('claim', name),
    fields: Object.keys(set) as (keyof ClaimSet)[],
    set,
    carry,
    basis: 'source',
    conceal: false,
    reason: 'the record misread the source',
    citations: cited,
  } as EventData<'ClaimCorrected'>,
});

export const reported: Given = {
  type: 'IncidentReported',
  data: {
    title: 'Officers fire at a vehicle',
    occurred: { date: '2026-01-14', dateText: null, time: '18:50', approximate: true, timeZone: 'America/Chicago', fold: null },
    place: { text: 'a street', locality: 'Springfield', region: 'US-IL', country: 'US', point: null, precision: 'street' },
    agencies: [party('bureau')],
    externalId: { scheme: 'list', value: '8123' },
  },
};

/** The events as the log gives them: each an append of its own, one minute after the other. */
export const asRead = (events: Given[], stream = 'incident'): DomainEvent[] =>
  events.map(
    (event, revision) =>
      ({
        id: derivedId('incident', command, `event ${revision}`),
        schema: 1,
        stream: id('incident', stream),
        revision,
        last: revision,
        at: new Date(Date.UTC(2026, 0, 15, 0, revision)).toISOString(),
        actor: 'editor',
        edit: null,
        command,
        request: null,
        correlation: null,
        position: BigInt(revision),
        recordedAt: new Date(Date.UTC(2026, 0, 15, 0, revision)).toISOString(),
        ...structuredClone(event),
      }) as DomainEvent,
  );

export const fold = (events: DomainEvent[]): Incident => events.reduce(evolveIncident, initialIncident());

/** A translation by machine of something in Spanish, and one by a person; all other sources are none. */
const translated: Record<string, Partial<SourceDocument>> = {
  [id('source', 'translated')]: { translation: 'machine', translatedFrom: 'es', originalUrl: 'https://example.org/nota' },
  [id('source', 'by-hand')]: { translation: 'human', translatedFrom: 'es' },
};
export const source = (of: string): SourceDocument => ({
  id: of,
  title: 'Case note',
  publisher: 'Tests',
  url: null,
  revision: 1,
  language: 'en',
  translation: null,
  translatedFrom: null,
  originalUrl: null,
  ...translated[of],
});

/** The document; throws where it has not all that its schema says, or more: parsing leaves out what the schema does not know. */
export const fitting = <T>(shape: z.ZodType<T>, document: T): T => {
  assert.deepEqual(shape.parse(document), document);
  return document;
};

export const noMerges: DocumentInput['merges'] = { mergedIntoStatus: null, mergeCut: false, mergesUnderWay: [] };

export const documentOf = (state: Incident): IncidentDocument =>
  fitting(
    incidentShape,
    incidentDocument({
      state,
      parties,
      sources: source,
      vocabulary: standardVocabulary,
      tagCase,
      merges: noMerges,
    }),
  );

export type Derived = {
  state: Incident;
  standing(name: string): Standing | undefined;
  marks(name: string): Mark[] | undefined;
  /** State of the aspect, about the party of that name or about nobody. */
  aspect(aspect: string, about?: string): AspectState | undefined;
  voices(aspect: string, about?: string): number | undefined;
  listed(aspect: string, about?: string): string[] | undefined;
};

/** Folds a reported incident with these events, and derives. */
export const given = (...events: Given[]): Derived => {
  const state = fold(asRead([reported, ...events]));
  const derived = standings(state, parties, tagCase);
  const rows = aspectStates(claimsWithStanding(state, derived), parties, standardVocabulary);
  const row = (aspect: string, about?: string) => rows.find((it) => it.aspect === aspect && it.about === orNull('party', about));
  return {
    state,
    standing: (name) => derived.get(id('claim', name))?.standing,
    marks: (name) => derived.get(id('claim', name))?.marks,
    aspect: (aspect, about) => row(aspect, about)?.state,
    voices: (aspect, about) => row(aspect, about)?.voices,
    listed: (aspect, about) => row(aspect, about)?.claims,
  };
};

/** Numbered claims of one aspect. */
export const claims = (aspect: string, ...all: ClaimWords[]): Given[] =>
  all.map((words, index) => claim(`c${index + 1}`, { aspect, ...words }));
export const state = (aspect: string, ...all: ClaimWords[]) => given(...claims(aspect, ...all)).aspect(aspect, all[0]?.about);
