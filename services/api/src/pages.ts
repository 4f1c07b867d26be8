import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Load } from './plugins/app/load.ts';
import type { Route } from './route.ts';

/** What answers browsers, at the addresses that the API leaves. */
export type Pages = { handle(request: IncomingMessage, response: ServerResponse): void };
/** Sends a request to this API for a client of that address, without a connection. */
export type SendHere = (request: Request, address: string) => Promise<Response>;

/** Whether the pages answer a request. */
type HandOver = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** The first folder of a request's target, which may be an absolute one (RFC 9112, 3.2.2); empty for the start page. */
const folderOf = (target: string): string => {
  const folder = /^(?:https?:\/\/[^/?#]*)?\/+([^/?#]*)/i.exec(target)?.[1] ?? '';
  try {
    return decodeURIComponent(folder);
  } catch {
    return folder;
  }
};

/**
 * Hands what is none of the API's to the pages, before anything else is done with it: they ask this API for all that they show, and what is asked is counted,
 * limited and refused there. Called before all that counts or limits; `show` says, once all is ready, which paths the API has and who makes
 * the pages, and `handOver` is for what no hook sees: an address that cannot be read.
 */
export const usePages = (app: FastifyInstance) => {
  let own: ReadonlySet<string> = new Set();
  let pages: Pages | undefined;
  let usedBy: Load['usedBy'] = () => undefined;
  const handOver: HandOver = (request, reply) => {
    if (pages === undefined || own.has(folderOf(request.raw.url ?? ''))) return false;
    reply.hijack();
    usedBy(request.raw, reply.raw);
    pages.handle(request.raw, reply.raw);
    return true;
  };
  app.addHook('onRequest', (request, reply, done) => {
    if (!handOver(request, reply)) done();
  });
  const show = async (routes: readonly Route[], make: (send: SendHere) => Promise<Pages>, load: Load): Promise<void> => {
    const made = await make(sendTo(app));
    own = new Set(['docs', ...routes.map(({ path }) => folderOf(path)).filter((folder) => folder !== '')]);
    usedBy = load.usedBy;
    pages = made;
  };
  return { show, handOver };
};

const sendTo =
  (app: FastifyInstance): SendHere =>
  async (request, address) => {
    const { pathname, search } = new URL(request.url);
    const answer = await app.inject({
      method: request.method as HTTPMethods,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      remoteAddress: address,
      ...(request.body !== null && { payload: Buffer.from(await request.arrayBuffer()) }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers.set(name, [value].flat().join(', '));
    const empty = [204, 304].includes(answer.statusCode) || answer.rawPayload.length === 0;
    return new Response(empty ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers });
  };
