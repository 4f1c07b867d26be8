import type { Assets } from './assets.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';
import type { Me } from './session.ts';

export type Frame = { page: Page; me: Me | null; assets: Assets; origin: string; here: string };

type Place = { href: string; text: string };
const everybodys: readonly Place[] = [
  { href: '/incidents', text: 'Incidents' },
  { href: '/corrections', text: 'Corrections' },
  { href: '/sources', text: 'Sources' },
  { href: '/parties', text: 'People and bodies' },
  { href: '/about', text: 'About' },
];
const desks: Readonly<Record<string, readonly Place[]>> = {
  app: [],
  contributor: [
    { href: '/desk', text: 'Desk' },
    { href: '/desk/contribute', text: 'Contribute' },
    { href: '/desk/erasures', text: 'Erasures' },
  ],
  reviewer: [
    { href: '/desk', text: 'Desk' },
    { href: '/desk/queue', text: 'Queue' },
    { href: '/desk/contribute', text: 'Contribute' },
    { href: '/desk/statistics', text: 'Statistics' },
    { href: '/desk/erasures', text: 'Erasures' },
  ],
  auditor: [
    { href: '/desk', text: 'Desk' },
    { href: '/desk/queue', text: 'Queue' },
    { href: '/desk/statistics', text: 'Statistics' },
    { href: '/desk/audit', text: 'Audit' },
    { href: '/desk/erasures', text: 'Erasures' },
  ],
  admin: [
    { href: '/desk', text: 'Desk' },
    { href: '/desk/admin', text: 'Operations' },
    { href: '/desk/erasures', text: 'Erasures' },
  ],
};

/** The whole document around what a page says. */
export const frame = ({ page, me, assets, origin, here }: Frame): Html => {
  const { title, above = [], scripts = [] } = page;
  const [path = here] = here.split('?');
  const link = ({ href, text }: Place) => {
    const current = path === href ? 'page' : path.startsWith(`${href}/`) && href !== '/desk' ? 'true' : null;
    return html`<li><a class="ds-link" href="${href}"${current && html` aria-current="${current}"`}>${text}</a></li>`;
  };
  return html`<!doctype html>
<html lang="en" data-color-scheme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Averment</title>
${page.description && html`<meta name="description" content="${page.description}"><meta property="og:description" content="${page.description}">`}
<meta property="og:title" content="${title}">
<meta property="og:site_name" content="Averment">
<meta property="og:type" content="article">
<meta property="og:url" content="${origin}${here}">
<link rel="canonical" href="${origin}${here}">
<link rel="icon" href="${assets.href('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.href('desk.css')}">
${page.head}
${scripts.map((name) => html`<script type="module" src="${assets.href(`${name}.js`)}"></script>`)}
</head>
<body>
<a class="ds-skip-link" href="#main">Skip to the content</a>
<header class="site">
<div class="wide">
<p class="site-name"><a href="/">Averment</a> <span>a record of contested incidents</span></p>
<form class="site-search" role="search" action="/incidents" method="get"><label for="site-q" class="ds-sr-only">Search incidents</label><input class="ds-input" id="site-q" type="search" name="q" autocomplete="off" placeholder="Search incidents"><button class="ds-button" data-variant="secondary" data-size="sm" type="submit">Search</button></form>
<nav aria-label="Main"><ul>${everybodys.map(link)}${me && desks[me.role]?.map(link)}${
    me
      ? html`<li class="who"><a class="ds-link" href="/desk/me">${me.subject} (${me.role})</a></li>`
      : html`<li class="who"><a class="ds-link" rel="nofollow" href="/sign-in?back=${encodeURIComponent(path.startsWith('/sign-in') ? '/desk' : here)}">Sign in</a></li>`
  }</ul></nav>
</div>
</header>
${
  above.length > 0 &&
  html`<nav class="ds-breadcrumbs wide" aria-label="Where this page stands"><ol>${above.map(({ href, text }) => html`<li><a class="ds-link" href="${href}">${text}</a></li>`)}</ol></nav>`
}
<main id="main" class="wide" tabindex="-1">
${page.heading ?? html`<h1 class="ds-heading" data-size="lg">${title}</h1>`}
${page.body}
</main>
<footer class="site wide"><p>What people say is told as what they say. Nothing here is deleted in silence: <a class="ds-link" href="/corrections">corrections</a>, <a class="ds-link" href="/takedowns">takedowns</a>, <a class="ds-link" href="/docs">the API</a>.</p></footer>
</body>
</html>`;
};
