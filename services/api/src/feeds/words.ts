import type { Erratum } from '@averment/domain';

/** What feeds say of an erratum: text without markup, for readers that know nothing of the record. */
export type Entry = { id: string; title: string; text: string; url: string; published: string; updated: string };
/** An entry of which nothing is left. */
export type Gone = { id: string; when: string };

const kinds: Record<Erratum['kind'], string> = {
  correction: 'Corrected',
  retraction: 'Withdrawn from the record',
  ruling: 'Contradicted by a court',
  erasure: 'Texts were erased',
  restriction: 'Texts are kept from sight',
};

const said = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
/** A value is said by the statement too, where that was corrected with it. */
const telling = (changes: Erratum['changes']): Erratum['changes'] =>
  changes.some(({ field }) => field === 'statement') ? changes.filter(({ field }) => field !== 'value') : changes;

const textOf = ({ kind, changes, reason, claims, places, applied }: Erratum): string =>
  [
    `${kinds[kind]}.`,
    ...telling(changes).map(({ field, from, to }) => `${field.replaceAll('_', ' ')}: from ${said(from)} to ${said(to)}.`),
    kind === 'ruling' && !applied && 'The ruling is not in effect now.',
    places > 0 && `${places} of them.`,
    reason,
    claims.length > 0 && `It touches ${claims.length === 1 ? 'one claim' : `${claims.length} claims`}.`,
  ]
    .filter(Boolean)
    .join(' ');

/** Where a person reads it. */
const urlOf = ({ id, kind, incidentId, target }: Erratum, origin: string): string => {
  const place = kind === 'correction' ? id : target;
  return `${origin}/incidents/${incidentId}${place === incidentId ? '' : `#${place}`}`;
};

/** The entries of a feed, and those of which nothing is left. */
export const entriesOf = (errata: readonly Erratum[], origin: string): { entries: Entry[]; gone: Gone[] } => ({
  entries: errata
    .filter(({ gone }) => gone === null)
    .map((erratum) => ({
      id: erratum.id,
      title: `${kinds[erratum.kind]}: ${erratum.incidentTitle ?? 'an incident without a title'}`,
      text: textOf(erratum),
      url: urlOf(erratum, origin),
      published: erratum.recordedAt,
      updated: erratum.updatedAt,
    })),
  gone: errata.flatMap(({ id, gone }) => (gone === null ? [] : [{ id, when: gone }])),
});
