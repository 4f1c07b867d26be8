import type { Authenticate } from '@averment/access';
import { createRegistry, type Logger, type LogLevel, type Random, type TrustProxy, trusting } from '@averment/platform';
import accepts from '@fastify/accepts';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { declare } from './declare.ts';
import type { Health } from './health.ts';
import { traceOf } from './http/trace.ts';
import { openApiOf } from './openapi.ts';
import { type Pages, type SendHere, usePages } from './pages.ts';
import { useAccess } from './plugins/app/access.ts';
import { useBodies } from './plugins/app/bodies.ts';
import { useBudget } from './plugins/app/budget.ts';
import { refusalOf, useErrors } from './plugins/app/errors.ts';
import { type Limits, useLimits, warnOfProxies } from './plugins/app/limits.ts';
import { type Load, useLoad } from './plugins/app/load.ts';
import { type Registered, useMethods } from './plugins/app/methods.ts';
import { useMetrics } from './plugins/app/metrics.ts';
import { useRequestLog } from './plugins/app/request-log.ts';
import { useRouted } from './plugins/app/routed.ts';
import { useCompression } from './plugins/external/compression.ts';
import { type Origins, useCors } from './plugins/external/cors.ts';
import { useDocs } from './plugins/external/docs.ts';
import { useSecurityHeaders } from './plugins/external/security-headers.ts';
import { problemOf, problemType } from './problems/problem.ts';
import type { Route } from './route.ts';
import { candidateRoutes } from './routes/candidates.ts';
import { claimRoutes } from './routes/claims.ts';
import { correctionRoutes } from './routes/corrections.ts';
import { editRoutes, leaseRoutes } from './routes/edits.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { exportRoutes } from './routes/exports.ts';
import { feedRoutes } from './routes/feed.ts';
import { guideRoutes } from './routes/guide.ts';
import { importRoutes } from './routes/imports.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { keyRoutes } from './routes/keys.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { meRoutes } from './routes/me.ts';
import { operationRoutes } from './routes/operations.ts';
import { parkedRoutes } from './routes/parked.ts';
import { partyRoutes } from './routes/parties.ts';
import { personRoutes } from './routes/people.ts';
import { policyRoutes } from './routes/policy.ts';
import { recusalRoutes } from './routes/recusals.ts';
import { registerEditRoutes } from './routes/register-edits.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { savedViewRoutes } from './routes/saved-views.ts';
import { sourceRoutes } from './routes/sources.ts';
import { tipRoutes } from './routes/tips.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { Services } from './services.ts';
import { answerBrokenRequest, useExpectations, useHost } from './sockets.ts';

type AppOptions = {
  services: Services;
  authenticate: Authenticate;
  publicRead: boolean;
  /** Where weaknesses are told of, as URIs; `/.well-known/security.txt` has them. Nowhere unless it is said. */
  securityContacts?: readonly string[];
  /** Whose pages may use keys; nobody's unless it is said. */
  corsOrigins?: Origins;
  /** Whose `X-Forwarded-For` tells the address of a client; nobody's unless it is said. */
  trustProxy?: TrustProxy;
  health: () => Promise<Health>;
  logger: Logger;
  random: Random;
  version: string;
  /** How often one client may ask; as often as it likes unless it is said. */
  limits?: Limits;
  /** The level of the lines that tell of requests, and how a subject is named in them; none are written unless it is said. */
  requestLog?: { level: LogLevel; hashOf: (subject: string) => string };
  /** The numbers of the process and of what it stands on, to which those of the requests are added. */
  register?: ReturnType<typeof createRegistry>;
  /** Requests under way at once; a further one is answered 503. */
  maxUnderWay?: number;
  /** Bytes of bodies under way at once; what goes beyond is answered 503. */
  maxBodyBytes?: number;
  /** Makes what answers browsers where the API has no path; nothing does unless it is said. */
  pages?: (send: SendHere) => Promise<Pages>;
  /** Characters of answers that wait for their client to take them; what goes beyond is answered 503. */
  maxAnswerBytes?: number;
};

/** `registered` is what the framework itself will answer, to be held against the documented `routes`. */
export type App = { app: FastifyInstance; load: Load; routes: readonly Route[]; registered: readonly Registered[] };

/** In milliseconds. Fastify's own are all off. The handler's counts while the body arrives: were it not longer, a slow client would be told 503, not 408. */
const timeouts = { headers: 10_000, request: 30_000, handler: 50_000, answer: 30_000, idle: 10_000, silent: 60_000, check: 2000 };
const maxHeaderBytes = 16 * 1024;

/** Builds the server: conventions first, then the routes, each from its declaration. It listens nowhere yet. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { services, random } = options;
  const app = Fastify({
    trustProxy: trusting(options.trustProxy ?? false),
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    connectionTimeout: timeouts.silent,
    keepAliveTimeout: timeouts.idle,
    requestTimeout: timeouts.request,
    // Node looks for connections beyond their time every 30 s, which would make the limits three times as long.
    http: {
      headersTimeout: timeouts.headers,
      connectionsCheckingInterval: timeouts.check,
      maxHeaderSize: maxHeaderBytes,
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // With options, even none, which Fastify passes on, pino takes 9 µs for a child instead of half a one.
    childLoggerFactory: (logger, bindings) => logger.child(bindings),
    genReqId: (request) => traceOf(request.headers.traceparent, random),
    clientErrorHandler: answerBrokenRequest(() => random.bytes(16).toString('hex')),
    frameworkErrors: (error, request, reply) => {
      if (pages.handOver(request, reply as FastifyReply)) return;
      const { status, headers, body } = problemOf(refusalOf(error), request.id);
      void (reply as FastifyReply).code(status).headers(headers).type(problemType).send(body);
    },
  });

  useErrors(app);
  useHost(app);
  const pages = usePages(app);
  useExpectations(app);
  useRouted(app);
  await useSecurityHeaders(app);
  await useCors(app, { origins: options.corsOrigins ?? [], publicRead: options.publicRead });
  await app.register(accepts);
  useBodies(app);
  useBudget(app, { bytes: options.maxBodyBytes ?? 64 * 1024 * 1024, answers: options.maxAnswerBytes ?? 256 * 1024 * 1024 });
  const load = useLoad(app, { limit: options.maxUnderWay ?? 512, handler: timeouts.handler, patience: timeouts.answer });
  const metrics = useMetrics(app, { underWay: load.underWay, register: options.register ?? createRegistry({}) });
  const limiting = await useLimits(app, options.limits ?? { requests: null, wrongKeys: null, tips: null });
  if (options.limits !== undefined && (options.trustProxy ?? false) === false) warnOfProxies(app);
  useAccess(app, { ...options, limiting });
  if (options.requestLog !== undefined) useRequestLog(app, { ...options.requestLog, logger: options.logger });
  const registered = useMethods(app);
  await useCompression(app);

  const operations = operationRoutes({
    health: async () => (load.stopping() ? { reasons: ['the server is stopping'], warnings: [] } : options.health()),
    metrics: metrics.text,
    document: () => text,
    securityContacts: options.securityContacts ?? [],
  });
  const routes = [
    ...sourceRoutes,
    ...importRoutes,
    ...partyRoutes,
    ...incidentRoutes,
    ...candidateRoutes,
    ...editRoutes,
    ...leaseRoutes,
    ...registerEditRoutes,
    ...reviewRoutes,
    ...savedViewRoutes,
    ...recusalRoutes,
    ...policyRoutes,
    ...claimRoutes,
    ...correctionRoutes,
    ...erasureRoutes,
    ...feedRoutes,
    ...exportRoutes,
    ...ledgerRoutes,
    ...guideRoutes,
    ...webhookRoutes,
    ...tipRoutes,
    ...meRoutes,
    ...keyRoutes,
    ...personRoutes,
    ...parkedRoutes,
    ...operations,
  ];
  const text = JSON.stringify(openApiOf(routes, options.version));
  for (const route of routes) declare(app, route, services);
  // Before the server waits for its connections to end.
  app.addHook('preClose', async () => services.streams.close());
  await useDocs(app);
  await app.ready();
  if (options.pages !== undefined) await pages.show(routes, options.pages, load);
  return { app, load, routes, registered };
};
