import { z } from 'zod';
import type { Parties } from '../../party/shapes.ts';
import { line, typeId } from '../../values/shapes.ts';
import { markText } from '../../values/text.ts';
import { edtfDate, timeOfDay, timeZone } from '../../values/time.ts';
import type { AgencyDocument, OccurredDocument, PlaceDocument } from '../../views/documents.ts';
import { checkParty, type Draft, type Report } from '../draft.ts';

/** What an incident has of its own: title, when, where, which agencies. */

const occurred = z.strictObject({
  date: edtfDate.nullable().default(null),
  dateText: line(200).nullable().default(null),
  time: timeOfDay.nullable().default(null),
  approximate: z.boolean().default(false),
  timeZone: timeZone.nullable().default(null),
});

const place = z.strictObject({
  text: line(500),
  locality: line(200).nullable().default(null),
  region: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'must be an ISO 3166-2 code, like US-MN')
    .nullable()
    .default(null),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code, like US'),
  point: markText(z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }))
    .nullable()
    .default(null),
  precision: z.enum(['exact', 'street', 'road', 'neighbourhood', 'locality', 'region']),
});

export const incidentFields = { title: line(300), occurred, place, agencies: z.array(typeId('party')).max(50) };
export const storedIncident = z.strictObject(incidentFields);
export type IncidentFields = z.output<typeof storedIncident>;

export const checkAgencies = (draft: Draft, report: Report, agencies: readonly string[], pointer: string) => {
  for (const [index, id] of agencies.entries()) {
    checkParty(draft, report, id, `${pointer}/${index}`);
    const kind = draft.facts.parties(id)?.kind;
    if (kind === 'person' || kind === 'described_role') report(`${pointer}/${index}`, 'must be a body, not a person');
  }
};

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

export const agencyDocuments = (agencies: string[], parties: Parties): AgencyDocument[] =>
  agencies.map((id) => ({ id, name: parties(id)?.name ?? null, kind: parties(id)?.kind ?? null }));
