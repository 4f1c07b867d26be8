import t from 'tap';
import { proposeIncident } from '../desk/proposing.ts';
import { client } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { findings, reflow } from './accessible.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';

/** Reviewers at work: by keys, at once, with a queue that stays as it is now, and without JavaScript. */

t.test('the review in a browser', { skip: browserMissing }, async (t) => {
  const { url, keys } = await startServer(t);
  const contributor = client(url, keys.contributor);
  const browser = await openBrowser(t);
  const as = (key: string, path: string, javaScript = true) => visitor(browser, { url: `${url}${path}`, key, javaScript });

  t.test('by keys alone, of which none decides', async (t) => {
    await proposeIncident(contributor, 'Shot at the weir');
    const { page, faults } = await as(keys.reviewer, '/desk/queue?q=weir');
    const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('href'));
    await page.keyboard.press('j');
    const href = await page.locator('[data-row]').first().getAttribute('href');
    t.equal(await focused(), href, 'j goes to the first edit');
    await page.keyboard.press('o');
    await page.waitForURL(`${url}${href}`);

    await page.keyboard.press('a');
    t.equal(await focused(), 'f-decision-reason');
    t.ok(await page.getByLabel('Approve', { exact: true }).isChecked());
    await page.keyboard.type('rack? so');
    t.equal(await page.locator('#f-decision-reason').inputValue(), 'rack? so', 'in a field they are letters');
    t.ok(await page.getByLabel('Approve', { exact: true }).isChecked());
    t.equal(page.url(), `${url}${href}`, 'and nothing was sent');

    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('r');
    t.ok(await page.getByLabel('Request changes').isChecked());
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('c');
    t.equal(await focused(), 'f-comment-text');

    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    const list = page.getByRole('dialog', { name: 'Keys on this page' });
    await list.waitFor();
    t.same(await findings(page), []);
    await list.getByLabel('Single keys are on').uncheck();
    await list.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await page.keyboard.press('c');
    t.not(await focused(), 'f-comment-text', 'they stay switched off');
    await page.getByRole('button', { name: 'Keyboard' }).click();
    await list.waitFor();
    t.same(faults(), []);
  });

  t.test('a queue that stays as it is now', async (t) => {
    await proposeIncident(contributor, 'Shot at the quay');
    const { page, faults } = await as(keys.reviewer, '/desk/queue?q=quay');
    await page.clock.install();
    await page.reload();
    await page.keyboard.press('j');
    const href = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    await proposeIncident(contributor, 'Another shot at the quay');
    await page.clock.runFor(15_000);
    await page.getByRole('status').filter({ hasText: '1 new' }).waitFor();
    t.equal(await page.locator('[data-row]').count(), 2);
    t.equal(await page.evaluate(() => document.activeElement?.getAttribute('href')), href, 'the edit that had the focus has it still');
    t.same(faults(), []);
  });

  t.test('two reviewers at once: the later one is told, and loses nothing', async (t) => {
    const path = `/desk/edits/${await proposeIncident(contributor, 'Shot at the mill')}/1`;
    const [one, two] = [await as(keys.reviewer, path), await as(keys.reviewer2, path)];
    for (const [{ page }, reason] of [
      [two, 'Compared with the note.'],
      [one, 'A long reason, which is not to be lost.'],
    ] as const) {
      await page.getByLabel('Approve', { exact: true }).check();
      await page.locator('#f-decision-reason').fill(reason);
      await page.getByRole('button', { name: 'Send the decision' }).click();
      await page.waitForURL(/decision$|did=/);
    }
    await one.page.getByRole('heading', { name: 'What happened meanwhile' }).waitFor();
    t.match(await one.page.getByRole('main').textContent(), 'Compared with the note.');
    t.equal(await one.page.locator('#f-decision-reason').inputValue(), 'A long reason, which is not to be lost.');
    t.same(await findings(one.page), []);
    t.same(await reflow(one.page), []);
    await one.page.getByRole('button', { name: 'Send the decision' }).click();
    await one.page.getByText('the edit is in the record now').waitFor();
    t.same([...one.faults(), ...two.faults()], []);
  });

  t.test('without JavaScript', async (t) => {
    const path = `/desk/edits/${await proposeIncident(contributor, 'Shot at the dam')}/1`;
    const { page, faults } = await as(keys.reviewer, '/desk/queue?q=dam', false);
    await page.getByRole('link', { name: 'Shot at the dam, edit 1' }).click();
    await page.getByRole('button', { name: 'Hold it while you read' }).click();
    await page.getByText('You hold it until').waitFor();
    await page.getByLabel('Request changes').check();
    await page.locator('#f-decision-reason').fill('Say since when.');
    await page.getByRole('button', { name: 'Send the decision' }).click();
    await page.getByText('You requested changes.').waitFor();
    t.ok(page.url().startsWith(`${url}${path}`));
    t.notOk(await page.locator('#keys-open').isVisible(), 'without JavaScript there are no keys');
    t.same(faults(), []);
  });
});
