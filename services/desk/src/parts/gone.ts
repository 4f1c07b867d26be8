import { Refused } from '../answers.ts';
import { html } from '../html.ts';
import type { Asked, Page } from '../page.ts';
import { link } from './list.ts';

const all = { source: ['/sources', 'All sources'], party: ['/parties', 'All people and bodies'] } as const;

/** A page about one source or party, which says what became of it where the API shows nothing of it. */
export const goneOf =
  (kind: keyof typeof all, read: (asked: Asked) => Promise<Page>) =>
  async (asked: Asked): Promise<Page> => {
    try {
      return await read(asked);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const told: Readonly<Record<number, readonly [string, string]>> = {
        404: [`There is no such ${kind}`, `No ${kind} has this address, or nothing that is published uses it.`],
        410: [`This ${kind} was erased`, 'All that it said was erased, by a decision of two people.'],
        451: [`This ${kind} is withheld`, 'It is kept from sight by a decision, and nothing else of it is left to show.'],
      };
      const found = told[error.status];
      if (found === undefined) throw error;
      const [title, words] = found;
      const [href, text] = all[kind];
      return {
        title,
        status: error.status,
        // RFC 7725, 4.
        ...(error.status === 451 && { headers: { link: '</takedowns>; rel="blocked-by"' } }),
        body: html`<p class="ds-paragraph">${words}</p><p>${error.status !== 404 && html`${link('/takedowns', 'What was taken down, and why')} · `}${link(href, text)}</p>`,
      };
    }
  };
