import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The route that takes the request, as `/v1/sources/:id`; null where none does. */
    route: string | null;
  }
}

/** Tells each request its route. The framework makes all that it knows of a route anew whenever it is asked, and half a dozen hooks ask. */
export const useRouted = (app: FastifyInstance): void => {
  app.decorateRequest('route', null);
  app.addHook('onRequest', (request, _reply, done) => {
    request.route = request.routeOptions.url ?? null;
    done();
  });
};
