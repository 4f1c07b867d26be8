import { answerOf, Refused } from '../answers.ts';
import { hidden } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../page.ts';

/** An address of ours to go on to; the desk for any other. */
export const ours = (address: string): string => (/^\/(?![/\\])[^\s\\]*$/.test(address) ? address : '/desk');

type Kept = { action: string; fields: readonly (readonly [string, string])[] };
type SignIn = { back: string; wrong?: string; kept?: Kept };

/** The page on which one signs in. `kept` is a form that was sent without a session: it is carried along, so that nothing that was written is lost. */
export const signInPage = ({ sends }: Asked, { back, wrong, kept }: SignIn): Page => ({
  title: 'Sign in',
  status: wrong === undefined && kept === undefined ? 200 : wrong === undefined ? 401 : 422,
  body: html`${
    wrong !== undefined &&
    html`<div class="ds-error-summary" role="alert" tabindex="-1"><h2 class="ds-heading" data-size="xs">You are not signed in</h2><ul class="ds-list"><li><a class="ds-link" href="#key">${wrong}</a></li></ul></div>`
  }
${kept && html`<div class="ds-alert" data-color="warning"><p>Your session is over. What you wrote is kept: sign in, and it is shown to you again before it is sent.</p></div>`}
<p class="ds-paragraph">Reading what is published needs no key. Contributors, reviewers, auditors and admins sign in with theirs. Whoever started Averment with <code>npm start</code> finds the first keys in the file that its terminal names, each beside its role.</p>
${sends(
  '/sign-in',
  html`<div class="ds-field"><label class="ds-label" data-weight="medium" for="key">Your key</label>
<input class="ds-input" id="key" name="key" type="password" autocomplete="current-password" required spellcheck="false"${wrong !== undefined && html` aria-invalid="true"`}></div>
${hidden('back', back)}${kept && html`${hidden('keptAction', kept.action)}${hidden('keptFields', JSON.stringify(kept.fields))}`}
<button class="ds-button" type="submit">Sign in</button>`,
)}`,
});

const keptOf = (action: string, fields: string): Kept | undefined => {
  try {
    const read: unknown = JSON.parse(fields);
    const isField = (one: unknown): one is [string, string] =>
      Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');
    return Array.isArray(read) && read.every(isField) ? { action: ours(action), fields: read } : undefined;
  } catch {
    return undefined;
  }
};

/** A form that was sent when the session was over, to be sent once more. */
const keptForm = ({ sends }: Asked, { action, fields }: Kept, back: string): Page => {
  const shown = fields.filter(
    ([name, value]) => /(?:^|-)(?:reason|text|rationale|title)$/.test(name) || (value.length > 40 && !/^[{[]/.test(value)),
  );
  const seen: Html = html`<dl>${shown.map(([name, value]) => html`<dt>${name}</dt><dd class="as-written">${value}</dd>`)}</dl>`;
  return {
    title: 'This was kept for you',
    body: html`<p class="ds-paragraph">It was not sent, since your session was over. Files have to be chosen anew.</p>${seen}
${sends(action, html`${fields.map(([name, value]) => hidden(name, value))}<button class="ds-button" type="submit">Send it now</button>`)}
<p class="ds-paragraph"><a class="ds-link" href="${back}">Go back without sending it</a></p>`,
  };
};

export const signInPages: readonly PageSpec[] = [
  page({ path: '/sign-in', handle: async (asked) => signInPage(asked, { back: ours(asked.query.get('back') ?? '') }) }),
  page({
    method: 'POST',
    path: '/sign-in',
    handle: async (asked) => {
      const { form, api, signIn } = asked;
      const key = form.text('key');
      const back = ours(form.text('back'));
      const kept = form.text('keptAction') === '' ? undefined : keptOf(form.text('keptAction'), form.text('keptFields'));
      if (!/^[\x21-\x7e]{1,8192}$/.test(key))
        return signInPage(asked, { back, wrong: 'This is no key: it has no blanks and only plain letters.', ...(kept && { kept }) });
      try {
        const { subject, role } = await answerOf(api.GET('/v1/me', { headers: { authorization: `Bearer ${key}` } }));
        await signIn({ key, subject, role });
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 401) throw error;
        return signInPage(asked, { back, wrong: 'This key is not valid: it may be mistyped, or it was revoked.', ...(kept && { kept }) });
      }
      return kept === undefined ? { onward: back } : keptForm(asked, kept, back);
    },
  }),
  page({
    method: 'POST',
    path: '/sign-out',
    handle: async ({ signIn }) => {
      await signIn(null);
      return { onward: '/' };
    },
  }),
];
