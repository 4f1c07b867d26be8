import { programOnPath, testFolder } from '@averment/platform/testing';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Owner } from '../e2e/server.ts';

/** Pages as somebody sees them: Debian's Chromium, without a window, in which nothing but the service itself can be reached. */

const program = process.env.CHROMIUM || programOnPath('chromium', 'chromium-browser');

/** Why tests that need a browser are skipped, or false where there is one. */
export const browserMissing: string | false = program === undefined ? 'there is no chromium on the PATH' : false;

/** A busy machine draws slowly. What is not on a page after these milliseconds does not come. */
const patience = 300_000;

export type Visit = {
  /** The page to open. */
  url: string;
  /** Of who opens it signed in. */
  key?: string;
  /** Further origins that may be asked, as that of who signs people in. */
  origins?: readonly string[];
  javaScript?: boolean;
  colorScheme?: 'light' | 'dark';
  reducedMotion?: 'reduce' | 'no-preference';
  /** Of the window, in CSS pixels. */
  width?: number;
  height?: number;
};

export type Visitor = {
  page: Page;
  /**
   * What went wrong so far, a line each: `outside` what was asked of others than the service, `policy` what the Content-Security-Policy forbade, `error`
   * what no script caught, `console` each other error there. That a page which was opened is missing is none.
   */
  faults(): string[];
};

/** Opens the browser with a profile of its own. Only where there is one: see `browserMissing`. Ended after the test. */
export const openBrowser = async (t: Owner): Promise<Browser> => {
  const folder = await testFolder(t);
  const first = await chromium.launchPersistentContext(folder, {
    executablePath: program,
    // Chromium has no sandbox for root.
    chromiumSandbox: process.getuid?.() !== 0,
    // Names lead nowhere, so what slips past the routes, as a preconnect does, ends here.
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    // A signal ends the test as it would without a browser, and the browser ends with the test.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  t.teardown(() => first.close());
  const browser = first.browser();
  if (browser === null) throw new Error('the browser did not open');
  return browser;
};

/** Somebody who opens a page, with cookies and a cache of their own. */
export const visitor = async (browser: Browser, visit: Visit): Promise<Visitor> => {
  const { url, javaScript = true, colorScheme = 'light', reducedMotion = 'reduce', width = 1280, height = 900 } = visit;
  const context = await browser.newContext({
    javaScriptEnabled: javaScript,
    viewport: { width, height },
    colorScheme,
    reducedMotion,
    locale: 'en-GB',
    timezoneId: 'UTC',
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(patience);
  const faults = await watch(context, [new URL(url).origin, ...(visit.origins ?? [])]);
  const page = await context.newPage();
  if (visit.key === undefined) await page.goto(url);
  else await signIn(page, new URL(url), visit.key);
  return { page, faults };
};

/** Signs in by the page for it, and goes on from there. */
const signIn = async (page: Page, { origin, pathname, search }: URL, key: string): Promise<void> => {
  await page.goto(`${origin}/sign-in?back=${encodeURIComponent(pathname + search)}`);
  await page.getByLabel('Your key').fill(key);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
};

/** Keeps a context from what is outside, and notes what goes wrong in it. */
const watch = async (context: BrowserContext, origins: readonly string[]): Promise<() => string[]> => {
  const faults: string[] = [];
  /** Addresses of which the console will say what is said already, or is no fault. */
  const known = new Set<string>();
  const isOutside = ({ origin, protocol }: URL) =>
    !['data:', 'blob:'].includes(protocol) && !origins.includes(origin.replace(/^ws/, 'http'));
  await context.route(isOutside, (route) => route.abort('blockedbyclient'));
  await context.routeWebSocket(isOutside, (socket) => {
    faults.push(`outside: ${socket.url()}`);
    return socket.close();
  });
  // A redirect is not routed once more.
  context.on('request', (request) => {
    if (!isOutside(new URL(request.url()))) return;
    known.add(request.url());
    faults.push(`outside: ${request.url()}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400 && response.request().isNavigationRequest()) known.add(response.url());
  });
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    if (message.text().startsWith('Failed to load resource') && known.has(url)) return;
    faults.push(`${message.text().includes('Content Security Policy') ? 'policy' : 'console'}: ${message.text()} (${url})`);
  });
  return () => [...faults];
};
