import { createHmac, createPublicKey } from 'node:crypto';
import { createTokenVerifier } from '@averment/access';
import { decoded } from '@averment/event-log';
import { type TokenSettings, userKeyOf } from '@averment/platform';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { newKey, startIssuer } from './support/issuer.ts';
import { expect } from './support/story.ts';

const harness = await harnessFor(t);
const [first, second] = [newKey('one'), newKey('two')];
const issuer = await startIssuer(t, [first]);
const settings: TokenSettings = {
  issuer: issuer.url,
  audience: ['averment'],
  algorithms: ['RS256'],
  jwks: null,
  rolesClaim: 'roles',
  roles: [
    ['desk', 'reviewer'],
    ['writers', 'contributor'],
  ],
  tolerance: 30_000,
};
const pool = { query: async () => ({ rows: [] }) } as never;
/** The time by which tokens are looked at, in milliseconds from now. */
let ahead = 0;
const verifierOf = (more: Partial<TokenSettings> = {}) =>
  createTokenVerifier(
    { ...settings, ...more },
    { pool, key: userKeyOf(Buffer.alloc(32, 7)), clock: { now: () => new Date(Date.now() + ahead) } },
  );
const writer = { sub: 'alice@example.org', claims: { roles: ['writers'] } };
const refused = (message: RegExp, isKnown = false) => ({ name: 'TokenRefused', message, isKnown });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

t.test('a token of the issuer speaks for a user, by the role that it gives', async (t) => {
  const verify = verifierOf();
  const alice = await verify(await issuer.token(writer));
  t.match(alice, { subject: /^user_[0-9a-f]{32}$/, role: 'contributor', kind: 'person', keyId: null, expiresAt: Date });
  // Another second may have begun.
  t.same({ ...(await verify(await issuer.token(writer))), expiresAt: alice?.expiresAt }, alice, 'the same one each time');
  t.not((await verify(await issuer.token({ ...writer, sub: 'bob' }))).subject, alice.subject);
  t.match(
    await verify(await issuer.token({ sub: 'bob', claims: { roles: ['writers', 'desk'] } })),
    { role: 'reviewer' },
    'the first of the settings',
  );
  t.match(await verify(await issuer.token({ ...writer, sub: 'program', client: 'program' })), { kind: 'machine' }, 'a program by itself');
  t.equal(issuer.asked(), 2, 'its metadata and its keys are asked for once');

  const nested = verifierOf({ rolesClaim: 'realm_access.roles', jwks: `${issuer.url}/jwks` });
  t.match(await nested(await issuer.token({ sub: 'bob', claims: { realm_access: { roles: 'desk' } } })), { role: 'reviewer' });
  for (const claims of [{}, { roles: [] }, { roles: ['Desk'] }, { roles: { desk: true } }, { roles: [['desk']] }])
    await t.rejects(verify(await issuer.token({ sub: 'bob', claims })), refused(/gives no role here/, true), JSON.stringify(claims));
});

t.test('what the issuer did not sign for this service, now, is refused', async (t) => {
  const verify = verifierOf();
  const token = await issuer.token(writer);
  const [head = '', payload = '', signature = ''] = token.split('.');
  await t.rejects(verify(await issuer.token({ ...writer, audience: 'another' })), refused(/\(aud\)/));
  await t.rejects(
    verify(await issuer.token({ ...writer, claims: { ...writer.claims, iss: 'https://login.example' } })),
    refused(/\(iss\)/),
  );
  const seconds = Math.floor(Date.now() / 1000);
  const later = (nbf: number) => issuer.token({ ...writer, claims: { ...writer.claims, nbf } });
  await t.rejects(verify(await later(seconds + 120)), refused(/not valid yet/));
  t.ok(await verify(await later(seconds + 20)), 'the clocks may differ a little');
  ahead = 620_000;
  t.ok(await verify(token));
  ahead = 640_000;
  await t.rejects(verify(token), refused(/expired/));
  ahead = 0;
  await t.rejects(
    verify(await issuer.token({ ...writer, claims: { ...writer.claims, exp: undefined } })),
    refused(/no exp/),
    'one that never expires',
  );
  await t.rejects(verify(await issuer.token({ ...writer, claims: { ...writer.claims, sub: '' } })), refused(/no sub/));

  const unsigned = refused(/not signed/);
  await t.rejects(verify(`${part({ alg: 'none' })}.${payload}.`), unsigned, 'alg none');
  await t.rejects(verify(`${part({ alg: 'none', kid: 'one' })}.${payload}.${signature}`), unsigned);
  const publicKey = createPublicKey({ key: first, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const confused = `${part({ alg: 'HS256', kid: 'one' })}.${payload}`;
  await t.rejects(
    verify(`${confused}.${createHmac('sha256', publicKey).update(confused).digest('base64url')}`),
    unsigned,
    'its public key as a secret',
  );
  await t.rejects(verifierOf({ algorithms: ['ES256'] })(token), unsigned, 'an algorithm that is not pinned');
  const { roles: _, ...rest } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  await t.rejects(verify(`${head}.${part({ ...rest, roles: ['desk'] })}.${signature}`), unsigned, 'other claims');
  await t.rejects(verify('a.b.c'), unsigned);
  const own = await startIssuer(t, [newKey('one')]);
  await t.rejects(
    verify(await own.token({ ...writer, claims: { ...writer.claims, iss: issuer.url } })),
    unsigned,
    'a key of the same name',
  );
});

t.test('an issuer that changes its keys is followed, and one that does not answer makes no token wrong', async (t) => {
  const verify = verifierOf();
  const old = await issuer.token(writer);
  t.ok(await verify(old));
  issuer.rotate([second, first]);
  // It is not asked twice in a second.
  const rotated = await issuer.token(writer);
  const isKnown = () =>
    verify(rotated).then(
      () => true,
      () => false,
    );
  while (!(await isKnown())) await new Promise((resolve) => setImmediate(resolve));
  t.ok(await verify(old), 'by the key of before, while it has it');
  issuer.rotate([second]);
  await t.rejects(verifierOf()(old), refused(/not signed/), 'and no more once it is gone');
  issuer.stop();
  t.ok(await verify(rotated), 'what is known of it is used for a while');
  await t.rejects(verifierOf()(rotated), { name: 'IssuerAway' });
  await t.rejects(verifierOf({ jwks: 'http://login.example/jwks' })(rotated), { name: 'IssuerAway', message: /not asked by TLS/ });
  issuer.rotate([first]);
});

t.test('over HTTP: a token of 4 KB writes, and what it says of its user is in no event', async (t) => {
  const own = await harness(t, { tokens: settings });
  const token = (await issuer.token({ ...writer, claims: { roles: ['writers'], more: 'x'.repeat(3000) } })) as `ey${string}`;
  t.ok(token.length > 4096);
  const body = { kind: 'agency', name: 'The Harbour Police' };
  const written = expect(await own.ask('POST', '/v1/parties', { key: token, body }), 201);
  const [event] = decoded(await own.log.readStream(String(written.body.id), 0));
  const { rows } = await own.pool.query('SELECT subject, issuer, sub FROM access.users');
  t.strictSame(rows, [{ subject: event?.actor, issuer: issuer.url, sub: writer.sub }], 'one table says who that is');
  t.match(event?.actor, /^user_/);
  t.notMatch(
    JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    'alice',
  );
  await own.pool.query('TRUNCATE access.users');
  expect(await own.read(`/v1/parties/${written.body.id}`, { key: token }), 200);

  const answered = async (key: string) => {
    const { status, headers, body } = await own.ask('GET', '/v1/incidents', { key: key as `ey${string}` });
    return { status, detail: body.detail, challenge: headers['www-authenticate'] };
  };
  const error = 'Bearer realm="averment", error="invalid_token"';
  t.match(await answered(`${token.slice(0, -6)}AAAAAA`), { status: 401, challenge: error });
  t.match(await answered(await issuer.token({ ...writer, audience: 'another' })), { status: 401, detail: /aud/, challenge: error });
  t.match(await answered(await issuer.token({ sub: 'bob' })), { status: 403, detail: /gives no role here/ });
  const reserved = { subject: event?.actor, role: 'reviewer' };
  t.match(await own.ask('POST', '/v1/keys', { key: 'admin', body: reserved }), { status: 422 }, 'no key is made for a user');
  t.match(
    await own.ask('POST', '/v1/keys', { key: 'admin', body: { ...reserved, subject: 'averment:anchoring' } }),
    { status: 422 },
    'or for the service itself',
  );
  issuer.stop();
  const another = await harness(t, { tokens: settings });
  t.match(await another.ask('GET', '/v1/incidents', { key: token }), { status: 503 }, 'an issuer that is away makes no token wrong');
});
