import compress, { type FastifyCompressOptions } from '@fastify/compress';
import type { FastifyInstance, onSendHookHandler } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The entity tag stands for the bytes of the answer, and not for the state of a thing. */
    tagsBytes?: boolean;
  }
}

/** In bytes: a shorter answer fits into one packet as it is. */
const threshold = 1024;

/** Of a stream, which may be long: brotli would take several times as long, and zstd is there with Node 22.15. */
export const streamCodings: Pick<FastifyCompressOptions, 'encodings' | 'customTypes'> = { encodings: ['zstd', 'gzip'], customTypes: /./ };

/** Of a representation that is coded other bytes are sent, so a tag for bytes is weak there (RFC 9110, 8.8.1). An edit's stays the one that `If-Match` takes. */
const weaken: onSendHookHandler = (request, reply, payload, done) => {
  const etag = reply.getHeader('etag');
  if (request.routeOptions.config.tagsBytes && typeof etag === 'string' && reply.hasHeader('content-encoding') && etag.startsWith('"'))
    reply.header('etag', `W/${etag}`);
  done(null, payload);
};

/** Answers in the coding that `Accept-Encoding` prefers. Called before any route is registered; bodies of requests stay plain. */
export const useCompression = async (app: FastifyInstance): Promise<void> => {
  await app.register(compress, { threshold, encodings: ['br', 'gzip'], globalDecompression: false });
  // After the library's own hook on the same route.
  app.addHook('onRoute', (route) => {
    route.onSend = [...[route.onSend ?? []].flat(), weaken];
  });
};
