import { everybody } from '@averment/access';
import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { OpenApi } from '../../openapi.ts';

/** The page loads nothing from elsewhere. Its library sets styles on elements. */
const policy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** The human page of the contract at `/docs`: Swagger UI over the very document that `/openapi.json` serves. */
export const useDocs = async (app: FastifyInstance, document: OpenApi): Promise<void> => {
  // Its types know OpenAPI 3.0; the page shows 3.1.
  await app.register(swagger, { mode: 'static', specification: { document: document as unknown as StaticDocumentSpec['document'] } });
  await app.register(async (scope) => {
    // The page's own routes come from the library, which knows nothing of roles.
    scope.addHook('onRoute', (options) => {
      options.config = { ...options.config, roles: everybody };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { deepLinking: true, showExtensions: true, tryItOutEnabled: true, validatorUrl: null },
      theme: { title: 'Averment: the API' },
      staticCSP: policy,
    });
  });
};
