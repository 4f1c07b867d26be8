import { createHmac, type KeyObject } from 'node:crypto';
import { type Clock, kept, type TokenSettings } from '@averment/platform';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Pool } from 'pg';
import type { Principal } from './roles.ts';

/** Bearer tokens of an OpenID provider (RFC 9068, or any JWT that it signs) in place of keys. */

/** A token that is not valid, or gives no role here (`isKnown`). The message says why, to whoever sent it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly isKnown: boolean;
  constructor(message: string, isKnown = false) {
    super(message);
    this.isKnown = isKnown;
  }
}

/** The provider does not answer, or what it answers cannot be used: whether a token is valid is not known. */
export class IssuerAway extends Error {
  override readonly name = 'IssuerAway';
}

/** Answers whom a token speaks for. Rejects with `TokenRefused`, with `IssuerAway`, and if the database does not answer. */
export type VerifyToken = (token: string) => Promise<Principal>;

/** What a JWT in its compact form looks like (RFC 7515, 7.1). */
export const isToken = (value: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(value);

/** Subjects of users; no key is made for such a one. */
export const isUser = (subject: string): boolean => /^user_[0-9a-f]{32}$/.test(subject);
/** A user's subject: it stands in events for ever, and says nothing about who that is without the key. The form is part of the storage format. */
const subjectOf = (key: KeyObject, { issuer, sub }: { issuer: string; sub: string }): string =>
  `user_${createHmac('sha256', key)
    .update(JSON.stringify([issuer, sub]))
    .digest('hex')
    .slice(0, 32)}`;

/** In milliseconds. A key that the provider gives up is accepted for as long as `jwksFresh`; a new one is looked for at most once in `jwksAgain`. */
const [jwksFresh, jwksAgain, answerWithin] = [60_000, 1000, 5000];

const away = (error: unknown) =>
  new IssuerAway(`the issuer of tokens does not answer as it should: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });

/** TLS, or this machine: whoever can change what is read here can sign tokens. */
const requireSafe = (address: string): URL => {
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))) return url;
  throw away(new Error(`${address} is not asked by TLS`));
};

const discover = async (issuer: string): Promise<string> => {
  const address = requireSafe(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(answerWithin) });
  if (response.status !== 200) throw new Error(`${address} is answered ${response.status}`);
  const { issuer: said, jwks_uri: jwks } = (await response.json()) as Record<string, unknown>;
  if (said !== issuer || typeof jwks !== 'string') throw new Error(`${address} is not of ${issuer}, or names no jwks_uri`);
  return jwks;
};

/** Whether what went wrong is the token's fault; all else is the provider's. */
const isOfToken = (error: unknown): error is errors.JOSEError =>
  [errors.JWTClaimValidationFailed, errors.JWTExpired, errors.JWTInvalid, errors.JWSInvalid, errors.JWSSignatureVerificationFailed]
    .concat([errors.JOSEAlgNotAllowed, errors.JOSENotSupported, errors.JWKSNoMatchingKey] as never)
    .some((kind) => error instanceof kind);

const whyNot = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const whys: Record<string, string> = {
      aud: 'The token is not for this service (aud).',
      iss: 'The token is of another issuer (iss).',
      nbf: 'The token is not valid yet (nbf).',
    };
    return whys[error.claim] ?? `The token has no ${error.claim} that can be used.`;
  }
  return 'The token is not signed by a key of its issuer, in a way that is taken here.';
};

/** What a user is there: the strings at the claim. */
const valuesAt = (payload: JWTPayload, claim: string): string[] => {
  const found = Object.hasOwn(payload, claim)
    ? payload[claim]
    : claim
        .split('.')
        .reduce<unknown>(
          (value, name) =>
            value !== null && typeof value === 'object' && Object.hasOwn(value, name)
              ? (value as Record<string, unknown>)[name]
              : undefined,
          payload,
        );
  return [found].flat().filter((value) => typeof value === 'string');
};

/** Of several keys that fit a token without `kid`, `jose` tries none. */
const verified = async (token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> => {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (inner) {
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) throw inner;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
};

/**
 * Verifies tokens by the keys of their issuer, which are read when they are needed, anew where a token names one that is not known, and once a minute. Who a
 * user is there is noted in `access.users` when one comes first; `key` makes the subject of it.
 */
export const createTokenVerifier = (
  settings: TokenSettings,
  { pool, key, clock }: { pool: Pick<Pool, 'query'>; key: KeyObject; clock: Clock },
): VerifyToken => {
  const { issuer, audience, algorithms, tolerance, rolesClaim, roles } = settings;
  const keysOf = kept(
    async () => {
      const url = requireSafe(settings.jwks ?? (await discover(issuer)));
      return createRemoteJWKSet(url, { cacheMaxAge: jwksFresh, cooldownDuration: jwksAgain, timeoutDuration: answerWithin });
    },
    { fresh: Number.POSITIVE_INFINITY },
  );
  const note = kept(
    async (user: string) => {
      const [subject, sub] = JSON.parse(user) as [string, string];
      await pool.query('INSERT INTO access.users (subject, issuer, sub, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
        subject,
        issuer,
        sub,
        clock.now(),
      ]);
      return true;
    },
    { fresh: 60_000, most: 10_000 },
  );
  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      const keys = await keysOf();
      return await verified(token, keys, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: tolerance / 1000,
        currentDate: clock.now(),
      });
    } catch (error) {
      if (isOfToken(error)) throw new TokenRefused(whyNot(error));
      throw error instanceof IssuerAway ? error : away(error);
    }
  };

  return async (token) => {
    const payload = await verify(token);
    const { sub = '' } = payload;
    if (sub === '') throw new TokenRefused('The token has no sub that can be used.');
    const values = valuesAt(payload, rolesClaim);
    const role = roles.find(([value]) => values.includes(value))?.[1];
    if (role === undefined) throw new TokenRefused(`The token gives no role here: its ${rolesClaim} has none of those that do.`, true);
    const subject = subjectOf(key, { issuer, sub });
    await note(JSON.stringify([subject, sub]));
    // A token that a program got for itself is its own subject (RFC 9068, 2.2).
    return {
      subject,
      role,
      kind: payload.client_id === sub ? 'machine' : 'person',
      keyId: null,
      expiresAt: new Date((payload.exp ?? 0) * 1000),
    };
  };
};
