import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { JSHandle, Page } from 'playwright-core';

/** What keeps people from reading or using a page, as lines to read. Each of them takes a page that is open, and leaves it as it was. */

type Axe = { run(context: Document, options: RunOptions): Promise<AxeResults> };

const require = createRequire(import.meta.url);
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds against WCAG 2.2 AA and its own good practice: rule, element, and what to do. */
export const findings = async (page: Page): Promise<string[]> => {
  // What the debugger evaluates is not held to the page's policy.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate((values) => {
    // Without JavaScript no timer of a page ever ends, and axe puts off its work by them.
    if (matchMedia('(scripting: none)').matches) {
      Object.assign(window, { setTimeout: (run: () => void) => void Promise.resolve().then(run) });
    }
    const { axe } = window as unknown as { axe: Axe };
    return axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
  }, tags);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${help}. ${failureSummary.replaceAll(/\s+/g, ' ')}`),
  );
};

/** A function of the page that says which element is meant. */
const namesIn = (page: Page): Promise<JSHandle<(element: Element) => string>> =>
  page.evaluateHandle(() => (element: Element) => {
    const said = (element.getAttribute('aria-label') ?? element.textContent ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 40);
    const marks = [element.id && `#${element.id}`, ...[...element.classList].map((name) => `.${name}`)].join('');
    const field = element.getAttribute('name');
    return `<${element.localName}${marks}>${field === null ? '' : ` ${field}`}${said === '' ? '' : ` "${said}"`}`;
  });

/** Widths in CSS pixels at which nothing may be lost: a small telephone, and a window of 1280 at 200 % zoom. */
const narrow = [320, 640];

/** What scrolls the page sideways or is cut off in a narrow window. What scrolls within itself is neither. */
export const reflow = async (page: Page): Promise<string[]> => {
  const before = page.viewportSize();
  const name = await namesIn(page);
  const found: string[] = [];
  for (const width of narrow) {
    await page.setViewportSize({ width, height: before?.height ?? 900 });
    while ((await page.evaluate(() => document.documentElement.clientWidth)) !== width);
    found.push(...(await name.evaluate(lostIn, width)));
  }
  if (before !== null) await page.setViewportSize(before);
  return found;
};

/** Runs in the page. */
const lostIn = (name: (element: Element) => string, width: number): string[] => {
  const root = document.documentElement;
  const elements = [...document.querySelectorAll<HTMLElement>('body, body *:not(svg *)')].filter((element) => element.checkVisibility());
  const holds = (element: Element | null): boolean =>
    element !== null && element !== root && (getComputedStyle(element).overflowX !== 'visible' || holds(element.parentElement));
  const wide = elements.filter((element) => element.getBoundingClientRect().right > width + 1 && !holds(element.parentElement));
  const cuts = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
  const cut = elements.filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    // One pixel is for those who listen; a field scrolls within itself.
    if (clientWidth <= 1 || clientHeight <= 1 || element.matches('input, textarea, select, svg')) return false;
    return (cuts(overflowX) && scrollWidth > clientWidth + 1) || (cuts(overflowY) && scrollHeight > clientHeight + 1);
  });
  return [
    ...(root.scrollWidth > width
      ? [`at ${width} px the page is ${root.scrollWidth} px wide: ${wide.slice(0, 3).map(name).join(', ')}`]
      : []),
    ...cut.map((element) => `at ${width} px ${name(element)} is cut off`),
  ];
};

/** So often Tab may stay within one element: a field for a date and a time has that many parts. */
const mostParts = 10;

/** Goes through the page by Tab: what is not reached, where focus is not seen or is covered, and what does not let go. */
export const keyboard = async (page: Page): Promise<string[]> => {
  const walk = await page.evaluateHandle(beginWalk, await namesIn(page));
  for (let parts = 0; parts < mostParts; ) {
    await page.keyboard.press('Tab');
    const went = await walk.evaluate((walk) => walk.step());
    if (went === 'out') break;
    parts = went === 'on' ? 0 : parts + 1;
  }
  return await walk.evaluate((walk) => walk.end());
};

/** Runs in the page. Tab begins at its top. */
const beginWalk = (name: (element: Element) => string) => {
  const interactive =
    'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [contenteditable=true], [tabindex], ' +
    '[role=button], [role=link], [role=checkbox], [role=switch], [role=combobox], [role=textbox], [role=slider]';
  /** Of a composite, as a list of tabs is, one is reached by Tab and the others by arrows. */
  const byArrows = '[role=tab], [role=option], [role=radio], [role=menuitem], [role=treeitem], [role=gridcell]';
  const within = document.querySelector('dialog:modal') ?? document;
  const radios = [...within.querySelectorAll<HTMLInputElement>('input[type=radio]:enabled')];
  /** Of those that belong together, Tab reaches the one that is chosen, or else the first. */
  const isChosen = (element: Element): boolean => {
    const own = radios.find((radio) => radio === element);
    const group = radios.filter(({ name, form }) => name === own?.name && form === own.form);
    return (group.find(({ checked }) => checked) ?? group[0]) === element;
  };
  const isExpected = (element: HTMLElement): boolean => {
    if (element.matches(':disabled') || element.closest('[inert]') !== null) return false;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.getClientRects().length === 0) return false;
    if (element.matches('input[type=radio]')) return isChosen(element);
    if (element.localName === 'summary') return element === element.parentElement?.querySelector(':scope > summary');
    // Who only is given focus by a script or an address has no own meaning, as a heading.
    if (element.tabIndex < 0 && element.matches(byArrows)) return false;
    return element.tabIndex >= 0 || !element.matches('[tabindex]') || element.matches(interactive.replace(' [tabindex],', ''));
  };
  const expected = [...within.querySelectorAll<HTMLElement>(interactive)].filter(isExpected);

  /** All by which focus can be seen: that it is shown at all, as a link that skips, and outlines and shadows, also of what is right around it, as a field. */
  const lookOf = (element: Element): string => {
    const { right, width } = element.getBoundingClientRect();
    const drawn = [element, element.parentElement ?? element].flatMap((one) =>
      [undefined, '::before', '::after'].map((part) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one, part);
        const outlined = outlineStyle !== 'none' && outlineWidth !== '0px' && !/^(transparent|rgba\(.*, 0\))$/.test(outlineColor);
        return `${outlined ? `${outlineStyle} ${outlineWidth} ${outlineColor}` : ''} ${boxShadow}`;
      }),
    );
    return `${right > 0 && width > 1} ${drawn.join()}`;
  };
  /** Whether something else stands before the middle of what the window shows of it. */
  const isCovered = (element: Element): boolean =>
    [...element.getClientRects()].every(({ left, right, top, bottom }) => {
      const middle = (from: number, to: number, most: number) => (Math.max(from, 0) + Math.min(to, most)) / 2;
      const seen = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
      return seen === null || !(element.contains(seen) || seen.contains(element));
    });
  /** Ends what moves, so that a look is the one that stays. */
  const settle = () => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getTiming().iterations !== Number.POSITIVE_INFINITY) animation.finish();
  };

  const looks = new Map<Element, string>();
  const faults: string[] = [];
  let at: Element | null = null;

  (document.activeElement as HTMLElement | null)?.blur();
  const top = document.body.getAttribute('tabindex');
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.blur();
  if (top === null) document.body.removeAttribute('tabindex');

  return {
    step: (): 'on' | 'stays' | 'out' => {
      settle();
      const active = document.activeElement;
      if (at !== null && at !== active && looks.get(at) === lookOf(at)) faults.push(`focus on ${name(at)} is not seen`);
      const came = active === null || active === document.body || active === document.documentElement ? null : active;
      if (came === null || (came !== at && looks.has(came))) {
        const isRound = came === null || came === looks.keys().next().value;
        if (!isRound && at !== null) faults.push(`Tab goes from ${name(at)} back to ${name(came)}`);
        at = null;
        return 'out';
      }
      if (came === at) return 'stays';
      at = came;
      looks.set(came, lookOf(came));
      if (isCovered(came)) faults.push(`${name(came)} is covered while it has focus`);
      return 'on';
    },
    end: (): string[] => [
      ...faults,
      ...(at === null ? [] : [`Tab does not leave ${name(at)}`]),
      ...expected.filter((element) => !looks.has(element)).map((element) => `Tab does not reach ${name(element)}`),
    ],
  };
};
