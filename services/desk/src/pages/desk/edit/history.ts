import { answerOf } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { instant } from '../../../parts/dates.ts';
import { editHref } from '../../../parts/events.ts';
import { selectField, submit } from '../../../parts/form.ts';
import { link, table } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import type { Edit } from './at.ts';
import { differencesShown } from './differences.ts';
import type { Review } from './review.ts';

type Vote = Edit['votes'][number];
type Act = Edit['acts'][number];

const decisions: Readonly<Record<string, string>> = { approve: 'approved', reject: 'rejected', request_changes: 'requested changes' };

/** A vote in a sentence, without its reason. */
export const voteInWords = ({ decision, version, lapsed, withdrawn }: Vote): string =>
  `${decisions[decision] ?? decision} version ${version}${withdrawn !== null ? '; taken back' : lapsed ? '; it no longer counts' : ''}`;

/** What a reviewer did beside voting, in a sentence. */
export const actInWords = ({ act, to, other }: Act, subject: string): Html =>
  html`${inWords(act)}${to !== null && html` to ${safeText(to)}`}${other !== null && html`: ${link(editHref(subject, other), `edit ${other}`)}`}`;

/** What a version of an edit says otherwise than another one. */
export const versionsDifference = async (
  { asked: { api }, at: { room, subject, edit }, known }: Review,
  from: number,
  to: number,
): Promise<Html> => {
  const { changes } = await answerOf(
    api.GET(`/v1/${room}/{id}/edits/{edit}/versions/{from}/diff/{to}`, { params: { path: { id: subject, edit, from, to } } }),
  );
  return differencesShown(`Version ${to} beside version ${from}`, changes, known);
};

/** Two versions, as the address asks for them; else the last one and the one before. */
const comparison = (review: Review): Html => {
  const { edit, asked, at } = review;
  const chosen = (name: string, otherwise: number) => {
    const version = Number(asked.query.get(name));
    return edit.versions.some((one) => one.version === version) ? version : otherwise;
  };
  const [from, to] = [chosen('from', edit.version - 1), chosen('to', edit.version)];
  const choices = edit.versions.map(({ version }) => ({ value: String(version), text: `version ${version}` }));
  return html`<form method="get" action="${editHref(at.subject, at.edit)}#history" class="actions">${selectField({ name: 'from', label: 'Compare', choices, value: String(from) })}${selectField({ name: 'to', label: 'With', choices, value: String(to) })}${submit('Show', { variant: 'secondary' })}</form>${versionsDifference(review, from, to)}`;
};

type Row = { at: string; by: string; what: string | Html; why: string | null };

/** All that was done with an edit, in its order, and what its versions say otherwise than those before. */
export const historyShown = (review: Review): Html => {
  const { edit, at } = review;
  const rows: Row[] = [
    ...edit.versions.map(({ version, submittedAt, by, rationale, machine }) => ({
      at: submittedAt,
      by,
      what: `${version === 1 ? 'submitted it' : `submitted version ${version}`}${machine ? ' (a program)' : ''}`,
      why: rationale,
    })),
    ...edit.votes.flatMap((vote) => [
      {
        at: vote.at,
        by: vote.by,
        what: voteInWords(vote),
        why: [vote.reason, vote.despiteComments].filter(Boolean).join(' Despite open comments: ') || null,
      },
      ...(vote.withdrawn === null ? [] : [{ at: vote.withdrawn.at, by: vote.by, what: 'took the vote back', why: vote.withdrawn.reason }]),
    ]),
    ...edit.comments.items.map(({ at, by, text, inReplyTo }) => ({
      at,
      by,
      what: inReplyTo === null ? 'commented' : 'answered',
      why: text,
    })),
    ...edit.comments.items.flatMap(({ resolved }) => (resolved === null ? [] : [{ ...resolved, what: 'resolved a comment', why: null }])),
    ...edit.acts.map((act) => ({ at: act.at, by: act.by, what: actInWords(act, at.subject), why: act.reason })),
  ];
  return html`<section id="history" aria-labelledby="history-title"><h2 class="ds-heading" data-size="md" id="history-title">History of the review</h2>
${table(
  'Everything that was done, in its order',
  ['When', 'Who', 'What', 'Why'],
  rows
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .map(({ at, by, what, why }) => [instant(at), safeText(by), what, why === null ? '' : safeText(why)]),
)}
${edit.version > 1 && comparison(review)}</section>`;
};
