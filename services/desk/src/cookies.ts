import type { FastifyReply, FastifyRequest } from 'fastify';

/** `session`: who has signed in. `form`: the secret behind the tokens of forms. `oidc`: a sign-in that is under way at the provider. */
export type CookieName = 'session' | 'form' | 'oidc';

/** In characters, with its name: what browsers keep at most (RFC 6265bis, 5.6). */
const most = 4096;

/** What was to be kept in a cookie is longer than browsers keep one. */
export class CookieTooLong extends Error {
  override name = 'CookieTooLong';
}

/**
 * The cookies of one request. By https their names have the prefix with which browsers take them from this very host alone, and by TLS (RFC 6265bis, 4.1.3.2):
 * neither a neighbour nor a network puts one in.
 */
export const cookiesOf = (request: FastifyRequest, reply: FastifyReply, isSecure: boolean) => {
  const nameOf = (cookie: CookieName) => `${isSecure ? '__Host-' : ''}averment_${cookie}`;
  const about = { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure } as const;
  return {
    read: (cookie: CookieName): string | undefined => request.cookies[nameOf(cookie)],
    /** Kept for so many seconds, or until the browser is closed. Throws `CookieTooLong`. */
    write: (cookie: CookieName, value: string, seconds?: number): void => {
      const name = nameOf(cookie);
      const excess = name.length + value.length - most;
      if (excess > 0) throw new CookieTooLong(`${excess} characters too many`);
      reply.setCookie(name, value, { ...about, ...(seconds !== undefined && { maxAge: seconds }) });
    },
    drop: (cookie: CookieName): void => void reply.clearCookie(nameOf(cookie), about),
  };
};
export type Cookies = ReturnType<typeof cookiesOf>;
