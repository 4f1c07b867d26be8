import t from 'tap';
import { startOrganisation } from '../../services/api/test/support/organisation.ts';
import { startServer } from '../e2e/server.ts';
import { browse, fieldsOf } from './browse.ts';

/** Sign-in by an OpenID provider, as a browser goes through it. */

t.test('people sign in with their organisation', async (t) => {
  const organisation = await startOrganisation(t);
  const { url, keys } = await startServer(t, {
    OIDC_ISSUER: organisation.url,
    OIDC_AUDIENCE: 'averment',
    OIDC_ROLES: 'desk=reviewer',
    DESK_OIDC_CLIENT_ID: 'pages',
    DESK_OIDC_CLIENT_SECRET: 'secret',
    DESK_OIDC_SCOPE: 'openid api',
    DESK_OIDC_RESOURCE: 'urn:averment',
  });
  const reviewer = { sub: 'alice', claims: { roles: ['desk'] } };
  const signIn = '/sign-in/oidc?back=%2Fincidents%3Fq%3Dfire';

  await t.test('while it does not answer, people are told, and keys go on', async (t) => {
    const one = browse(url);
    t.match(await one.get(signIn), { status: 503, text: /sign-in does not answer at the moment/ });
    t.equal((await one.signIn(keys.reviewer)).status, 303);
  });
  organisation.open(`${url}/sign-in/oidc/back`);

  await t.test('whoever it signs in has a session for as long as their token lasts, and comes back to where they were', async (t) => {
    organisation.be({ ...reviewer, lasts: 300 });
    const one = browse(url);
    t.match((await one.get('/sign-in?back=/corrections')).text, 'href="/sign-in/oidc?back=%2Fcorrections">Sign in with your organisation');
    const sent = await one.get(signIn);
    const asked = new URL(sent.headers.get('location') ?? '');
    t.equal(sent.status, 303);
    t.match(Object.fromEntries(asked.searchParams), {
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: /^[\w-]{43}$/,
      state: /^[\w-]{20,}$/,
      nonce: /^[\w-]{20,}$/,
      redirect_uri: `${url}/sign-in/oidc/back`,
      resource: 'urn:averment',
    });
    let back = await one.get(asked.href);
    while (!back.url.startsWith(`${url}/sign-in/oidc/back`))
      back = await one.get(new URL(back.headers.get('location') ?? '', back.url).href);
    t.match([back.status, back.headers.get('location')], [303, '/incidents?q=fire']);
    t.match(back.headers.getSetCookie().join('\n'), /averment_session=\S+; Max-Age=(?:300|29\d); Path=\/; HttpOnly; SameSite=Lax/);
    t.match((await one.get('/incidents?q=fire')).text, /user_[0-9a-f]+ \(reviewer\)/);
    t.notOk(one.cookies.has('averment_oidc'), 'what was kept for the way there is gone');
    t.match(await one.get(back.url), { status: 422, text: /begun too long ago, or in another browser/ }, 'what came back counts once');

    const signedOut = await one.post('/sign-out', fieldsOf(await one.get('/sign-in'), '/sign-in'));
    t.match([signedOut.status, one.cookies.has('averment_session')], [303, false]);
  });

  await t.test('what was begun in another browser, or is answered with another state, signs nobody in', async (t) => {
    organisation.be(reviewer);
    const [one, other] = [browse(url), browse(url)];
    const asked = new URL((await one.get(signIn)).headers.get('location') ?? '');
    await other.get(signIn);
    const state = asked.searchParams.get('state') ?? '';
    t.match(await browse(url).get(`/sign-in/oidc/back?code=x&state=${state}`), { status: 422, text: /in another browser/ });
    t.match(await other.get(`/sign-in/oidc/back?code=x&state=${state}`), { status: 422, text: /cannot be used/ });
    t.match(
      await one.get(`/sign-in/oidc/back?code=x&state=${state}`),
      { status: 422, text: /cannot be used/ },
      'a code that it did not give',
    );
    for (const each of [one, other]) t.notOk(each.cookies.has('averment_session'));
  });

  await t.test('whom it refuses, knows no role of, or describes at too great length is told', async (t) => {
    organisation.be({ sub: 'bob', refused: 'access_denied' });
    t.match(await browse(url).follow(signIn), { status: 422, text: /did not sign you in: it says access_denied/ });
    organisation.be({ sub: 'bob', claims: { roles: ['gardeners'] } });
    t.match(await browse(url).follow(signIn), { status: 422, text: /token is not taken here\. .*role/ });
    organisation.be({ ...reviewer, claims: { ...reviewer.claims, groups: 'x'.repeat(3000) } });
    t.match(await browse(url).follow(signIn), { status: 422, text: /too long for a browser to keep: \d+ characters too many/ });
  });

  await t.test('a form that is waiting stays as it is meanwhile', async (t) => {
    organisation.be(reviewer);
    const one = browse(url);
    const kept = { back: '/desk', keptAction: '/desk/edits/1/comment', keptFields: JSON.stringify([['text', 'What I wrote']]) };
    const waiting = await one.send(await one.get('/sign-in'), '/sign-in', { ...kept, key: 'averment_wrong' });
    t.match(waiting.text, /target="_blank">Sign in with your organisation, in a new tab/);
    t.equal((await one.follow('/sign-in/oidc')).url, `${url}/desk`);
    t.match(await one.send(waiting, '/sign-in/kept'), { status: 200, text: /<dd class="as-written">What I wrote<\/dd>/ });
  });
});
