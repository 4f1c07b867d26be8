import { commandLine } from '@averment/platform';
import { startServer } from '../e2e/server.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';
import { picture, pictureSize } from './picture.ts';
import { tellStory } from './story.ts';

const usage = `npm run tour:desk

Starts a service with the samples, tells the story of docs/desk.md in Chromium, from an article to the record and its past, and makes its pictures in docs/desk.`;

const { read, refuse } = commandLine('npm run tour:desk', usage);
read({});
if (browserMissing !== false) refuse(browserMissing);

const endings: (() => Promise<void> | void)[] = [];
const owner = { teardown: (run: () => Promise<void> | void) => void endings.unshift(run) };
try {
  const { url, keys } = await startServer(owner);
  const browser = await openBrowser(owner);
  await tellStory({
    keys,
    open: async () => (await visitor(browser, { url, ...pictureSize })).page,
    scene: async ({ name, title, page }) => console.log(`${title}: ${await picture(page, name)}`),
  });
} finally {
  for (const end of endings) await end();
}
