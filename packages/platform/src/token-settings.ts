import { z } from 'zod';
import { duration, type Setting, url } from './setting-shapes.ts';

/** The settings of an OpenID provider whose tokens are taken in place of keys. */

const list = z
  .string()
  .refine((value) => !/[\0-\x1f\x7f]/.test(value), 'has control characters')
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
/** With none of them does whoever knows the keys that verify know one that signs. */
const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const algorithms = list.refine(
  (names) => names.length > 0 && names.every((name) => signatures.includes(name)),
  `is no list of algorithms: there are ${signatures.join(', ')}`,
);
/** The roles of `packages/access`, which stands on this. */
const tokenRoles = ['contributor', 'reviewer', 'auditor', 'app', 'admin'] as const;
const roleMap = list
  .transform((pairs) => pairs.map((pair) => /^(.+)=([^=]+)$/.exec(pair)?.slice(1) ?? [pair, '']))
  .refine(
    (pairs) => pairs.length > 0 && pairs.every(([, role]) => tokenRoles.some((known) => known === role)),
    `is no list of values and roles, like desk=reviewer: roles are ${tokenRoles.join(', ')}`,
  )
  .transform((pairs) => pairs as [string, (typeof tokenRoles)[number]][]);

export const tokenSchemas = {
  OIDC_ISSUER: url(['https', 'http'], 'an OpenID provider'),
  OIDC_AUDIENCE: list.refine((names) => names.length > 0, 'names nothing'),
  OIDC_ALGORITHMS: algorithms,
  OIDC_JWKS_URL: url(['https', 'http'], 'a set of keys'),
  OIDC_ROLES_CLAIM: z.string().regex(/^[!-~]{1,200}$/, 'is not the name of a claim'),
  OIDC_ROLES: roleMap,
  OIDC_CLOCK_TOLERANCE: duration,
};

export const describedTokens: Record<keyof typeof tokenSchemas, Setting> = {
  OIDC_ISSUER: {
    fallback: null,
    example: 'https://login.example',
    about: 'An OpenID provider whose tokens are taken in place of keys, as it calls itself. Without it there are keys alone.',
    secret: false,
  },
  OIDC_AUDIENCE: {
    fallback: null,
    example: 'averment',
    about: 'What its tokens have to be for (aud); several with commas between.',
    secret: false,
  },
  OIDC_ALGORITHMS: {
    fallback: 'RS256',
    example: 'RS256,ES256',
    about: 'By which algorithms its tokens may be signed.',
    secret: false,
  },
  OIDC_JWKS_URL: {
    fallback: null,
    example: 'https://login.example/jwks',
    about: 'Where its keys are; without it, its metadata say so.',
    secret: false,
  },
  OIDC_ROLES_CLAIM: {
    fallback: 'roles',
    example: 'realm_access.roles',
    about: 'The claim that says what a user is there; dots lead into objects.',
    secret: false,
  },
  OIDC_ROLES: {
    fallback: null,
    example: 'desk=reviewer,writers=contributor',
    about: 'Which values of that claim give which role here; the first that a token has counts.',
    secret: false,
  },
  OIDC_CLOCK_TOLERANCE: {
    fallback: '30s',
    example: '30s',
    about: 'By how much its clock and this one may differ: a number and s, m, h or d.',
    secret: false,
  },
};

export type TokenSettings = {
  /** As the provider calls itself: the `iss` of its tokens. */
  issuer: string;
  /** One of which has to be in `aud`. */
  audience: string[];
  /** By which tokens may be signed (RFC 7518, 3.1). */
  algorithms: string[];
  /** Where the provider's keys are; null, and its metadata say so (OpenID Connect Discovery 1.0). */
  jwks: string | null;
  /** The claim that says what a user is there: a name, or several with dots between. */
  rolesClaim: string;
  /** Which of the values there give which role; the first that a token has counts. */
  roles: [value: string, role: (typeof tokenRoles)[number]][];
  /** By how much the clocks may differ, in milliseconds. */
  tolerance: number;
};

type Read = <T>(name: keyof typeof tokenSchemas, schema: z.ZodType<T, string>) => T | null;

/** Null where there is no provider. What a provider needs and is not set goes to `problems`. */
export const readTokens = (
  read: Read,
  isMissing: (name: keyof typeof tokenSchemas) => boolean,
  problems: string[],
): TokenSettings | null => {
  const issuer = read('OIDC_ISSUER', tokenSchemas.OIDC_ISSUER);
  const settings = {
    audience: read('OIDC_AUDIENCE', tokenSchemas.OIDC_AUDIENCE) ?? [],
    algorithms: read('OIDC_ALGORITHMS', tokenSchemas.OIDC_ALGORITHMS) ?? [],
    jwks: read('OIDC_JWKS_URL', tokenSchemas.OIDC_JWKS_URL),
    rolesClaim: read('OIDC_ROLES_CLAIM', tokenSchemas.OIDC_ROLES_CLAIM) ?? '',
    roles: read('OIDC_ROLES', tokenSchemas.OIDC_ROLES) ?? [],
    tolerance: read('OIDC_CLOCK_TOLERANCE', tokenSchemas.OIDC_CLOCK_TOLERANCE) ?? 0,
  };
  if (issuer === null) return null;
  for (const name of ['OIDC_AUDIENCE', 'OIDC_ROLES'] as const)
    if (isMissing(name)) problems.push(`${name} has to be set when OIDC_ISSUER is, for example ${name}=${describedTokens[name].example}`);
  return { issuer, ...settings };
};
