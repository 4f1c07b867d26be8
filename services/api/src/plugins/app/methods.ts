import type { FastifyInstance, FastifyRequest } from 'fastify';
import { vary } from '../../http/vary.ts';
import { Refusal } from '../../problems/problem.ts';

/** A route as the framework has it. */
export type Registered = { method: string; url: string };

/**
 * Answers OPTIONS with `Allow`, and what no route takes: 405 where the path has other methods, else 404. Called before any route is registered; the list
 * that it answers grows with each of them.
 */
export const useMethods = (app: FastifyInstance): readonly Registered[] => {
  const registered: Registered[] = [];

  app.addHook('onRoute', ({ url, method: methods }) => {
    if (url !== '*') for (const method of [methods].flat()) registered.push({ method, url });
  });
  const allowFor = (request: FastifyRequest): string => {
    const allowed = registered.filter(({ url }) => matches(url, request)).map(({ method }) => method);
    if (allowed.length === 0) throw new Refusal('NotFound', { detail: 'There is no such path.' });
    return [...new Set([...allowed, 'OPTIONS'])].sort().join(', ');
  };

  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS') return;
    await reply
      .code(204)
      .headers({ allow: allowFor(request), vary, 'cache-control': 'no-cache' })
      .send();
  });

  app.setNotFoundHandler((request) => {
    const allow = allowFor(request);
    throw new Refusal('MethodNotAllowed', { detail: `This path takes ${allow}.` }, { allow });
  });
  return registered;
};

const matches = (url: string, request: FastifyRequest): boolean => {
  const segments = url.split('/');
  const sent = (request.raw.url ?? '').split('?')[0]?.split('/') ?? [];
  return (
    sent.length === segments.length &&
    segments.every((segment, index) => segment === sent[index] || (segment.startsWith(':') && sent[index] !== ''))
  );
};
