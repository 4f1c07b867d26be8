import type { Api, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { ago, instant } from '../../parts/dates.ts';
import { editHref } from '../../parts/events.ts';
import { link, notice } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';

type Notices = Schemas['Notices'];
type Notice = Notices['items'][number];
type Own = Pick<Notice, 'of' | 'edit' | 'title'>;

/** So many answers are read at most on the way to the newest notice; each has a hundred. */
const mostAnswers = 100;

/** What happened to edits that one takes part in, the newest first, and what of them is overdue or outdated now. `cut`: there is more that is newer. */
export type Told = { items: Notice[]; cut: boolean } & Pick<Notices, 'overdue' | 'outdated'>;

/** The API tells notices in the order of the log, so the way to the newest leads past all others. */
export const newestNotices = async (api: Api, count: number): Promise<Told> => {
  const limit = 100;
  let items: Notice[] = [];
  let after = '0';
  for (let answers = 1; ; answers += 1) {
    const read = await answerOf(api.GET('/v1/me/notices', { params: { query: { after, limit } } }));
    items = [...items, ...read.items].slice(-count);
    after = read.next;
    const ended = read.items.length < limit;
    if (ended || answers === mostAnswers) return { items: items.reverse(), cut: !ended, overdue: read.overdue, outdated: read.outdated };
  }
};

const decided: Readonly<Record<string, string>> = { approve: 'approved it', reject: 'rejected it', request_changes: 'requested changes' };
const happened: Readonly<Record<string, string>> = {
  vote_withdrawn: 'took a vote back',
  lapsed: 'revised it, so your vote no longer counts',
  revised: 'sent another version',
  withdrawn: 'withdrew it',
  overtaken: 'brought another text of a source that it cites',
  commented: 'commented',
  answered: 'answered a comment',
  comment_resolved: 'resolved a comment',
  lease_broken: 'took it over from you',
  handed_over: 'handed it over',
  reopened: 'reopened it',
  split: 'split it; votes on it lapsed',
  closed: 'closed the proposal that it waited for, and it with that',
};

const inSentence = ({ code, decision, revertedBy, of }: Notice): string | Html =>
  code === 'reverted' && revertedBy !== null
    ? html`undid it by ${link(editHref(of.id, revertedBy), `edit ${revertedBy}`)}`
    : ((decision === null ? happened[code] : `${decided[decision]}${code === 'approved' ? '; it takes further approvals' : ''}`) ??
      inWords(code));

const named = ({ of, edit, title }: Own): Html =>
  link(editHref(of.id, edit), html`edit ${edit} of ${title === null ? of.id : safeText(title)}`);

/** Notices as a list, and above it what is late or cannot be approved as it is. */
export const noticesShown = ({ items, cut, overdue, outdated }: Told): Html => {
  const now = new Date();
  return html`${
    overdue.length > 0 &&
    notice(html`<p>Overdue:</p><ul class="ds-list">${overdue.map((own) => html`<li>${named(own)}, due ${ago(own.dueAt, now)}</li>`)}</ul>`)
  }${
    outdated.length > 0 &&
    notice(
      html`<p>These cannot be approved as they are:</p><ul class="ds-list">${outdated.map((own) => html`<li>${named(own)}: ${own.outdated?.detail}</li>`)}</ul>`,
      'warning',
    )
  }${cut && html`<p class="ds-paragraph">There are more notices than are looked through here; newer ones are missing.</p>`}${
    items.length === 0
      ? html`<p class="ds-paragraph">Nothing has happened yet.</p>`
      : html`<ol class="rows">${items.map((one) => html`<li><p>${safeText(one.by)} ${inSentence(one)}: ${named(one)}</p>${one.text !== null && html`<p class="as-written">${safeText(one.text)}</p>`}<p class="aside">${instant(one.at)}</p></li>`)}</ol>`
  }`;
};
