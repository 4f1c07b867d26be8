import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/**
 * A piece of a page. Strings and numbers that are put into a `html` template are escaped, pieces and lists of pieces are not; null, undefined, true and
 * false are nothing. Attributes are written with quotes around them: without, what is put there would not be safe.
 */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export { html };

/** Data for a machine in a page, which no browser runs. Its text cannot end the element that it stands in. */
export const dataBlock = (type: string, data: object): Html =>
  html`<script type="${type}">${raw(JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'))}</script>`;
