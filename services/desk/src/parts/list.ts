import { type Html, html } from '../html.ts';

/** A link, as it stands in texts. */
export const link = (href: string, text: string | Html): Html => html`<a class="ds-link" href="${href}">${text}</a>`;

/** A short word about a thing, with a colour that repeats what it says. */
export const tag = (text: string, color: 'neutral' | 'info' | 'success' | 'warning' | 'danger' = 'neutral'): Html =>
  html`<span class="ds-tag" data-color="${color}">${text}</span>`;

/** A message that is part of the page. */
export const notice = (inside: Html, color: 'info' | 'success' | 'warning' | 'danger' = 'info'): Html =>
  html`<div class="ds-alert" data-color="${color}">${inside}</div>`;

/** What is wider than a narrow screen and scrolls by itself; it can be reached and scrolled by keyboard. */
export const scrolls = (name: string, inside: Html): Html =>
  html`<div class="scrolls" role="region" aria-label="${name}" tabindex="0">${inside}</div>`;

/** A table with a caption, a header for each column, and the first cell of each row as the row's. */
export const table = (caption: string, columns: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  scrolls(
    caption,
    html`<table class="ds-table" data-border><caption>${caption}</caption><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows.map(
      ([first, ...others]) => html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>`,
    )}</tbody></table>`,
  );

/** What is told of a thing, name by name; what is null is left out. */
export const facts = (all: readonly (readonly [string, string | Html | null | undefined])[]): Html =>
  html`<dl class="facts">${all.map(([name, value]) => value !== null && value !== undefined && value !== '' && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Where a list goes on: the same address with the cursor of the next page. */
export const nextPage = (here: string, next: string | null): Html | null => {
  if (next === null) return null;
  const url = new URL(here, 'http://x.invalid');
  url.searchParams.set('cursor', next);
  return html`<nav aria-label="Pages of the list"><a class="ds-button" data-variant="secondary" rel="next" href="${url.pathname}${url.search}">Further</a></nav>`;
};

/** What of an address's query the API takes: those of these names that say something. */
export const asked = <N extends string>(query: URLSearchParams, names: readonly N[]): Partial<Record<N, string>> =>
  Object.fromEntries(names.map((name) => [name, query.get(name)?.trim()] as const).filter(([, value]) => value)) as Partial<
    Record<N, string>
  >;
