import { createHash } from 'node:crypto';
import { everybody } from '@averment/access';
import reference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../problems/problem.ts';

/** What the page is, and that it asks nobody else: no fonts, no proxy, no numbers, no assistant of its makers. */
const configuration = {
  url: '/openapi.json',
  pageTitle: 'Averment: the API',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  documentDownloadType: 'json',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
} as const;

const inline = /<script type="text\/javascript">([\s\S]*?)<\/script>/g;
/** The page loads nothing from elsewhere, and runs its own two scripts. Its library sets styles on elements. */
const policyOf = (page: string): string => {
  const own = [...page.matchAll(inline)].map(([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return `default-src 'self'; script-src 'self' ${own.join(' ')}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'`;
};

/** The human page of the contract at `/docs`, over the document that `/openapi.json` serves. */
export const useDocs = async (app: FastifyInstance): Promise<void> => {
  await app.register(async (scope) => {
    // The page's own routes come from the library, which knows nothing of roles.
    scope.addHook('onRoute', (options) => {
      options.config = { ...options.config, roles: everybody };
    });
    // The library makes an address of it.
    scope.addHook('onRequest', async ({ hostname }) => {
      if (!URL.canParse(`http://${hostname}`)) throw new Refusal('MalformedRequest', { detail: 'The header Host names no host.' });
    });
    scope.addHook('onSend', async (_request, reply, payload) => {
      const type = String(reply.getHeader('content-type'));
      if (type.startsWith('text/html')) reply.header('content-security-policy', policyOf(String(payload)));
      // Five megabytes, the same until the service is another.
      if (type.startsWith('application/javascript')) reply.header('cache-control', 'private, max-age=3600');
      return payload;
    });
    await scope.register(reference, { routePrefix: '/docs', configuration });
  });
};
