import type { IncomingMessage, ServerResponse } from 'node:http';
import { createApi } from '@averment/client';
import type { Logger, Random } from '@averment/platform';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { Refused } from './answers.ts';
import { readAssets } from './assets.ts';
import { formOf, hidden, tokenField, tokenOf } from './forms.ts';
import { frame } from './frame.ts';
import { html } from './html.ts';
import { type KeptPage, keepPages, noting, type Send } from './kept.ts';
import type { Asked, Page, PageSpec } from './page.ts';
import { pages } from './pages/index.ts';
import { signInPage } from './pages/sign-in.ts';
import { problemPage } from './problems.ts';
import { createSessions, type Me, sessionLength } from './session.ts';
import { keepVocabulary } from './vocabulary.ts';

export type DeskOptions = {
  /** Sends a request to the API for a client of this address; the host of its URL means nothing. */
  send: (request: Request, address: string) => Promise<Response>;
  serverKey: Uint8Array;
  /** Where browsers find the pages, as `https://record.example`; null, and each request says so. */
  origin: string | null;
  /** Whose `X-Forwarded-For` and its kin are believed, as Fastify takes it; nobody's unless it is said. */
  trustProxy?: FastifyServerOptions['trustProxy'];
  logger: Logger;
  random: Random;
};

export type Desk = {
  /** Answers a request of a browser. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** What listens, where it is a process of its own. */
  app: FastifyInstance;
};

const sessionCookie = 'averment_session';
/** In bytes: what a form may be, and one with a file. */
const bodyLimits = { form: 2 * 1024 * 1024, file: 34 * 1024 * 1024 };
/** Where the API is said to be where its answers come from the same process. */
const nowhere = 'http://averment.invalid';

/** In milliseconds, where it listens by itself. Fastify's own are off. */
const timeouts = { connectionTimeout: 60_000, keepAliveTimeout: 10_000, requestTimeout: 30_000 };
/** In seconds. */
const year = 31_536_000;

const policy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    // The icons of the style sheet are data in it.
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
};

/** Makes the pages. They know the product by what `send` answers alone. */
export const createDesk = async (options: DeskOptions): Promise<Desk> => {
  const { logger, random } = options;
  const assets = await readAssets();
  const sessions = createSessions(options.serverKey);
  const vocabulary = keepVocabulary();
  const kept = keepPages();
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    trustProxy: options.trustProxy ?? false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    bodyLimit: bodyLimits.form,
    ...timeouts,
    frameworkErrors: (error, request, reply) => void sendPage(request, reply as FastifyReply, problemPage(error), null),
  });

  // As the API passes over an `Expect` that is not known.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  await app.register(helmet, {
    contentSecurityPolicy: policy,
    frameguard: { action: 'deny' },
    strictTransportSecurity: false,
    // Forms say to us alone from where they were sent.
    referrerPolicy: { policy: 'same-origin' },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (originOf(request).startsWith('https:')) reply.header('strict-transport-security', `max-age=${year}`);
    done();
  });
  await app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'], globalDecompression: false });
  await app.register(cookie);
  await app.register(csrf, { getToken: tokenOf, cookieOpts: { path: '/', httpOnly: true, sameSite: 'lax' } });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, new URLSearchParams(String(text))),
  );
  await app.register(multipart, { attachFieldsToBody: true, limits: { fileSize: 32 * 1024 * 1024, files: 1, fields: 400 } });

  const originOf = ({ protocol, host }: FastifyRequest) => options.origin ?? `${protocol}://${host}`;
  const meOf = async (request: FastifyRequest): Promise<Me | null> => {
    const sealed = request.cookies[sessionCookie];
    return sealed === undefined ? null : sessions.open(sealed);
  };

  const askedOf = async (request: FastifyRequest, reply: FastifyReply, me: Me | null, send: Send): Promise<Asked> => {
    const api = createApi({ url: nowhere, fetch: send, ...(me && { key: me.key }) });
    const { searchParams } = new URL(request.url, nowhere);
    return {
      api,
      vocabulary: () => vocabulary(api),
      me,
      path: request.params as Record<string, string>,
      query: searchParams,
      form: await formOf(request),
      here: request.url,
      origin: originOf(request),
      sends: (action, inside, attributes) =>
        html`<form method="post" action="${action}"${attributes && html` ${attributes}`}>${hidden(tokenField, reply.generateCsrf())}${inside}</form>`,
      newKey: () => random.uuid(),
      signIn: async (next) => {
        const about = { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
        if (next === null) reply.clearCookie(sessionCookie, about);
        else reply.setCookie(sessionCookie, await sessions.seal(next), { ...about, maxAge: sessionLength });
      },
    };
  };

  const textOf = async (request: FastifyRequest, made: Page, me: Me | null) =>
    String(await frame({ page: made, me, assets, origin: originOf(request), here: request.url }));

  const sendPage = async (request: FastifyRequest, reply: FastifyReply, made: Page, me: Me | null) =>
    reply
      .code(made.status ?? 200)
      .headers({ 'cache-control': 'private, no-cache', vary: 'cookie', ...made.headers })
      .type('text/html; charset=utf-8')
      .send(await textOf(request, made, me));

  const sendKept = (request: FastifyRequest, reply: FastifyReply, made: KeptPage) => {
    const accepted = request.headers['accept-encoding'] ?? '';
    const coding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null;
    // The coding is part of the tag: other bytes are sent.
    const etag = `"${made.etag}${coding === null ? '' : `-${coding}`}"`;
    reply.headers({ 'cache-control': 'public, no-cache', vary: 'cookie, accept-encoding', etag });
    const known = (request.headers['if-none-match'] ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
    if (known) return reply.code(304).send();
    reply.type('text/html; charset=utf-8');
    return coding === null ? reply.send(made.plain) : reply.header('content-encoding', coding).send(made[coding]);
  };

  const answer = async (spec: PageSpec, request: FastifyRequest, reply: FastifyReply) => {
    const me = await meOf(request);
    const send: Send = (one) => options.send(one, request.ip);
    const isKept = me === null && (spec.method ?? 'GET') === 'GET';
    const address = `${originOf(request)}${request.url}`;
    const found = isKept ? await kept.find(address, send) : null;
    if (found !== null) return sendKept(request, reply, found);
    const noted = noting(send);
    const asked = await askedOf(request, reply, me, noted.send);
    try {
      if (spec.signedIn && me === null) return await askToSignIn(asked, request, reply);
      const made = await spec.handle(asked);
      if ('onward' in made) return reply.redirect(made.onward, 303);
      if ('sent' in made)
        return reply
          .headers({ 'cache-control': 'no-cache', ...made.headers })
          .type(made.type)
          .send(made.sent);
      const parts = isKept && made.status === undefined && reply.getHeader('set-cookie') === undefined ? noted.made() : null;
      if (parts === null) return sendPage(request, reply, made, me);
      const text = await textOf(request, made, me);
      return sendKept(request, reply, await kept.keep(address, text, parts));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      await asked.signIn(null);
      return askToSignIn(asked, request, reply);
    }
  };

  /** What was written in a form goes along; after a page that was only asked for, the browser comes back to it. */
  const askToSignIn = async (asked: Asked, request: FastifyRequest, reply: FastifyReply) => {
    if (request.method !== 'POST') return reply.redirect(`/sign-in?back=${encodeURIComponent(request.url)}`, 303);
    const { referer = '/desk' } = request.headers;
    const back = URL.canParse(referer) ? `${new URL(referer).pathname}${new URL(referer).search}` : '/desk';
    return sendPage(request, reply, signInPage(asked, { back, kept: { action: request.url, fields: asked.form.fields } }), null);
  };

  for (const spec of pages) {
    const method = spec.method ?? 'GET';
    app.route({
      method,
      url: spec.path,
      ...(spec.files && { bodyLimit: bodyLimits.file }),
      ...(method === 'POST' && { preValidation: app.csrfProtection }),
      handler: (request, reply) => answer(spec, request, reply),
    });
  }
  app.get('/assets/:name', (request, reply) => {
    const { name } = request.params as { name: string };
    const file = assets.at(name);
    if (file === undefined) return reply.callNotFound();
    const accepted = request.headers['accept-encoding'] ?? '';
    const coding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null;
    reply.type(file.type).headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
    return coding === null ? reply.send(file.plain) : reply.header('content-encoding', coding).send(file[coding]);
  });
  // Beside the API, whose path that is, this is not asked for.
  app.get('/livez', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/favicon.ico', (_request, reply) => reply.redirect(assets.href('icon.svg'), 302));

  app.setNotFoundHandler(async (request, reply) => {
    const made = problemPage(Object.assign(new Error('Nothing is at this address. It may have been mistyped.'), { statusCode: 404 }));
    return sendPage(request, reply, made, await meOf(request));
  });
  app.setErrorHandler(async (error, request, reply) => {
    const made = problemPage(error);
    if (made.status === 500) logger.error({ err: error, traceId: request.id }, 'a page failed');
    return sendPage(request, reply, made, await meOf(request).catch(() => null));
  });
  await app.ready();

  return {
    handle: (request, response) => app.routing(request, response),
    app,
  };
};
