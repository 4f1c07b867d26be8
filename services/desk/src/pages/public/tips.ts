import type { Schemas } from '@averment/client';
import { answerOf, Refused } from '../../answers.ts';
import { html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { instant } from '../../parts/dates.ts';
import { errorSummary, nothingWrong, submit, textArea, textField, type Wrong, wrongOf } from '../../parts/form.ts';
import { facts, link, notice } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';

type About = Schemas['SentTip']['about'];
const kinds = ['claim', 'incident', 'source', 'party'] as const;
const above = [{ href: '/about#errors', text: 'About' }];

/** The last thing that an address of ours, or an id, names: of `/incidents/…#claim_…` the claim. */
const aboutIn = (said: string): About | null => {
  const { kind, id } = [...said.matchAll(/(?<id>(?<kind>claim|incident|source|party)_[0-9a-z]{26})/g)].at(-1)?.groups ?? {};
  return kind === undefined || id === undefined ? null : { [kind]: id };
};

const askedAbout = (query: URLSearchParams): string => [...kinds, 'about'].map((name) => query.get(name)).find((id) => id) ?? '';

type Said = { about: string; text: string; contact: string };
const tipForm = ({ sends }: Asked, said: Said, wrong: Wrong): Page => ({
  title: 'Say that something is wrong',
  above,
  ...(wrong.size > 0 && { status: 422 }),
  ...(wrong.size > 0 && { scripts: ['wrong'] }),
  body: html`<p class="ds-paragraph">You need no key. Somebody who works on the record reads what you write, and looks into it; what is wrong is corrected in public. Nothing that you write here is published.</p>
${sends(
  '/tips/new',
  html`${errorSummary(wrong)}
${textField({ name: 'about', label: 'What it is about', help: 'The address of its page here, or its id', value: said.about, required: true, wrong })}
${textArea({ name: 'text', label: 'What is wrong, and how you know', value: said.text, rows: 8, required: true, wrong })}
${textField({ name: 'contact', label: 'How you can be asked (if you like)', help: 'Only who takes up your tip reads it. It is deleted with the tip.', value: said.contact, wrong })}
<div class="actions">${submit('Send')}</div>`,
)}`,
});

const fields: Readonly<Record<string, string>> = { about: 'about', text: 'text', contact: 'contact' };

const send = async (asked: Asked): Promise<Page> => {
  const { api, form } = asked;
  const said = { about: form.text('about'), text: form.text('text'), contact: form.text('contact') };
  const about = aboutIn(said.about);
  if (about === null)
    return tipForm(asked, said, new Map([['about', 'This names nothing of the record. Copy the address of the page that is wrong.']]));
  try {
    const body = { about, text: said.text, contact: said.contact === '' ? null : said.contact };
    const { id, secret, expiresAt } = await answerOf(api.POST('/v1/tips', { body }));
    return {
      title: 'Your tip has arrived',
      above,
      body: html`${notice(html`<p>Keep this secret: with it alone can you ask what became of the tip, and it is shown only now.</p><p><code>${secret}</code></p>`, 'success')}
${facts([
  ['Your tip', link(`/tips/${id}`, id)],
  ['Deleted on', instant(expiresAt)],
])}
<p class="ds-paragraph">It is deleted then, with all that you wrote, whatever became of it.</p>`,
    };
  } catch (error) {
    if (!(error instanceof Refused) || ![404, 422].includes(error.status)) throw error;
    const wrong =
      error.status === 404
        ? new Map([['about', error.message]])
        : wrongOf(error.problem, (pointer) => fields[pointer.split('/')[1] ?? ''] ?? null);
    return tipForm(asked, said, wrong);
  }
};

const states: Readonly<Record<string, string>> = {
  waiting: 'waits to be read',
  taken: 'somebody looks into it',
  closed: 'is closed',
};
const outcomes: Readonly<Record<string, string>> = {
  corrected: 'the record was corrected',
  declined: 'nothing was changed',
  known: 'it was known already',
};

const secretForm = ({ sends, path }: Asked, wrong: Wrong = nothingWrong): Page => ({
  title: 'What became of a tip',
  above,
  ...(wrong.size > 0 && { status: 422 }),
  body: html`<p class="ds-paragraph">Only who sent it learns that, by the secret that was shown when it arrived.</p>
${sends(`/tips/${path.id}`, html`${errorSummary(wrong)}${textField({ name: 'secret', label: 'The secret', required: true, wrong })}<div class="actions">${submit('Ask')}</div>`)}`,
});

const told = ({ about, state, receivedAt, takenAt, closedAt, outcome, note, expiresAt }: Schemas['TipProgress']): Page => {
  const room: Readonly<Record<string, string>> = { incident: 'incidents', source: 'sources', party: 'parties' };
  const folder = room[about.kind];
  return {
    title: 'What became of your tip',
    above,
    body: facts([
      ['It', states[state] ?? state],
      ['About', folder === undefined ? html`${about.kind} <code>${about.id}</code>` : link(`/${folder}/${about.id}`, `this ${about.kind}`)],
      ['Received', instant(receivedAt)],
      ['Taken up', takenAt === null ? null : instant(takenAt)],
      ['Closed', closedAt === null ? null : instant(closedAt)],
      ['What came of it', outcome === null ? null : (outcomes[outcome] ?? outcome)],
      ['What you are told', note === null ? null : safeText(note)],
      ['Deleted on', instant(expiresAt)],
    ]),
  };
};

const follow = async (asked: Asked): Promise<Page> => {
  const { api, form, path } = asked;
  const secret = form.text('secret');
  if (!/^[\x21-\x7e]{1,200}$/.test(secret))
    return secretForm(asked, new Map([['secret', 'This is no secret: it has no blanks and only plain letters.']]));
  try {
    return told(await answerOf(api.GET('/v1/tips/{id}', { params: { path: { id: path.id ?? '' }, header: { 'Tip-Secret': secret } } })));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    return secretForm(asked, new Map([['secret', 'There is no such tip, it was deleted, or this is not its secret.']]));
  }
};

export const tipPages: readonly PageSpec[] = [
  page({
    path: '/tips/new',
    handle: async (asked) => tipForm(asked, { about: askedAbout(asked.query), text: '', contact: '' }, nothingWrong),
  }),
  page({ method: 'POST', path: '/tips/new', handle: send }),
  page({ path: '/tips/:id', handle: async (asked) => secretForm(asked) }),
  page({ method: 'POST', path: '/tips/:id', handle: follow }),
];
