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
    const { id, method, route, principal } = request;
    const own = route !== null && probes.includes(route) ? 'debug' : level;
    // The hash is not made for a line that nobody reads.
    if (logger.isLevelEnabled(own)) {
      const { statusCode: status, elapsedTime } = reply;
      const subject = principal && hashOf(principal.subject);
      logger[own]({ id, method, route, status, subject, ms: Math.round(elapsedTime * 10) / 10 }, 'a request was answered');
    }
    done();
  });
};
