import { dayRange } from '@averment/domain';
import type { ClaimInSnapshot, IncidentInSnapshot } from '@averment/read-models';

/**
 * What the cells of a column hold: text; a list as JSON text; whole numbers; numbers with a fraction, `decimal` those that come as text; a day or an instant as
 * ISO 8601; a position of the log. Null is nothing in all of them.
 */
type Cells = {
  text: string;
  list: readonly unknown[];
  integer: number;
  number: number;
  decimal: string;
  boolean: boolean;
  day: string;
  instant: string;
  position: bigint;
};
export type CellType = keyof Cells;

/** A column of a table, and what stands in it. */
export type Column<Row> = {
  [Type in CellType]: { name: string; type: Type; about: string; of: (row: Row, position: bigint) => Cells[Type] | null };
}[CellType];

/** Days that programs know, some 270,000 years about 1970; EDTF has others. */
const mostDays = 100_000_000;
const dayAt = (day: number): string | null =>
  Math.abs(day) > mostDays ? null : (new Date(day * 86_400_000).toISOString().split('T')[0] ?? null);
const edge = (date: string | null | undefined, which: 'lower' | 'upper'): string | null =>
  date === null || date === undefined ? null : dayAt(dayRange(date)[which]);

const asOf = {
  name: 'as_of_position',
  type: 'position',
  about: 'The position of the log that the whole export is of: the same in all rows',
  of: (_: unknown, position: bigint) => position,
} as const;

export const incidentColumns: readonly Column<IncidentInSnapshot>[] = [
  { name: 'id', type: 'text', about: 'The incident', of: ({ id }) => id },
  { name: 'revision', type: 'integer', about: 'Stream revision of the last record event', of: ({ revision }) => revision },
  { name: 'status', type: 'text', about: '`published`, `merged` or `retracted`', of: ({ status }) => status },
  { name: 'merged_into', type: 'text', about: 'The incident that shows its claims', of: ({ mergedInto }) => mergedInto },
  { name: 'title', type: 'text', about: 'Its title', of: ({ title }) => title },
  { name: 'occurred_date', type: 'text', about: 'When it was: an EDTF date', of: ({ occurred }) => occurred?.date ?? null },
  {
    name: 'occurred_earliest',
    type: 'day',
    about: 'The first day that this can mean',
    of: ({ occurred }) => edge(occurred?.date, 'lower'),
  },
  { name: 'occurred_latest', type: 'day', about: 'The last day that this can mean', of: ({ occurred }) => edge(occurred?.date, 'upper') },
  { name: 'occurred_date_text', type: 'text', about: 'The date in words', of: ({ occurred }) => occurred?.dateText ?? null },
  { name: 'occurred_time', type: 'text', about: 'Local time, or a span of hours', of: ({ occurred }) => occurred?.time ?? null },
  {
    name: 'occurred_approximate',
    type: 'boolean',
    about: 'Whether the time is about so',
    of: ({ occurred }) => occurred?.approximate ?? null,
  },
  { name: 'occurred_time_zone', type: 'text', about: 'The zone of the local time', of: ({ occurred }) => occurred?.timeZone ?? null },
  { name: 'place', type: 'text', about: 'Where it was, in words', of: ({ place }) => place?.text ?? null },
  { name: 'locality', type: 'text', about: 'The town or city', of: ({ place }) => place?.locality ?? null },
  { name: 'region', type: 'text', about: 'ISO 3166-2', of: ({ place }) => place?.region ?? null },
  { name: 'country', type: 'text', about: 'ISO 3166-1', of: ({ place }) => place?.country ?? null },
  { name: 'latitude', type: 'number', about: 'Degrees of WGS 84', of: ({ place }) => place?.point?.lat ?? null },
  { name: 'longitude', type: 'number', about: 'Degrees of WGS 84', of: ({ place }) => place?.point?.lon ?? null },
  { name: 'place_precision', type: 'text', about: 'How exact the place is told', of: ({ place }) => place?.precision ?? null },
  { name: 'agency_ids', type: 'list', about: 'The agencies', of: ({ agencies }) => agencies.map(({ id }) => id) },
  {
    name: 'agency_names',
    type: 'list',
    about: 'What they are called, in the same order',
    of: ({ agencies }) => agencies.map(({ name }) => name),
  },
  { name: 'claims', type: 'integer', about: 'How many claims, without the retracted', of: ({ counts }) => counts.claims },
  { name: 'retracted_claims', type: 'integer', about: 'Claims that the record took back', of: ({ counts }) => counts.retractedClaims },
  { name: 'disputes', type: 'integer', about: 'How many disputes', of: ({ counts }) => counts.disputes },
  { name: 'rulings', type: 'integer', about: 'How many rulings', of: ({ counts }) => counts.rulings },
  { name: 'corrections', type: 'integer', about: 'How many corrections', of: ({ counts }) => counts.corrections },
  { name: 'first_recorded_at', type: 'instant', about: 'When it was first recorded', of: ({ firstRecordedAt }) => firstRecordedAt },
  { name: 'recorded_at', type: 'instant', about: 'When its record last changed', of: ({ recordedAt }) => recordedAt },
  asOf,
];

type Value = ClaimInSnapshot['value'];
/** The value as text; numbers have a column of their own. */
const saidIn = (value: Value): string | null =>
  value.kind === 'quantity' || !('value' in value) || value.value === null ? null : String(value.value);
const quantityIn = (value: Value) => (value.kind === 'quantity' ? value : null);
const quotesOf = ({ citations }: ClaimInSnapshot): (string | null)[] => citations.map(({ quote }) => quote?.exact ?? null);

export const claimColumns: readonly Column<ClaimInSnapshot>[] = [
  { name: 'id', type: 'text', about: 'The claim', of: ({ id }) => id },
  { name: 'incident_id', type: 'text', about: 'The incident in whose events it stands', of: ({ incidentId }) => incidentId },
  { name: 'incident_title', type: 'text', about: 'The title of that incident', of: ({ incidentTitle }) => incidentTitle },
  { name: 'aspect', type: 'text', about: 'What of the incident it speaks of', of: ({ aspect }) => aspect },
  { name: 'about_id', type: 'text', about: 'Of whom it speaks', of: ({ about }) => about },
  { name: 'about_name', type: 'text', about: 'What they are called, where that is public', of: ({ aboutName }) => aboutName },
  { name: 'value_kind', type: 'text', about: 'What kind of value it says', of: ({ value }) => value.kind },
  {
    name: 'value',
    type: 'text',
    about: 'The value; empty for quantities and where the kind says it all',
    of: ({ value }) => saidIn(value),
  },
  {
    name: 'value_number',
    type: 'decimal',
    about: 'Of a quantity: the number, of a range the lower end',
    of: ({ value }) => quantityIn(value)?.value ?? null,
  },
  { name: 'value_upper', type: 'decimal', about: 'Of a range: the upper end', of: ({ value }) => quantityIn(value)?.upper ?? null },
  { name: 'value_unit', type: 'text', about: 'Of a quantity: its unit', of: ({ value }) => quantityIn(value)?.unit ?? null },
  {
    name: 'value_comparator',
    type: 'text',
    about: 'Of a quantity: how the number is meant',
    of: ({ value }) => quantityIn(value)?.comparator ?? null,
  },
  { name: 'statement', type: 'text', about: 'What it says, as a sentence', of: ({ statement }) => statement },
  { name: 'lang', type: 'text', about: 'The language of that: a BCP 47 tag', of: ({ lang }) => lang },
  { name: 'speaker_id', type: 'text', about: 'Who said it', of: ({ speaker }) => speaker },
  { name: 'speaker_name', type: 'text', about: 'What they are called, where that is public', of: ({ speakerName }) => speakerName },
  { name: 'voice_id', type: 'text', about: 'The voice that it counts for', of: ({ voice }) => voice },
  { name: 'voice_name', type: 'text', about: 'What it is called, where that is public', of: ({ voiceName }) => voiceName },
  { name: 'capacity', type: 'text', about: 'As what they said it', of: ({ capacity }) => capacity },
  { name: 'stance', type: 'text', about: 'Whether they assert or deny it, or something between', of: ({ stance }) => stance },
  { name: 'on_behalf_of_id', type: 'text', about: 'For whom they spoke', of: ({ onBehalfOf }) => onBehalfOf },
  { name: 'said_at', type: 'text', about: 'When they said it: an EDTF date', of: ({ saidAt }) => saidAt },
  { name: 'valid_at', type: 'text', about: 'Of which time it speaks: an EDTF date', of: ({ validAt }) => validAt },
  { name: 'standing', type: 'text', about: 'The first mark that applies; `standing` where there is none', of: ({ standing }) => standing },
  { name: 'marks', type: 'list', about: 'All marks that apply', of: ({ marks }) => marks },
  { name: 'rank', type: 'text', about: '`preferred`, `normal` or `deprecated`', of: ({ rank }) => rank },
  { name: 'flags', type: 'list', about: 'What is to be known of it, such as `machine_translated`', of: ({ flags }) => flags },
  { name: 'attributed', type: 'text', about: 'Who said what, as a sentence', of: ({ attributed }) => attributed },
  { name: 'decision', type: 'text', about: 'Which court decided it, where one did', of: ({ decision }) => decision },
  {
    name: 'source_ids',
    type: 'list',
    about: 'The sources that it cites, citation by citation',
    of: ({ citations }) => citations.map(({ source }) => source),
  },
  { name: 'quotes', type: 'list', about: 'The passages, in the same order, as the public reads them', of: quotesOf },
  { name: 'dispute_ids', type: 'list', about: 'Disputes that name it', of: ({ disputes }) => disputes },
  { name: 'ruling_ids', type: 'list', about: 'Rulings with an effect on it', of: ({ rulings }) => rulings },
  { name: 'correction_ids', type: 'list', about: 'Corrections of it', of: ({ corrections }) => corrections },
  {
    name: 'added_at_revision',
    type: 'integer',
    about: 'The revision at which it entered the record',
    of: ({ addedAtRevision }) => addedAtRevision,
  },
  asOf,
];
