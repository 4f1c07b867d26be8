import { answerOf, Refused } from '../answers.ts';
import { CookieTooLong } from '../cookies.ts';
import { hidden } from '../forms.ts';
import { html } from '../html.ts';
import { NotSignedIn } from '../oidc.ts';
import { type Asked, type Page, type PageSpec, page } from '../page.ts';
import { carried, type Kept, keptForm, keptIn, ours } from './kept.ts';

type SignIn = {
  back: string;
  /** What is wrong with the key. */
  wrong?: string;
  /** What else went wrong. */
  trouble?: string;
  /** A form that was sent without a session: it is carried along, so that nothing that was written is lost. */
  kept?: Kept | undefined;
};

const summary = ({ wrong, trouble }: SignIn) =>
  (wrong ?? trouble) !== undefined &&
  html`<div class="ds-error-summary" role="alert" tabindex="-1"><h2 class="ds-heading" data-size="xs">You are not signed in</h2><ul class="ds-list"><li>${
    wrong === undefined ? trouble : html`<a class="ds-link" href="#key">${wrong}</a>`
  }</li></ul></div>`;

/** By the provider: with a form that is kept it opens beside this page, which stays as it is until one is back. */
const byOrganisation = ({ sends }: Asked, { back, kept }: SignIn) => {
  const href = `/sign-in/oidc?back=${encodeURIComponent(kept === undefined ? back : '/desk')}`;
  if (kept === undefined) return html`<p><a class="ds-button" rel="nofollow" href="${href}">Sign in with your organisation</a></p>`;
  return html`<p><a class="ds-button" rel="nofollow" href="${href}" target="_blank">Sign in with your organisation, in a new tab</a></p>
${sends('/sign-in/kept', html`${hidden('back', back)}${carried(kept)}<button class="ds-button" data-variant="secondary" type="submit">I have signed in there: show what I wrote</button>`)}`;
};

/** The page on which one signs in. */
export const signInPage = (asked: Asked, about: SignIn): Page => {
  const { back, wrong, trouble, kept } = about;
  return {
    title: 'Sign in',
    status: (wrong ?? trouble) !== undefined ? 422 : kept !== undefined ? 401 : 200,
    body: html`${summary(about)}
${kept && html`<div class="ds-alert" data-color="warning"><p>Your session is over. What you wrote is kept: sign in, and it is shown to you again before it is sent.</p></div>`}
<p class="ds-paragraph">Reading what is published needs no key. Contributors, reviewers, auditors and admins sign in. Whoever started Averment with <code>npm start</code> finds the first keys in the file that its terminal names, each beside its role.</p>
${asked.organisation && byOrganisation(asked, about)}
${asked.sends(
  '/sign-in',
  html`<div class="ds-field"><label class="ds-label" data-weight="medium" for="key">Your key</label>
<input class="ds-input" id="key" name="key" type="password" autocomplete="current-password" required spellcheck="false"${wrong !== undefined && html` aria-invalid="true"`}></div>
${hidden('back', back)}${kept && carried(kept)}
<button class="ds-button" type="submit"${asked.organisation && html` data-variant="secondary"`}>Sign in</button>`,
)}`,
  };
};

const over = 'It was not sent, since your session was over.';
/** What else a form of these pages says, beside the key. */
const aboutOf = ({ form }: Asked): SignIn => ({ back: ours(form.text('back')), kept: keptIn(form) });

/** Holds a key or a token against the API, and begins a session with it. Throws `CookieTooLong`, and `Refused` where it is not valid. */
const begin = async ({ api, signIn }: Asked, key: string, seconds?: number): Promise<void> => {
  const { subject, role } = await answerOf(api.GET('/v1/me', { headers: { authorization: `Bearer ${key}` } }));
  await signIn({ key, subject, role }, seconds);
};

/**
 * What is told of a form that came without the token that it was made with, which another site cannot know (CSRF): what was written is shown again, unless it
 * was another site that sent it.
 */
export const refusedForm = (asked: Asked, { action, foreign, back }: { action: string; foreign: boolean; back: string }): Page => {
  const about = 'It came without what tells that you sent it: your browser keeps no cookies for this address, or it was closed since.';
  if (foreign)
    return {
      title: 'This was not sent from here',
      status: 403,
      body: html`<p class="ds-paragraph">Another site sent this form in your name. Nothing was done. If you did want it, do it here.</p><p class="ds-paragraph"><a class="ds-link" href="/desk">To the desk</a></p>`,
    };
  if (action === '/sign-in' || action === '/sign-in/kept')
    return { ...signInPage(asked, { ...aboutOf(asked), trouble: `This was not sent. ${about} Try it once more.` }), status: 403 };
  return { ...keptForm(asked, { action, fields: asked.form.fields }, { back, why: `This was not sent yet. ${about}` }), status: 403 };
};

export const signInPages: readonly PageSpec[] = [
  page({ path: '/sign-in', handle: async (asked) => signInPage(asked, { back: ours(asked.query.get('back') ?? '') }) }),
  page({
    method: 'POST',
    path: '/sign-in',
    handle: async (asked) => {
      const key = asked.form.text('key');
      const about = aboutOf(asked);
      if (!/^[\x21-\x7e]{1,8192}$/.test(key))
        return signInPage(asked, { ...about, wrong: 'This is no key: it has no blanks and only plain letters.' });
      try {
        await begin(asked, key);
      } catch (error) {
        if (error instanceof CookieTooLong)
          return signInPage(asked, { ...about, wrong: 'This token is too long for a browser to keep. A key is shorter.' });
        if (!(error instanceof Refused) || error.status !== 401) throw error;
        return signInPage(asked, { ...about, wrong: 'This key is not valid: it may be mistyped, or it was revoked.' });
      }
      return about.kept === undefined ? { onward: about.back } : keptForm(asked, about.kept, { back: about.back, why: over });
    },
  }),
  page({
    method: 'POST',
    path: '/sign-in/kept',
    handle: async (asked) => {
      const { back, kept } = aboutOf(asked);
      if (kept === undefined) return { onward: back };
      return asked.me === null ? signInPage(asked, { back, kept }) : keptForm(asked, kept, { back, why: over });
    },
  }),
  page({
    path: '/sign-in/oidc',
    handle: async (asked) => {
      const back = ours(asked.query.get('back') ?? '');
      if (asked.organisation === null) return { onward: '/sign-in' };
      try {
        return { onward: await asked.organisation.begin(back) };
      } catch (error) {
        if (!(error instanceof NotSignedIn)) throw error;
        return { ...signInPage(asked, { back, trouble: error.message }), status: 503 };
      }
    },
  }),
  page({
    path: '/sign-in/oidc/back',
    handle: async (asked) => {
      if (asked.organisation === null) return { onward: '/sign-in' };
      const failed = (trouble: string) => signInPage(asked, { back: '/desk', trouble });
      try {
        const { token, seconds, back } = await asked.organisation.end();
        await begin(asked, token, seconds);
        return { onward: back };
      } catch (error) {
        if (error instanceof NotSignedIn) return failed(error.message);
        if (error instanceof CookieTooLong)
          return failed(
            `Your organisation’s token is too long for a browser to keep: ${error.message}. Whoever runs this can have the provider put less into it; until then sign in with a key.`,
          );
        if (error instanceof Refused && [401, 403].includes(error.status))
          return failed(`Your organisation’s token is not taken here. ${error.message}`);
        throw error;
      }
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
