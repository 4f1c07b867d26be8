import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../problems/problem.ts';

type Known = { segments: string[]; methods: Set<string> };

/** Answers what no route takes: 405 with `Allow` where the path has other methods, else 404. Called before any route is registered. */
export const useMethods = (app: FastifyInstance): void => {
  const known = new Map<string, Known>();

  app.addHook('onRoute', ({ url, method }) => {
    const entry = known.get(url) ?? { segments: url.split('/'), methods: new Set() };
    for (const name of [method].flat()) entry.methods.add(name);
    known.set(url, entry);
  });

  app.setNotFoundHandler((request) => {
    const allowed = [...known.values()].filter(({ segments }) => matches(segments, request)).flatMap(({ methods }) => [...methods]);
    if (allowed.length === 0) throw new Refusal('NotFound', { detail: 'There is no such path.' });
    const allow = [...new Set(allowed)].sort().join(', ');
    throw new Refusal('MethodNotAllowed', { detail: `This path takes ${allow}.` }, { allow });
  });
};

const matches = (segments: readonly string[], request: FastifyRequest): boolean => {
  const path = (request.raw.url ?? '').split('?')[0] ?? '';
  const sent = path.split('/');
  return (
    sent.length === segments.length &&
    segments.every((segment, index) => segment === sent[index] || (segment.startsWith(':') && sent[index] !== ''))
  );
};
