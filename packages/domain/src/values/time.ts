import timeZones from 'cldr-bcp47/bcp47/timezone.json' with { type: 'json' };
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/**
 * Times as the record keeps them: EDTF (ISO 8601-2:2019) for dates, clock times to the minute. Of level 1 it takes qualified dates (`?`, `~`, `%`),
 * digits unspecified from the right (`202X`, `2026-XX`), seasons (`2026-21` to `-24`), and intervals with an open (`..`) or unknown (empty) end; of level 2
 * that it was one of several dates (`[2026-01-07,2026-01-08]`, `[2026-01-07..2026-01-09]`). A span of hours is an interval of ISO 8601-1 (EDTF has none):
 * `18:00/20:00`, which may lead over midnight, and `2026-01-07T23:00/2026-01-08T02:00`.
 * Years have four digits: years before 0 and beyond 9999 have no use here.
 */

/** Both ends included, `-Infinity` and `Infinity` where nothing bounds it. */
export type TimeRange = { lower: number; upper: number };

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

/** A date, a month or a year of a list: one by itself, or two dots with one on either side. */
const member = /^(\d{4}(?:-(?:0\d|1[0-2])(?:-\d{2})?)?)?(?:(\.\.)(\d{4}(?:-(?:0\d|1[0-2])(?:-\d{2})?)?)?)?$/;
const memberRange = (text: string): TimeRange | null => {
  const [, start, dots, end] = member.exec(text) ?? [];
  if (start === undefined && end === undefined) return null;
  const from = start === undefined ? { lower: -Infinity, upper: Infinity } : simpleRange(start);
  const to = end === undefined ? { upper: dots ? Infinity : (from?.upper ?? 0) } : simpleRange(end);
  return from && to && from.lower <= to.upper ? { lower: from.lower, upper: to.upper } : null;
};

/** In order, and joined where they overlap or meet. */
const joined = (ranges: readonly TimeRange[]): TimeRange[] => {
  const found: TimeRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.lower - other.lower)) {
    const last = found.at(-1);
    if (last && range.lower <= last.upper + 1) last.upper = Math.max(last.upper, range.upper);
    else found.push({ ...range });
  }
  return found;
};

/** One of several dates. */
const oneOfRanges = (text: string): TimeRange[] | null => {
  const members = text.slice(1, -1).split(',');
  // Only the first may have no beginning, only the last no end.
  if (members.slice(1).some((each) => each.startsWith('..')) || members.slice(0, -1).some((each) => each.endsWith('..'))) return null;
  const ranges = members.map(memberRange).filter((range) => range !== null);
  return ranges.length === members.length ? joined(ranges) : null;
};

const dateRanges = (text: string): TimeRange[] | null => {
  if (text.startsWith('[') && text.endsWith(']')) return oneOfRanges(text);
  const range = text.includes('/') ? intervalRange(text) : (simpleRange(text) ?? unspecifiedRange(text));
  return range && [range];
};

const hull = (ranges: readonly TimeRange[]): TimeRange => ({
  lower: Math.min(...ranges.map(({ lower }) => lower)),
  upper: Math.max(...ranges.map(({ upper }) => upper)),
});

const lastMinute = 1439;
const clock = /^([01]\d|2[0-3]):([0-5]\d)$/;
const minutesOf = (text: string): number | null => {
  const found = clock.exec(text);
  return found && Number(found[1]) * 60 + Number(found[2]);
};

/** A point of time as it is written: a clock time, with or without its day and its distance from UTC (in minutes). */
type Point = { day: number | null; minute: number; offset: number | null };
const point = /^(?:(\d{4}-\d{2}-\d{2})?T)?(\d{2}:\d{2})(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?$/;
const pointOf = (text: string): Point | null => {
  const [, date, time = '', zone] = point.exec(text) ?? [];
  const minute = minutesOf(time);
  const day = date === undefined ? null : (simpleRange(date)?.lower ?? Number.NaN);
  if (minute === null || Number.isNaN(day) || (zone !== undefined && day === null)) return null;
  const distance = zone === undefined || zone === 'Z' ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return { day, minute, offset: zone === undefined ? null : zone.startsWith('-') ? -distance : distance };
};

/** A point, or the two ends of a span of hours. A short end is of the day on which the span begins. */
const pointsOf = (text: string): [Point, Point] | null => {
  const [first = '', second, ...rest] = text.split('/');
  const start = pointOf(first);
  if (start === null || rest.length > 0) return null;
  if (second === undefined) return [start, start];
  const end = pointOf(second);
  if (end === null || (start.day === null && end.day !== null)) return null;
  const whole = { ...end, day: end.day ?? start.day };
  if ((start.offset === null) !== (whole.offset === null)) return null;
  if (whole.day === null) return whole.minute === start.minute ? null : [start, whole];
  return absolute(start) < absolute(whole) ? [start, whole] : null;
};
/** In minutes since 1970-01-01, in UTC where the offset is known. */
const absolute = ({ day, minute, offset }: Point): number => (day ?? 0) * 1440 + minute - (offset ?? 0);

/** What a time says of days (since 1970-01-01) and of minutes of the day; null for that of which it says nothing. */
type TimeBox = { days: TimeRange | null; minutes: TimeRange | null };
/** A time means one of the boxes. `approximate`: it is qualified. */
type TimeRanges = { boxes: TimeBox[]; approximate: boolean };

const clockBoxes = (from: number, to: number): TimeRange[] =>
  from <= to
    ? [{ lower: from, upper: to }]
    : [
        { lower: from, upper: lastMinute },
        { lower: 0, upper: to },
      ];

const spanBoxes = (start: Point, end: Point): TimeBox[] => {
  const [first, last] = [start.day, end.day];
  if (first === null || last === null) return clockBoxes(start.minute, end.minute).map((minutes) => ({ days: null, minutes }));
  const on = (lower: number, upper: number, minutes: TimeRange | null): TimeBox => ({ days: { lower, upper }, minutes });
  if (first === last) return [on(first, first, { lower: start.minute, upper: end.minute })];
  return [
    on(first, first, { lower: start.minute, upper: lastMinute }),
    ...(last - first > 1 ? [on(first + 1, last - 1, null)] : []),
    on(last, last, { lower: 0, upper: end.minute }),
  ];
};

const timeRanges = (value: string): TimeRanges | null => {
  if (!value.includes(':')) {
    const days = dateRanges(value);
    return days && { boxes: days.map((range) => ({ days: range, minutes: null })), approximate: /[?~%]/.test(value) };
  }
  const [start, end] = pointsOf(value) ?? [];
  return start && end && start.offset === null ? { boxes: spanBoxes(start, end), approximate: false } : null;
};

/** What a time says of days and of minutes. Throws `RangeError` for what `timeValue` does not take. */
export const timeRange = (value: string): TimeRanges => {
  const found = timeRanges(value);
  if (!found) throw new RangeError(`not a time: ${value}`);
  return found;
};

/** From the first to the last day since 1970-01-01 that an EDTF date can mean. Throws `RangeError` for what `edtfDate` does not take. */
export const dayRange = (value: string): TimeRange => {
  const found = dateRanges(value);
  if (!found) throw new RangeError(`not an EDTF date: ${value}`);
  return hull(found);
};

/** An EDTF date, interval or season, or one of several dates, as above. */
export const edtfDate = z
  .string()
  .max(64)
  .refine((value) => dateRanges(value) !== null, {
    error:
      'must be an EDTF date (ISO 8601-2), like 2026-01-14, 2026-01, 2026~, 2026-01-02/2026-01-05, or [2026-01-07,2026-01-08] for one of the two',
    // Checks of what holds it, which compute with it, are not asked then.
    abort: true,
  })
  .describe('An EDTF date, interval or season; `[2026-01-07,2026-01-08]` is one of the two, `[2026-01-07..2026-01-09]` one of the three');

/** A clock time, `HH:MM`, or a span of hours, `HH:MM/HH:MM`: one that ends before it begins leads over midnight. */
export const timeOfDay = z
  .string()
  .max(64)
  .refine((value) => !value.includes('T') && pointsOf(value)?.every(({ day }) => day === null) === true, {
    error: 'must be a time of day, like 18:50, or a span of hours, like 18:00/20:00',
    abort: true,
  })
  .describe('Local time, `HH:MM`, or a span of hours, `HH:MM/HH:MM`; one that ends before it begins leads over midnight');

/** What a claim of kind `time` says: an EDTF date, a date and a clock time, a clock time (`18:50`, `T18:50`), or a span of hours. */
export const timeValue = z
  .string()
  .max(64)
  .refine(
    (value) => timeRanges(value) !== null,
    'must be an EDTF date, a date and time like 2026-01-14T18:50, a time of day like 18:50, or a span of hours like 18:00/20:00',
  )
  .describe(
    'An EDTF date; a date and local time, `2026-01-14T18:50`; a time of day, `18:50`; or a span of hours, `18:00/20:00`, `2026-01-07T23:00/2026-01-08T02:00`',
  );

/** When something was so: its first and last minute since 1970-01-01, in UTC if it says how far from UTC it is (`inUtc`), else in local time. */
export type DateTimeRange = TimeRange & { inUtc: boolean };

const rangeOfDateTime = (value: string): DateTimeRange | null => {
  if (!value.includes(':')) {
    const days = dateRanges(value);
    const range = days && hull(days);
    return range && { lower: range.lower * 1440, upper: range.upper * 1440 + lastMinute, inUtc: false };
  }
  const [start, end] = pointsOf(value) ?? [];
  if (!start || !end || start.day === null) return null;
  return { lower: absolute(start), upper: absolute(end), inUtc: start.offset !== null };
};

/** Throws `RangeError` for what `dateTime` does not take. */
export const dateTimeRange = (value: string): DateTimeRange => {
  const found = rangeOfDateTime(value);
  if (!found) throw new RangeError(`not a date or time: ${value}`);
  return found;
};

/** Local time is at most so many minutes behind UTC, and so many before it. */
const [mostBehind, mostAhead] = [12 * 60, 14 * 60];
/** Dates and times on one axis: where some are told in UTC and others in local time, these could be hours earlier or later. */
export const onOneAxis = (times: readonly DateTimeRange[]): TimeRange[] => {
  if (times.every(({ inUtc }) => inUtc) || !times.some(({ inUtc }) => inUtc)) return [...times];
  return times.map(({ lower, upper, inUtc }) => (inUtc ? { lower, upper } : { lower: lower - mostAhead, upper: upper + mostBehind }));
};

export const aDateTime =
  'An EDTF date, or a date and time of day: `2026-01-14T18:50` in the local time of the incident, or with its distance from UTC (`2026-01-14T18:50-06:00`, `…Z`); or a span of hours, `2026-01-14T18:00/20:00`';
/** When something was said, decided or so: an EDTF date, or a date and time of day, local or with its distance from UTC, or a span of hours of these. */
export const dateTime = z
  .string()
  .max(64)
  .refine(
    (value) => rangeOfDateTime(value) !== null,
    'must be an EDTF date, or a date and time like 2026-01-14T18:50, 2026-01-14T18:50-06:00, or 2026-01-14T18:00/20:00',
  )
  .describe(aDateTime);

/** How far from UTC a local minute of a day, as `2026-03-08T02:30`, is in a time zone: none where the clocks left it out, two where they came to it twice. */
export const offsetsOf = (local: string, zone: string): string[] => {
  const wall = Temporal.PlainDateTime.from(local);
  const readings = (['earlier', 'later'] as const).map((disambiguation) => wall.toZonedDateTime(zone, { disambiguation }));
  return [...new Set(readings.filter((reading) => reading.toPlainDateTime().equals(wall)).map(({ offset }) => offset))];
};

/** The days and local times, as `2026-03-08T02:30`, that a date and time names without saying how far from UTC they are. */
export const localTimesOf = (value: string): string[] => {
  const points = value.includes(':') ? (pointsOf(value) ?? []) : [];
  return [...new Set(points.flatMap((each) => (each.day === null || each.offset !== null ? [] : [written(each.day, each.minute)])))];
};
const twoDigits = (value: number): string => String(value).padStart(2, '0');
const written = (day: number, minute: number): string =>
  `${new Date(day * 86_400_000).toISOString().replace(/T.*/, '')}T${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;

/** The local times of a time of day, or of both ends of a span of hours, on a day; none where the date is not one day. */
export const timesOnDay = (date: string, time: string): string[] => {
  const points = pointsOf(time);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || points === null) return [];
  const day = dayRange(date).lower;
  const [start, end] = points;
  return [...new Set([written(day, start.minute), written(end.minute < start.minute ? day + 1 : day, end.minute)])];
};

/** The zones and links of the IANA database, as Unicode lists them, by area and place. `EST` and the like are links too, yet know no summer time. */
const zones: ReadonlySet<string> = new Set(
  Object.values(timeZones.keyword.u.tz)
    .flatMap((zone) => (typeof zone === 'object' && '_alias' in zone ? zone._alias.split(' ') : []))
    .filter((name) => name === 'UTC' || (name.includes('/') && name !== 'Etc/Unknown')),
);
export const isTimeZone = (name: string): boolean => zones.has(name);

/** A day (`2026-01-14`) as a clock in that zone shows it, from its first microsecond to its last, in UTC. It has 23 to 25 hours where clocks change. */
export const dayIn = (zone: string, day: string): { begins: string; ends: string } => {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(zone);
  const end = start.add({ days: 1 }).subtract({ microseconds: 1 });
  const [begins, ends] = [start, end].map((each) => each.toInstant().toString({ smallestUnit: 'microsecond' })) as [string, string];
  return { begins, ends };
};

/** An IANA time zone, like `America/Chicago`. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, {
    error: 'must be an IANA time zone by area and place, like America/Chicago, or UTC; not an abbreviation like CST',
    abort: true,
  })
  .describe('An IANA time zone, like `America/Chicago`');

/** A BCP 47 tag of language, script and region. Variants and private subtags are free words, which structure must not hold. */
export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/, 'must be a BCP 47 language tag, like en or pt-BR');
