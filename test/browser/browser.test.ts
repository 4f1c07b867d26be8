import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { findings, keyboard, reflow } from './accessible.ts';
import { browserMissing, openBrowser, type Visit, visitor } from './browser.ts';

/** That the kit finds what is planted, and nothing on a page without fault: the tests of the pages can fail. */

t.test('the kit', { skip: browserMissing }, async (t) => {
  const style = `
    body { font-family: sans-serif; color: #222; background: #fff } a, button, input { outline-offset: 2px; min-height: 24px }
    .faint { color: #bbb } .wide { width: 700px } .scrolls { overflow-x: auto }
    .cut { width: 100px; overflow: hidden; white-space: nowrap } .heard { position: absolute; width: 1px; height: 1px; overflow: hidden }
    .unseen:focus { outline: none } .tall { height: 3000px } .skip { position: absolute; width: 1px; overflow: hidden } .skip:focus { outline: none; width: auto } .curtain { position: fixed; inset: 0; background: #fff }
    .coloured { color: #fff; background: #000 } @media (prefers-color-scheme: dark) { .coloured { color: #333 } }`;
  const pages = new Map<string, { main: string; script?: string }>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const { main, script } = pages.get(path.replace(/\.(js|css)$/, '')) ?? {};
    if (main === undefined) return response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Missing</title>');
    if (path === '/away') return response.writeHead(302, { location: 'http://elsewhere.example/there' }).end();
    if (path.endsWith('.css')) return response.writeHead(200, { 'content-type': 'text/css' }).end(style);
    if (path.endsWith('.js')) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    return response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'; img-src * data:; connect-src *",
      })
      .end(
        `<!doctype html><html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
         <link rel="stylesheet" href="${path}.css"></head><body><main><h1>A page</h1>${main}</main>${script === undefined ? '' : `<script src="${path}.js"></script>`}</body></html>`,
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await openBrowser(t);

  let count = 0;
  /** Opens a page with this in its main part. */
  const open = (main: string, { script, ...visit }: Partial<Visit> & { script?: string } = {}) => {
    const path = `/${++count}`;
    pages.set(path, { main, ...(script === undefined ? {} : { script }) });
    return visitor(browser, { url: `${origin}${path}`, ...visit });
  };

  t.test('a page without fault', async (t) => {
    const { page, faults } = await open(
      `<a class="skip" href="#on">Skip</a><p>Some words, and <span class="heard">words that are only heard</span>.</p>
       <div class="scrolls" tabindex="0" role="region" aria-label="Wide"><div class="wide tall">As wide as a table</div></div>
       <form><label>Day <input type="date" name="day"></label>
       <fieldset><legend>Which</legend><label><input type="radio" name="which" value="a"> a</label> <label><input type="radio" name="which" value="b"> b</label></fieldset>
       <button type="button" disabled>Later</button> <button>Send</button></form>
       <form><fieldset><legend>Which again</legend><label><input type="radio" name="which" value="a"> c</label> <label><input type="radio" name="which" value="b" checked> d</label></fieldset></form>
       <details><summary>More</summary><a href="/2">A link that is not shown</a></details><p id="on">Then go <a href="/2">on</a>.</p>`,
    );
    t.same(await findings(page), []);
    t.same(await reflow(page), []);
    t.same(await keyboard(page), []);
    t.same(faults(), []);
    t.same(page.viewportSize(), { width: 1280, height: 900 }, 'the window is as it was');
  });

  t.test('the same without JavaScript', async (t) => {
    const { page, faults } = await open('<p class="faint">Faint</p><p class="wide">Wide</p><a href="/2">On</a>', {
      javaScript: false,
      script: 'document.title = "Run"',
    });
    t.equal(await page.title(), 'A page');
    t.match(await findings(page), [/^color-contrast: \.faint: /]);
    t.match(await reflow(page), [/^at 320 px the page is \d+ px wide: <p.wide> "Wide"$/, /^at 640 px /]);
    t.same(await keyboard(page), []);
    t.same(faults(), []);
  });

  t.test('what axe finds', async (t) => {
    const { page, faults } = await open(
      '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="><p class="faint">Hardly seen</p>',
    );
    t.match(await findings(page), [/^color-contrast: p: .*Fix any/, /^image-alt: img: .*alt/]);
    t.same(faults(), [], 'though the page allows no script of others');
  });

  t.test('in the dark scheme too', async (t) => {
    const main = '<p class="coloured">Seen by day</p>';
    t.same(await findings((await open(main)).page), []);
    t.match(await findings((await open(main, { colorScheme: 'dark' })).page), [/^color-contrast: p: /]);
  });

  t.test('what does not fit', async (t) => {
    const { page } = await open('<p class="cut">Words that are longer than the place they have</p><p class="wide">Wide</p>');
    t.match(await reflow(page), [
      /^at 320 px the page is \d+ px wide: <p.wide> "Wide"$/,
      /^at 320 px <p.cut> "Words that are longer .* is cut off$/,
      /^at 640 px the page is /,
      /^at 640 px <p.cut> /,
    ]);
  });

  t.test('where the keyboard fails', async (t) => {
    const of = async (main: string, script?: string) => await keyboard((await open(main, script === undefined ? {} : { script })).page);
    const two = '<button id="one">One</button><button id="two">Two</button><button id="three">Three</button>';
    t.same(
      await of(two, `one.addEventListener('keydown', (event) => event.key === 'Tab' && event.preventDefault())`),
      ['Tab does not leave <button#one> "One"', 'Tab does not reach <button#two> "Two"', 'Tab does not reach <button#three> "Three"'],
      'a trap',
    );
    t.same(
      await of(two, `three.addEventListener('focus', () => two.focus())`),
      ['Tab does not leave <button#two> "Two"', 'Tab does not reach <button#three> "Three"'],
      'a step back',
    );
    t.same(
      await of(two, `three.addEventListener('keydown', (event) => { if (event.key === 'Tab') { event.preventDefault(); two.focus() } })`),
      ['Tab goes from <button#three> "Three" back to <button#two> "Two"'],
      'a circle',
    );
    t.same(
      await of('<button tabindex="-1">One</button><span role="button">Two</span><a href="/2">On</a>'),
      ['Tab does not reach <button> "One"', 'Tab does not reach <span> "Two"'],
      'passed over',
    );
    t.same(await of('<a class="unseen" href="/2">On</a><a href="/2">On</a>'), ['focus on <a.unseen> "On" is not seen']);
    t.same(await of('<a href="/2">On</a><div class="curtain"></div>'), ['<a> "On" is covered while it has focus']);
  });

  t.test('what is asked of others is told, and does not arrive', async (t) => {
    const other = createServer((_request, response) => {
      t.fail('it arrived');
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    t.teardown(() => void other.close());
    const near = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { page, faults } = await open(`<img alt="A picture" src="http://${near}/picture.png"><a href="/away">Away</a>`, {
      script: `new WebSocket('ws://${near}/socket')`,
    });
    pages.set('/away', { main: '' });
    await t.rejects(page.goto(`${origin}/away`));
    t.same(
      faults().sort(),
      ['outside: http://127.0.0.1:0/picture.png', 'outside: http://elsewhere.example/there', 'outside: ws://127.0.0.1:0/socket'].map(
        (line) => line.replace('127.0.0.1:0', near),
      ),
    );
  });

  t.test('an origin that is named may be asked', async (t) => {
    const arrived = Promise.withResolvers<void>();
    const other = createServer((_request, response) => {
      arrived.resolve();
      response.writeHead(200, { 'content-type': 'image/gif' }).end(Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64'));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    t.teardown(() => void other.close());
    const near = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { faults } = await open(`<img alt="A picture" src="${near}/picture.gif">`, { origins: [near] });
    await arrived.promise;
    t.same(faults(), []);
  });

  t.test('what the policy forbids, and errors', async (t) => {
    const { faults } = await open('<p style="color: red">Red</p><script>document.title = "Run"</script>', {
      script: 'console.error("told"); fetch("/missing"); throw new Error("thrown")',
    });
    while (faults().length < 5) await setImmediate();
    t.match(faults().sort(), [
      /^console: Failed to load resource: .* 404 .*\/missing\)$/,
      /^console: told/,
      /^error: thrown/,
      /^policy: .*inline style/,
      /^policy: .*inline script/,
    ]);
  });

  t.test('that a page is missing is no fault of it', async (t) => {
    const { page, faults } = await visitor(browser, { url: `${origin}/nothing` });
    t.equal(await page.title(), 'Missing');
    await page.evaluate(() => fetch('/nothing-too'));
    t.match(faults(), [/nothing-too/], 'of what it asks for it is');
  });

  t.test('each visitor has cookies and a window of their own', async (t) => {
    const one = await open('<p>One</p>', { width: 400 });
    const two = await open('<p>Two</p>', { reducedMotion: 'no-preference' });
    await one.page.context().addCookies([{ name: 'who', value: 'one', url: origin }]);
    t.equal(await two.page.evaluate(() => document.cookie), '');
    t.equal(await one.page.evaluate(() => innerWidth), 400);
    t.same(await Promise.all([one, two].map(({ page }) => page.evaluate(() => matchMedia('(prefers-reduced-motion)').matches))), [
      true,
      false,
    ]);
  });

  t.test('letters are drawn', async (t) => {
    const { page } = await open('<p><span id="i">iii</span> <span id="w">WWW</span> <span id="hebrew">עברית</span></p>');
    const session = await page.context().newCDPSession(page);
    await session.send('DOM.enable');
    await session.send('CSS.enable');
    const { root } = await session.send('DOM.getDocument');
    const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'p' });
    const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
    t.ok(fonts.reduce((sum, { glyphCount }) => sum + glyphCount, 0) >= 13, JSON.stringify(fonts));
    const widths = await page.evaluate(() => ['i', 'w'].map((id) => document.getElementById(id)?.getBoundingClientRect().width ?? 0));
    t.ok((widths[0] ?? 0) > 0 && (widths[1] ?? 0) > 2 * (widths[0] ?? 0), 'each as wide as it is');
  });
});
