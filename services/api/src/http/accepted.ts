import type { FastifyRequest } from 'fastify';
import { Refusal } from '../problems/problem.ts';

/** A range of `Accept` with parameters matches a type that has them too, and clients name those that the answers have. */
const given = (type: string): string[] => [type, ...['version=0.0.4', 'charset=utf-8'].map((parameter) => `${type}; ${parameter}`)];

/** Throws `NotAcceptable` where `Accept` (RFC 9110, 12.5.1) allows none of these media types. */
export const requireAccepted = (request: FastifyRequest, types: readonly string[]): void => {
  const { accept } = request.headers;
  if (!accept || accept === '*/*' || types.length === 0 || request.accepts().type(types.flatMap(given)) !== false) return;
  const message = `allows nothing that is given here: ${types.join(', ')}`;
  throw new Refusal('NotAcceptable', { detail: `Accept ${message}.`, errors: [{ pointer: '/header/accept', message }] });
};
