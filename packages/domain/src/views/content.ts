import type { Parties } from '../incident/state.ts';
import type { Citation, ClaimValue, Effect, IncidentFields } from '../shapes.ts';
import type { AgencyDocument, CitationDocument, EffectDocument, OccurredDocument, PlaceDocument, ValueDocument } from './documents.ts';

/**
 * Parts that documents have in common. The fold leaves out texts that were erased or not asked for, so each text is read with `?? null`
 * even where its type says that it is there.
 */

export const citationDocument = ({ source, revision, quote, position, part }: Citation): CitationDocument => ({
  source,
  revision,
  quote: quote ? { exact: quote.exact, prefix: quote.prefix ?? null, suffix: quote.suffix ?? null } : null,
  position,
  part,
});

export const citationDocuments = (citations: Citation[]): CitationDocument[] => citations.map(citationDocument);

export const valueDocument = (value: ClaimValue): ValueDocument =>
  value.kind === 'text' ? { kind: 'text', value: value.value ?? null, alternatives: value.alternatives ?? null } : value;

export const occurredDocument = (occurred: IncidentFields['occurred']): OccurredDocument => ({
  ...occurred,
  dateText: occurred.dateText ?? null,
});

export const placeDocument = (place: IncidentFields['place']): PlaceDocument => ({
  text: place.text ?? null,
  locality: place.locality ?? null,
  region: place.region,
  country: place.country,
  point: place.point ?? null,
  precision: place.precision,
});

export const effectDocument = (effect: Effect): EffectDocument => ({ ...effect, citations: citationDocuments(effect.citations) });

export const agencyDocuments = (agencies: string[], parties: Parties): AgencyDocument[] =>
  agencies.map((id) => ({ id, name: parties(id)?.name ?? null, kind: parties(id)?.kind ?? null }));

/** A field of an incident, claim or entry, as a correction names it. */
export const fieldDocument = (field: string, content: unknown): unknown => {
  if (content === undefined || content === null) return null;
  switch (field) {
    case 'value':
      return valueDocument(content as ClaimValue);
    case 'citations':
      return citationDocuments(content as Citation[]);
    case 'effects':
      return (content as Effect[]).map(effectDocument);
    case 'occurred':
      return occurredDocument(content as IncidentFields['occurred']);
    case 'place':
      return placeDocument(content as IncidentFields['place']);
    default:
      return content;
  }
};
