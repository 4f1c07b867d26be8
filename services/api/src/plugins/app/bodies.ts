import type { FastifyInstance } from 'fastify';
import { parseJson } from '../../http/json.ts';
import { Refusal } from '../../problems/problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types of the bodies that the route takes, where they are not JSON. */
    takes?: readonly string[];
  }
}

export const unsupportedDocument = (types: readonly string[]): Refusal => {
  const told = types.join(', ');
  return new Refusal('UnsupportedDocument', { detail: `Send a document of one of ${told}.` }, { accept: told });
};

/** For the routes of this part of the app: takes bodies of these media types as they are, and none of any other. */
export const takeBytes = (app: FastifyInstance, types: readonly string[]): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...types], { parseAs: 'buffer' }, (request, bytes, done) => {
    if (request.headers['content-encoding'] !== undefined)
      return done(new Refusal('UnsupportedDocument', { detail: 'The body is encoded; send it plain.' }));
    done(null, bytes);
  });
  app.addContentTypeParser('*', (_request, _payload, done) => done(unsupportedDocument(types)));
};

/** Takes bodies of `application/json` in UTF-8 and of no other kind. An empty body is none. */
export const useBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
      return done(new Refusal('UnsupportedMediaType', { detail: `The body is in ${charset}; JSON is UTF-8.` }));
    }
    if (request.headers['content-encoding'] !== undefined)
      return done(new Refusal('UnsupportedMediaType', { detail: 'The body is encoded; send it plain.' }));
    try {
      done(null, bytes.length === 0 ? undefined : parseJson(bytes as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
};
