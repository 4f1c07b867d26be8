import t from 'tap';
import { html } from '../../src/html.ts';
import { ago, day, duration, instant, list, number, shortDay } from '../../src/parts/dates.ts';

const bare = async (piece: ReturnType<typeof day>): Promise<string> => String(await piece).replaceAll(/<[^>]*>/g, '');

t.test('a moment names its zone', async (t) => {
  t.equal(String(await instant('2026-01-14T12:00:05Z')), '<time datetime="2026-01-14T12:00:05Z">January 14, 2026 at 12:00:05 UTC</time>');
  t.equal(await bare(instant('2026-01-14T00:00:05Z', 'America/Chicago')), 'January 13, 2026 at 18:00:05 CST');
  t.equal(String(await instant('no <time>')), '<bdi>no &lt;time&gt;</bdi>');
});

t.test('each form of a time is said in words', async (t) => {
  const forms: Record<string, string> = {
    '2026-01-14': 'January 14, 2026',
    '2026-01': 'January 2026',
    2026: '2026',
    '2026~': 'about 2026',
    '2026-01?': 'January 2026 (uncertain)',
    '2026-01-14%': 'about January 14, 2026 (uncertain)',
    '2026-21': 'spring 2026',
    '2026-24': 'winter 2026 to 2027',
    '202X': 'in some year from 2020 to 2029',
    XXXX: 'in an unknown year',
    '2026-XX': '2026, month unknown',
    '2026-XX-XX': '2026, month and day unknown',
    '2026-01-XX': 'January 2026, day unknown',
    '2026-01-02/2026-01-05': 'from January 2, 2026 to January 5, 2026',
    '2026-01/..': 'since January 2026',
    '../2026-01': 'until January 2026',
    '2026-01/': 'from January 2026, until when is unknown',
    '/2026-01': 'until January 2026, since when is unknown',
    '[2026-01-07,2026-01-08]': 'January 7, 2026 or January 8, 2026',
    '[2026-01-07..2026-01-09]': 'some day from January 7, 2026 to January 9, 2026',
    '[..2025,2026-01]': '2025 or earlier or January 2026',
    '18:50': '18:50 (local time)',
    'T18:50': '18:50 (local time)',
    '18:00/20:00': 'from 18:00 to 20:00 (local time)',
    '23:00/02:00': 'from 23:00 to 02:00 of the next day (local time)',
    '2026-01-14T18:50': 'January 14, 2026 at 18:50 (local time)',
    '2026-01-14T18:50Z': 'January 14, 2026 at 18:50 UTC',
    '2026-01-14T18:50-06:00': 'January 14, 2026 at 18:50 UTC-06:00',
    '2026-01-07T23:00/2026-01-08T02:00': 'from January 7, 2026 at 23:00 to January 8, 2026 at 02:00 (local time)',
  };
  for (const [form, words] of Object.entries(forms)) t.equal(await bare(day(form)), words, form);
  for (const none of ['soon', '2026-13', '2026-1-1', '2026/2027/2028', '[2026', '[2026,x]', '25:00', '../..', ''])
    t.equal(String(await day(none)), `<bdi>${none}</bdi>`, 'what is no time is shown as it is');
});

t.test('what HTML knows as a time is one', async (t) => {
  t.equal(String(await day('2026-01')), '<time datetime="2026-01">January 2026</time>');
  t.equal(String(await day('2026-01-14T18:50')), '<time datetime="2026-01-14T18:50">January 14, 2026 at 18:50 (local time)</time>');
  t.equal(String(await day('2026-21')), '<span>spring 2026</span>');
});

t.test('how long, and how long ago', async (t) => {
  const now = new Date('2026-01-14T12:00:00Z');
  t.equal(await bare(ago('2026-01-14T09:00:00Z', now)), '3 hours ago');
  t.equal(await bare(ago('2026-01-16T12:00:00Z', now)), 'in 2 days');
  t.equal(await bare(ago('2026-01-14T12:00:00Z', now)), 'now');
  t.equal(await bare(ago('then', now)), 'then');
  t.equal(duration(0), '0 seconds');
  t.equal(duration(59.6), '1 minute');
  t.equal(duration(2 * 86_400 + 3 * 3_600 + 59), '2 days, 3 hours');
  t.equal(duration(86_400 + 59), '1 day');
});

t.test('numbers and lists', async (t) => {
  t.equal(number(1234567), '1,234,567');
  t.equal(shortDay('2026-01-14'), 'Jan 14');
  t.equal(String(await list(['a', html`<b>b</b>`, '<c>'])), 'a, <b>b</b>, and &lt;c&gt;');
  t.equal(String(await list(['a', 'b'], 'or')), 'a or b');
  t.equal(String(await list([])), '');
});
