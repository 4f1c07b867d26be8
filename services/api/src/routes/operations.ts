import { everybody } from '@averment/access';
import { z } from 'zod';
import type { Health } from '../health.ts';
import { securityText } from '../plugins/app/access.ts';
import { Refusal } from '../problems/problem.ts';
import { type ProblemCode, problems, typeOf } from '../problems/table.ts';
import { type Route, route } from '../route.ts';
import { health, problemKind } from '../schemas/operations.ts';
import { answeredAs } from '../schemas/registry.ts';

type Operations = {
  health(): Promise<Health>;
  /** In the text format of Prometheus, with its media type. */
  metrics(): Promise<{ text: string; type: string }>;
  /** The OpenAPI document as JSON text. */
  document(): string;
  /** Where weaknesses are told of, as URIs. */
  securityContacts: readonly string[];
};

const kinds = (Object.keys(problems) as ProblemCode[]).map((code) => ({ type: typeOf(code), code, ...problems[code] }));

/** The day that is so many days away, in UTC: what is read there is to be read anew then. */
const inDays = (days: number): string => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;

/** For those who run the service, and those who write clients for it. */
export const operationRoutes = (operations: Operations): readonly Route[] => [
  route({
    method: 'GET',
    path: '/livez',
    operation: 'isAlive',
    tag: 'Operations',
    summary: 'Whether the process answers',
    description: 'For whoever restarts processes: it looks at nothing beyond the process. `/readyz` says whether it can serve.',
    roles: everybody,
    answers: { 200: { description: 'It does', schema: health } },
    handle: async () => ({ body: { status: 'ok', reasons: [], warnings: [] } }),
  }),
  route({
    method: 'GET',
    path: '/readyz',
    operation: 'isReady',
    tag: 'Operations',
    summary: 'Whether requests can be served',
    description: 'If they can, `warnings` still names what is missing: the event log, without which commands are refused, or the jobs.',
    roles: everybody,
    answers: { 200: { description: 'They can', schema: health } },
    handle: async () => {
      const { reasons, warnings } = await operations.health();
      if (reasons.length > 0) throw new Refusal('Unavailable', { detail: reasons.join('; ') });
      return { body: { status: 'ok', reasons, warnings } };
    },
  }),
  route({
    method: 'GET',
    path: '/metrics',
    operation: 'readMetrics',
    tag: 'Operations',
    summary: 'Numbers for Prometheus',
    description: 'What this process counts and measures, for a scraper.',
    roles: everybody,
    answers: { 200: { description: 'In the text format', schema: z.string(), type: 'text/plain' } },
    handle: async () => {
      const { text, type } = await operations.metrics();
      return { body: text, type };
    },
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    operation: 'readContract',
    tag: 'Operations',
    summary: 'This document',
    description: 'It is built from the same schemas that requests are validated by.',
    roles: everybody,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
    handle: async () => ({ body: operations.document() }),
  }),
  route({
    method: 'GET',
    path: securityText,
    operation: 'readSecurityText',
    tag: 'Operations',
    summary: 'Where weaknesses of the service are told of',
    description: 'security.txt (RFC 9116), for anybody; 404 where `SECURITY_CONTACT` names nobody.',
    roles: everybody,
    answers: { 200: { description: 'Whom to tell', schema: z.string(), type: 'text/plain' } },
    problems: ['NotFound'],
    handle: async () => {
      const { securityContacts } = operations;
      if (securityContacts.length === 0) throw new Refusal('NotFound', { detail: 'Nobody is named here.' });
      const lines = [...securityContacts.map((contact) => `Contact: ${contact}`), `Expires: ${inDays(90)}`];
      return { body: `${lines.join('\n')}\n`, type: 'text/plain; charset=utf-8' };
    },
  }),
  route({
    method: 'GET',
    path: '/problems',
    operation: 'listProblems',
    tag: 'Operations',
    summary: 'Every problem that an answer can be',
    description: 'Each `type` of a refusal, with its status and what it means. `/problems/{name}` has one of them.',
    roles: everybody,
    answers: {
      200: {
        description: 'The problems',
        schema: answeredAs(
          'Problems',
          z.object({ items: z.array(problemKind).describe('All of them'), next: z.null().describe('There is no further page') }),
          'Every kind of problem',
        ),
      },
    },
    handle: async () => ({ body: { items: kinds, next: null } }),
  }),
  route({
    method: 'GET',
    path: '/problems/{name}',
    operation: 'readProblem',
    tag: 'Operations',
    summary: 'What a problem means',
    description: "The `type` of a problem is this route's path.",
    roles: everybody,
    params: z.strictObject({ name: z.string().describe('The last part of the problem’s `type`') }),
    answers: { 200: { description: 'The problem', schema: problemKind } },
    handle: async ({ path }) => {
      const kind = kinds.find(({ type }) => type === `/problems/${path.name}`);
      if (kind === undefined) throw new Refusal('NotFound', { detail: 'There is no such problem.' });
      return { body: kind };
    },
  }),
];
