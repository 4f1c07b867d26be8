import { type Authenticate, IssuerAway, isOneOf, type Principal, type RoleOrNone, TokenRefused } from '@averment/access';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { Refusal } from '../../problems/problem.ts';
import type { Limiting } from './limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request; null for none. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    roles?: readonly RoleOrNone[];
    /** Whether one address may use it so often only. */
    limited?: boolean;
  }
}

/** The paths that answer without a key even where nothing else does: whoever watches the process has none. */
export const probes = ['/livez', '/readyz'];
/** Whoever found a weakness has none either. */
export const securityText = '/.well-known/security.txt';

/**
 * Decides before the body is read who may use a route: 401 without a valid key where one is needed, 403 for a role that the route does not list. A key
 * that is not valid is refused everywhere: otherwise its owner would take the public's part for the whole.
 */
export const useAccess = (app: FastifyInstance, options: { authenticate: Authenticate; publicRead: boolean; limiting: Limiting }): void => {
  const { limiting } = options;
  app.decorateRequest('principal', null);

  // Digests say nothing, and proof that needs a key from whom it is about proves less.
  const isForAnybody = ({ route }: FastifyRequest) => route === securityText || route?.startsWith('/log/');
  const isProbe = ({ route }: FastifyRequest) => route !== null && probes.includes(route);
  const refusalFor = (request: FastifyRequest): Refusal | undefined => {
    // Browsers ask so before they send a key, and learn nothing of the record.
    if (request.method === 'OPTIONS') return undefined;
    if (request.principal === null && !options.publicRead && !isForAnybody(request)) return unauthenticated('A key is needed here.');
    return request.route === null ? undefined : wrongRole(request);
  };
  const identify = async (request: FastifyRequest, authorization: string): Promise<void> => {
    const principal = await principalOf(authorization, options.authenticate).catch((error: unknown) => {
      if (error instanceof TokenRefused) return refusalOf(error);
      throw error instanceof IssuerAway
        ? new Refusal('Unavailable', { detail: 'Who signs tokens does not answer: send it again.' })
        : error;
    });
    if (principal === null || principal instanceof Refusal) {
      await limiting.countWrongKey(request);
      throw principal ?? unauthenticated('The key is not valid.');
    }
    request.principal = principal;
    await limiting.count(request);
  };

  app.addHook('onRequest', (request, _reply, done) => {
    // A key means nothing there. If it were looked at, keys could be guessed without end, and a probe would wait for the database.
    if (isProbe(request)) return done();
    const { authorization } = request.headers;
    const counted = authorization === undefined ? limiting.count(request) : identify(request, authorization);
    const waiting = request.routeOptions.config.limited ? Promise.resolve(counted).then(() => limiting.countLimited(request)) : counted;
    if (waiting === undefined) done(refusalFor(request));
    else void waiting.then(() => done(refusalFor(request)), done);
  });

  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', (done) => {
    // A route without roles would answer nobody, and by a mistake of the check everybody.
    const open = routes.find(({ config }) => config?.roles === undefined);
    done(open && new TypeError(`the route ${open.url} does not say who may use it`));
  });
};

const wrongRole = ({ principal, routeOptions }: FastifyRequest): Refusal | undefined => {
  const roles = routeOptions.config.roles ?? [];
  if (isOneOf(roles, principal)) return undefined;
  if (principal === null) return unauthenticated('A key is needed here.');
  return new Refusal('Forbidden', {
    detail: `This takes a key of another role (${roles.filter((role) => role !== 'none').join(', ')}); yours is ${principal.role}.`,
  });
};

/** All headers together have less room than this. */
const mostOfToken = 16 * 1024;
const principalOf = async (authorization: string, authenticate: Authenticate): Promise<Principal | null> => {
  const key = authorization.length > mostOfToken ? undefined : /^Bearer +([\x21-\x7e]+)$/i.exec(authorization.trim())?.[1];
  return key === undefined ? null : await authenticate(key);
};

/** The refusal of a token, as RFC 6750 has it. */
const refusalOf = ({ message, isKnown }: TokenRefused): Refusal =>
  isKnown
    ? new Refusal('Forbidden', { detail: message })
    : new Refusal('Unauthenticated', { detail: message }, { 'www-authenticate': `${challenge}, error="invalid_token"` });

const challenge = 'Bearer realm="averment"';
const unauthenticated = (detail: string) => new Refusal('Unauthenticated', { detail }, { 'www-authenticate': challenge });
