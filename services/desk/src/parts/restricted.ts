import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { day } from './dates.ts';
import { notice } from './list.ts';

/** What of a source or party is kept from sight, by decisions that the document lists. */
export const restrictedNotice = (restricted: NonNullable<Schemas['Source']['restricted']>): Html =>
  notice(
    html`<p>Some of it is kept from sight:</p><ul class="ds-list">${restricted.map(({ pointer, on, ground }) => html`<li><code>${pointer}</code> since ${day(on)} (${inWords(ground)})</li>`)}</ul>`,
    'warning',
  );

/** Who reads the texts of sources and how sources and parties changed, by what signed-in people are told of it. */
export const isInsider = (role: string | undefined): boolean => role === 'contributor' || role === 'reviewer' || role === 'auditor';
