import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const policy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    // The icons of the style sheet are data in it.
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
};
/** The same for what no hook sees. */
export const policyText = Object.entries(policy.directives)
  .map(([name, values]) => `${name} ${values.join(' ')}`)
  .join(';');
/** In seconds. */
const year = 31_536_000;

/** Headers that tell browsers what a page may do: nothing that is not of this address. By https they say that it is asked for by TLS alone (RFC 6797). */
export const useSecurityHeaders = async (app: FastifyInstance, isSecure: (request: FastifyRequest) => boolean): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: policy,
    frameguard: { action: 'deny' },
    strictTransportSecurity: false,
    // Forms say to us alone from where they were sent.
    referrerPolicy: { policy: 'same-origin' },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (isSecure(request)) reply.header('strict-transport-security', `max-age=${year}`);
    done();
  });
};

/** Whether another site's page sent a request, as far as the browser tells: by Fetch Metadata, or an `Origin` that is not ours. */
export const isForeign = ({ headers, host }: FastifyRequest): boolean => {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host);
};
