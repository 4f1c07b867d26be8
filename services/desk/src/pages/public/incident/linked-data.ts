import type { Claim, Incident, Told } from './told.ts';

const kinds: Readonly<Record<string, string>> = {
  agency: 'GovernmentOrganization',
  court: 'GovernmentOrganization',
  outlet: 'NewsMediaOrganization',
  organisation: 'Organization',
  person: 'Person',
};

const appearances = (claim: Claim, { sources }: Told) =>
  [...new Set(claim.citations.map(({ source }) => source))].map((id) => {
    const source = sources.get(id);
    const url = 'url' in (source ?? {}) ? (source as Incident['sources'][number]).url : null;
    return { '@type': 'CreativeWork', name: source?.title ?? undefined, publisher: source?.publisher ?? undefined, url: url ?? undefined };
  });

/**
 * The record as schema.org data: a page about an event that somebody reported, and each claim as what its speaker claims. It rates nothing, and no claim is
 * a property of the event: what is only said is nowhere told as what was.
 */
export const linkedData = (told: Told, address: string): object => {
  const { incident, nameOf } = told;
  const { occurred, place, parties } = incident;
  return {
    '@context': 'https://schema.org',
    '@type': 'WebPage',
    url: address,
    name: incident.title ?? undefined,
    dateModified: incident.recordedAt ?? undefined,
    datePublished: incident.firstRecordedAt ?? undefined,
    about: {
      '@type': 'Event',
      name: incident.title ?? undefined,
      startDate: occurred?.date !== null && /^\d{4}(-\d\d){0,2}$/.test(occurred?.date ?? '') ? occurred?.date : undefined,
      location:
        place === null
          ? undefined
          : {
              '@type': 'Place',
              name: place.text ?? undefined,
              address: {
                '@type': 'PostalAddress',
                addressLocality: place.locality ?? undefined,
                addressRegion: place.region ?? undefined,
                addressCountry: place.country ?? undefined,
              },
            },
    },
    mentions: incident.claims
      .filter(({ statement, retraction }) => statement !== null && retraction === null)
      .map((claim) => ({
        '@type': 'Claim',
        '@id': `${address}#${claim.id}`,
        text: claim.attributed ?? claim.statement,
        inLanguage: claim.lang,
        author: { '@type': kinds[parties.find(({ id }) => id === claim.speaker)?.kind ?? ''] ?? 'Thing', name: nameOf(claim.speaker) },
        appearance: appearances(claim, told),
      })),
  };
};
