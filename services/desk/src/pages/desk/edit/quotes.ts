import type { Schemas } from '@averment/client';
import { type Html, html } from '../../../html.ts';
import { inContext, quotation, safeText } from '../../../parts/text.ts';
import type { Known } from './known.ts';

type Citation = Schemas['Citation'];

const passage = ({ source, revision, quote, position, scene }: Citation, known: Known): Html => {
  if (quote === null) return html`<p>${scene === null ? 'What was quoted here was erased.' : safeText(scene)}</p>`;
  const text = known.text(source, revision);
  const lang = known.sources.get(source)?.language ?? null;
  if (text === null || position === null) return quotation(quote.exact, lang);
  try {
    return inContext(text, position.start, position.end, { around: 200, lang });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return html`${quotation(quote.exact, lang)}<p>It does not stand at the place that the citation names.</p>`;
  }
};

/** Each quotation, marked in the text that it is of. */
export const quotes = (citations: readonly Citation[], known: Known): Html | null =>
  citations.length === 0
    ? null
    : html`<div class="stack">${citations.map((cited) => {
        const { source, revision, page, part, from, to } = cited;
        const publisher = known.sources.get(source)?.publisher;
        const where = [
          page !== null && `page ${page}`,
          part,
          from !== null && `from ${from} s`,
          to !== null && `to ${to} s`,
          `text ${revision}`,
        ];
        return html`<figure class="cited">${passage(cited, known)}<figcaption>${known.thing(source)}${publisher && html`, ${safeText(publisher)}`}, ${where.filter(Boolean).join(', ')}</figcaption></figure>`;
      })}</div>`;
