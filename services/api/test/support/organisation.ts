import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { newKey } from './issuer.ts';

type Test = { teardown(run: () => Promise<void>): void };
/** Whom it signs in without asking, with what in their tokens; or what it says instead. */
type Person = { sub: string; claims?: Record<string, unknown>; lasts?: number; refused?: string };
type Context = { oidc: { client: { clientId: string }; session: { accountId: string } } };

/** An OpenID provider on loopback at which people sign in for a client `pages`, by its code flow. It answers 503 until it is opened for an address. */
export const startOrganisation = async (t: Test) => {
  let person: Person = { sub: 'nobody' };
  let provider: Provider | undefined;
  let answer = (_path: string): ReturnType<Provider['callback']> | undefined => undefined;
  const server = createServer((request, response) => {
    const handle = answer(request.url ?? '');
    if (handle === undefined) response.writeHead(503).end();
    else handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** What somebody may whom it has signed in: all that was asked for. */
  const grant = async ({ oidc: { client, session } }: Context) => {
    if (provider === undefined) throw new Error('it is not open');
    const all = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    all.addOIDCScope('openid');
    all.addResourceScope('urn:averment', 'api');
    await all.save();
    return all;
  };

  return {
    url,
    /** Who sits before the browser from then on. */
    be: (next: Person) => {
      person = next;
    },
    /** From then on it answers, and sends browsers back to this address. */
    open: (redirect: string): void => {
      const own = new Provider(url, {
        jwks: { keys: [newKey('one')] },
        cookies: { keys: ['of a test'] },
        clients: [{ client_id: 'pages', client_secret: 'secret', redirect_uris: [redirect] }],
        findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
        loadExistingGrant: grant,
        interactions: { url: () => '/people' },
        features: {
          devInteractions: { enabled: false },
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo: () => ({
              scope: 'api',
              audience: 'averment',
              accessTokenFormat: 'jwt',
              accessTokenTTL: person.lasts ?? 600,
              jwt: { sign: { alg: 'RS256' } },
            }),
          },
        },
        extraTokenClaims: () => person.claims,
      });
      const finish: ReturnType<Provider['callback']> = (request, response) => {
        const result = person.refused === undefined ? { login: { accountId: person.sub } } : { error: person.refused };
        void own.interactionFinished(request, response, result);
      };
      provider = own;
      const callback = own.callback();
      answer = (path) => (path.startsWith('/people') ? finish : callback);
    },
  };
};
