import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { link } from './list.ts';
import { languageName } from './names.ts';
import { quotation, safeText } from './text.ts';

/** What a page needs to know of a source in order to name it. */
export type CitedSource = { id: string; title: string | null; publisher: string | null; language: string | null };

const scene = (from: number | null, to: number | null): string => (from === null ? '' : `, ${from} s${to === null ? '' : ` to ${to} s`}`);

/** Where something is written: the quotation in its language, and its source. `sources` are those that the record names, by their ids. */
export const citation = (cited: Schemas['Citation'], sources: ReadonlyMap<string, CitedSource>): Html => {
  const { source, quote, page, part, from, to, revision } = cited;
  const known = sources.get(source);
  const named = known?.title ?? 'a source whose title is withheld';
  const where = [page !== null && `page ${page}`, part, revision > 1 && `text ${revision}`].filter(Boolean).join(', ');
  return html`<figure class="cited">${
    quote !== null
      ? html`${quotation(quote.exact, known?.language ?? null)}${quote.shortened && html`<p class="aside">The quotation is shortened here.</p>`}`
      : cited.scene !== null && html`<p>${safeText(cited.scene)}${scene(from, to)}</p>`
  }<figcaption>${link(`/sources/${source}`, safeText(named))}${known?.publisher && html`, ${safeText(known.publisher)}`}${where && html`, ${where}`}${known?.language && known.language !== 'en' && html`, in ${languageName(known.language)}`}</figcaption></figure>`;
};

export const citations = (all: readonly Schemas['Citation'][], sources: ReadonlyMap<string, CitedSource>): Html =>
  html`${all.map((one) => citation(one, sources))}`;
