import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { LightMyRequestResponse } from 'fastify';
import type { App } from '../../src/app.ts';
import { vary } from '../../src/http/vary.ts';
import { type OpenApi, openApiOf } from '../../src/openapi.ts';

/** An answer as a client has it: `body` is parsed JSON, empty where there is none. */
export type Answered = {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  body: Record<string, unknown>;
};

const mayBeAbsent = ['Averment-Incomplete', 'Averment-Behind', 'Link'];

/** The path of the document that a request's path is an instance of. */
const templateOf = (document: OpenApi, path: string): string | undefined => {
  const sent = (path.split('?')[0] ?? '').split('/');
  const fits = (template: string) => {
    const parts = template.split('/');
    return (
      parts.length === sent.length && parts.every((part, index) => part === sent[index] || (part.startsWith('{') && sent[index] !== ''))
    );
  };
  return Object.keys(document.paths).find(fits);
};

/** A member that no schema knows is a fault of ours, though clients are told that objects may grow. */
const closed = (schema: unknown): unknown => {
  if (schema === null || typeof schema !== 'object') return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const whole = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  const isObject = whole.properties !== undefined && 'type' in whole;
  return isObject && whole.additionalProperties === undefined ? { ...whole, additionalProperties: false } : whole;
};

/**
 * Holds every answer against the OpenAPI document: an operation has to be there, and the answer's status, media type and body have to be what it says;
 * also the headers that it promises. Throws what differs, so that each test of the API is a test of the document too.
 */
export const createChecker = ({ routes }: Pick<App, 'routes'>) => {
  const document = openApiOf(routes, 'test');
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'averment', components: closed(document.components) as object });
  const compiled = new Map<object, ValidateFunction>();
  const validatorOf = (schema: object): ValidateFunction => {
    const known = compiled.get(schema);
    if (known) return known;
    const absolute = JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components', '"averment#/components'));
    const made = ajv.compile(absolute);
    compiled.set(schema, made);
    return made;
  };

  const checkBody = (answer: Answered, type: string, [media, { schema }]: [string, { schema: object }], fail: (what: string) => never) => {
    if (!type.startsWith(media)) fail(`of type ${type}, not ${media}`);
    if (!/[/+]json\b/.test(type)) return;
    const validate = validatorOf(schema);
    if (!validate(answer.body)) fail(`which does not fit its schema (${ajv.errorsText(validate.errors)})`);
  };

  return (method: string, path: string, response: LightMyRequestResponse): Answered => {
    const type = String(response.headers['content-type'] ?? '');
    const answer = answeredOf(response, type);
    const operation = document.paths[templateOf(document, path) ?? '']?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
    const fail = (what: string): never => {
      throw new Error(`${method} ${path} answered ${answer.status}, ${what}: ${answer.text.slice(0, 2000)}`);
    };
    if (answer.status >= 400 && !type.startsWith('application/problem+json')) fail(`an error of type ${type}`);
    if (answer.status >= 400 && (answer.headers['cache-control'] !== 'no-store' || answer.headers.vary !== vary))
      fail('an error that a cache may keep or give to others');
    if (!operation) return answer;
    const said = operation.responses[String(answer.status)];
    if (!said) return fail('which the OpenAPI document does not have');
    for (const name of Object.keys(said.headers ?? {})) {
      if (!mayBeAbsent.includes(name) && answer.headers[name.toLowerCase()] === undefined) fail(`without the header ${name}`);
    }
    const forms = Object.entries(said.content ?? {});
    const media = forms.find(([form]) => type.startsWith(form)) ?? forms[0];
    if (media && method !== 'HEAD') checkBody(answer, type, media, fail);
    return answer;
  };
};

const answeredOf = (response: LightMyRequestResponse, type: string): Answered => ({
  status: response.statusCode,
  headers: Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  ),
  text: response.body,
  body: /[/+]json\b/.test(type) && response.body !== '' ? JSON.parse(response.body) : {},
});
