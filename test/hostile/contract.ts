import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Json, json } from './json.ts';
import type { Reply } from './wire.ts';

export type Schema = { [keyword: string]: unknown };
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };
type Described = { headers?: Record<string, unknown>; content?: Record<string, { schema: Schema }> };
type Operation = {
  operationId: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, Described>;
  'x-roles': string[];
};
export type OpenApi = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
export type Route = { method: string; path: string; operation: Operation };

export type Contract = {
  document: OpenApi;
  /** Every operation, methods in capitals. */
  routes: Route[];
  /** What is wrong with an answer to a request of that method and target; empty where nothing is. */
  faultsOf(method: string, target: string, reply: Reply): string[];
  /** Whether a value is of the shape that the document gives for the operation's body. */
  fits(operation: Operation, value: unknown): boolean;
};

/** Headers that the document promises for some answers only. */
const sometimes = new Set(['averment-incomplete', 'averment-behind']);
/** What a server shows of itself only by mistake. */
const innards = /\n\s+at |node_modules|file:\/\/\/(?!etc\/passwd)|\.ts:\d|SELECT |PostgresError|ECONNREFUSED/;

/** Holds answers against an OpenAPI 3.1 document, whose schemas are JSON Schema 2020-12. */
export const contractOf = (document: OpenApi): Contract => {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const validate = validatorsOf(document);

  const faultsOf = (method: string, target: string, reply: Reply): string[] => {
    const { status, headers, body } = reply;
    const type = headers.get('content-type')?.[0] ?? '';
    const faults: string[] = [];
    const twice = [...headers].filter(([name, values]) => values.length > 1 && name !== 'vary').map(([name]) => name);
    if (twice.length > 0) faults.push(`sends ${twice.join(', ')} twice`);
    if (status >= 500 && !isByContract(method, target, reply)) faults.push(`answers ${status}: ${body.toString('latin1').slice(0, 500)}`);
    const operation = operationOf(routes, method, target);
    if (type.startsWith('text/html') && operation === undefined && !isDocs(target)) return [...faults, ...pageFaults(reply)];
    if (status >= 400 && method !== 'HEAD') faults.push(...problemFaults(reply, type, validate));
    if (operation !== undefined) faults.push(...operationFaults(operation, method, reply, type, validate));
    else if (method === 'OPTIONS' && status === 204) faults.push(...(headers.has('allow') ? [] : ['answers OPTIONS without Allow']));
    else faults.push(...strayFaults(status, target));
    if (status >= 400 && headers.get('cache-control')?.join() !== 'no-store') faults.push('answers an error that a cache may keep');
    if (status === 405 && !headers.has('allow')) faults.push('answers 405 without Allow');
    if (body.length < 100_000 && !isDocs(target) && innards.test(body.toString('latin1'))) faults.push('shows innards');
    return faults;
  };
  return {
    document,
    routes,
    faultsOf,
    fits: (operation, value) => {
      const schema = operation.requestBody?.content['application/json']?.schema;
      return schema === undefined || validate(schema, value) === null;
    },
  };
};

/** By contract 503 is for a position that is not reached, for too many reads of the past or exports at once, and for documents that wait too long to be read; an answer to HEAD does not say which it is. */
const isByContract = (method: string, target: string, { status, body }: Reply): boolean =>
  status === 503 &&
  (target.startsWith('/v1/sources/import') ||
    body.includes('Too much of the past is being read at once') ||
    (target.startsWith('/v1/export/') && (method === 'HEAD' || body.includes('Too many exports are under way'))) ||
    (/minPosition|asOf|cursor/.test(target) && (method === 'HEAD' || body.includes('/problems/not-reached'))));
/** The API's own page is its library's. */
const isDocs = (target: string): boolean => target.startsWith('/docs');
const strayFaults = (status: number, target: string): string[] =>
  [400, 401, 404, 405, 408, 413, 415, 429, 431, 503].includes(status) || isDocs(target)
    ? []
    : [`answers ${status} where there is no route`];
/** What is none of the API's paths is a page, an error too: it runs nothing that is not ours, and is kept by no cache but the reader's. */
const pageFaults = ({ status, headers, body }: Reply): string[] => [
  ...(headers.get('content-security-policy')?.join().includes("script-src 'self'") ? [] : ['is a page without its policy']),
  ...(status >= 400 && headers.get('cache-control')?.join() !== 'private, no-cache' ? ['is a page of an error that a cache may keep'] : []),
  ...(body.length < 100_000 && innards.test(body.toString('latin1')) ? ['shows innards'] : []),
];

type Validate = (schema: Schema, value: unknown) => string | null;
const validatorsOf = (document: OpenApi): Validate => {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema({ $id: 'averment', components: document.components });
  const bySchema = new Map<Schema, ValidateFunction>();
  const byText = new Map<string, ValidateFunction>();
  const checkOf = (schema: Schema): ValidateFunction => {
    // Most answers are of a few shapes, each written out many times in the document; to compile one takes longer than to ask for many answers.
    const text = JSON.stringify(schema).replaceAll('"#/components', '"averment#/components');
    const check = byText.get(text) ?? ajv.compile(JSON.parse(text));
    byText.set(text, check);
    bySchema.set(schema, check);
    return check;
  };
  return (schema, value) => {
    const check = bySchema.get(schema) ?? checkOf(schema);
    return check(value) ? null : ajv.errorsText(check.errors);
  };
};

const problemSchema = { $ref: '#/components/schemas/Problem' };

const problemFaults = (reply: Reply, type: string, validate: Validate): string[] => {
  if (type !== 'application/problem+json') return [`answers ${reply.status} as ${type === '' ? 'nothing' : type}`];
  const problem = json(reply.body);
  if (problem === undefined) return ['is a problem that does not parse'];
  const misfit = validate(problemSchema, problem);
  if (misfit !== null) return [`is a problem that does not fit its schema: ${misfit}`];
  const { status, traceId, type: uri } = problem as Json;
  return [
    ...(status === reply.status ? [] : [`says status ${status} in the body and ${reply.status} in the head`]),
    ...(/^[0-9a-f]{32}$/.test(String(traceId)) ? [] : ['has no trace id']),
    ...(/^\/problems\/[a-z-]+$/.test(String(uri)) ? [] : [`is of the type ${uri}`]),
    ...([429, 503].includes(reply.status) && !reply.headers.has('retry-after') ? ['comes without Retry-After'] : []),
  ];
};

const operationFaults = (operation: Operation, method: string, reply: Reply, type: string, validate: Validate): string[] => {
  const said = operation.responses[String(reply.status)];
  if (said === undefined) return [`answers ${reply.status}, which ${operation.operationId} does not declare`];
  const missing = Object.keys(said.headers ?? {}).filter(
    (name) => !reply.headers.has(name.toLowerCase()) && !sometimes.has(name.toLowerCase()),
  );
  const faults = missing.map((name) => `comes without the header ${name}`);
  const [media] = Object.entries(said.content ?? {});
  if (media === undefined || method === 'HEAD') return faults;
  if (type.split(';')[0] !== media[0]) return [...faults, `is of type ${type}, not ${media[0]}`];
  if (!/[/+]json$/.test(media[0])) return faults;
  const value = json(reply.body);
  if (value === undefined) return [...faults, 'has a body that does not parse'];
  const misfit = validate(media[1].schema, value);
  return misfit === null ? faults : [...faults, `does not fit its schema: ${misfit}`];
};

/** The operation that a target belongs to. The router takes `*` for the root. A path is matched after decoding, but an encoded slash divides nothing. */
const operationOf = (routes: Route[], method: string, target: string): Operation | undefined => {
  const sent = (/^[^?#]*/.exec(target.replace(/^http:\/\/[^/]*/, '').replace(/^\*/, '/'))?.[0] ?? '').split('/').map(decoded);
  const asked = method === 'HEAD' ? 'GET' : method;
  return routes.find(({ method: own, path }) => {
    const parts = path.split('/');
    return (
      own === asked &&
      parts.length === sent.length &&
      parts.every((part, index) => part === sent[index] || (part.startsWith('{') && sent[index] !== undefined))
    );
  })?.operation;
};

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};
