import type { Restriction } from '../erasure/restricted.ts';
import { fieldsOfIncident } from '../incident/proposal.ts';
import type { Incident } from '../incident/state.ts';
import { agencyDocuments, occurredDocument, placeDocument } from '../incident/things/incident.ts';
import { partiesOn } from '../party/names.ts';
import type { Parties } from '../party/shapes.ts';
import { type Standings, standings } from '../rules/standing.ts';
import { aspectStates } from '../rules/states.ts';
import type { TagCase } from '../values/case-number.ts';
import { externalIdDocument } from '../values/external-id.ts';
import type { Vocabulary } from '../values/vocabulary.ts';
import { claimDocument } from './claim.ts';
import type { ComparisonDocument, IncidentDocument, ListItem, PartyDocument, SourceDocument } from './documents.ts';
import { entryDocuments } from './entries.ts';
import { erasedPlaces } from './erased.ts';
import { partiesNamed, sourcesNamed } from './named.ts';
import { retractionDocument } from './reasons.ts';

/** What is the same for all documents of an installation. */
export type Installed = { vocabulary: Vocabulary; tagCase: TagCase };

/** What a document is made of beside the incident's own state. `parties` and `sources` look up what the record names, as of the moment shown. */
export type DocumentInput = Installed & {
  state: Incident;
  parties: Parties;
  sources: (id: string) => SourceDocument | undefined;
  /** What the log has decided of other incidents and this one, and what has not followed here yet. */
  merges: Pick<IncidentDocument, 'mergedIntoStatus' | 'mergeCut' | 'mergesUnderWay'>;
  /** What decisions keep of a party or source from all but reviewers and auditors; absent where they keep nothing of any. */
  restrictions?: (id: string) => readonly Restriction[];
};

const partyDocument = (id: string, parties: Parties): PartyDocument => {
  const party = parties(id);
  return {
    id,
    name: party?.name ?? null,
    kind: party?.kind ?? null,
    parent: party?.parent ?? null,
    mergedInto: party?.mergedInto ?? null,
    private: party?.private ?? true,
  };
};

const noSource = {
  title: null,
  publisher: null,
  url: null,
  revision: 1,
  language: null,
  translation: null,
  translatedFrom: null,
  originalUrl: null,
};

/**
 * The document of `GET /v1/incidents/{id}`. A proposed incident has the fields of its proposal and no claims: nothing is on record yet.
 * Claims, entries and corrections stand in the order of the record, retracted ones included; those of absorbed incidents stand where they came to it.
 */
export const incidentDocument = (input: DocumentInput): IncidentDocument => {
  const { state, parties, sources, vocabulary, tagCase } = input;
  const id = state.id ?? '';
  const fields = fieldsOfIncident(state);
  const claims = claimsWithStanding(state, standings(state, parties, tagCase));
  const rows = aspectStates(claims, parties, vocabulary);
  const voiceOf = new Map(rows.flatMap((row) => [...row.voiceOf]));
  const agencies = fields?.agencies ?? [];
  const occurredOn = fields?.occurred.date ?? null;
  const document: IncidentDocument = {
    id,
    revision: state.recordRevision,
    status: state.status === 'none' ? 'proposed' : state.status,
    retraction: retractionDocument(state.retraction),
    mergedInto: state.mergedInto,
    mergedIntoStatus: input.merges.mergedIntoStatus,
    mergedFrom: [...state.absorbed.keys()],
    mergeCut: input.merges.mergeCut,
    mergesUnderWay: input.merges.mergesUnderWay,
    distinctFrom: [...state.distinctFrom].map(([incident, { reason, revision, recordedAt }]) => ({
      incident,
      reason: reason ?? null,
      revision,
      recordedAt,
    })),
    title: fields?.title ?? null,
    occurred: fields && occurredDocument(fields.occurred),
    place: fields && placeDocument(fields.place),
    agencies: agencyDocuments(agencies, partiesOn(parties, occurredOn)),
    externalId: externalIdDocument(fields?.externalId ?? null),
    aspects: rows.map(({ aspect, about, state: stateOfAspect, voices, claims: ids }) => ({
      aspect,
      about,
      state: stateOfAspect,
      voices,
      claims: ids,
    })),
    claims: claims.map(({ entry, standing }) =>
      claimDocument(entry, standing, { voice: voiceOf.get(entry.claim.id) ?? null, parties, sources, vocabulary, occurredOn }),
    ),
    ...entryDocuments(state, input),
    parties: partiesNamed(state, agencies, parties).map((party) => partyDocument(party, parties)),
    sources: sourcesNamed(state).map((source) => sources(source) ?? { id: source, ...noSource }),
    firstRecordedAt: state.firstRecordedAt,
    recordedAt: state.recordedAt,
  };
  const erased = erasedPlaces(document, state.erasedTexts);
  const ofNamed = [...document.parties, ...document.sources].flatMap((named) => input.restrictions?.(named.id) ?? []);
  const restrictions = [...state.restricted.values(), ...ofNamed].map(({ ground, on, decision }) => ({ ground, on, decision }));
  const restricted = [...new Map(restrictions.map((one) => [one.decision, one])).values()];
  return {
    ...document,
    ...(erased.length > 0 && { erased }),
    ...(restricted.length > 0 && { restricted }),
  };
};

/** The claims of a record with their standings, in its order: what `aspectStates` takes. */
export const claimsWithStanding = (state: Incident, derived: Standings) =>
  [...state.claims].flatMap(([id, entry]) => {
    const standing = derived.get(id);
    return standing === undefined ? [] : [{ entry, standing }];
  });

/** The document of `GET /v1/incidents/{id}/comparison`: aspects as rows, voices as columns, from the incident's own document. */
export const comparison = (document: IncidentDocument): ComparisonDocument => {
  const voiceOf = new Map(document.claims.map(({ id, voice }) => [id, voice]));
  const nameOf = new Map(document.parties.map(({ id, name }) => [id, name]));
  const aspects = document.aspects.map(({ aspect, about, state, claims }) => {
    const cells = Map.groupBy(claims, (id) => voiceOf.get(id) ?? null);
    const aboutName = about === null ? null : (nameOf.get(about) ?? null);
    return { aspect, about, aboutName, state, cells: [...cells].map(([voice, ids]) => ({ voice, claims: ids })) };
  });
  const voices = new Set(aspects.flatMap(({ cells }) => cells.flatMap(({ voice }) => (voice === null ? [] : [voice]))));
  return {
    incidentId: document.id,
    title: document.title,
    revision: document.revision,
    aspects,
    voices: [...voices].map((id) => ({ id, name: nameOf.get(id) ?? null })),
  };
};

/**
 * An incident as an item of a list. Its claims are counted without the retracted, which are counted by themselves, rulings likewise, disputes without those
 * withdrawn too; all its corrections are counted. Those of absorbed incidents are among them.
 */
export const listRow = (document: IncidentDocument): ListItem => ({
  id: document.id,
  revision: document.revision,
  status: document.status,
  title: document.title,
  occurred: document.occurred,
  place: document.place,
  ...(document.concealed && { concealed: document.concealed }),
  agencies: document.agencies,
  counts: {
    claims: document.claims.filter(({ marks }) => !marks.includes('retracted')).length,
    retractedClaims: document.claims.filter(({ marks }) => marks.includes('retracted')).length,
    disputes: document.disputes.filter(({ withdrawn, retracted }) => !withdrawn && !retracted).length,
    rulings: document.rulings.filter(({ retracted }) => !retracted).length,
    corrections: document.corrections.length,
  },
  firstRecordedAt: document.firstRecordedAt,
  recordedAt: document.recordedAt,
});
