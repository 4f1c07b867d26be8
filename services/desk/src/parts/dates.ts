import { type Html, html } from '../html.ts';

/** Dates, times, durations, numbers and lists in words. All is said in one language: that of the pages. */
const language = 'en';

const formats = {
  day: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', timeZone: 'UTC' }),
  shortDay: new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' }),
  number: new Intl.NumberFormat(language),
  and: new Intl.ListFormat(language, { type: 'conjunction' }),
  or: new Intl.ListFormat(language, { type: 'disjunction' }),
  unit: new Intl.ListFormat(language, { type: 'unit' }),
  ago: new Intl.RelativeTimeFormat(language, { numeric: 'auto' }),
};

const instants = new Map<string, Intl.DateTimeFormat>();
const instantFormat = (timeZone: string): Intl.DateTimeFormat => {
  const kept =
    instants.get(timeZone) ??
    new Intl.DateTimeFormat(language, {
      ...{ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
      ...{ hourCycle: 'h23', timeZoneName: 'short', timeZone },
    });
  instants.set(timeZone, kept);
  return kept;
};

/** A moment, as `January 14, 2026 at 12:00:05 UTC`; null for what is none. `timeZone` is an IANA name. */
export const instantInWords = (iso: string, timeZone = 'UTC'): string | null => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? null : instantFormat(timeZone).format(at);
};

/** As `instantInWords`, for a page. What is no moment is shown as it is. */
export const instant = (iso: string, timeZone = 'UTC'): Html => {
  const words = instantInWords(iso, timeZone);
  return words === null ? html`<bdi>${iso}</bdi>` : html`<time datetime="${iso}">${words}</time>`;
};

/** A day of the calendar, as `Jan 14`. Takes `YYYY-MM-DD`. */
export const shortDay = (date: string): string => formats.shortDay.format(new Date(date));

const seasons = ['spring', 'summer', 'autumn', 'winter'];
const qualified: Record<string, (words: string) => string> = {
  '?': (words) => `${words} (uncertain)`,
  '~': (words) => `about ${words}`,
  '%': (words) => `about ${words} (uncertain)`,
};

/** A date, month, year or season, also qualified; null for what is none. A winter belongs to the year in which it begins. */
const simple = (text: string): string | null => {
  const [, year = '', month, date, qualifier] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~%])?$/.exec(text) ?? [];
  if (year === '') return null;
  const season = seasons[Number(month) - 21];
  if (season !== undefined && date === undefined && qualifier === undefined)
    return season === 'winter' ? `winter ${year} to ${Number(year) + 1}` : `${season} ${year}`;
  const at = new Date(`${year}-${month ?? '01'}-${date ?? '01'}`);
  if (Number.isNaN(at.getTime())) return null;
  const words = date !== undefined ? formats.day.format(at) : month !== undefined ? formats.month.format(at) : String(Number(year));
  return qualifier === undefined ? words : (qualified[qualifier]?.(words) ?? null);
};

/** A date of which not all digits are known. */
const unspecified = (text: string): string | null => {
  const [, years = '', month, date] = /^(\d{4}|\d{3}X|\d{2}XX|XXXX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?$/.exec(text) ?? [];
  if (!text.includes('X') || years === '') return null;
  if (years === 'XXXX') return 'in an unknown year';
  if (years.includes('X')) return `in some year from ${years.replaceAll('X', '0')} to ${years.replaceAll('X', '9')}`;
  if (month === 'XX') return `${Number(years)}, ${date === undefined ? 'month' : 'month and day'} unknown`;
  const words = simple(`${years}-${month}`);
  return words !== null && date === 'XX' ? `${words}, day unknown` : null;
};

const interval = (text: string): string | null => {
  const [start = '', end, ...rest] = text.split('/');
  if (end === undefined || rest.length > 0) return null;
  const [from, to] = [simple(start), simple(end)];
  if (from !== null && to !== null) return `from ${from} to ${to}`;
  if (from !== null) return end === '..' ? `since ${from}` : end === '' ? `from ${from}, until when is unknown` : null;
  if (to !== null) return start === '..' ? `until ${to}` : start === '' ? `until ${to}, since when is unknown` : null;
  return null;
};

/** One of several dates. */
const oneOf = (text: string): string | null => {
  if (!text.startsWith('[') || !text.endsWith(']')) return null;
  const members = text
    .slice(1, -1)
    .split(',')
    .map((member) => {
      const [start = '', end] = member.split('..');
      if (end === undefined) return simple(start);
      const [from, to] = [simple(start), simple(end)];
      if (from !== null && to !== null) return `some day from ${from} to ${to}`;
      return from !== null ? `${from} or later` : to !== null ? `${to} or earlier` : null;
    })
    .filter((words) => words !== null);
  return members.length === text.split(',').length ? formats.or.format(members) : null;
};

const clock = /^(?:(\d{4}-\d{2}-\d{2})?T)?((?:[01]\d|2[0-3]):[0-5]\d)(Z|[+-]\d{2}:\d{2})?$/;

/** A clock time, maybe with its day and its distance from UTC. A clock time without that is local. */
const point = (text: string): { day: string | null; time: string } | null => {
  const [, date, time, zone] = clock.exec(text) ?? [];
  if (time === undefined) return null;
  const day = date === undefined ? null : simple(date);
  if (date !== undefined && day === null) return null;
  return { day, time: zone === undefined ? time : `${time} UTC${zone === 'Z' ? '' : zone}` };
};

const times = (text: string): string | null => {
  const [first = '', second, ...rest] = text.split('/');
  const start = point(first);
  if (start === null || rest.length > 0) return null;
  const local = /(?:Z|[+-]\d{2}:\d{2})$/.test(first) ? '' : ' (local time)';
  const from = start.day === null ? start.time : `${start.day} at ${start.time}`;
  if (second === undefined) return `${from}${local}`;
  const end = point(second);
  if (end === null) return null;
  const overnight = start.day === null && end.time < start.time ? ' of the next day' : '';
  return `from ${from} to ${end.day === null ? end.time : `${end.day} at ${end.time}`}${overnight}${local}`;
};

/** What HTML takes as a date, month, year, time, or local date and time. */
const machineReadable = /^(?:\d{4}(?:-(?:0\d|1[0-2])(?:-\d{2}(?:T\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?)?)?)?|\d{2}:\d{2})$/;

/**
 * When something was: each form in which the record keeps times, which is EDTF for dates (`2026-01-14`, `2026-01`, `2026~`, `202X`, seasons, intervals,
 * `[a,b]`, `[a..b]`), and clock times with or without a day, also as a span. Null for what is none of these.
 */
export const dayInWords = (value: string): string | null =>
  simple(value) ?? unspecified(value) ?? times(value) ?? interval(value) ?? oneOf(value);

/** As `dayInWords`, for a page. What is no time is shown as it is. */
export const day = (value: string): Html => {
  const words = dayInWords(value);
  if (words === null) return html`<bdi>${value}</bdi>`;
  return machineReadable.test(value) ? html`<time datetime="${value}">${words}</time>` : html`<span>${words}</span>`;
};

const units: [Intl.RelativeTimeFormatUnit & string, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** How far a moment is from `now`, as `3 hours ago` or `in 2 days`; the moment itself is in its title. */
export const ago = (iso: string, now: Date): Html => {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000;
  if (Number.isNaN(seconds)) return html`<bdi>${iso}</bdi>`;
  const [unit, length] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return html`<time datetime="${iso}" title="${instantInWords(iso)}">${formats.ago.format(Math.trunc(seconds / length), unit)}</time>`;
};

/** How long, as `2 days, 3 hours`: the two largest units. */
export const duration = (seconds: number): string => {
  const rounded = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([, length]) => rounded >= length);
  let left = rounded;
  const said = units
    .slice(first === -1 ? -1 : first)
    .slice(0, 2)
    .flatMap(([unit, length]) => {
      const count = Math.floor(left / length);
      left -= count * length;
      return count === 0 && rounded > 0
        ? []
        : [new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count)];
    });
  return formats.unit.format(said);
};

/** A number with its thousands set apart. */
export const number = (value: number): string => formats.number.format(value);

/** Pieces as a list in a sentence: `a, b, and c`, or with `or`. */
export const list = (pieces: readonly (Html | string)[], joined: 'and' | 'or' = 'and'): Html => {
  const parts = formats[joined].formatToParts(pieces.map((_, index) => String(index)));
  return html`${parts.map(({ type, value }) => (type === 'element' ? pieces[Number(value)] : value))}`;
};
