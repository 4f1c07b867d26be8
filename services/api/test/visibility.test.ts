import t from 'tap';
import type { Answered } from './support/checker.ts';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, articleText, decide, expect, furnish, movedClaim, propose, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

/** Who asks: `contributor` wrote all that is asked for here, `contributor2` nothing. */
const askers = ['nobody', 'app', 'contributor2', 'contributor', 'reviewer', 'auditor', 'admin'] as const;
type Asker = (typeof askers)[number];

/** Words that stand in one place each, so that an answer says by them what it shows. */
const [concealed, person, open, unpublished, unused, ending] = [
  'Zebulon',
  'Quillfeather',
  'Ollivander',
  'Marchbanks',
  'Thistlewood',
  'wainscot',
];
const long = `It said that ${'the car was far away and '.repeat(14)}stood beside a ${ending}`;

const approve = async (own: Harness, incident: string, edit: number): Promise<number> => {
  expect(await decide(own, incident, edit, 'approve', 'reviewer'), 200);
  return Number(expect(await decide(own, incident, edit, 'approve', 'reviewer2'), 200).body.appliedRevision);
};

/** A published incident with a private person, a long quote, a concealed title and an open edit; an unpublished one; a party and a source without use. */
const told = async (own: Harness) => {
  const world = await furnish(own);
  const register = async (path: string, body: object) => text(expect(await own.ask('POST', path, { key: 'contributor', body }), 201), 'id');
  const speaker = await register('/v1/parties', { kind: 'person', name: `Ada ${person}` });
  const source = await register('/v1/sources', article({ text: `${articleText} ${long}.` }));
  const claims = [movedClaim(world), stoodClaim(world, { speaker, citations: [quoting(source, long)] })];
  const title = `Harbour police officer shoots at ${concealed} in Porto Novo`;
  const { incident } = await propose(own, world, { title, claims });
  const published = await approve(own, incident, 1);
  const corrected = { kind: 'correct_incident', set: { title: 'Shots in Porto Novo' }, conceal: true };
  const citations = [quoting(world.source, 'the car stood still')];
  expect(await submit(own, incident, published, [{ ...corrected, reason: 'It named somebody.', citations }]), 201);
  const last = await approve(own, incident, 2);
  const claim = stoodClaim(world, { statement: `A witness says that ${open} stood still.` });
  expect(await submit(own, incident, last, [{ kind: 'add_claim', claim }]), 201);
  return {
    incident,
    published,
    last,
    speaker,
    source,
    unpublished: (await propose(own, world, { title: `Harbour police officer shoots at ${unpublished}` })).incident,
    party: await register('/v1/parties', { kind: 'agency', name: `${unused} Police` }),
    unusedSource: await register('/v1/sources', article({ title: `${unused} again` })),
  };
};
type Told = Awaited<ReturnType<typeof told>>;

const everybody = 'nobody app contributor2 contributor reviewer auditor admin';
const keyed = 'contributor2 contributor reviewer auditor';
const insiders = 'contributor reviewer auditor';
const overseers = 'reviewer auditor';

/** What there is to be seen, who sees it, where it is asked for, and the words by which an answer shows it. */
const table = (
  { incident, published, last, speaker, source, party, ...rest }: Told,
  position: string,
): [string, string, string, RegExp][] => {
  const path = `/v1/incidents/${incident}`;
  const hidden = `/v1/incidents/${rest.unpublished}`;
  return [
    ['a published incident', everybody, path, /Shots in Porto Novo/],
    ['a published incident, in the list', everybody, '/v1/incidents', /Shots in Porto Novo/],
    ['an unpublished incident', insiders, hidden, /"id"/],
    ['an unpublished incident, as of then', insiders, `${hidden}?asOfPosition=${position}`, /"id"/],
    ['an unpublished incident, compared', insiders, `${hidden}/comparison`, /aspects/],
    ['the events of an unpublished incident', insiders, `${hidden}/events`, /items/],
    ['the proposal', insiders, `${hidden}/edits/1`, RegExp(unpublished)],
    ['an edit', insiders, `${path}/edits/3`, RegExp(open)],
    ['an edit, in the list of edits', insiders, `${path}/edits`, RegExp(open)],
    ['an edit, previewed', insiders, `${path}/edits/3/preview`, RegExp(open)],
    ["others' edits, in the queue", overseers, '/v1/reviews?limit=500', /"edit":3/],
    ['own edits, in the queue', 'contributor', '/v1/reviews?limit=500&author=me', /"edit":3/],
    ['the votes of all', overseers, '/v1/reviews/stats', /byReviewer/],
    ['a party without use', keyed, `/v1/parties/${party}`, RegExp(unused)],
    ['a party without use, in the list', keyed, `/v1/parties?q=${unused}`, RegExp(unused)],
    ['a source without use', keyed, `/v1/sources/${rest.unusedSource}`, RegExp(unused)],
    ['a source without use, in the list', keyed, `/v1/sources?q=${unused}`, RegExp(unused)],
    ["a source's text", keyed, `/v1/sources/${source}/text`, RegExp(ending)],
    ['a concealed text, as of then', overseers, `${path}?asOfRevision=${published}`, RegExp(concealed)],
    ['a concealed text, in the differences', overseers, `${path}/diff?from=${published}&to=${last}`, RegExp(concealed)],
    ['a concealed text, in the events', overseers, `${path}/events?limit=500`, RegExp(concealed)],
    ['a concealed text, in the feed', overseers, '/v1/events?limit=500', RegExp(concealed)],
    ['a concealed text, in the edit', overseers, `${path}/edits/1`, RegExp(concealed)],
    ['a quote whole', keyed, path, RegExp(ending)],
    ['a quote whole, as of then', keyed, `${path}?asOfRevision=${published}`, RegExp(ending)],
    ['a quote whole, in the claims of then', keyed, `/v1/claims?incident=${incident}&asOfPosition=${position}`, RegExp(ending)],
    ['a quote whole, in the claims', keyed, `/v1/claims?incident=${incident}`, RegExp(ending)],
    ['a quote whole, in the events', keyed, `${path}/events?limit=500`, RegExp(ending)],
    ['a quote whole, in the feed', keyed, '/v1/events?limit=500', RegExp(ending)],
    ['a private name', keyed, path, RegExp(person)],
    ['a private name, as of then', keyed, `${path}?asOfRevision=${published}`, RegExp(person)],
    ['a private name, compared', keyed, `${path}/comparison`, RegExp(person)],
    ['a private name, in the claims of then', keyed, `/v1/claims?incident=${incident}&asOfPosition=${position}`, RegExp(person)],
    ['a private name, in the claims', keyed, `/v1/claims?incident=${incident}`, RegExp(person)],
    ['a private name, of the party', keyed, `/v1/parties/${speaker}`, RegExp(person)],
    ['a private name, in the list of parties', keyed, `/v1/parties?kind=person`, RegExp(person)],
    ['an incident, found by a private name', keyed, `/v1/incidents?q=${person}`, /Shots in Porto Novo/],
    ['whose hands an event went through', keyed, `${path}/events`, /"reviewer2"/],
    ['whose hands an event went through, in the feed', keyed, '/v1/events?limit=500', /"reviewer2"/],
    ['the events of the review', overseers, `${path}/events?limit=500`, /"EditSubmitted"/],
    ['the events of the review, in the feed', 'auditor', '/v1/events?limit=500', /"EditSubmitted"/],
    ['the events of sources and parties', 'auditor', '/v1/events?limit=500', /"SourceRegistered".*"PartyRegistered"/],
  ];
};

t.test('who sees what, by role', async (t) => {
  const own = await harness(t);
  const record = await told(own);
  // The models take it in.
  await own.read('/v1/incidents');
  const ask = (asker: Asker, path: string): Promise<Answered> =>
    own.ask('GET', path, { key: asker === 'nobody' ? null : (asker satisfies Person) });
  for (const [what, seenBy, path, shows] of table(record, String(await own.log.head()))) {
    const seeing: string[] = [];
    for (const asker of askers) {
      const { status, text: answered } = await ask(asker, path);
      t.ok([200, 401, 403, 404].includes(status), `${path} as ${asker}: ${status}`);
      if (status === 200 && shows.test(answered)) seeing.push(asker);
    }
    t.equal(seeing.join(' '), seenBy, what);
  }
  await exportsAgree(t, own);
});
