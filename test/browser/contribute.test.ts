import type { Page } from 'playwright-core';
import t from 'tap';
import { client, expectStatus } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { findings, keyboard, reflow } from './accessible.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';

/** What JavaScript adds to the forms of contributors, and that they can be used without it and by everybody. */

const text =
  'Two officers of the harbour police stopped a boat on Tuesday evening. The harbour police said that the boat drove at the officers before one of them fired twice. A fisherman said that the boat was drifting away. Nobody else said that the boat was drifting away.';

t.test('contributing in a browser', { skip: browserMissing }, async (t) => {
  const { url, keys } = await startServer(t);
  const browser = await openBrowser(t);
  const api = client(url, keys.contributor);
  const sent = { kind: 'article', title: 'Shots at the quay', publisher: 'The Quay Post', language: 'en', text };
  const source = expectStatus(await api.send('POST', '/v1/sources', sent), 201).id as string;
  const address = `${url}/desk/contribute/claims?source=${source}&incident=new`;
  const open = (path: string, options: { javaScript?: boolean; colorScheme?: 'dark' } = {}) =>
    visitor(browser, { url: path, key: keys.contributor, ...options });

  const quote = (page: Page, row = 0) => page.locator(`[name="c1.citations.${row}.quote.exact"]`);
  /** Until the page that has it has loaded its scripts: what is done before runs none of them. */
  const loaded = async (page: Page, name: string): Promise<void> => {
    await page.locator(`[name="${name}"]`).waitFor();
    await page.waitForLoadState();
  };
  /** Selects a passage of the text with the keys, as somebody who has no mouse. */
  const selectByKeys = async (page: Page, from: number, length: number): Promise<void> => {
    await page.locator('#source-text').focus();
    await page.keyboard.press('Control+Home');
    for (let at = 0; at < from; at++) await page.keyboard.press('ArrowRight');
    await page.keyboard.down('Shift');
    for (let at = 0; at < length; at++) await page.keyboard.press('ArrowRight');
    await page.keyboard.up('Shift');
  };

  await t.test('a passage that is selected is filled into the quote', async (t) => {
    const { page, faults } = await open(address);
    await page.locator('#source-text').click({ position: { x: 40, y: 20 }, clickCount: 2 });
    await page.waitForFunction(() => document.querySelector('#selected')?.textContent !== '');
    const word = await quote(page).inputValue();
    t.ok(/^\w+$/.test(word) && text.includes(word), `a word by a double click: ${word}`);
    await selectByKeys(page, 0, 12);
    t.equal(await quote(page).inputValue(), 'Two officers', 'by keys, in the place of what was selected before');
    t.match(await page.locator('#selected').textContent(), 'Quoted in 1. New claim: “Two officers”', 'and it is told');

    await page.getByRole('button', { name: 'Add another quotation' }).click();
    await loaded(page, 'c1.citations.1.quote.exact');
    await quote(page, 1).focus();
    const twice = 'the boat was drifting away';
    await selectByKeys(page, text.lastIndexOf(twice), twice.length);
    t.equal(await quote(page, 1).inputValue(), twice, 'into the quote that was gone into');
    t.equal(await quote(page).inputValue(), 'Two officers');
    t.match(await page.locator('[name="c1.citations.1.quote.prefix"]').inputValue(), /Nobody else said that$/, 'which of two places');
    await quote(page, 1).fill('written by hand');
    await selectByKeys(page, 0, 3);
    await page.keyboard.type('x');
    t.equal(await page.locator('#source-text').inputValue(), text, 'and the text itself cannot be changed');
    t.equal(await quote(page, 1).inputValue(), 'written by hand', 'what somebody wrote is not replaced');
    t.match(await page.locator('#selected').textContent(), 'Every quote is written already');
    t.same(faults(), []);
  });

  await t.test('what an aspect takes is shown as soon as it is chosen', async (t) => {
    const { page, faults } = await open(address);
    const aspect = page.getByLabel('Aspect: what it speaks of');
    await aspect.selectOption('shots_fired');
    await page.getByLabel('Value: the number').waitFor();
    t.equal(await aspect.evaluate((select) => select === document.activeElement), true, 'and the focus stays');
    await aspect.selectOption('vehicle_motion');
    await page.getByLabel('Value: is it so?').waitFor();
    t.same(faults(), []);
  });

  await t.test('a draft is kept, offered, restored, and gone once it was sent', async (t) => {
    const { page, faults } = await open(address);
    await page.getByLabel('Title', { exact: true }).fill('Shots at a boat');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await loaded(page, 'c2.statement');
    await page.locator('[name="c2.statement"]').fill('A fisherman says that the boat drifted.');
    await page.goto(`${url}/`);
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    t.match(kept, 'A fisherman says that the boat drifted.');
    t.notMatch(kept, /_csrf|idempotencyKey/);
    await page.goto(address);
    t.match(await page.getByText(/A draft of/).textContent(), 'in this browser alone');
    t.equal(await page.locator('[name="c2.statement"]').count(), 0);
    await page.getByRole('button', { name: 'Restore it' }).click();
    await page.locator('[name="c2.statement"]').waitFor();
    t.equal(await page.locator('[name="c2.statement"]').inputValue(), 'A fisherman says that the boat drifted.');
    t.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Shots at a boat');
    t.equal(await page.getByText(/A draft of/).count(), 0);
    await page.goto(address);
    await page.getByRole('button', { name: 'Throw it away' }).click();
    await page.goto(address);
    await page.locator('#source-text').waitFor();
    t.equal(await page.getByText(/A draft of/).count(), 0);

    await page.goto(`${url}/desk/contribute/source`);
    const paste = page.locator('form[data-draft="source"]');
    await paste.getByLabel('Title').fill('Another note');
    await page.reload();
    await page.getByRole('button', { name: 'Restore it' }).click();
    t.equal(await paste.getByLabel('Title').inputValue(), 'Another note');
    await paste.getByLabel('Text', { exact: true }).fill('An officer fired once at the quay.');
    await page.getByRole('button', { name: 'Register this source' }).click();
    await page.getByText(/^Registered: /).waitFor();
    t.notMatch(await page.evaluate(() => JSON.stringify(localStorage)), 'Another note');
    t.same(faults(), []);
  });

  await t.test('without JavaScript', async (t) => {
    const { page, faults } = await open(address, { javaScript: false });
    await page.getByLabel('Aspect: what it speaks of').selectOption('shots_fired');
    await page.getByRole('button', { name: 'Show what this aspect takes' }).click();
    await page.getByLabel('Value: the number').fill('2');
    await quote(page).fill('fired twice');
    await page.getByRole('button', { name: 'Propose this incident' }).click();
    await page.locator('.ds-error-summary').waitFor();
    t.equal(await quote(page).inputValue(), 'fired twice', 'nothing is lost');
    t.same(await findings(page), [], 'a form with all that is wrong in it');
    t.same(faults(), []);
  });

  await t.test('by everybody', async (t) => {
    for (const path of [`${url}/desk/contribute`, `${url}/desk/contribute/source`, `${address}`]) {
      const { page, faults } = await open(path);
      if (path === address) {
        await page.getByLabel('Aspect: what it speaks of').selectOption('age');
        await page.getByLabel('Value: the number').waitFor();
        await page.evaluate(() => {
          for (const closed of document.querySelectorAll('details')) closed.open = true;
        });
      }
      t.same(await findings(page), [], path);
      t.same(await keyboard(page), [], `${path} by keyboard`);
      t.same(await reflow(page), [], `${path} where it is narrow`);
      t.same(faults(), []);
    }
    const { page } = await open(address, { colorScheme: 'dark' });
    t.same(await findings(page), [], 'in the dark scheme');
  });
});
