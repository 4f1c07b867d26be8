import { createApi } from '@averment/client';
import t from 'tap';
import { startServer } from '../e2e/server.ts';

/** The pages about an incident, as a browser without JavaScript gets them. The samples are what is read. */

t.test('pages about an incident', async (t) => {
  const { url } = await startServer(t);
  const api = createApi({ url });
  const { data } = await api.GET('/v1/incidents', { params: { query: { hasRuling: true } } });
  const judged = data?.items[0]?.id ?? '';
  const all = (await api.GET('/v1/incidents')).data?.items ?? [];
  const corrected = all.find(({ counts }) => counts.corrections > 0 && counts.disputes > 0)?.id ?? '';
  const read = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { answer, text: await answer.text() };
  };

  await t.test('who says what, what the court found, and where it is written', async (t) => {
    const { answer, text } = await read(`/incidents/${judged}`);
    t.equal(answer.status, 200);
    t.match(answer.headers.get('content-type'), 'text/html');
    const { data: record } = await api.GET('/v1/incidents/{id}', { params: { path: { id: judged } } });
    t.match(text, '<table class="ds-table voices"');
    t.match(text, /<th scope="col">/);
    t.match(text, /<th scope="row">/);
    for (const claim of record?.claims ?? []) t.match(text, `id="${claim.id}"`, 'each claim has an address');
    for (const ruling of record?.rulings ?? []) t.match(text, `id="${ruling.id}"`);
    t.match(text, 'not established in court');
    t.match(text, /<blockquote[^>]* lang="en"/);
    t.equal(text.match(/<h1/g)?.length, 1);
  });

  await t.test('what was corrected stands where it was said', async (t) => {
    const { text } = await read(`/incidents/${corrected}`);
    const { data: record } = await api.GET('/v1/incidents/{id}', { params: { path: { id: corrected } } });
    const [correction] = record?.corrections ?? [];
    const claim = text.indexOf(`id="${correction?.target}"`);
    const shown = text.indexOf(`id="${correction?.id}"`);
    t.ok(claim > 0 && shown > claim && shown < text.indexOf('</article>', claim), 'within the claim that it corrects');
    t.match(text, /<del>/);
  });

  await t.test('the past, step by step, with what changed marked', async (t) => {
    const first = await read(`/incidents/${corrected}/past?step=1`);
    t.match(first.text, 'Step 1 of');
    t.notMatch(first.text, 'data-changed="true"');
    t.notMatch(first.text, 'class="ds-alert correction"');
    const last = await read(`/incidents/${corrected}/past`);
    t.match(last.text, 'data-changed="true"');
    t.match(last.text, 'class="ds-alert correction"');
    const past = await read(`/incidents/${corrected}?revision=${/past\?revision=(\d+)"[^>]*>Earlier/.exec(last.text)?.[1]}`);
    t.match(past.text, 'This is the record as it stood');
  });

  await t.test('what changed, why it says so, and the events', async (t) => {
    const differences = await read(`/incidents/${corrected}/diff`);
    t.match(differences.text, 'What changed, field by field');
    t.match(differences.text, '<ins>');
    const { data: record } = await api.GET('/v1/incidents/{id}', { params: { path: { id: corrected } } });
    const [correction] = record?.corrections ?? [];
    const statement = record?.claims.find(({ id }) => id === correction?.target)?.statement ?? '';
    t.ok(
      new RegExp(`claim \\d+, standing: <span class="aside"><bdi>${statement.slice(0, 20)}`).test(differences.text),
      'a claim is named by its sentence',
    );
    const sameDay = new Date().toISOString().slice(0, 10);
    t.equal(
      (await read(`/incidents/${corrected}/diff?fromDay=1900-01-01&toDay=${sameDay}`)).answer.status,
      200,
      'a day that was before it is told at its field',
    );
    const explained = await read(`/incidents/${corrected}/explain?pointer=/claims/0`);
    t.match(explained.text, 'Claim added');
    const history = await read(`/incidents/${corrected}/history`);
    t.match(history.text, 'Claim corrected');
    const revision = /events\/(\d+)"/.exec(history.text)?.[1];
    t.match((await read(`/incidents/${corrected}/events/${revision}`)).text, 'As it is stored');
  });

  await t.test('what machines read of it rates nothing', async (t) => {
    const { text } = await read(`/incidents/${judged}`);
    const block = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '';
    const linked = JSON.parse(block) as { mentions: { '@type': string; author: { name: string } }[] };
    t.ok(linked.mentions.length > 0);
    t.ok(linked.mentions.every((one) => one['@type'] === 'Claim' && one.author.name !== ''));
    t.notMatch(block, 'ClaimReview');
    t.notMatch(block, 'reviewRating');
  });

  await t.test('a page that did not change is not sent again', async (t) => {
    const { answer } = await read(`/incidents/${judged}`);
    t.equal(answer.headers.get('cache-control'), 'public, no-cache');
    const etag = answer.headers.get('etag') ?? '';
    const again = await fetch(`${url}/incidents/${judged}`, { headers: { 'if-none-match': etag } });
    t.equal(again.status, 304);
    t.equal(
      (await fetch(`${url}/incidents/${judged}`, { headers: { 'accept-encoding': 'identity' } })).headers.get('content-encoding'),
      null,
    );
  });

  await t.test('what is missing is a page too, and nothing is asked of anybody else', async (t) => {
    for (const path of ['/incidents/incident_00000000000000000000000000', '/nothing/here']) {
      const { answer, text } = await read(path);
      t.equal(answer.status, 404);
      t.match(text, '<h1');
    }
    for (const path of ['/', `/incidents/${judged}`, `/incidents/${corrected}/past`]) {
      const { text } = await read(path);
      const loaded = [...text.matchAll(/<(?:script|img|link|iframe)[^>]*(?:src|href)="([^"]*)"[^>]*>/g)].filter(
        ([tag]) => !/rel="(canonical|alternate)"/.test(tag),
      );
      t.strictSame(
        loaded.map(([, address]) => address).filter((address = '') => !address.startsWith('/')),
        [],
      );
      t.notMatch(text, /<[^>]+ style=/);
      t.notMatch(text, /<[^>]+ on\w+=/);
    }
    const { answer } = await read('/');
    t.match(answer.headers.get('content-security-policy'), "script-src 'self'");
    t.notMatch(answer.headers.get('content-security-policy'), 'unsafe');
    t.match((await read('/v1/incidents')).answer.headers.get('content-type'), 'json', 'the API stays where it is');
  });
});
