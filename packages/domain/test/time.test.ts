import t, { type Test } from 'tap';
import type { z } from 'zod';
import { dayRange, edtfDate, languageTag, timeOfDay, timeRange, timeValue, timeZone } from '../src/index.ts';

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
const noDates = [
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

t.test('EDTF dates', async (t) => takes(t, edtfDate, [...level01, '2024-02-29', '2000-02-29', '0000', 'XXXX'], [...noDates, '1900-02-29']));

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
  ];
  for (const [value, lower, upper] of cases) t.same(dayRange(value), { lower: day(lower), upper: day(upper) }, value);
  t.same(dayRange('2026/..'), { lower: day('2026-01-01'), upper: Infinity });
  t.same(dayRange('/2026-01'), { lower: -Infinity, upper: day('2026-01-31') });
  t.throws(() => dayRange('2025-02-29'), RangeError);
});

t.test('times of claims', async (t) => {
  takes(
    t,
    timeValue,
    [...level01, '2026-01-14T18:50', 'T18:50', '18:50', '00:00', '23:59'],
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
    ],
  );
  takes(t, timeOfDay, ['00:00', '18:50'], ['T18:50', '24:00', '']);
  t.same(timeRange('T00:10'), { days: null, minutes: { lower: 10, upper: 10 }, approximate: false });
  t.same(timeRange('00:10'), timeRange('T00:10'));
  t.same(timeRange('1970-01-02T01:00'), { days: { lower: 1, upper: 1 }, minutes: { lower: 60, upper: 60 }, approximate: false });
  t.same(timeRange('1970-01-02'), { days: { lower: 1, upper: 1 }, minutes: null, approximate: false });
  t.equal(timeRange('2026~').approximate, true);
  t.equal(timeRange('2026/2027?').approximate, true);
  t.throws(() => timeRange('25:00'), RangeError);
});

t.test('time zones and languages', async (t) => {
  takes(
    t,
    timeZone,
    ['America/Chicago', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'],
    ['', 'America/Nowhere', 'america/chicago', '+01:00', 'John Smith'],
  );
  takes(
    t,
    languageTag,
    ['en', 'pt-BR', 'zh-Hant', 'zh-Hant-TW', 'es-419', 'gsw'],
    ['', 'EN', 'english', 'en-us', 'en-x-smith', 'en-johnson', 'en-GB-oxendict'],
  );
});
