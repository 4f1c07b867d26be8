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

  const described: Record<string, string> = {};
  everyValue(document, (name, value) => {
    const { description } = (value ?? {}) as { description?: string };
    if (description !== undefined) described[name] = description;
  });
  t.match(
    described,
    { shortened: /first words/, concealed: /./, makesPublic: /./ },
    'it says what fields mean that their names do not tell',
  );

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
    t.match(status, /^(?:20[01]|302)$/, name);
    t.ok(status === '302' || answer?.content, `${name}: the answer has a schema`);
  }
});

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
