import { everybody } from '@averment/access';
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The origins (`https://app.example`) whose pages may use keys; `*` for all. */
export type Origins = '*' | readonly string[];

const reading = { methods: ['GET', 'HEAD'], allowedHeaders: ['If-None-Match', 'Last-Event-ID', 'traceparent'] };
const everything = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Last-Event-ID',
    'Tip-Secret',
    'traceparent',
  ],
};

/** What a page may read of an answer beside what browsers show anyway. */
const exposedHeaders = [
  'Allow',
  'Averment-As-Of',
  'Averment-As-Of-Revision',
  'Averment-As-Of-Time',
  'Averment-Behind',
  'Averment-Incomplete',
  'Averment-Log',
  'Averment-Position',
  'Content-Disposition',
  'ETag',
  'Link',
  'Retry-After',
  'WWW-Authenticate',
];

/**
 * Lets pages of other origins (the Fetch standard's CORS) read what anybody reads, and those of `origins` do all that their keys may. There are no cookies,
 * so a page never does what its visitor did not give it a key for. What needs no key and is sent, a tip, is for pages of `origins` alone as well: a page could
 * else let its visitors send tips, each from another address. It comes before access, so that refusals can be read too.
 */
export const useCors = async (app: FastifyInstance, { origins, publicRead }: { origins: Origins; publicRead: boolean }): Promise<void> => {
  // The library's own route, so that there is one for a preflight: it is answered as every OPTIONS is (`plugins/app/methods.ts`).
  app.addHook('onRoute', (route) => {
    if (route.url === '*') route.config = { ...route.config, roles: everybody };
  });
  const originFor = ({ headers, method }: FastifyRequest): { origin: string | false } & Partial<typeof everything> => {
    if (origins === '*') return { origin: '*', ...everything };
    if (headers.origin !== undefined && origins.includes(headers.origin)) return { origin: headers.origin, ...everything };
    const isPublic = publicRead && headers.authorization === undefined && ['GET', 'HEAD', 'OPTIONS'].includes(method);
    return { origin: isPublic ? '*' : false, ...reading };
  };
  await app.register(cors, {
    delegator: (request, done) =>
      done(null, { ...originFor(request), exposedHeaders, maxAge: 600, preflightContinue: true, strictPreflight: false }),
  });
};
