import t from 'tap';
import { client, expectStatus } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { formOf } from './forms.ts';
import { type Read, visitor } from './visitor.ts';

/** What contributors do, as a browser without JavaScript does it: sources, claims, and what is refused. */

const text =
  'Two officers of the harbour police stopped a boat on Tuesday evening. The harbour police said that the boat drove at the officers before one of them fired twice. A fisherman on the quay said that the boat was drifting away.';

t.test('contributing', async (t) => {
  const { url, keys } = await startServer(t);
  const contributor = visitor(url);
  await contributor.signIn(keys.contributor);
  const api = client(url, keys.contributor);

  /** Presses a button of the form that an answer shows, after writing into some of its fields. */
  const press = (page: Read, button: string, written: Readonly<Record<string, string>> = {}): Promise<Read> => {
    const { action, fields } = formOf(page.text, '/desk/contribute/');
    const missing = Object.keys(written).filter((name) => !fields.has(name) && !/\.\d+$|flags|conceal/.test(name));
    t.strictSame(missing, [], 'the form has all of these fields');
    return contributor.post(action, new Map([...fields, ...Object.entries(written), ['act', button]]));
  };
  const wrongAt = (page: Read, name: string): string | undefined =>
    new RegExp(`id="f-${name.replaceAll('.', '-')}-wrong">([^<]*)<`).exec(page.text)?.[1];
  const optionOf = (page: Read, name: string): string =>
    new RegExp(`<option value="(party_[^"]*)"[^>]*>${name}`).exec(page.text)?.[1] ?? '';

  let source = '';
  await t.test('a source is pasted', async (t) => {
    const written = { 's.kind': 'article', 's.title': 'Shots at the quay', 's.publisher': 'The Quay Post', 's.language': 'en' };
    const refused = await contributor.send('/desk/contribute/source', '/desk/contribute/source', {
      ...written,
      's.url': 'quay',
      's.text': text,
    });
    t.equal(refused.status, 422);
    t.ok(wrongAt(refused, 's.url'), 'what is wrong stands at its field');
    t.match(refused.text, /ds-error-summary.*href="#f-s-url"/s);
    t.match(refused.text, text, 'and nothing that was written is lost');
    const made = await contributor.send('/desk/contribute/source', '/desk/contribute/source', {
      ...written,
      's.url': 'https://quay.example/shots',
      's.authors': 'A reporter\r\nAnother reporter',
      's.text': text,
    });
    t.equal(made.status, 200);
    source = /source=(source_\w+)/.exec(made.path)?.[1] ?? '';
    t.match(made.text, 'Registered: ');
    const registered = expectStatus(await api.get(`/v1/sources/${source}`), 200);
    t.match(registered, { title: 'Shots at the quay', authors: ['A reporter', 'Another reporter'], language: 'en' });
    const again = await contributor.send('/desk/contribute/source', '/desk/contribute/source', {
      ...written,
      's.url': 'https://quay.example/shots',
      's.text': text,
    });
    t.equal(again.status, 409);
    t.match(again.text, `/sources/${source}`, 'a double leads to what is there');
    const like = await contributor.send('/desk/contribute/source', '/desk/contribute/source', {
      ...written,
      's.url': 'https://quay.example/shots?page=2',
      's.text': text,
    });
    t.match(like.text, 'It resembles what was registered before');
    t.match(like.text, `/sources/${source}`);
  });

  let edit = '';
  await t.test('an incident is proposed with two claims by speakers who come with it', async (t) => {
    let page = await contributor.get(`/desk/contribute/claims?source=${source}&incident=new`);
    t.match(page.text, text, 'the text stands beside the form');
    t.match(page.text, 'data-draft="new incident ');
    page = await press(page, 'party', { 'c1.aspect': 'vehicle_motion' });
    page = await press(page, 'party', { 'p1.name': 'Harbour police', 'p1.kind': 'agency' });
    page = await press(page, 'show', { 'p2.name': 'a fisherman on the quay', 'p2.kind': 'described_role' });
    t.match(page.text, 'Whether a vehicle moved toward an officer before the first shot.', 'what the aspect means is told');
    t.match(page.text, 'moved away denies that it is true', 'and what goes wrong with it');
    page = await press(page, 'add', {
      'c1.value.boolean': 'true',
      'c1.speaker': 'p1',
      'c1.capacity': 'spokesperson',
      'c1.stance': 'alleges',
      'c1.statement': 'The harbour police say that the boat drove at the officers before the shots.',
      'c1.citations.0.quote.exact': 'the boat raced at the officers',
    });
    page = await press(page, 'show', { 'c2.aspect': 'shots_fired' });
    page = await press(page, 'submit', {
      'incident.title': 'Shots at a boat in Ferryhill',
      'incident.occurred.date': '2026-03-03',
      'incident.occurred.timeZone': 'Europe/London',
      'incident.place.text': 'the quay',
      'incident.place.locality': 'Ferryhill',
      'incident.place.country': 'GB',
      'incident.place.precision': 'locality',
      'incident.agencies.0': 'p1',
      'c2.value.quantity': '3',
      'c2.speaker': 'p1',
      'c2.capacity': 'spokesperson',
      'c2.stance': 'asserts',
      'c2.statement': 'The harbour police say that an officer fired three times.',
      'c2.citations.0.quote.exact': 'one of them fired twice',
      rationale: 'The first note on the shots at the quay.',
    });
    t.equal(page.status, 422);
    t.match(
      wrongAt(page, 'c1.citations.0.quote.exact'),
      'the boat drove at the officers',
      'the refusal stands at the quote that caused it',
    );
    page = await press(page, 'submit', { 'c1.citations.0.quote.exact': 'the boat drove at the officers' });
    t.equal(page.status, 200, page.text);
    t.match(page.text, 'It was sent to review');
    t.match(page.text, 'The value has 3, and what is quoted 2.', 'warnings are told');
    t.match(page.text, 'data-draft-done="new incident ');
    edit = /edits\/(incident_\w+\/1)\/sent/.exec(page.path)?.[1] ?? '';
    const [incident] = edit.split('/');
    const sent = expectStatus(await api.get(`/v1/incidents/${incident}/edits/1`), 200) as { versions: { changes: object[] }[] };
    t.match(sent.versions[0]?.changes, [
      {
        kind: 'report_incident',
        title: 'Shots at a boat in Ferryhill',
        occurred: { date: '2026-03-03' },
        place: { locality: 'Ferryhill' },
      },
      { claim: { aspect: 'vehicle_motion', value: { kind: 'boolean', value: true }, stance: 'alleges' } },
      { claim: { aspect: 'shots_fired', value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'exact' } } },
    ]);
  });

  await t.test('the same again is told of the first', async (t) => {
    let page = await contributor.get(`/desk/contribute/claims?source=${source}&incident=new`);
    page = await press(page, 'show', { q: 'Harbour police', 'c1.aspect': 'shots_fired' });
    const police = optionOf(page, 'Harbour police');
    page = await press(page, 'submit', {
      'incident.title': 'Boat fired at in Ferryhill',
      'incident.occurred.date': '2026-03-03',
      'incident.occurred.timeZone': 'Europe/London',
      'incident.place.text': 'the quay',
      'incident.place.locality': 'Ferryhill',
      'incident.place.country': 'GB',
      'incident.place.precision': 'locality',
      'incident.agencies.0': police,
      'c1.value.quantity': '2',
      'c1.speaker': police,
      'c1.capacity': 'spokesperson',
      'c1.stance': 'asserts',
      'c1.statement': 'The harbour police say that an officer fired twice.',
      'c1.citations.0.quote.exact': 'fired twice',
      rationale: 'I did not look whether it is there.',
    });
    t.equal(page.status, 200, page.text);
    t.match(page.text, 'It may be on record already');
    t.match(page.text, edit.split('/')[0]);
  });

  await t.test('a proposal is revised from its current version', async (t) => {
    const [subject] = edit.split('/');
    const { etag } = expectStatus(await api.get(`/v1/incidents/${subject}/edits/1`), 200);
    const vote = { decision: 'request_changes', reason: 'The text says twice.' };
    const voted = await client(url, keys.reviewer).send('POST', `/v1/incidents/${subject}/edits/1/decision`, vote, {
      'if-match': String(etag),
    });
    expectStatus(await api.get(`/v1/me/edits?minPosition=${expectStatus(voted, 200).position}`), 200);
    const start = await contributor.get('/desk/contribute');
    t.match(start.text, 'Changes were asked for');
    t.match(start.text, `/desk/contribute/edits/${edit}"`);
    let page = await contributor.get(`/desk/contribute/edits/${edit}`);
    t.match(page.text, 'The text says twice.', 'what was asked for stands above it');
    const { fields } = formOf(page.text, '/desk/contribute/');
    const value = [...fields].find(([, written]) => written === '3')?.[0] ?? '';
    const statement = value.replace('value.quantity', 'statement');
    page = await press(page, 'submit', { [value]: '2', [statement]: 'The harbour police say that an officer fired twice.' });
    t.equal(page.status, 200, page.text);
    t.match(page.text, 'Version 2 was sent to review');
    t.notMatch(page.text, 'The value has');
    const sent = expectStatus(await api.get(`/v1/incidents/${edit.split('/')[0]}/edits/1`), 200) as {
      versions: { changes: { claim?: object }[] }[];
    };
    const ids = sent.versions.map(({ changes }) => changes.map((change) => (change.claim as { id: string } | undefined)?.id));
    t.strictSame(ids[1], ids[0], 'what the edit makes keeps its ids');
    const stale = new Map([
      ...formOf((await contributor.get(`/desk/contribute/edits/${edit}`)).text, '/desk/contribute/').fields,
      ['etag', '"1-0-x"'],
      ['act', 'submit'],
    ] as [string, string][]);
    const told = await contributor.post(`/desk/contribute/edits/${edit}`, stale);
    t.equal(told.status, 412);
    t.match(told.text, 'The edit was changed since this form was opened');
    t.match(told.text, 'an officer fired twice', 'nothing that was written is lost');
  });

  await t.test('a claim on record is disputed and corrected', async (t) => {
    const list = expectStatus(await api.get('/v1/incidents'), 200).items as { id: string }[];
    const record = expectStatus(await api.get(`/v1/incidents/${list[0]?.id}`), 200) as {
      id: string;
      claims: { id: string; statement: string; speaker: string; citations: { source: string; quote: { exact: string } }[] }[];
    };
    const claim = record.claims.find(({ citations }) => citations[0]?.quote);
    if (claim === undefined) throw new Error('no claim of the samples has a quote');
    const [citation] = claim.citations;
    const at = `incident=${record.id}&claim=${claim.id}&source=${citation?.source}`;
    let page = await contributor.get(`/desk/contribute/change?${at}&kind=dispute_claim`);
    page = await press(page, 'submit', {
      'c1.by': claim.speaker,
      'c1.capacity': 'spokesperson',
      'c1.grounds': 'The speaker says that this was misread.',
      'c1.citations.0.quote.exact': citation?.quote.exact ?? '',
      rationale: 'They contest it.',
    });
    t.equal(page.status, 200, page.text);
    page = await contributor.get(`/desk/contribute/change?${at}&kind=correct_claim`);
    page = await press(page, 'submit', {
      'c1.set.statement': `${claim.statement} Indeed.`,
      'c1.basis': 'editorial',
      'c1.reason': 'A word was missing.',
      rationale: 'A word was missing.',
    });
    t.equal(page.status, 200, page.text);
    const [, id, number] = /edits\/(incident_\w+)\/(\d+)\/sent/.exec(page.path) ?? [];
    const sent = expectStatus(await api.get(`/v1/incidents/${id}/edits/${number}`), 200) as { versions: { changes: { set: object }[] }[] };
    t.strictSame(
      Object.keys(sent.versions[0]?.changes[0]?.set ?? {}).filter((member) => member !== 'concealed'),
      ['statement'],
      'only what was changed is sent',
    );
  });

  await t.test('every other kind of change is one form', async (t) => {
    const list = expectStatus(await api.get('/v1/incidents'), 200).items as { id: string; title: string }[];
    const read = async (id = '') =>
      expectStatus(await api.get(`/v1/incidents/${id}`), 200) as {
        id: string;
        title: string;
        parties: { id: string }[];
        claims: { id: string; citations: { source: string; quote: { exact: string } | null }[] }[];
      };
    const record = await read(list.at(-1)?.id);
    const claim = record.claims.find(({ citations }) => citations[0]?.quote);
    const citation = claim?.citations[0];
    const exact = citation?.quote?.exact ?? '';
    const at = (kind: string) => `/desk/contribute/change?incident=${record.id}&source=${citation?.source}&kind=${kind}`;
    const sentBy = async (page: Read) => {
      t.equal(page.status, 200, page.text);
      const [, id, number] = /edits\/(incident_\w+)\/(\d+)\/sent/.exec(page.path) ?? [];
      const sent = expectStatus(await api.get(`/v1/incidents/${id}/edits/${number}`), 200) as { versions: { changes: object[] }[] };
      return sent.versions[0]?.changes ?? [];
    };

    const bare = await contributor.get(at('record_ruling'));
    const refused = await press(bare, 'submit');
    t.equal(refused.status, 422);
    for (const field of ['c1.finality', 'c1.basis', 'c1.summary', 'rationale']) t.ok(wrongAt(refused, field), `${field} is missing`);
    t.match(refused.text, /href="#f-c1-summary">1\. Summary: /, 'the summary of what is wrong names the change and its field');
    t.match(refused.text, /href="#f-rationale">Rationale: /);
    const ruled = await press(bare, 'submit', {
      'c1.decidedOn': '2026-06',
      'c1.finality': 'appealable',
      'c1.basis': 'report',
      'c1.summary': 'The court found that it was so.',
      'c1.effects.0.effect': 'upholds',
      'c1.effects.0.claim': claim?.id ?? '',
      'c1.effects.0.citations.0.quote.exact': exact,
      'c1.citations.0.quote.exact': exact,
      rationale: 'The court decided.',
    });
    t.match(await sentBy(ruled), [
      {
        kind: 'record_ruling',
        decidedOn: '2026-06',
        effects: [{ effect: 'upholds', claim: claim?.id, citations: [{ quote: { exact } }] }],
      },
    ]);

    let page = await contributor.get(at('open_proceeding'));
    page = await press(page, 'add', {
      'c1.type': 'investigation',
      'c1.title': 'An inquiry into the shots',
      'c1.status': 'open',
      'c1.claims.0': claim?.id ?? '',
      'c1.citations.0.quote.exact': exact,
    });
    page = await press(page, 'add', { kind: 'retract_claim', 'c2.aspect': 'investigation' });
    page = await press(page, 'remove:c2', { 'c3.claim': claim?.id ?? '', 'c3.reason': 'It was never said there.' });
    t.notMatch(page.text, 'id="c2"');
    page = await press(page, 'submit', { rationale: 'Two things in one edit.' });
    t.match(await sentBy(page), [
      { kind: 'open_proceeding', type: 'investigation', claims: [claim?.id] },
      { kind: 'retract_claim', claim: claim?.id, reason: 'It was never said there.' },
    ]);

    page = await contributor.get(at('correct_incident'));
    t.equal(formOf(page.text, '/desk/contribute/').fields.get('c1.set.title'), record.title, 'the form is filled with what is on record');
    page = await press(page, 'submit', {
      'c1.set.title': `${record.title}, again`,
      'c1.basis': 'editorial',
      'c1.reason': 'A word was missing.',
      rationale: 'A word was missing.',
    });
    const [corrected] = (await sentBy(page)) as { set: { title?: string } }[];
    t.equal(corrected?.set.title, `${record.title}, again`);
    t.strictSame(Object.keys(corrected?.set ?? {}), ['title']);

    page = await press(await contributor.get(at('distinguish_incident')), 'submit', {
      'c1.from': list[0]?.id ?? '',
      'c1.reason': 'They are two events.',
      rationale: 'They only look alike.',
    });
    t.match(await sentBy(page), [{ kind: 'distinguish_incident', from: list[0]?.id }]);
  });

  await t.test('sources and parties are changed by the same forms', async (t) => {
    const parties = expectStatus(await api.get('/v1/parties?q=Harbour%20police'), 200).items as { id: string }[];
    const party = parties[0]?.id ?? '';
    const changesOf = async (page: Read, version: number) => {
      t.equal(page.status, 200, page.text);
      const [, id, kind, number] = /edits\/((source|party)_\w+)\/(\d+)\/sent/.exec(page.path) ?? [];
      const sent = expectStatus(await api.get(`/v1/${kind === 'source' ? 'sources' : 'parties'}/${id}/edits/${number}`), 200) as {
        versions: { changes: object[] }[];
      };
      return sent.versions[version - 1]?.changes;
    };
    for (const [id, path] of [
      [party, '/parties'],
      [source, '/sources'],
    ])
      t.match((await contributor.get(`${path}/${id}`)).text, `/desk/contribute/change?of=${id}`, 'their pages lead there');
    let page = await contributor.get(`/desk/contribute/change?of=${party}&kind=correct_party`);
    t.equal(formOf(page.text, '/desk/contribute/').fields.get('c1.set.name'), 'Harbour police');
    page = await press(page, 'submit', {
      'c1.set.aliases': 'The police of the harbour',
      'c1.reason': 'It has this name too.',
      rationale: 'To find it.',
    });
    t.match(await changesOf(page, 1), [{ kind: 'correct_party', set: { aliases: ['The police of the harbour'] } }]);
    const [own = ''] = /\/desk\/contribute\/edits\/party_\w+\/\d+/.exec(page.path) ?? [];
    page = await press(await contributor.get(own), 'submit', { 'c1.set.aliases': 'The police of the harbour\nHP' });
    t.match(await changesOf(page, 2), [{ kind: 'correct_party', set: { aliases: ['The police of the harbour', 'HP'] } }]);

    page = await contributor.get(`/desk/contribute/change?of=${source}&kind=revise_text`);
    t.match(page.text, text, 'the text that it has stands beside it');
    const refused = await press(page, 'submit', { 'c1.text': `${text} So it was.`, rationale: 'There is another one.' });
    t.equal(refused.status, 422);
    t.ok(wrongAt(refused, 'c1.why'));
    page = await press(refused, 'submit', { 'c1.why': 'corrected_by_publisher' });
    t.match(await changesOf(page, 1), [{ kind: 'revise_text', why: 'corrected_by_publisher' }]);
  });

  await t.test('what is hostile is text, in every field', async (t) => {
    const hostile = `"><script>alert(1)</script>'\u202e`;
    const start = await contributor.get(`/desk/contribute/claims?source=${source}&incident=new`);
    const brought = await press(await press(start, 'party', { 'c1.aspect': 'age' }), 'add');
    const { action, fields } = formOf(brought.text, '/desk/contribute/');
    const told = await contributor.post(
      action,
      new Map(
        [...fields].map(([name, value]): [string, string] => [
          name,
          /^(?:_csrf|idempotencyKey|etag)$|kind$|aspect$/.test(name) ? value : hostile,
        ]),
      ),
    );
    t.equal(told.status, 200);
    t.notMatch(told.text, '<script>alert');
    const refused = await contributor.post(
      action,
      new Map([...formOf(told.text, '/desk/contribute/').fields, ['act', 'submit'], ['idempotencyKey', 'x']] as [string, string][]),
    );
    t.equal(refused.status, 422);
    t.notMatch(refused.text, '<script>alert');
    for (const path of [
      '/desk/contribute?q=',
      '/desk/contribute?source=',
      '/desk/contribute/incident?q=',
      '/desk/contribute/claims?source=',
      '/desk/contribute/change?incident=new&kind=',
    ])
      t.notMatch((await contributor.get(`${path}${encodeURIComponent(hostile)}`)).text, '<script>alert', path);
  });

  await t.test('files are read, shown, and then registered', async (t) => {
    const upload = async (name: string, type: string, body: string, fields: Record<string, string>): Promise<Read> => {
      const { fields: own } = formOf((await contributor.get('/desk/contribute/source')).text, '/desk/contribute/source/upload');
      const form = new FormData();
      for (const [field, value] of new Map([...own, ...Object.entries(fields)])) if (field !== 'file') form.append(field, value);
      form.append('file', new File([body], name, { type }));
      return contributor.post('/desk/contribute/source/upload', form);
    };
    const register = async (page: Read): Promise<Read> => {
      const { action, fields } = formOf(page.text, '/desk/contribute/source/upload');
      t.equal(fields.get('act'), 'register');
      const form = new FormData();
      for (const [field, value] of fields) form.append(field, value);
      return contributor.post(action, form);
    };
    const markup =
      '<!doctype html><html lang="en"><head><title>Boat at the pier</title></head><body><article><h1>Boat at the pier</h1><p>A boat lay at the pier when an officer came and fired once into the water.</p></article></body></html>';
    const read = await upload('pier.html', 'text/html', markup, { 'u.url': 'https://pier.example/boat' });
    t.equal(read.status, 200, read.text);
    t.match(read.text, 'an officer came and fired once into the water');
    t.match(read.text, 'Boat at the pier');
    const made = await register(read);
    const id = /source=(source_\w+)/.exec(made.path)?.[1];
    t.match(expectStatus(await api.get(`/v1/sources/${id}`), 200), {
      title: 'Boat at the pier',
      url: 'https://pier.example/boat',
      kind: 'article',
    });
    const twice = await upload('pier.html', 'text/html', markup, { 'u.url': 'https://pier.example/boat' });
    t.match(twice.text, 'This source is registered already');

    const captions = 'WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe officer fired at the boat.\n';
    const mute = await upload('film.vtt', '', captions, {});
    t.equal(mute.status, 422);
    t.ok(wrongAt(mute, 'u.language'), 'captions do not say their language');
    const heard = await upload('film.vtt', '', captions, { 'u.language': 'en', 'u.title': 'Film of the quay' });
    t.equal(heard.status, 200, heard.text);
    t.match(heard.text, 'The officer fired at the boat.');
    t.match((await register(heard)).text, 'Registered: ');
    t.equal((await upload('notes.txt', 'text/plain', 'Notes', {})).status, 415);
  });
});
