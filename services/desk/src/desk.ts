import type { IncomingMessage, ServerResponse } from 'node:http';
import { createApi } from '@averment/client';
import type { Logger, Random } from '@averment/platform';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf';
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
import { useBudget } from './budget.ts';
import { cookiesOf } from './cookies.ts';
import { formOf, hidden, tokenField, tokenOf } from './forms.ts';
import { frame } from './frame.ts';
import { isForeign, policyText, useSecurityHeaders } from './headers.ts';
import { html } from './html.ts';
import { type KeptPage, keepPages, noting, type Send } from './kept.ts';
import { createOidc, type OidcOptions, signInLength } from './oidc.ts';
import type { Asked, Page, PageSpec } from './page.ts';
import { pages } from './pages/index.ts';
import { ours } from './pages/kept.ts';
import { refusedForm, signInPage } from './pages/sign-in.ts';
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
  /** The provider by which people sign in too; null where there is none. */
  oidc: Omit<OidcOptions, 'serverKey'> | null;
  logger: Logger;
  random: Random;
};

export type Desk = {
  /** Answers a request of a browser. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** What listens, where it is a process of its own. */
  app: FastifyInstance;
};

/** In bytes: what a form may be, and one with a file. */
const bodyLimits = { form: 2 * 1024 * 1024, file: 34 * 1024 * 1024 };
/** Where the API is said to be where its answers come from the same process. */
const nowhere = 'http://averment.invalid';

/** In milliseconds, where it listens by itself. Fastify's own are off. */
const timeouts = { connectionTimeout: 60_000, keepAliveTimeout: 10_000, requestTimeout: 30_000 };
/** Where a form was sent to, from where, and whether from another site. */
const aboutForm = (request: FastifyRequest): { action: string; back: string; foreign: boolean } => {
  const { referer = '/desk' } = request.headers;
  const back = URL.canParse(referer) ? `${new URL(referer).pathname}${new URL(referer).search}` : '/desk';
  return { action: request.url, back: ours(back), foreign: isForeign(request) };
};

/** The coding in which what is kept in several is sent. */
const codingOf = ({ headers }: FastifyRequest): 'br' | 'gzip' | null => {
  const accepted = headers['accept-encoding'] ?? '';
  return /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null;
};

/** Makes the pages. They know the product by what `send` answers alone. */
export const createDesk = async (options: DeskOptions): Promise<Desk> => {
  const { logger, random } = options;
  const assets = await readAssets();
  const sessions = createSessions(options.serverKey);
  const oidc = options.oidc && createOidc({ ...options.oidc, serverKey: options.serverKey });
  const tokens = new csrf.Tokens({});
  const vocabulary = keepVocabulary();
  const kept = keepPages();
  const originOf = ({ protocol, host }: FastifyRequest) => options.origin ?? `${protocol}://${host}`;
  const isSecure = (request: FastifyRequest) => originOf(request).startsWith('https:');
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    trustProxy: options.trustProxy ?? false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    bodyLimit: bodyLimits.form,
    ...timeouts,
    // No hook runs for an address that cannot be read.
    frameworkErrors: (error, request, reply) => {
      const bare = reply as FastifyReply;
      void sendPage(
        request,
        bare.header('content-security-policy', policyText).header('x-content-type-options', 'nosniff'),
        problemPage(error),
        null,
      );
    },
  });

  // As the API passes over an `Expect` that is not known.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  await useSecurityHeaders(app, isSecure);
  await app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'], globalDecompression: false });
  await app.register(cookie);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, new URLSearchParams(String(text))),
  );
  await app.register(multipart, { attachFieldsToBody: true, limits: { fileSize: 32 * 1024 * 1024, files: 1, fields: 400 } });

  const cookiesFor = (request: FastifyRequest, reply: FastifyReply) => cookiesOf(request, reply, isSecure(request));
  const meOf = (request: FastifyRequest, reply: FastifyReply) => sessions.open(cookiesFor(request, reply).read('session'));
  useBudget(app, async (request, reply) => (await meOf(request, reply)) !== null);

  /** `isOwn`: the page has a form, with a token that is this reader's alone. */
  const askedOf = async (
    request: FastifyRequest,
    reply: FastifyReply,
    me: Me | null,
    send: Send,
  ): Promise<Asked & { isOwn(): boolean }> => {
    const cookies = cookiesFor(request, reply);
    const origin = originOf(request);
    let token: string | undefined;
    const newToken = () => {
      const secret = cookies.read('form') ?? tokens.secretSync();
      if (cookies.read('form') === undefined) cookies.write('form', secret);
      return tokens.create(secret);
    };
    const api = createApi({ url: nowhere, fetch: send, retries: false, ...(me && { key: me.key }) });
    const { searchParams } = new URL(request.url, nowhere);
    return {
      api,
      vocabulary: () => vocabulary(api),
      me,
      path: request.params as Record<string, string>,
      query: searchParams,
      form: await formOf(request),
      here: request.url,
      origin,
      sends: (action, inside, attributes) => {
        const made = token ?? newToken();
        token = made;
        return html`<form method="post" action="${action}"${attributes && html` ${attributes}`}>${hidden(tokenField, made)}${inside}</form>`;
      },
      isOwn: () => token !== undefined,
      newKey: () => random.uuid(),
      signIn: async (next, seconds = sessionLength) => {
        if (next === null) return cookies.drop('session');
        const length = Math.min(seconds, sessionLength);
        cookies.write('session', await sessions.seal(next, length), length);
      },
      organisation: oidc && {
        begin: async (back) => {
          const { url, sealed } = await oidc.begin(`${origin}/sign-in/oidc/back`, back);
          cookies.write('oidc', sealed, signInLength);
          return url;
        },
        end: () => {
          cookies.drop('oidc');
          return oidc.end(new URL(request.url, origin), cookies.read('oidc'));
        },
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
    const coding = codingOf(request);
    // The coding is part of the tag: other bytes are sent.
    const etag = `"${made.etag}${coding === null ? '' : `-${coding}`}"`;
    reply.headers({ 'cache-control': 'public, no-cache', vary: 'cookie, accept-encoding', etag });
    const known = (request.headers['if-none-match'] ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
    if (known) return reply.code(304).send();
    reply.type('text/html; charset=utf-8');
    return coding === null ? reply.send(made.plain) : reply.header('content-encoding', coding).send(made[coding]);
  };

  const answer = async (spec: PageSpec, request: FastifyRequest, reply: FastifyReply) => {
    const me = await meOf(request, reply);
    const send: Send = (one) => options.send(one, request.ip);
    const isKept = me === null && (spec.method ?? 'GET') === 'GET';
    const address = `${originOf(request)}${request.url}`;
    const found = isKept ? await kept.find(address, send) : null;
    if (found !== null) return sendKept(request, reply, found);
    const noted = noting(send);
    const asked = await askedOf(request, reply, me, noted.send);
    try {
      if (spec.method === 'POST' && !isOfOurs(request, reply)) return sendPage(request, reply, refusedForm(asked, aboutForm(request)), me);
      if (spec.signedIn && me === null) return await askToSignIn(asked, request, reply);
      const made = await spec.handle(asked);
      if ('onward' in made) return reply.redirect(made.onward, 303);
      if ('sent' in made)
        return reply
          .headers({ 'cache-control': 'no-cache', ...made.headers })
          .type(made.type)
          .send(made.sent);
      const parts = isKept && made.status === undefined && !asked.isOwn() ? noted.made() : null;
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
    const { action, back } = aboutForm(request);
    return sendPage(request, reply, signInPage(asked, { back, kept: { action, fields: asked.form.fields } }), null);
  };

  /** Whether a form was made for this browser, here. */
  const isOfOurs = (request: FastifyRequest, reply: FastifyReply): boolean => {
    const secret = cookiesFor(request, reply).read('form');
    return secret !== undefined && tokens.verify(secret, tokenOf(request));
  };

  for (const spec of pages) {
    const method = spec.method ?? 'GET';
    app.route({
      method,
      url: spec.path,
      ...(spec.files && { bodyLimit: bodyLimits.file }),
      handler: (request, reply) => answer(spec, request, reply),
    });
  }
  app.get('/assets/:name', (request, reply) => {
    const { name } = request.params as { name: string };
    const file = assets.at(name);
    if (file === undefined) return reply.callNotFound();
    const coding = codingOf(request);
    reply.type(file.type).headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
    return coding === null ? reply.send(file.plain) : reply.header('content-encoding', coding).send(file[coding]);
  });
  // Beside the API, whose path that is, this is not asked for.
  app.get('/livez', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/favicon.ico', (_request, reply) => reply.redirect(assets.href('icon.svg'), 302));

  app.setNotFoundHandler(async (request, reply) => {
    const made = problemPage(Object.assign(new Error('Nothing is at this address. It may have been mistyped.'), { statusCode: 404 }));
    return sendPage(request, reply, made, await meOf(request, reply));
  });
  app.setErrorHandler(async (error, request, reply) => {
    // The parser of forms with files does not say that what is wrong is the form.
    const isUnread = request.isMultipart() && request.body === undefined && !(error instanceof Error && 'statusCode' in error);
    const made = problemPage(
      isUnread
        ? Object.assign(new Error('The form did not arrive whole. Send it once more.', { cause: error }), { statusCode: 400 })
        : error,
    );
    if (made.status === 500) logger.error({ err: error, traceId: request.id }, 'a page failed');
    return sendPage(request, reply, made, await meOf(request, reply));
  });
  await app.ready();

  return {
    handle: (request, response) => app.routing(request, response),
    app,
  };
};
