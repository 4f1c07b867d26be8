import { z } from 'zod';

/**
 * Times as the record keeps them: EDTF (ISO 8601-2:2019, level 1) for dates, clock times to the minute. Of level 1 it takes qualified dates (`?`, `~`, `%`),
 * digits unspecified from the right (`202X`, `2026-XX`), seasons (`2026-21` to `-24`), and intervals with an open (`..`) or unknown (empty) end.
 * Years have four digits: years before 0 and beyond 9999 have no use here.
 */

/** Both ends included, `-Infinity` and `Infinity` where nothing bounds it. */
type TimeRange = { lower: number; upper: number };

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999. */
const dayOf = (year: number, month: number, date: number): number => new Date(0).setUTCFullYear(year, month - 1, date) / 86_400_000;
const until = (from: number, to: number): TimeRange => ({ lower: from, upper: to - 1 });
const monthRange = (year: number, month: number): TimeRange => until(dayOf(year, month, 1), dayOf(year, month + 1, 1));
const yearsRange = (from: number, to: number): TimeRange => until(dayOf(from, 1, 1), dayOf(to + 1, 1, 1));

/** Seasons are those of the northern half of the earth, by whole months; winter begins in December and belongs to the year in which it began. */
const seasonRange = (year: number, season: number): TimeRange => {
  const first = (season - 21) * 3 + 3;
  return until(dayOf(year, first, 1), dayOf(year, first + 3, 1));
};

const simple = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~%])?$/;
const unspecified = /^(\d{4}|\d{3}X|\d{2}XX|XXXX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?$/;

const simpleRange = (text: string): TimeRange | null => {
  const found = simple.exec(text);
  if (!found) return null;
  const year = Number(found[1]);
  if (found[2] === undefined) return yearsRange(year, year);
  const month = Number(found[2]);
  if (month >= 21 && month <= 24) return found[3] === undefined && found[4] === undefined ? seasonRange(year, month) : null;
  if (month < 1 || month > 12) return null;
  const whole = monthRange(year, month);
  if (found[3] === undefined) return whole;
  const day = whole.lower + Number(found[3]) - 1;
  return day >= whole.lower && day <= whole.upper ? { lower: day, upper: day } : null;
};

const unspecifiedRange = (text: string): TimeRange | null => {
  const found = unspecified.exec(text);
  if (!found || !text.includes('X')) return null;
  const [, years = '', month, date] = found;
  if (years.includes('X')) {
    return month === undefined ? yearsRange(Number(years.replaceAll('X', '0')), Number(years.replaceAll('X', '9'))) : null;
  }
  const year = Number(years);
  if (month === 'XX') return date === undefined || date === 'XX' ? yearsRange(year, year) : null;
  return date === 'XX' && Number(month) >= 1 && Number(month) <= 12 ? monthRange(year, Number(month)) : null;
};

const intervalRange = (text: string): TimeRange | null => {
  const [start = '', end = '', ...rest] = text.split('/');
  const unbounded = (side: string) => side === '' || side === '..';
  if (rest.length > 0 || (unbounded(start) && unbounded(end))) return null;
  const from = unbounded(start) ? { lower: -Infinity } : simpleRange(start);
  const to = unbounded(end) ? { upper: Infinity } : simpleRange(end);
  return from && to && from.lower <= to.upper ? { lower: from.lower, upper: to.upper } : null;
};

const dateRange = (text: string): TimeRange | null =>
  text.includes('/') ? intervalRange(text) : (simpleRange(text) ?? unspecifiedRange(text));

const clock = /^([01]\d|2[0-3]):([0-5]\d)$/;
const clockRange = (text: string): TimeRange | null => {
  const found = clock.exec(text);
  const at = Number(found?.[1]) * 60 + Number(found?.[2]);
  return found ? { lower: at, upper: at } : null;
};

/** The days (since 1970-01-01) and the minutes of the day that a time can mean; null for that of which it says nothing. `approximate`: it is qualified. */
type TimeRanges = { days: TimeRange | null; minutes: TimeRange | null; approximate: boolean };

const timeRanges = (value: string): TimeRanges | null => {
  const at = value.indexOf('T');
  if (at < 0 && !value.includes(':')) {
    const days = dateRange(value);
    return days && { days, minutes: null, approximate: /[?~%]/.test(value) };
  }
  const minutes = clockRange(value.slice(at + 1));
  if (at <= 0) return minutes && { days: null, minutes, approximate: false };
  const days = simpleRange(value.slice(0, at));
  return minutes && days && at === 10 ? { days, minutes, approximate: false } : null;
};

/** What a time says of days and of minutes. Throws `RangeError` for what `timeValue` does not take. */
export const timeRange = (value: string): TimeRanges => {
  const found = timeRanges(value);
  if (!found) throw new RangeError(`not a time: ${value}`);
  return found;
};

/** The days since 1970-01-01 that an EDTF date can mean. Throws `RangeError` for what `edtfDate` does not take. */
export const dayRange = (value: string): TimeRange => {
  const found = dateRange(value);
  if (!found) throw new RangeError(`not an EDTF date: ${value}`);
  return found;
};

/** An EDTF date, interval or season, as above. */
export const edtfDate = z
  .string()
  .max(64)
  .refine(
    (value) => dateRange(value) !== null,
    'must be an EDTF date (ISO 8601-2, level 1), like 2026-01-14, 2026-01, 2026~ or 2026-01-02/2026-01-05',
  );

/** A clock time, `HH:MM`. */
export const timeOfDay = z.string().regex(clock, 'must be a time of day, like 18:50');

/** What a claim of kind `time` says: an EDTF date, a date and a clock time, or a clock time (`18:50`, `T18:50`). */
export const timeValue = z
  .string()
  .max(64)
  .refine(
    (value) => timeRanges(value) !== null,
    'must be an EDTF date, a date and time like 2026-01-14T18:50, or a time of day like 18:50',
  );

const zones = new Map<string, boolean>();
const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** An IANA time zone, like `America/Chicago`. */
export const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/, 'must be an IANA time zone, like America/Chicago')
  .refine((name) => {
    const known = zones.get(name) ?? isZone(name);
    // A name that is not known may be as long as a body.
    if (known && zones.size < 1000) zones.set(name, known);
    return known;
  }, 'must be an IANA time zone, like America/Chicago');

/** A BCP 47 tag of language, script and region. Variants and private subtags are free words, which structure must not hold. */
export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/, 'must be a BCP 47 language tag, like en or pt-BR');
