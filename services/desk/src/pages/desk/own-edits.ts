import type { Api, Paths, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { safeText } from '../../parts/text.ts';
import { queueTable } from './queue.ts';

type Query = NonNullable<Paths['/v1/me/edits']['get']['parameters']['query']>;
type Own = Schemas['OwnEdit'];

/** Edits that the reader submitted, the newest version first. */
export const ownEdits = async (api: Api, query: Query): Promise<{ items: Own[]; next: string | null }> =>
  answerOf(api.GET('/v1/me/edits', { params: { query } }));

/** What others said that its author has to look at. */
const said = ({ votes, openComments }: Own): { by: string; text: string | null }[] => [
  ...votes.filter(({ lapsed, decision }) => !lapsed && decision !== 'approve').map(({ by, reason }) => ({ by, text: reason })),
  ...openComments,
];

/** Own edits as the queue tells them, and beneath what others asked or said against them. */
export const ownEditsShown = (items: readonly Own[]): Html =>
  items.length === 0
    ? html`<p class="ds-paragraph">No edit is like this.</p>`
    : queueTable('Own edits', items, (item) =>
        said(item).map(({ by, text }) => html`<p class="aside">${safeText(by)}: ${text === null ? 'erased' : safeText(text)}</p>`),
      );
