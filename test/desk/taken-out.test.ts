import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type Answer, client, expectStatus } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';

/** What a page says where the record no longer does: withdrawn, merged, erased, withheld. */

t.test('incidents that were taken out say what happened', async (t) => {
  const { url, keys } = await startServer(t);
  const as = {
    contributor: client(url, keys.contributor),
    contributor2: client(url, keys.contributor2),
    reviewer: client(url, keys.reviewer),
    reviewer2: client(url, keys.reviewer2),
    admin: client(url, keys.admin),
  };
  const list = expectStatus(await client(url, null).get('/v1/incidents'), 200).items as { id: string; revision: number; title: string }[];
  const [withdrawn, merged, survivor, erased, withheld] = list;
  if (!withdrawn || !merged || !survivor || !erased || !withheld) throw new Error('the samples have fewer incidents');

  const change = async ({ id, revision }: { id: string; revision: number }, one: object) => {
    const sent = { baseRevision: revision, rationale: 'It has to be said here.', changes: [one] };
    const submitted = await as.contributor.send('POST', `/v1/incidents/${id}/edits`, sent);
    const { edit } = expectStatus(submitted, 201);
    let etag = String(submitted.body.etag);
    for (const reviewer of [as.reviewer, as.reviewer2]) {
      const vote = { decision: 'approve', reason: 'I looked at it.' };
      const voted = await reviewer.send('POST', `/v1/incidents/${id}/edits/${edit}/decision`, vote, { 'if-match': etag });
      etag = String(expectStatus(voted, 200).etag ?? etag);
    }
  };
  const take = async (request: object): Promise<void> => {
    const { id } = expectStatus(await as.contributor2.send('POST', '/v1/erasures', { reason: 'It must not be read.', ...request }), 201);
    for (const one of [as.admin, as.reviewer])
      expectStatus(await one.send('POST', `/v1/erasures/${id}/decision`, { decision: 'approve', reason: 'It has to go.' }), 200);
  };
  const pageOf = async ({ id }: { id: string }) => {
    const answer = await fetch(`${url}/incidents/${id}`);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const until = async (what: string, wanted: () => Promise<boolean>): Promise<void> => {
    for (let looks = 0; !(await wanted()); looks += 1) {
      if (looks > 600) throw new Error(`never came: ${what}`);
      await delay(100);
    }
  };

  await t.test('withdrawn: told with its reason, and still shown', async (t) => {
    await change(withdrawn, { kind: 'retract_incident', replacedBy: survivor.id, reason: 'Two events were told as one.' });
    await until('the retraction', async () => (await pageOf(withdrawn)).text.includes('was withdrawn from the record'));
    const { status, text } = await pageOf(withdrawn);
    t.equal(status, 200);
    t.match(text, 'Two events were told as one.');
    t.match(text, `href="/incidents/${survivor.id}"`);
  });

  await t.test('merged: told where the record goes on', async (t) => {
    await change(merged, { kind: 'merge_incident', into: survivor.id, reason: 'They are one.' });
    await until('the merge', async () => (await pageOf(merged)).text.includes('This is one incident with another.'));
    t.match((await pageOf(merged)).text, `href="/incidents/${survivor.id}"`);
    await until('its following', async () => (await pageOf(survivor)).text.includes('this record has taken in'));
  });

  await t.test('withheld by order of a court: 451, with who says so', async (t) => {
    await take({ kind: 'restrict', targets: [{ incident: withheld.id, revision: null }], ground: 'court_order' });
    await until('the restriction', async () => (await pageOf(withheld)).status === 451);
    const { headers, text } = await pageOf(withheld);
    t.match(headers.get('link'), 'rel="blocked-by"');
    t.match(text, 'This is withheld');
    t.match(text, 'href="/takedowns"');
    t.notMatch(text, withheld.title);
  });

  await t.test('erased as a whole: 410', async (t) => {
    await take({ kind: 'erase', targets: [{ incident: erased.id, revision: null }], ground: 'personal_data' });
    await until('the erasure', async () => (await pageOf(erased)).status === 410);
    const { text } = await pageOf(erased);
    t.match(text, 'This was taken out of the record');
    t.notMatch(text, erased.title);
  });

  const said = (answer: Answer) => answer.status;
  t.equal(said(await client(url, null).get(`/v1/incidents/${erased.id}`)), 410, 'as the API says');
});
