import type { DeskClient } from '@averment/platform';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { z } from 'zod';
import { createSeal } from './seal.ts';

/** What has to be the same when the browser comes back: it lies in its cookie, sealed. */
const shape = z.object({ verifier: z.string(), state: z.string(), nonce: z.string(), back: z.string() });

/** In seconds: for how long somebody may be at the provider. */
export const signInLength = 600;
/** In seconds: how long the provider is waited for. */
const patience = 10;

/** A sign-in that did not come to its end; the message is for whoever wanted in. */
export class NotSignedIn extends Error {
  override name = 'NotSignedIn';
}

export type OidcOptions = { issuer: string; client: DeskClient; serverKey: Uint8Array };

/** Sign-in by the code flow of OpenID Connect with PKCE (RFC 7636). What comes of it is an access token, which the API takes in place of a key. */
export const createOidc = ({ issuer, client, serverKey }: OidcOptions) => {
  const { id, secret, scope, resource } = client;
  const { seal, open } = createSeal(serverKey, 'sign-in', shape);
  const named = { ...(resource !== null && { resource }) };
  let found: Promise<Configuration> | undefined;
  /** The provider's metadata, asked for once. A question that failed is asked again. */
  const provider = (): Promise<Configuration> => {
    found ??= discovery(new URL(issuer), id, undefined, secret === null ? None() : ClientSecretBasic(secret), {
      timeout: patience,
      ...(issuer.startsWith('http:') && { execute: [allowInsecureRequests] }),
    }).catch((error: unknown) => {
      found = undefined;
      throw new NotSignedIn('Your organisation’s sign-in does not answer at the moment. Ask again in a while.', { cause: error });
    });
    return found;
  };

  return {
    /** Where the browser goes, and what it keeps until it is back at `redirect`. It goes on to `back` then. */
    begin: async (redirect: string, back: string): Promise<{ url: string; sealed: string }> => {
      const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
      const url = buildAuthorizationUrl(await provider(), {
        redirect_uri: redirect,
        scope,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...named,
      });
      return { url: url.href, sealed: await seal({ verifier, state, nonce, back }, signInLength) };
    },
    /** The token that the provider gives for what the browser brought back to this address, and for how many seconds it holds. Throws `NotSignedIn`. */
    end: async (address: URL, sealed: string | undefined): Promise<{ token: string; seconds: number | undefined; back: string }> => {
      const begun = await open(sealed);
      if (begun === null) throw new NotSignedIn('This sign-in was begun too long ago, or in another browser. Begin it again.');
      const config = await provider();
      try {
        const checks = { pkceCodeVerifier: begun.verifier, expectedState: begun.state, expectedNonce: begun.nonce, idTokenExpected: true };
        const tokens = await authorizationCodeGrant(config, address, checks, named);
        return { token: tokens.access_token, seconds: tokens.expiresIn(), back: begun.back };
      } catch (error) {
        if (error instanceof AuthorizationResponseError)
          throw new NotSignedIn(`Your organisation did not sign you in: it says ${error.error}.`, { cause: error });
        throw new NotSignedIn('What came back from your organisation cannot be used. Begin the sign-in again.', { cause: error });
      }
    },
  };
};
export type Oidc = ReturnType<typeof createOidc>;
