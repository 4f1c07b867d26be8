import type { Page } from 'playwright-core';
import t from 'tap';
import { proposeIncident } from '../desk/proposing.ts';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';

/** A session that is over in the middle of a form: what was written is kept, and sent once. */

t.test('a session that is over', { skip: browserMissing }, async (t) => {
  const { url, keys } = await startServer(t);
  const [contributor, admin] = [client(url, keys.contributor), client(url, keys.admin)];
  const browser = await openBrowser(t);
  const open = async (path: string, key: string) => visitor(browser, { url: `${url}${path}`, key });
  const words = 'Written for an hour: “quotes”, <b>signs</b> & letters é 💥.';
  const drop = (page: Page) => page.context().clearCookies({ name: 'averment_session' });
  const signInAgain = async (page: Page, key: string) => {
    await page.getByText('What you wrote is kept').waitFor();
    await page.getByLabel('Your key').fill(key);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'This was kept for you' }).waitFor();
    t.match(await page.getByRole('main').textContent(), words);
  };
  const sendKept = (page: Page) => page.getByRole('button', { name: 'Send it now' }).click();
  const editOf = async (path: string): Promise<string> => JSON.stringify(expectStatus(await contributor.get(path), 200));
  const times = async (path: string): Promise<number> => (await editOf(path)).split('Written for an hour').length - 1;

  await t.test('in a comment', async (t) => {
    const incident = await proposeIncident(contributor, 'Shot at the pier');
    const { page, faults } = await open(`/desk/edits/${incident}/1`, keys.reviewer);
    await page.locator('#f-comment-text').fill(words);
    await drop(page);
    await page.getByRole('button', { name: 'Comment on the whole edit' }).click();
    await signInAgain(page, keys.reviewer);
    await sendKept(page);
    await page.waitForURL(/did=/);
    t.match(await page.getByRole('main').textContent(), words);
    await page.goBack();
    t.equal(await times(`/v1/incidents/${incident}/edits/1`), 1, 'it was sent once');
    t.same(faults(), []);
  });

  await t.test('in a decision, since the key was revoked', async (t) => {
    const incident = await proposeIncident(contributor, 'Shot at the ford');
    const asked = { subject: 'a-reviewer', role: 'reviewer', kind: 'person', name: null, expiresAt: null };
    const { id, key, state } = expectStatus(await admin.send('POST', '/v1/keys', asked), 201);
    if (state === 'waiting') expectStatus(await client(url, keys.admin2).send('POST', `/v1/keys/${id}/confirm`), 200);
    const { page, faults } = await open(`/desk/edits/${incident}/1`, String(key));
    await page.getByLabel('Approve', { exact: true }).check();
    await page.locator('#f-decision-reason').fill(words);
    expectStatus(await admin.send('DELETE', `/v1/keys/${id}`), 200);
    await page.getByRole('button', { name: 'Send the decision' }).click();
    await signInAgain(page, keys.reviewer);
    await sendKept(page);
    await page.getByText('You approved it.').waitFor();
    t.ok((await times(`/v1/incidents/${incident}/edits/1`)) >= 1);
    t.same(faults(), []);
  });

  await t.test('in a proposal', async (t) => {
    const { page, faults } = await open('/desk/contribute/source', keys.contributor);
    const form = page.locator('form[data-draft="source"]');
    await form.getByLabel('Title').fill(words);
    await form.getByLabel('Publisher').fill('The Pier Post');
    await form.getByLabel('Text', { exact: true }).fill('An officer fired once at the pier.');
    await drop(page);
    await page.getByRole('button', { name: 'Register this source' }).click();
    await signInAgain(page, keys.contributor);
    await sendKept(page);
    await page.getByText(/^Registered: /).waitFor();
    const { items } = expectStatus(await contributor.get('/v1/sources?q=Written+for+an+hour'), 200) as { items: Json[] };
    t.equal(items.length, 1);

    await page.goto(`${url}/desk/contribute/claims?incident=new&source=${items[0]?.id}`);
    await page.getByLabel('Rationale').fill(words);
    await drop(page);
    await page.getByRole('button', { name: 'Propose this incident' }).click();
    await signInAgain(page, keys.contributor);
    await sendKept(page);
    await page.locator('.ds-error-summary').waitFor();
    t.equal(await page.getByLabel('Rationale').inputValue(), words, 'what is refused then is the form anew');
    t.same(faults(), []);
  });

  await t.test('in one of two tabs', async (t) => {
    const incident = await proposeIncident(contributor, 'Shot at the bridge');
    const { page, faults } = await open(`/desk/edits/${incident}/1`, keys.reviewer);
    await page.locator('#f-comment-text').fill(words);
    const other = await page.context().newPage();
    await other.goto(`${url}/desk/me`);
    await other.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL(`${url}/`);
    await other.goto(`${url}/sign-in`);
    await other.getByLabel('Your key').fill(keys.reviewer2);
    await other.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await other.waitForURL(`${url}/desk`);
    await page.getByRole('button', { name: 'Comment on the whole edit' }).click();
    await page.waitForURL(/did=/);
    t.match(await page.getByRole('main').textContent(), words, 'whoever has signed in since sends it');
    t.equal(await times(`/v1/incidents/${incident}/edits/1`), 1);
    t.same(faults(), []);
  });
});
