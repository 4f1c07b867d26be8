import type { Logger, LogLevel } from '@averment/platform';
import type { FastifyInstance } from 'fastify';
import { probes } from './access.ts';

type RequestLog = { level: LogLevel; logger: Logger; hashOf: (subject: string) => string };

/**
 * Writes one line for each request that was answered: what was asked, by whom, what came of it and in how many milliseconds. The route and not the path, the
 * hash of the subject and not its name; nothing that was sent or answered, since a log outlives erased texts.
 */
export const useRequestLog = (app: FastifyInstance, { level, logger, hashOf }: RequestLog): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { url = null } = request.routeOptions;
    const line = {
      id: request.id,
      method: request.method,
      route: url,
      status: reply.statusCode,
      subject: request.principal && hashOf(request.principal.subject),
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    logger[url !== null && probes.includes(url) ? 'debug' : level](line, 'a request was answered');
    done();
  });
};
