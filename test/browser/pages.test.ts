import t from 'tap';
import { startServer } from '../e2e/server.ts';
import { findings, keyboard, reflow } from './accessible.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';
import { namedPages, stateOf, visitOf } from './pages.ts';

t.test('everybody can use', { skip: browserMissing }, async (t) => {
  const server = await startServer(t);
  const state = await stateOf(server);
  const browser = await openBrowser(t);
  for (const named of namedPages) {
    t.test(named.title, async (t) => {
      const visit = visitOf(named, server, state);
      const { page, faults } = await visitor(browser, visit);
      const [opened] = await page.evaluate(() => performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]);
      t.equal(opened?.responseStatus, named.status ?? 200);
      t.same(await findings(page), [], 'axe finds nothing in the light scheme');
      t.same(await keyboard(page), [], 'all of it by keyboard');
      t.same(await reflow(page), [], 'nothing is lost where it is narrow');
      await page.emulateMedia({ colorScheme: 'dark' });
      t.same(await findings(page), [], 'axe finds nothing in the dark scheme');
      t.same(faults(), [], 'nothing outside is asked, and nothing goes wrong');
      await page.context().close();
    });
  }
});
