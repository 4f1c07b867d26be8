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
