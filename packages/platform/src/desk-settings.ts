import { z } from 'zod';
import { isOrigin, port, type Setting, url } from './setting-shapes.ts';

/** The settings of the pages: where they are, where the API is for them, and how people sign in by the OpenID provider. */

export const deskSchemas = {
  DESK_ORIGIN: z.string().refine(isOrigin, 'is no origin, which has a scheme and a host and no path'),
  DESK_PORT: port,
  DESK_API_URL: url(['http', 'https'], 'an API'),
  DESK_OIDC_CLIENT_ID: z.string().regex(/^[!-~]{1,200}$/, 'is not the name of a client'),
  DESK_OIDC_CLIENT_SECRET: z.string().regex(/^[ -~]{1,1000}$/, 'is not the secret of a client'),
  // Without openid the provider would not say whom it has signed in (OpenID Connect Core 1.0, 3.1.2.1).
  DESK_OIDC_SCOPE: z.string().regex(/^(?=(?:.* )?openid(?: |$))[!-~]+(?: [!-~]+)*$/, 'is no list of scopes with openid among them'),
  DESK_OIDC_RESOURCE: url(['https', 'http', 'urn'], 'a resource'),
};

export const describedDesk: Record<keyof typeof deskSchemas, Setting> = {
  DESK_ORIGIN: {
    fallback: null,
    example: 'https://record.example',
    about: 'Where browsers find the pages. Without it each request says so.',
    secret: false,
  },
  DESK_PORT: {
    fallback: '8090',
    example: '8090',
    about: 'The port at HOST of the pages as a process of their own (npm run desk); 0 picks a free one.',
    secret: false,
  },
  DESK_API_URL: {
    fallback: 'http://127.0.0.1:8080',
    example: 'http://api.internal:8080',
    about: 'Where that process finds the API.',
    secret: false,
  },
  DESK_OIDC_CLIENT_ID: {
    fallback: null,
    example: 'averment-desk',
    about: 'As what the pages are known to the provider at OIDC_ISSUER. Without it people sign in by keys alone.',
    secret: false,
  },
  DESK_OIDC_CLIENT_SECRET: {
    fallback: null,
    example: 'a-long-secret',
    about: 'What they authenticate with there, unless they are a public client.',
    secret: true,
  },
  DESK_OIDC_SCOPE: {
    fallback: 'openid',
    example: 'openid profile',
    about: 'What they ask the provider for, with blanks between.',
    secret: false,
  },
  DESK_OIDC_RESOURCE: {
    fallback: null,
    example: 'https://record.example/v1',
    about: 'The resource that their tokens are for (RFC 8707), where the provider wants it named.',
    secret: false,
  },
};

export type DeskClient = {
  id: string;
  /** Null for a public client. */
  secret: string | null;
  /** With blanks between. */
  scope: string;
  resource: string | null;
};

export type DeskSettings = {
  /** As `https://record.example`; null, and each request says where the pages are. */
  origin: string | null;
  port: number;
  apiUrl: string;
  /** As what the pages are known to the provider of tokens; null where nobody signs in by it. */
  client: DeskClient | null;
};

type Read = <T>(name: keyof typeof deskSchemas, schema: z.ZodType<T, string>) => T | null;

/** What the pages need and is not set goes to `problems`. */
export const readDesk = (read: Read, isSet: (name: 'OIDC_ISSUER') => boolean, problems: string[]): DeskSettings => {
  const id = read('DESK_OIDC_CLIENT_ID', deskSchemas.DESK_OIDC_CLIENT_ID);
  const client = {
    secret: read('DESK_OIDC_CLIENT_SECRET', deskSchemas.DESK_OIDC_CLIENT_SECRET),
    scope: read('DESK_OIDC_SCOPE', deskSchemas.DESK_OIDC_SCOPE) ?? '',
    resource: read('DESK_OIDC_RESOURCE', deskSchemas.DESK_OIDC_RESOURCE),
  };
  if (id !== null && !isSet('OIDC_ISSUER'))
    problems.push('OIDC_ISSUER has to be set when DESK_OIDC_CLIENT_ID is, for example OIDC_ISSUER=https://login.example');
  return {
    origin: read('DESK_ORIGIN', deskSchemas.DESK_ORIGIN),
    port: read('DESK_PORT', deskSchemas.DESK_PORT) ?? 0,
    apiUrl: read('DESK_API_URL', deskSchemas.DESK_API_URL) ?? '',
    client: id === null ? null : { id, ...client },
  };
};
