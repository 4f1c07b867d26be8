import t from 'tap';
import { client, expectStatus } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { visitor } from './visitor.ts';

/** The public pages beside those of one incident, as a browser without JavaScript gets them. */

const hostile = '<script>alert(1)</script>"\'> &amp;';
const escaped = '&lt;script&gt;alert(1)&lt;/script&gt;';

t.test('public pages', async (t) => {
  const { url, keys } = await startServer(t);
  const { get, send } = visitor(url);
  const contributor = client(url, keys.contributor);
  const all = (await client(url, null).get('/v1/incidents')).body.items as { id: string; title: string; counts: { disputes: number } }[];

  /** A source with a hostile title, a party with a hostile name, and a published incident with both. */
  const source = expectStatus(
    await contributor.send('POST', '/v1/sources', {
      kind: 'article',
      title: hostile,
      publisher: hostile,
      language: 'en',
      url: 'https://example.org/a',
      text: 'The agency fired twice.',
    }),
    201,
  ).id as string;
  const party = expectStatus(await contributor.send('POST', '/v1/parties', { kind: 'agency', name: hostile, aliases: [hostile] }), 201)
    .id as string;
  const proposed = expectStatus(
    await contributor.send('POST', '/v1/incidents', {
      title: hostile,
      occurred: { date: '2026-01-02', timeZone: 'America/New_York' },
      place: { text: hostile, country: 'US', region: 'US-NJ', precision: 'region' },
      agencies: [party],
      rationale: 'To see what becomes of it.',
      claims: [
        {
          aspect: 'shots_fired',
          value: { kind: 'quantity', value: '2', comparator: 'exact', unit: 'shot' },
          statement: hostile,
          speaker: party,
          capacity: 'spokesperson',
          stance: 'asserts',
          citations: [{ source, quote: { exact: 'fired twice' } }],
        },
      ],
    }),
    201,
  );
  const incident = proposed.incidentId as string;
  const approve = (key: string, etag: string) =>
    client(url, key).send('POST', `/v1/incidents/${incident}/edits/1/decision`, { decision: 'approve' }, { 'if-match': etag });
  const first = expectStatus(await approve(keys.reviewer, proposed.etag as string), 200);
  const decided = first.state === 'applied' ? first : expectStatus(await approve(keys.reviewer2, first.etag as string), 200);
  expectStatus(await client(url, null).get(`/v1/incidents?minPosition=${decided.position}`), 200);

  const readable = async (path: string, status = 200) => {
    const { status: answered, text } = await get(path);
    t.equal(answered, status, path);
    t.equal(text.match(/<h1/g)?.length, 1, `${path} has one heading of the first rank`);
    t.notMatch(text, '<script>alert', `${path} runs nothing`);
    t.notMatch(text, /<[^>]+ (?:style|on\w+)=/, `${path} has nothing that the policy forbids`);
    return text;
  };

  await t.test('the start: newest changes, what is disputed most, a map, a search', async (t) => {
    const text = await readable('/');
    for (const { id } of all) t.match(text, `/incidents/${id}`);
    const [disputed] = all.filter(({ counts }) => counts.disputes > 0);
    t.ok(text.indexOf(`/incidents/${disputed?.id}`, text.indexOf('Disputed most')) > 0);
    t.match(text, 'somewhere in New York');
    t.match(text, '<svg class="map-states"');
    t.match(text, /<form[^>]*action="\/incidents"[^>]*role="search"/);
    t.match(text, escaped);
  });

  await t.test('the list has the filters of the API, and tells what cannot be asked at its field', async (t) => {
    const text = await readable('/incidents');
    for (const name of [
      'q',
      'from',
      'to',
      'region',
      'agency',
      'aspect',
      'standing',
      'disputed',
      'hasRuling',
      'bbox',
      'status',
      'asOf',
      'sort',
    ])
      t.match(text, `name="${name}"`);
    t.match(text, '<option value="vehicle_motion">vehicle motion</option>');
    const jersey = await readable('/incidents?region=US-NJ&from=&q=');
    t.match(jersey, `/incidents/${incident}`);
    t.notMatch(jersey, `/incidents/${all[0]?.id}`);
    t.match(jersey, '<option value="US-NJ" selected>New Jersey</option>');
    const disputed = await readable('/incidents?disputed=true');
    t.match(disputed, 'value="true" checked');
    t.notMatch(disputed, `/incidents/${incident}`);
    const wrong = await readable('/incidents?asOf=2999-01-01', 400);
    t.match(wrong, 'id="f-asOf-wrong"');
    t.match(wrong, 'href="#f-asOf"');
    t.match(await readable('/incidents?asOf=2020-01-01'), 'Nothing in the record fits that');
  });

  await t.test('an agency is asked for by name', async (t) => {
    const text = await readable('/incidents?agency=immigration+and+customs+enforcement');
    t.match(text, 'Immigration officer shoots a person in Minneapolis');
    t.notMatch(text, `/incidents/${incident}`);
    const several = await readable('/incidents?agency=City');
    t.match(several, 'Who is meant?');
    const id = /agency=(party_\w+)"><bdi>City of Minneapolis/.exec(several)?.[1];
    t.match(await readable(`/incidents?agency=${id}`), 'City of Minneapolis');
    t.match(await readable('/incidents?agency=nobody+at+all'), 'Nobody in the record is called so');
  });

  await t.test('a source: what it is, and what rests on it; its text for insiders alone', async (t) => {
    t.match(await readable('/sources?q=shot'), 'Case note');
    const text = await readable(`/sources/${source}`);
    t.match(text, escaped);
    t.match(text, `/incidents/${incident}`);
    t.match(text, 'fired twice');
    t.match(text, 'rel="external nofollow noopener noreferrer" href="https://example.org/a"');
    t.notMatch(text, 'The agency fired twice');
    t.notMatch(text, `/sources/${source}/text`);
    t.match((await get(`/sources/${source}/text`)).path, '/sign-in', 'the text is not the public’s');
    const reader = visitor(url);
    await reader.signIn(keys.contributor);
    t.match((await reader.get(`/sources/${source}`)).text, `/sources/${source}/text`);
    t.match((await reader.get(`/sources/${source}/text`)).text, 'The agency fired twice.');
    t.match((await reader.get(`/sources/${source}/text?from=11&to=16`)).text, /<mark>.*fired.*<\/mark>/s);
  });

  await t.test('a party: its names, what it claims, and how that stands', async (t) => {
    t.match(await readable('/parties?kind=court'), 'Court that heard');
    t.match(await readable(`/parties/${party}`), escaped);
    const listed = (await client(url, null).get('/v1/parties?q=immigration')).body.items as { id: string }[];
    const text = await readable(`/parties/${listed[0]?.id}`);
    t.match(text, 'Department of Homeland Security');
    t.match(text, 'Claims by standing');
    t.match(text, /[?&]standing=disputed#claims/);
    t.notMatch(await readable(`/parties/${listed[0]?.id}?standing=upheld`), '<blockquote class="quotation" dir="auto">he was deported');
  });

  await t.test('what is missing is a page', async () => {
    for (const path of ['/sources/source_00000000000000000000000000', '/parties/party_00000000000000000000000000', '/parties/nobody'])
      await readable(path, 404);
  });

  await t.test('what was corrected, with its feeds', async (t) => {
    const text = await readable('/corrections');
    t.match(text, 'The note was misread: it speaks of shots in the plural.');
    t.match(text, /<del>.*<ins>/s);
    t.match(text, /<link rel="alternate" type="application\/atom\+xml"[^>]* href="\/v1\/corrections.atom">/);
    t.match(text, 'href="/v1/corrections.feed.json"');
    t.match((await get('/v1/corrections.atom')).headers.get('content-type'), 'application/atom+xml');
  });

  await t.test('what this record is, and what was taken down', async (t) => {
    t.match(await readable('/about'), 'It is not a list of facts');
    t.match(await readable('/takedowns'), 'Nothing was taken down so far');
  });

  await t.test('a reader says that something is wrong, and asks what became of it', async (t) => {
    t.match(await readable(`/tips/new?about=${incident}`), incident);
    const lost = await send('/tips/new', '/tips/new', { about: 'nothing', text: hostile });
    t.equal(lost.status, 422);
    t.match(lost.text, 'f-about-wrong');
    t.match(lost.text, escaped, 'what was written is kept');
    const sent = await send('/tips/new', '/tips/new', { about: `${url}/incidents/${incident}`, text: 'The day is wrong.' });
    t.equal(sent.status, 200, sent.text);
    const secret = /<code>([\x21-\x7e]+?)<\/code>/.exec(sent.text)?.[1] ?? '';
    const tip = /href="(\/tips\/tip_\w+)"/.exec(sent.text)?.[1] ?? '';
    const told = await send(tip, tip, { secret });
    t.match(told.text, 'waits to be read');
    t.equal((await send(tip, tip, { secret: `${secret}x` })).status, 422);
    t.notMatch((await get(tip)).text, secret);
  });

  await t.test('a list that did not change is not sent again', async (t) => {
    for (const path of ['/', '/incidents', '/sources', `/sources/${source}`, `/parties/${party}`, '/corrections', '/takedowns']) {
      const { headers } = await get(path);
      t.equal(headers.get('cache-control'), 'public, no-cache', path);
      t.equal((await get(path, { 'if-none-match': headers.get('etag') ?? '' })).status, 304, path);
    }
  });
});
