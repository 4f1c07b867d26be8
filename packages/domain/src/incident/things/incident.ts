import { z } from 'zod';
import type { Parties } from '../../party/shapes.ts';
import { externalId } from '../../values/external-id.ts';
import { country, region } from '../../values/places.ts';
import { line } from '../../values/shapes.ts';
import { markText } from '../../values/text.ts';
import { edtfDate, offsetsOf, timeOfDay, timesOnDay, timeZone } from '../../values/time.ts';
import { incidentMembers } from '../../views/documents/members.ts';
import type { AgencyDocument, OccurredDocument, PlaceDocument } from '../../views/documents.ts';
import { checkParty, type Draft, type Report } from '../draft.ts';
import { asSent, asStored, type Form } from './form.ts';

/** What an incident has of its own: title, when, where, which agencies. */

const fold = z.literal([0, 1]);

const occurred = z
  .strictObject({
    date: edtfDate.nullable().default(null).describe(incidentMembers.date),
    dateText: line(200).nullable().default(null).describe(incidentMembers.dateText),
    time: timeOfDay.nullable().default(null).describe(incidentMembers.time),
    approximate: z.boolean().default(false).describe(incidentMembers.approximate),
    timeZone: timeZone.nullable().default(null).describe(incidentMembers.timeZone),
    fold: fold.nullable().default(null).describe(incidentMembers.fold),
  })
  .describe(incidentMembers.occurred)
  .superRefine(({ date, time, timeZone: zone, approximate, fold: told }, { addIssue }) => {
    const readings = date && time && zone ? timesOnDay(date, time).map((local) => offsetsOf(local, zone).length) : [];
    const issue = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message });
    if (readings.includes(0)) {
      issue('time', `was left out in ${zone} on that day, when the clocks were set forward: send null, or what was meant`);
    }
    if (!readings.includes(2)) {
      if (told !== null) issue('fold', 'goes only with a day, time and time zone of which the time came twice');
    } else if (told === null && !approximate) {
      const which = 'send 0 for the first or 1 for the second; where the source does not say which, send approximate true';
      issue('fold', `is needed: the time came twice in ${zone} on that day, when the clocks were set back; ${which}`);
    }
  });

const place = z
  .strictObject({
    text: line(500).describe(incidentMembers.text),
    locality: line(200).nullable().default(null).describe(incidentMembers.locality),
    region: region.nullable().default(null).describe(incidentMembers.region),
    country: country.nullable().default(null).describe(incidentMembers.country),
    point: markText(
      z.strictObject({
        lat: z.number().min(-90).max(90).describe(incidentMembers.lat),
        lon: z.number().min(-180).max(180).describe(incidentMembers.lon),
      }),
    )
      .nullable()
      .default(null)
      .describe(incidentMembers.point),
    precision: z
      .enum(['exact', 'street', 'road', 'neighbourhood', 'locality', 'county', 'region', 'country'])
      .describe(incidentMembers.precision),
  })
  .superRefine(({ region: within, country: of }, { addIssue }) => {
    if (within !== null && within.slice(0, 2) !== of) {
      addIssue({ code: 'custom', path: ['region'], message: `is of the country ${within.slice(0, 2)}, and country must say so` });
    }
  })
  .nullable()
  .describe(incidentMembers.place);

/** Before `fold` there were times of which nobody said whether they came twice. */
export const withoutFold = (occurred: object): object => ({ ...occurred, fold: null });

const fieldsIn = <C extends z.ZodType>({ idOf }: Form<C>) => ({
  title: line(300).describe(incidentMembers.title),
  occurred,
  place,
  agencies: z.array(idOf('party')).max(50).describe(incidentMembers.agencies),
});
export const incidentFields = { sent: fieldsIn(asSent), stored: fieldsIn(asStored) };
export const storedIncident = z.strictObject({ ...incidentFields.stored, externalId });
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

export const placeDocument = (place: IncidentFields['place']): PlaceDocument | null =>
  place && {
    text: place.text ?? null,
    locality: place.locality ?? null,
    region: place.region,
    country: place.country,
    point: place.point ?? null,
    precision: place.precision,
  };

export const agencyDocuments = (agencies: string[], parties: Parties): AgencyDocument[] =>
  agencies.map((id) => ({ id, name: parties(id)?.name ?? null, kind: parties(id)?.kind ?? null }));
