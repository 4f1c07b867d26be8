import { commandLine } from '@averment/platform';
import { startServer } from '../e2e/server.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';
import { namedPages, stateOf, visitOf } from './pages.ts';
import { picture, pictureSize } from './picture.ts';

const usage = `npm run screenshots -- [<name>...]

Starts a service with the samples, and makes the pictures of its pages in docs/desk, or of those that are named. It needs Chromium.`;

const { read, refuse } = commandLine('npm run screenshots', usage);
const { positionals: names } = read({}, { positionals: Number.POSITIVE_INFINITY });
const unknown = names.find((name) => !namedPages.some((page) => page.name === name));
if (unknown !== undefined) refuse(`there is no page ${unknown}; there are ${namedPages.map(({ name }) => name).join(', ')}`);
if (browserMissing !== false) refuse(browserMissing);

const endings: (() => Promise<void> | void)[] = [];
const owner = { teardown: (run: () => Promise<void> | void) => void endings.unshift(run) };
try {
  const server = await startServer(owner);
  const state = await stateOf(server);
  const browser = await openBrowser(owner);
  for (const named of namedPages.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { page } = await visitor(browser, { ...visitOf(named, server, state), ...pictureSize });
    console.log(await picture(page, named.name));
    await page.context().close();
  }
} finally {
  for (const end of endings) await end();
}
