import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

type Test = { teardown(run: () => Promise<void>): void };
type Claims = Record<string, unknown>;
export type Asked = { sub: string; claims?: Claims; audience?: string; lasts?: number; client?: string };

export type SigningKey = JsonWebKey & { kid: string; alg: string; use: 'sig' };
/** A private key of its own, as a provider keeps it. */
export const newKey = (kid: string): SigningKey => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
  alg: 'RS256',
  use: 'sig',
});

/** An OpenID provider on loopback. `rotate` gives it other keys; its name stays. */
export const startIssuer = async (t: Test, keys: SigningKey[]) => {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** What goes into the next token, beside what the provider says itself. */
  let more: Claims = {};
  const start = (keys: SigningKey[]): Provider => {
    const provider = new Provider(url, {
      jwks: { keys },
      cookies: { keys: ['of a test'] },
      clients: ['desk', 'program'].map((client_id) => ({
        client_id,
        client_secret: 'secret',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      })),
      features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true }, resourceIndicators: { enabled: true } },
      formats: {
        customizers: {
          jwt: (_context: unknown, _token: unknown, parts: { payload: object }) => {
            Object.assign(parts.payload, more);
            return parts;
          },
        },
      },
    });
    answer = provider.callback();
    return provider;
  };
  let provider = start(keys);

  return {
    url,
    /** How often it was asked. */
    asked: () => asked,
    rotate: (keys: SigningKey[]) => {
      provider = start(keys);
    },
    /** From then on it answers nothing that can be used. */
    stop: () => {
      answer = (_, response) => void response.writeHead(503).end();
    },
    /** An access token that it signs for a user. */
    token: async ({ sub, claims = {}, audience = 'averment', lasts = 600, client = 'desk' }: Asked): Promise<string> => {
      const found = await provider.Client.find(client);
      if (found === undefined) throw new Error(`there is no client ${client}`);
      const token = new provider.AccessToken({ accountId: sub, client: found, scope: 'api', expiresIn: lasts });
      token.resourceServer = new provider.ResourceServer(`urn:${audience}`, {
        scope: 'api',
        audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      });
      more = claims;
      return await token.save();
    },
  };
};
