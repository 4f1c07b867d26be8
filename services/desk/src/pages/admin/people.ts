import { answerOf, answerOrNull } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { once, orAgain } from '../../parts/acting.ts';
import { instant } from '../../parts/dates.ts';
import { errorSummary, nothingWrong, submit, textField, type Wrong } from '../../parts/form.ts';
import { facts, notice } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { admin } from './start.ts';

const show = async (asked: Asked, wrong: Wrong = nothingWrong): Promise<Page> => {
  const { api, query, form, sends, newKey } = asked;
  const subject = query.get('subject')?.trim() || form.text('subject');
  const params = { path: { subject } };
  const known = subject === '' ? null : await answerOrNull(api.GET('/v1/people/{subject}', { params }));
  const person = known?.person ?? null;
  return {
    title: 'People',
    above: [admin],
    body: html`${errorSummary(wrong)}${query.has('did') && notice(html`<p>It is noted.</p>`, 'success')}
<p class="ds-paragraph">Two subjects of one person are one where four eyes count: neither approves what the other wrote.</p>
<form method="get" action="/desk/admin/people" role="search" aria-label="Subjects">${textField({ name: 'subject', label: 'Subject', help: 'For whom a key speaks, as the list of keys has it', value: subject, required: true })}<div class="actions">${submit('Look up', { variant: 'secondary' })}</div></form>
${
  subject !== '' &&
  html`<section><h2 class="ds-heading" data-size="md">${safeText(subject)}</h2>${facts([
    ['Who it is', person === null ? 'nobody said' : safeText(person)],
    ['Subjects of the same person', known?.subjects.join(', ')],
    ['Said by', known?.setBy && known.setAt ? html`${known.setBy}, ${instant(known.setAt)}` : null],
  ])}${sends(
    '/desk/admin/people',
    html`${hidden('subject', subject)}${hidden('idempotencyKey', newKey())}${textField({ name: 'person', label: 'Who it is', help: 'The same words for each subject of a person; empty if nobody knows', value: form.text('person') || (person ?? ''), wrong })}<div class="actions">${submit('Note it')}</div>`,
  )}</section>`
}`,
  };
};

const set = async ({ api, form }: Asked) => {
  const subject = form.text('subject');
  const params = { path: { subject }, header: once(form) };
  await answerOf(api.PUT('/v1/people/{subject}', { params, body: { person: form.text('person') || null } }));
  return { onward: `/desk/admin/people?subject=${encodeURIComponent(subject)}&did=set` };
};

export const peoplePages: readonly PageSpec[] = [
  page({ path: '/desk/admin/people', signedIn: true, handle: (asked) => show(asked) }),
  page({
    method: 'POST',
    path: '/desk/admin/people',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        () => set(asked),
        (wrong) => show(asked, wrong),
      ),
  }),
];
