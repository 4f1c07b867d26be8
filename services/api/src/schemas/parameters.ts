import { dayIn, marks, type Prefix, typeId } from '@averment/domain';
import type { Span } from '@averment/read-models';
import { z } from 'zod';

/** Parts of paths and queries. They arrive as text. */

export const pathId = (prefix: Prefix) => typeId(prefix).describe(`The id of the ${prefix}`);
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^(?:0|[1-9]\d{0,9})$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .meta({ keywords: { type: 'integer', minimum: min, maximum: max, pattern: undefined } });
export const editNumber = wholeNumber(1, 1_000_000_000).describe('The number of the edit in its incident');
/** Of a version of an edit. */
export const versionNumber = wholeNumber(1, 1_000_000_000).describe('The number of a version of the edit, from 1');
export const streamRevision = wholeNumber(0, 2_147_483_647);

const printable = /^[^\0-\x1f\x7f]*$/;
/** Any text, letter by letter; PostgreSQL takes no NUL and no half of a surrogate pair. */
export const exactly = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((value) => value.isWellFormed() && printable.test(value), 'must not hold control characters');
/** Free words. In NFC, as what is written here is kept: some keyboards send a letter and its accent apart. */
export const words = (max: number) => exactly(max).transform((value) => value.normalize('NFC'));
export const externalId = exactly(340)
  .refine((value) => /^[a-z][a-z0-9-]{0,31}:./.test(value), 'must be a scheme and a value with a colon between, like mpv:8123')
  .transform((value) => value.normalize('NFC'))
  .describe('What it is called in another list: `scheme:value`, letter by letter');
export const term = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a term of lower case letters, digits and _');
/** A misspelt one would else be answered with an empty list. */
export const standing = z.enum(['standing', ...marks]);
export const anyStanding = z.enum(['standing', ...marks, 'any']);
export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true')
  .meta({ keywords: { type: 'boolean', enum: undefined } });
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code of two letters, like US')
  .describe('Where the incident was: ISO 3166-1, like `US`');
export const region = z
  .string()
  .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'must be an ISO 3166-2 code, like US-MN')
  .describe('Where the incident was: ISO 3166-2, like `US-MN`');
export const day = z.iso.date('must be a day, like 2026-01-14');
const inUtc = (value: string) => new Date(value.replace(/\.\d+/, '')).toISOString();
const aTime = 'must be a time of RFC 3339, like 2026-01-14T18:50:00Z, or a day';
/** What `asOf` names: a span of time, and the day where it was written as one, which is that day in UTC until it is known whose clock counts. */
export type AsOf = Span & { day?: string };
/** A day, or RFC 3339 with any offset, in UTC and as exact as it is written; digits beyond the microsecond are cut off. */
export const time = z
  .union([z.iso.date(aTime), z.iso.datetime({ offset: true, error: aTime })])
  // An offset can lead out of the years that RFC 3339 and the database can write.
  .refine((value) => Number.isNaN(Date.parse(value)) || /^(?!0000)\d{4}-/.test(inUtc(value)), 'must lie in the years 0001 to 9999 in UTC')
  .transform((value): AsOf => {
    const fraction = /\.(\d+)/.exec(value)?.[1]?.slice(0, 6) ?? '';
    const [day, time] = [inUtc(value).slice(0, 10), inUtc(value).slice(11, 19)];
    if (!value.includes('T')) return { ...dayIn('UTC', value), day: value };
    return { begins: `${day}T${time}.${fraction.padEnd(6, '0')}Z`, ends: `${day}T${time}.${fraction.padEnd(6, '9')}Z` };
  });
export const logPosition = z
  .string()
  .regex(/^\d{1,19}$/, 'must be a position: up to 19 digits')
  .transform((value) => BigInt(value))
  .refine((value) => value < 2n ** 63n, 'must be a position of the log');
/** Where in the past a list is asked for. */
export const logMoment = {
  asOf: time.nullable().default(null).describe('The time of which the record is asked; it has to be over'),
  asOfPosition: logPosition.nullable().default(null).describe('The position in the log of which the record is asked'),
};
/** Of a source or party also which version of it. */
export const registerMoment = {
  ...logMoment,
  asOfVersion: wholeNumber(1, 2_147_483_647).nullable().default(null).describe('The version that is asked for'),
};
export const box = z
  .string()
  .regex(/^-?\d{1,3}(?:\.\d{1,12})?(?:,-?\d{1,3}(?:\.\d{1,12})?){3}$/, 'must be four numbers: west,south,east,north')
  .transform((value) => value.split(',').map(Number) as [number, number, number, number])
  .refine(
    ([west, south, east, north]) =>
      [west, east].every((lon) => Math.abs(lon) <= 180) && [south, north].every((lat) => Math.abs(lat) <= 90) && south <= north,
    'must lie on the globe, south before north',
  );

export const pageLimit = wholeNumber(1, 500).prefault('50').describe('How many entries a page has at most');
export const paging = {
  limit: pageLimit,
  cursor: z.string().min(1).max(2000).nullable().default(null).describe('`next` of the page before'),
};
