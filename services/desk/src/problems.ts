import { Refused } from './answers.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';
import { link } from './parts/list.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'This cannot be read',
  403: 'This is not for your role',
  404: 'There is no such page',
  405: 'This address takes no such request',
  409: 'The record does not allow this now',
  410: 'This was taken out of the record',
  413: 'This is too much at once',
  414: 'There is no such page',
  422: 'Something has to be said otherwise',
  429: 'Too many requests',
  451: 'This is withheld',
  500: 'Something failed here',
  502: 'The record does not answer',
  503: 'The record cannot be read at the moment',
  504: 'The record does not answer',
};

/** The page that tells what could not be done, and what to do. */
export const problemPage = (error: unknown): Page => {
  const { status, detail, errors, traceId, retryAfter } = toldOf(error);
  return {
    title: titles[status] ?? 'This was refused',
    status,
    body: html`<p class="ds-paragraph">${detail}</p>
${errors.length > 0 && html`<ul class="ds-list">${errors.map(({ pointer, message }) => html`<li><code>${pointer}</code> ${message}</li>`)}</ul>`}
${[410, 451].includes(status) && html`<p class="ds-paragraph">${link('/takedowns', 'The list of takedowns')} says since when and on what ground, without what it was.</p>`}
${retryAfter !== null && html`<p class="ds-paragraph">Ask again in ${retryAfter} s.</p>`}
<p class="ds-paragraph"><a class="ds-link" href="/">To the start page</a></p>
${traceId !== '' && html`<p class="ds-paragraph aside">For whoever runs this: <code>${traceId}</code></p>`}`,
    headers: {
      ...(retryAfter !== null && { 'retry-after': retryAfter }),
      // RFC 7725, 4.
      ...(status === 451 && { link: '</takedowns>; rel="blocked-by"' }),
    },
  };
};

type Told = {
  status: number;
  detail: string;
  errors: readonly { pointer: string; message: string }[];
  traceId: string;
  retryAfter: string | null;
};

const toldOf = (error: unknown): Told => {
  if (error instanceof Refused) {
    const { problem, status, retryAfter } = error;
    return { status, detail: problem.detail, errors: problem.errors ?? [], traceId: problem.traceId ?? '', retryAfter };
  }
  const given = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const status = given >= 400 && given < 500 ? given : 500;
  const detail =
    status === 500
      ? 'The page could not be made. Nothing was changed by asking for it.'
      : status === 414
        ? 'Nothing is at an address of this length.'
        : error instanceof Error
          ? error.message
          : '';
  return { status, detail, errors: [], traceId: '', retryAfter: null };
};
