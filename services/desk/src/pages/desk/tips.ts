import type { Paths, Schemas } from '@averment/client';
import { answerOf, Refused } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Form, type Page, type PageSpec, page } from '../../page.ts';
import { instant } from '../../parts/dates.ts';
import { choiceField, errorSummary, nothingWrong, selectField, submit, textArea, type Wrong, wrongOf } from '../../parts/form.ts';
import { link, nextPage, tag } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';

type Tip = Schemas['Tip'];
type Query = NonNullable<Paths['/v1/tips']['get']['parameters']['query']>;
type Attempt = { form: Form; wrong: Wrong; status: number };

const outcomes = [
  { value: 'corrected', text: 'Corrected', help: 'An edit says so by now.' },
  { value: 'declined', text: 'Declined', help: 'Nothing is wrong, or it cannot be shown.' },
  { value: 'known', text: 'Known', help: 'It is said already.' },
];
const states = ['taken', 'closed', 'all'].map((value) => ({ value, text: value }));

const aboutHref = ({ kind, id }: Tip['about']): string | null =>
  ({ incident: `/incidents/${id}`, source: `/sources/${id}`, party: `/parties/${id}` })[kind] ?? null;

const about = (thing: Tip['about']): Html => {
  const href = aboutHref(thing);
  return href === null ? html`${thing.kind} <code>${thing.id}</code>` : link(href, `${thing.kind} ${thing.id}`);
};

const closing = ({ sends }: Asked, id: string, attempt: Attempt | null): Html => {
  const own = attempt?.form.text('tip') === id ? attempt : null;
  const wrong = own?.wrong ?? nothingWrong;
  const [outcome, note] = [`outcome-${id}`, `note-${id}`];
  return html`<details class="ds-details"${own && html` open`}><summary>Say what became of it</summary><div>${sends(
    '/desk/tips/close',
    html`${hidden('tip', id)}${choiceField({ name: outcome, label: 'What became of it', required: true, choices: outcomes, values: [own?.form.text(outcome) ?? ''], wrong })}
${textArea({ name: note, label: 'What its sender is told beside that', rows: 2, value: own?.form.text(note) ?? '', wrong })}${submit('Close it', { variant: 'secondary' })}`,
  )}</div></details>`;
};

const tipShown = (asked: Asked, tip: Tip, attempt: Attempt | null): Html => {
  const { id, state, receivedAt, expiresAt, text, takenBy, contact, outcome, note } = tip;
  const mine = takenBy !== null && takenBy === asked.me?.subject;
  return html`<li id="${id}"><p class="as-written">${safeText(text)}</p>
<p>${tag(state === 'waiting' ? 'waits' : state)} about ${about(tip.about)}, received ${instant(receivedAt)}, deleted ${instant(expiresAt)}${takenBy !== null && html`, looked into by ${safeText(takenBy)}`}</p>
${contact !== null && html`<p>Its sender can be asked: ${safeText(contact)}</p>`}
${outcome !== null && html`<p>${inWords(outcome)}${note !== null && html`: ${safeText(note)}`}</p>`}
${state !== 'closed' && !mine && (takenBy === null || asked.me?.role === 'reviewer') && asked.sends('/desk/tips/take', html`${hidden('tip', id)}${hidden('idempotencyKey', asked.newKey())}${submit(takenBy === null ? 'Look into it' : 'Take it over', { variant: 'secondary' })}`)}
${mine && closing(asked, id, attempt)}</li>`;
};

const tips = async (asked: Asked, attempt: Attempt | null): Promise<Page> => {
  const { api, query, here } = asked;
  // A form that was refused is of a tip that its sender has taken.
  const state = attempt === null ? (query.get('state') ?? '') : 'taken';
  const cursor = query.get('cursor');
  const asking: Query = { ...(state !== '' && { state: state as NonNullable<Query['state']> }), ...(cursor !== null && { cursor }) };
  const { items, next } = await answerOf(api.GET('/v1/tips', { params: { query: asking } }));
  return {
    title: 'Tips of outsiders',
    above: [{ href: '/desk', text: 'Desk' }],
    scripts: ['wrong'],
    ...(attempt !== null && { status: attempt.status }),
    body: html`${attempt !== null && errorSummary(attempt.wrong)}
<p class="ds-paragraph">Nobody has checked what they say. Who looks into one finds how its sender can be asked, and tells what became of it.</p>
<form method="get" action="/desk/tips" class="actions">${selectField({ name: 'state', label: 'State', value: state, choices: states, none: 'waiting' })}${submit('Show', { variant: 'secondary' })}</form>
${items.length === 0 ? html`<p class="ds-paragraph">There is none.</p>` : html`<ol class="rows">${items.map((tip) => tipShown(asked, tip, attempt))}</ol>`}${nextPage(here, next)}`,
  };
};

/** What outsiders said is wrong, for who looks into it. */
export const tipPages: readonly PageSpec[] = [
  page({ path: '/desk/tips', signedIn: true, handle: (asked) => tips(asked, null) }),
  page({
    method: 'POST',
    path: '/desk/tips/take',
    signedIn: true,
    handle: async ({ api, form }) => {
      const id = form.text('tip');
      const header = { 'Idempotency-Key': form.text('idempotencyKey') };
      await answerOf(api.POST('/v1/tips/{id}/take', { params: { path: { id }, header } }));
      return { onward: `/desk/tips?state=taken#${id}` };
    },
  }),
  page({ path: '/desk/tips/close', signedIn: true, handle: async () => ({ onward: '/desk/tips?state=taken' }) }),
  page({
    method: 'POST',
    path: '/desk/tips/close',
    signedIn: true,
    handle: async (asked) => {
      const { api, form } = asked;
      const id = form.text('tip');
      // The API says so where it is no outcome.
      const outcome = form.text(`outcome-${id}`) as Schemas['SentTipOutcome']['outcome'];
      try {
        const body = { outcome, note: form.text(`note-${id}`) || null };
        await answerOf(api.POST('/v1/tips/{id}/close', { params: { path: { id } }, body }));
        return { onward: `/desk/tips?state=closed#${id}` };
      } catch (error) {
        if (!(error instanceof Refused) || ![409, 422].includes(error.status)) throw error;
        const fieldAt = (pointer: string) => (['/outcome', '/note'].includes(pointer) ? `${pointer.slice(1)}-${id}` : null);
        return tips(asked, { form, wrong: wrongOf(error.problem, fieldAt), status: error.status });
      }
    },
  }),
];
