import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import type { OpenApi, Operation } from '../src/openapi.ts';
import { harnessFor } from './support/harness.ts';
import { article, furnish, movedClaim, proposal } from './support/story.ts';

const harness = await harnessFor(t);

const everyValue = (value: unknown, found: (key: string, value: unknown) => void): void => {
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    found(key, child);
    everyValue(child, found);
  }
};

t.test('the document holds together', async (t) => {
  const own = await harness(t);
  const document = (await own.ask('GET', '/openapi.json')).body as unknown as OpenApi;
  t.match(document, { openapi: '3.1.0', info: { title: 'Averment', version: 'test' } });

  const refs = new Set<string>();
  everyValue(document, (key, value) => key === '$ref' && refs.add(String(value)));
  for (const ref of refs) t.ok(document.components.schemas[ref.replace('#/components/schemas/', '')], `${ref} is there`);
  everyValue(document, (key) => key === 'text' && t.notOk(document.components.schemas.text, 'marks of the domain do not leak'));

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
  );
  t.equal(new Set(operations.map(([, , { operationId }]) => operationId)).size, operations.length, 'each operation has a name of its own');
  for (const [method, path, operation] of operations) {
    const name = `${method.toUpperCase()} ${path}`;
    const { parameters, responses, security } = operation;
    const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    t.equal(new Set(names).size, names.length, `${name}: no parameter twice`);
    t.strictSame(
      names.filter((one) => one.startsWith('path ')).map((one) => one.slice(5)),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part),
      `${name}: the parameters of its path`,
    );
    t.equal(names.includes('header Idempotency-Key'), method !== 'get', `${name}: Idempotency-Key`);
    t.equal(names.includes('query minPosition'), method === 'get' && path.startsWith('/v1/'), `${name}: minPosition`);
    t.ok(responses['401'] && responses['500'] && responses['503']?.headers?.['Retry-After'], `${name}: what can happen everywhere`);
    t.strictSame(security, operation['x-roles'].includes('none') ? [{}, { key: [] }] : [{ key: [] }], `${name}: security as the roles say`);
    const [[status, answer]] = Object.entries(responses) as [[string, (typeof responses)['200']]];
    t.match(status, /^20[014]$/, name);
    t.equal(answer?.content !== undefined, status !== '204', `${name}: the answer has a schema`);
  }
});

type Part = {
  $ref?: string;
  description?: string;
  type?: string | string[];
  anyOf?: Part[];
  oneOf?: Part[];
  properties?: Record<string, Part>;
  additionalProperties?: unknown;
  discriminator?: { propertyName: string; mapping: Record<string, string> };
};
/** Every schema of the document with where it stands. */
const everySchema = (part: unknown, at: string, found: (schema: Part, at: string) => void): void => {
  if (part === null || typeof part !== 'object') return;
  if ('$ref' in part || 'type' in part || 'oneOf' in part || 'anyOf' in part) found(part as Part, at);
  for (const [name, inner] of Object.entries(part)) if (!/^examples?$/.test(name)) everySchema(inner, `${at}/${name}`, found);
};

t.test('it says of everything what it is', async (t) => {
  const own = await harness(t);
  const document = (await own.ask('GET', '/openapi.json')).body as unknown as OpenApi;
  const named = document.components.schemas as Record<string, Part>;
  const isDescribed = ({ description, $ref, anyOf = [], oneOf = [] }: Part): boolean =>
    (description ?? '') !== '' ||
    ($ref !== undefined && isDescribed(named[$ref.replace('#/components/schemas/', '')] ?? {})) ||
    [...anyOf, ...oneOf].some(isDescribed);

  const silent: string[] = [];
  let asked = 0;
  const ask = (part: Part, at: string) => {
    asked += 1;
    if (!isDescribed(part)) silent.push(at);
  };
  for (const [name, schema] of Object.entries(named)) ask(schema, name);
  everySchema(document, '', ({ properties }, at) => {
    for (const [name, part] of Object.entries(properties ?? {})) ask(part, `${at}/${name}`);
  });
  for (const [path, methods] of Object.entries(document.paths))
    for (const { parameters } of Object.values(methods)) for (const parameter of parameters) ask(parameter, `${path} ${parameter.name}`);
  for (const tag of document.tags) ask(tag, tag.name);
  t.strictSame(silent, [], 'no property, parameter, part or tag is without a description');
  t.ok(asked > 1000, `${asked} were looked at`);

  const described: Record<string, string> = {};
  everySchema(document, '', ({ properties = {} }) => {
    for (const [name, { description = '' }] of Object.entries(properties)) described[name] ??= description;
  });
  t.match(described, { shortened: /first words/, concealed: /./, makesPublic: /./, lang: /Without it `en`$/ });
});

t.test('its types are those of what is sent and answered', async (t) => {
  const own = await harness(t);
  const document = (await own.ask('GET', '/openapi.json')).body as unknown as OpenApi;
  t.match(document, { servers: [{ url: '/' }], info: { license: { name: /./, identifier: /./ } } });

  const parameterOf = (path: string, name: string) =>
    document.paths[path]?.get?.parameters.find((parameter) => parameter.name === name)?.schema;
  t.strictSame(parameterOf('/v1/incidents', 'limit'), { default: 50, type: 'integer', minimum: 1, maximum: 500 });
  t.strictSame(parameterOf('/v1/incidents', 'hasRuling'), { type: 'boolean' });
  t.strictSame(parameterOf('/v1/incidents', 'cursor'), { type: 'string', minLength: 1, maxLength: 2000 }, 'a query cannot have null');
  t.match(parameterOf('/v1/incidents/{id}', 'id'), { pattern: '^incident_[0-7][0-9a-hjkmnp-tv-z]{25}$' });

  const { SentChange, SentValue, ClaimValue, Claim, Incident, SentClaim } = document.components.schemas as Record<string, Part>;
  for (const choice of [SentChange, SentValue, ClaimValue]) {
    t.equal(choice?.discriminator?.propertyName, 'kind');
    const mapped = new Set(Object.values(choice?.discriminator?.mapping ?? {}));
    t.strictSame(new Set(choice?.oneOf?.map(({ $ref }) => $ref)), mapped, 'each member has a name, and a value of `kind` leads to it');
  }
  t.match(SentChange?.discriminator?.mapping, {
    add_claim: '#/components/schemas/AddClaim',
    retract_entry: '#/components/schemas/RetractEntry',
  });
  t.strictSame(Claim?.properties?.value, { $ref: '#/components/schemas/ClaimValue' });
  t.match(document.components.schemas, { BooleanValue: { properties: { value: { type: 'boolean' } } } });
  t.match(Claim?.properties, { id: { pattern: /^\^claim_/ }, speaker: { pattern: /^\^party_/ } });
  t.strictSame(Incident?.properties?.firstRecordedAt, {
    description: 'When the incident was first recorded',
    type: ['string', 'null'],
    format: 'date-time',
  });
  t.match(SentClaim?.properties, { statement: { maxLength: 1000 } });

  const growing = (schema: Part) => schema.additionalProperties === false;
  const closed: string[] = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const { responses } of Object.values(methods)) everySchema(responses, path, (schema, at) => growing(schema) && closed.push(at));
  for (const [name, schema] of Object.entries(document.components.schemas))
    if (reached(document, 'responses').has(name)) everySchema(schema, name, (part, at) => growing(part) && closed.push(at));
  t.strictSame(closed, [], 'answers may grow');
  const asking = reached(document, 'requestBody');
  everySchema(Object.fromEntries([...asking].map((name) => [name, document.components.schemas[name]])), '', (schema, at) =>
    t.notOk('default' in schema, `${at}: what may be left out is not asked for by code that is made from it`),
  );
});

/** The named schemas that the requests or the answers are made of. */
const reached = (document: OpenApi, side: 'responses' | 'requestBody'): Set<string> => {
  const found = new Set<string>();
  const follow = (part: unknown) =>
    everySchema(part, '', ({ $ref }) => {
      const name = $ref?.replace('#/components/schemas/', '');
      if (name === undefined || found.has(name)) return;
      found.add(name);
      follow(document.components.schemas[name]);
    });
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) follow(operation[side]);
  return found;
};

t.test('its schemas take what the routes take', async (t) => {
  const own = await harness(t);
  const document = (await own.ask('GET', '/openapi.json')).body as unknown as OpenApi;
  const world = await furnish(own);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'averment', components: document.components });
  const fits = (name: string, body: object) => ajv.validate(`averment#/components/schemas/${name}`, body);
  t.ok(fits('SentSource', article()), ajv.errorsText());
  t.ok(fits('Proposal', proposal(world)), ajv.errorsText());
  t.ok(
    fits('Submission', { baseRevision: 4, rationale: 'So.', changes: [{ kind: 'add_claim', claim: movedClaim(world) }] }),
    ajv.errorsText(),
  );
  t.notOk(fits('Proposal', proposal(world, { colour: 'blue' })));
  t.notOk(fits('Submission', { baseRevision: 4, rationale: 'So.', changes: [{ kind: 'paint_claim' }] }));
});
