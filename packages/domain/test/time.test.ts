import t, { type Test } from 'tap';
import type { z } from 'zod';
import {
  dateTime,
  dateTimeRange,
  dayRange,
  edtfDate,
  languageTag,
  offsetsOf,
  onOneAxis,
  timeOfDay,
  timeRange,
  timeValue,
  timeZone,
} from '../src/index.ts';

const takes = (t: Test, schema: z.ZodType, right: string[], wrong: string[]) => {
  for (const value of right) t.ok(schema.safeParse(value).success, `takes ${value}`);
  for (const value of wrong) t.notOk(schema.safeParse(value).success, `refuses ${value}`);
};

/** Examples of ISO 8601-2 level 0 and 1 as the Library of Congress lists them, but for years of other than four digits and times of day. */
const level01 = [
  '1985-04-12',
  '1985-04',
  '1985',
  '1964/2008',
  '2004-06/2006-08',
  '2004-02-01/2005-02-08',
  '2004-02-01/2005-02',
  '2004-02-01/2005',
  '2005/2006-02',
  '2001-21',
  '1984?',
  '2004-06~',
  '2004-06-11%',
  '201X',
  '20XX',
  '2004-XX',
  '1985-04-XX',
  '1985-XX-XX',
  '1985-04-12/..',
  '1985-04/..',
  '1985/..',
  '../1985-04-12',
  '../1985',
  '1985-04-12/',
  '1985-04/',
  '1985/',
  '/1985-04-12',
  '/1985',
  '1984~/2004-06',
  '1984/2004-06~',
  '1984?/2004%',
];
/** One of several dates, of level 2. */
const oneOf = [
  '[2026-01-07,2026-01-08]',
  '[2026-01-07..2026-01-09]',
  '[1667,1760-12]',
  '[1667,1668,1670..1672]',
  '[..1984]',
  '[..1760-12-03,1761]',
  '[1760-12..]',
  '[1667,1760-12..]',
  '[2026-01-07]',
];
const noDates = [
  '[]',
  '[..]',
  '[,]',
  '[2026-01-07,]',
  '[2026-01-07, 2026-01-08]',
  '[2026-01-08..2026-01-07]',
  '[2026-01-07..,2026-01-08]',
  '[2026-01-07,..2026-01-08]',
  '[2026-01-32]',
  '[2026-01-07T10:00,2026-01-08]',
  '[2026-01-07',
  '2026-01-07,2026-01-08',
  '{2026-01-07,2026-01-08}',
  '[2026-21,2026-22]',
  '[20262027]',
  '[2026-01-072026-01-08]',
  '',
  ' 1985',
  '1985 ',
  '85',
  '1985-4',
  '1985-13',
  '1985-00',
  '1985-02-30',
  '2025-02-29',
  '1985-04-31',
  '1985-04-00',
  '2001-25',
  '2001-21-01',
  '1985-XX-12',
  'XXXX-01',
  '1X85',
  '/',
  '..',
  '../..',
  '/..',
  '1985/1984',
  '1985-05/1985-04-30',
  '2004//2005',
  '2004/2005/2006',
  '2004-06-XX/2004-07',
  '1985??',
  '?1985',
  '12.04.1985',
  '1985-04-12T10:00',
  'Y17000',
  '-0100',
  'Wednesday',
  '1985-04-12\n',
];

t.test('EDTF dates', async (t) =>
  takes(t, edtfDate, [...level01, ...oneOf, '2024-02-29', '2000-02-29', '0000', 'XXXX'], [...noDates, '1900-02-29']),
);

t.test('days that a date can mean', async (t) => {
  const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const cases: [string, string, string][] = [
    ['2026-01-14', '2026-01-14', '2026-01-14'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026-01~', '2026-01-01', '2026-01-31'],
    ['2026', '2026-01-01', '2026-12-31'],
    ['202X', '2020-01-01', '2029-12-31'],
    ['20XX', '2000-01-01', '2099-12-31'],
    ['2026-XX', '2026-01-01', '2026-12-31'],
    ['2026-02-XX', '2026-02-01', '2026-02-28'],
    ['2026-21', '2026-03-01', '2026-05-31'],
    ['2026-24', '2026-12-01', '2027-02-28'],
    ['2026-01/2026-02', '2026-01-01', '2026-02-28'],
    ['0050', '0050-01-01', '0050-12-31'],
    ['[2026-01-07,2026-01-09]', '2026-01-07', '2026-01-09'],
    ['[2026-03,2026-01-07..2026-01-09]', '2026-01-07', '2026-03-31'],
  ];
  for (const [value, lower, upper] of cases) t.same(dayRange(value), { lower: day(lower), upper: day(upper) }, value);
  t.same(dayRange('2026/..'), { lower: day('2026-01-01'), upper: Infinity });
  t.same(dayRange('/2026-01'), { lower: -Infinity, upper: day('2026-01-31') });
  t.same(dayRange('[..2026-01-07]'), { lower: -Infinity, upper: day('2026-01-07') });
  t.same(dayRange('[2026-01-07..]'), { lower: day('2026-01-07'), upper: Infinity });
  t.throws(() => dayRange('2025-02-29'), RangeError);
});

t.test('times of claims', async (t) => {
  takes(
    t,
    timeValue,
    [
      ...level01,
      ...oneOf,
      ...['2026-01-14T18:50', 'T18:50', '18:50', '00:00', '23:59'],
      ...['18:00/20:00', 'T18:00/T20:00', '23:00/02:00', '2026-01-14T18:00/2026-01-14T20:00', '2026-01-14T18:00/20:00'],
      '2026-01-07T23:00/2026-01-08T02:00',
    ],
    [
      ...noDates.filter((value) => value !== '1985-04-12T10:00'),
      '24:00',
      '18:60',
      '8:50',
      '2026-01T18:50',
      '2026-01-14?T18:50',
      '2026-01-14T18:50:00',
      '2026-02-30T18:50',
      'T',
      'T2026',
      '2026-01-14T',
      '18:00/18:00',
      '18:00/',
      '18:00/2026-01-14T20:00',
      '18:00/19:00/20:00',
      '2026-01-14T20:00/18:00',
      '2026-01-14T20:00/2026-01-13T21:00',
      '2026-01-14T20:00/2026-01-15',
      '2026-01-14T18:50Z',
      '18:50-06:00',
    ],
  );
  takes(
    t,
    timeOfDay,
    ['00:00', '18:50', '18:00/20:00', '23:00/02:00'],
    ['T18:50', '24:00', '', '18:00/24:00', '2026-01-14T18:50', '18:50Z'],
  );
  const box = (days: [number, number] | null, minutes: [number, number] | null) => ({
    days: days && { lower: days[0], upper: days[1] },
    minutes: minutes && { lower: minutes[0], upper: minutes[1] },
  });
  const boxes = (value: string, ...expected: ReturnType<typeof box>[]) =>
    t.same(timeRange(value), { boxes: expected, approximate: false }, value);
  boxes('T00:10', box(null, [10, 10]));
  t.same(timeRange('00:10'), timeRange('T00:10'));
  boxes('1970-01-02T01:00', box([1, 1], [60, 60]));
  boxes('1970-01-02', box([1, 1], null));
  boxes('[1970-01-02,1970-01-04]', box([1, 1], null), box([3, 3], null));
  boxes('[1970-01-03,1970-01-02]', box([1, 2], null));
  boxes('18:00/20:00', box(null, [1080, 1200]));
  boxes('23:00/02:00', box(null, [1380, 1439]), box(null, [0, 120]));
  boxes('1970-01-02T18:00/20:00', box([1, 1], [1080, 1200]));
  boxes('1970-01-02T23:00/1970-01-03T02:00', box([1, 1], [1380, 1439]), box([2, 2], [0, 120]));
  boxes('1970-01-02T23:00/1970-01-05T02:00', box([1, 1], [1380, 1439]), box([2, 3], null), box([4, 4], [0, 120]));
  t.equal(timeRange('2026~').approximate, true);
  t.equal(timeRange('2026/2027?').approximate, true);
  t.throws(() => timeRange('25:00'), RangeError);
});

t.test('dates, with or without a time of day', async (t) => {
  const dated = ['2026-01-14T18:50', '2026-01-14T18:50Z', '2026-01-14T18:50-06:00', '2026-01-14T18:50+13:45'];
  const spans = ['2026-01-14T18:00/20:00', '2026-01-14T18:00-06:00/2026-01-15T02:00Z'];
  const noDateTimes = ['18:50', '18:00/20:00', '2026-01T18:50', '2026-01-14T18:50:00', '2026-01-14T18:50-6', '2026-01-14T18:50+14:01'];
  takes(
    t,
    dateTime,
    [...level01, ...oneOf, ...dated, ...spans],
    [
      ...noDates.filter((value) => value !== '1985-04-12T10:00'),
      ...noDateTimes,
      '2026-01-14Z',
      '2026-01-14T18:00/2026-01-14T20:00Z',
      '2026-01-14T18:00Z/20:00',
      '2026-01-14T18:00Z/2026-01-14T18:30+01:00',
    ],
  );
  t.same(dateTimeRange('1970-01-02'), { lower: 1440, upper: 2879, inUtc: false });
  t.same(dateTimeRange('1970-01-02T01:00'), { lower: 1500, upper: 1500, inUtc: false });
  t.same(dateTimeRange('1970-01-02T01:00-06:00'), { lower: 1860, upper: 1860, inUtc: true });
  t.same(dateTimeRange('1970-01-02T01:00+05:30'), dateTimeRange('1970-01-01T19:30Z'));
  t.throws(() => dateTimeRange('18:50'), RangeError);
  const [local, utc] = [dateTimeRange('2026-01-14T18:50'), dateTimeRange('2026-01-14T18:50Z')];
  t.same(onOneAxis([local, local]), [local, local], 'local times are told apart to the minute');
  t.match(onOneAxis([local, utc]), [
    { lower: local.lower - 840, upper: local.upper + 720 },
    { lower: utc.lower, upper: utc.upper },
  ]);
});

t.test('a local time that the clocks left out, or came to twice', async (t) => {
  const cases: [string, string, string[]][] = [
    ['2026-03-08T02:30', 'America/Chicago', []],
    ['2026-03-08T02:00', 'America/New_York', []],
    ['2026-03-08T03:00', 'America/New_York', ['-04:00']],
    ['2026-03-08T02:30', 'America/Phoenix', ['-07:00']],
    ['2026-11-01T01:30', 'America/Chicago', ['-05:00', '-06:00']],
    ['2026-11-01T02:00', 'America/New_York', ['-05:00']],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', ['+11:00', '+10:30']],
    ['2011-12-30T10:00', 'Pacific/Apia', []],
  ];
  for (const [local, zone, expected] of cases) t.same(offsetsOf(local, zone), expected, `${local} ${zone}`);
});

t.test('time zones and languages', async (t) => {
  takes(
    t,
    timeZone,
    ['America/Chicago', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Central', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv'],
    [
      '',
      'CST',
      'PST',
      'EST',
      'CST6CDT',
      'SystemV/CST6',
      'Etc/Unknown',
      'America/CHICAGO',
      'America/Nowhere',
      'america/chicago',
      '+01:00',
      'John Smith',
    ],
  );
  takes(
    t,
    languageTag,
    ['en', 'pt-BR', 'zh-Hant', 'zh-Hant-TW', 'es-419', 'gsw'],
    ['', 'EN', 'english', 'en-us', 'en-x-smith', 'en-johnson', 'en-GB-oxendict'],
  );
});
