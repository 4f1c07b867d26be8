import t from 'tap';
import { country, region } from '../src/index.ts';

const errorOf = (schema: typeof region, value: unknown) => schema.safeParse(value).error?.issues[0]?.message ?? null;

t.test('countries', async (t) => {
  for (const code of ['US', 'GB', 'MX', 'DE', 'PR', 'TW', 'PS', 'SS', 'XK', 'AQ']) t.equal(errorOf(country, code), null, code);
  for (const code of ['', 'us', 'USA', 'ZZ', 'XX', 'EU', 'UN', 'EA', 'AC', 'QO', 'United States']) {
    t.match(errorOf(country, code), /must be an ISO 3166-1 alpha-2 code, like US$/, code);
  }
  t.match(errorOf(country, 'UK'), /UK was withdrawn, and GB is in its place$/);
  t.match(errorOf(country, 'YU'), /YU was withdrawn, and RS, ME are in its place$/);
});

t.test('regions', async (t) => {
  const states =
    'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP UM';
  for (const state of states.split(' ')) t.equal(errorOf(region, `US-${state}`), null, state);
  for (const code of ['CA-QC', 'MX-BCN', 'GB-ENG', 'GB-LND', 'BE-VLG', 'BE-WHT', 'FR-75C', 'FR-ARA', 'IN-OD', 'CN-BJ', 'KZ-10', 'CZ-201']) {
    t.equal(errorOf(region, code), null, code);
  }
  for (const code of ['', 'US', 'US-ZZ', 'us-mn', 'USMN', 'US-MN ', 'ZZ-AA', 'PR-PR', 'MN-US']) {
    t.match(errorOf(region, code), /must be an ISO 3166-2 code, like US-MN$/, code);
  }
  t.match(errorOf(region, 'CN-11'), /CN-11 was withdrawn, and CN-BJ is in its place$/);
  t.match(errorOf(region, 'MR-NKC'), /MR-NKC was withdrawn, and MR-13, MR-14, MR-15 are in its place$/);
});
