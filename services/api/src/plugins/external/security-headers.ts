import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Nothing that is answered is a page, but for those of `/docs` and documents that were kept, which have policies of their own. */
const policy = {
  useDefaults: false,
  directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'none'"] },
};
/** In seconds. */
const year = 31_536_000;

/**
 * Headers that tell browsers what an answer is not to be used for. It comes before whatever may refuse. That the host is asked by TLS alone (RFC 6797) is said
 * where it was, as far as a proxy that is believed tells.
 */
export const useSecurityHeaders = async (app: FastifyInstance): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: policy,
    frameguard: { action: 'deny' },
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https') reply.header('strict-transport-security', `max-age=${year}`);
    done();
  });
};
