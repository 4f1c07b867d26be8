import t from 'tap';
import { proposalBody } from '../src/index.ts';
import { addClaim, type Body, citations, claim, outcome, proposal, scene } from './scene.ts';
import { claimed, correct, proceeding, published, reason, ruling, upholds } from './sent.ts';

t.test('a local time that a clock change left out is told, and one that came twice says which it was', async (t) => {
  const proposed = (occurred: Body) => {
    const parsed = proposalBody.safeParse({ ...proposal([claim('c1')]), occurred: { timeZone: 'America/Chicago', ...occurred } });
    return parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ') ?? null;
  };
  t.match(proposed({ date: '2026-03-08', time: '02:30' }), /^occurred.time was left out in America\/Chicago on that day/);
  t.match(proposed({ date: '2026-03-07', time: '23:00/02:30' }), /^occurred.time was left out/, 'the end of a span on the day after');
  t.match(proposed({ date: '2026-11-01', time: '01:30' }), /^occurred.fold is needed: the time came twice .*send 0 for the first or 1/);
  t.match(proposed({ date: '2026-01-14', time: '01:30', fold: 0 }), /^occurred.fold goes only with/);
  t.match(proposed({ date: '2026-11-01', time: null, fold: 0 }), /^occurred.fold goes only with/);
  t.match(proposed({ date: '2026-11-01', time: '01:30', fold: 2 }), /^occurred.fold /);
  for (const timeZone of ['CST', 'Europe/../../etc', '__proto__']) {
    t.match(
      proposed({ date: '2026-01-14', time: '18:50', timeZone }),
      /^occurred.timeZone must be an IANA time zone[^;]*; not[^;]*$/,
      timeZone,
    );
  }
  for (const date of ['2026-02-30', '2026-13-40'])
    t.match(proposed({ date, time: '18:50' }), /^occurred.date must be an EDTF date[^;]*$/, date);
  t.match(proposed({ date: '2026-02-30', time: '18:60', timeZone: 'CST' }), /date must be .*time must be .*timeZone must be/);
  for (const right of [
    { date: '2026-11-01', time: '01:30', fold: 0 },
    { date: '2026-11-01', time: '01:30', fold: 1 },
    { date: '2026-11-01', time: '01:30', approximate: true },
    { date: '2026-11-01', time: '01:30', timeZone: null },
    { date: '2026-03-08', time: '02:30', timeZone: 'America/Phoenix' },
    { date: '2026-03-08?', time: '02:30' },
    { date: '[2026-03-07,2026-03-08]', time: '02:30' },
    { date: '2026-03-08', time: '01:30/03:00' },
    { date: '9999-12-31', time: '23:00/02:00' },
    { date: '0000-01-01', time: '00:00' },
  ]) {
    t.equal(proposed(right), null, JSON.stringify(right));
  }
});

t.test('when something was said or decided is told by the clock of the incident, or by its distance from UTC', async (t) => {
  const s = published();
  const at = '/changes/0/claim';
  t.equal(claimed({ saidAt: '2026-03-08T02:30' }, s), 'EditSubmitted', 'nobody knows the time zone');
  s.applied({ kind: 'correct_incident', set: { occurred: { date: '2026-03-07', timeZone: 'America/Chicago' } }, citations, ...reason });
  t.equal(claimed({ saidAt: '2026-03-08T02:30' }, s), `LocalTimeUnclear ${at}/saidAt`);
  t.equal(claimed({ validAt: '2026-11-01T01:30' }, s), `LocalTimeUnclear ${at}/validAt`);
  t.equal(claimed({ saidAt: '2026-11-01T01:30-06:00', validAt: '2026-11-01T02:30' }, s), 'EditSubmitted');
  const left = s.submit([addClaim('x', { saidAt: '2026-11-01T01:30' })]);
  t.match(
    left.ok ? null : left.error.errors?.[0]?.message,
    /write 2026-11-01T01:30-05:00 for the first or 2026-11-01T01:30-06:00 for the second/,
  );
  t.equal(outcome(s.submit([correct(s, { saidAt: '2026-03-08T02:30' })])), 'LocalTimeUnclear /changes/0/set/saidAt');
  t.equal(outcome(s.submit([proceeding({ openedOn: '2026-03-08T02:30' })])), 'LocalTimeUnclear /changes/0/openedOn');
  t.equal(outcome(s.submit([ruling([upholds(s)], { decidedOn: '2026-03-08T02:30' })])), 'LocalTimeUnclear /changes/0/decidedOn');
  const update = { kind: 'update_proceeding', proceeding: 'p1', on: '2026-03-08T02:30', status: 'closed', citations };
  t.equal(outcome(s.submit([proceeding(), update])), 'LocalTimeUnclear /changes/1/on');
  t.equal(
    outcome(
      s.submit([
        { kind: 'correct_incident', set: { occurred: { timeZone: 'America/Phoenix' } }, citations, ...reason },
        addClaim('x', { saidAt: '2026-03-08T02:30' }),
      ]),
    ),
    'EditSubmitted',
    'the zone that the same edit corrects',
  );

  s.applied(proceeding(), { ...update, on: '2026-03-08T03:30' });
  const revision = s.state.recordRevision;
  const corrected = (on: string) =>
    outcome(s.submit([{ kind: 'correct_change', target: s.id('p1'), revision, set: { on }, citations, ...reason }]));
  t.equal(corrected('2026-03-08T02:30'), 'LocalTimeUnclear /changes/0/set/on', 'corrected later, it is held against the clock too');
  t.equal(corrected('2026-03-08T04:30'), 'EditSubmitted');
});

t.test('a region is one of the country, and place and country may be unknown', async (t) => {
  const placed = (place: unknown) => {
    const parsed = proposalBody.safeParse({ ...proposal([claim('c1')]), place });
    return parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ') ?? null;
  };
  const words = { text: 'A § road', precision: 'road' };
  t.match(placed({ ...words, region: 'US-ZZ', country: 'US' }), /^place.region must be an ISO 3166-2 code/);
  t.equal(placed({ ...words, region: 'US-MN', country: 'CA' }), 'place.region is of the country US, and country must say so');
  t.equal(placed({ ...words, region: 'US-MN', country: null }), 'place.region is of the country US, and country must say so');
  t.match(placed({ ...words, country: 'ZZ' }), /^place.country must be an ISO 3166-1/);
  t.match(placed({ text: '§', precision: 'continent' }), /^place.precision /);
  t.match(placed(undefined), /^place /, 'unknown is said');
  for (const right of [null, words, { ...words, country: null }, { ...words, country: 'US', region: 'US-MN', precision: 'county' }]) {
    t.equal(placed(right), null, JSON.stringify(right));
  }
  const s = scene();
  t.equal(outcome(s.propose({ ...proposal([claim('c1')]), place: null })), 'EditSubmitted');
  s.approve(1);
  t.equal(s.state.fields?.place, null);
  s.applied({ kind: 'correct_incident', set: { place: { ...words, country: 'US' } }, citations, ...reason });
  t.match(s.state.fields?.place, { country: 'US', region: null });
  s.applied({ kind: 'correct_incident', set: { place: null }, citations, ...reason });
  t.equal(s.state.fields?.place, null);
  t.equal(
    outcome(s.submit([{ kind: 'correct_incident', set: { place: { ...words, country: 'US' } }, conceal: true, citations, ...reason }])),
    'InvalidChange /changes/0/set/place',
    'nothing to conceal',
  );
});
