import { createHmac } from 'node:crypto';
import { systemRandom } from '@averment/platform';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import t from 'tap';
import { identify } from '../src/identity.ts';
import { callerOf } from './support.ts';

const serverKey = Buffer.alloc(32, 1);
const tools = { random: systemRandom, serverKey };
const keyed = (more: Parameters<typeof callerOf>[0] = {}) => identify(callerOf({ idempotencyKey: 'k', ...more }), tools);

t.test('the same request is the same command, whenever it comes', (t) => {
  t.strictSame(keyed(), keyed());
  t.match(keyed().command, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'a UUID of version 5');
  t.equal(
    keyed({ body: { b: 1, a: 'ü' } }).request,
    createHmac('sha256', serverKey).update('{"a":"ü","b":1}').digest('base64url'),
    'and the HMAC of the canonical body',
  );
  t.equal(keyed({ body: { b: 1, a: 2 } }).request, keyed({ body: { a: 2, b: 1 } }).request);
  t.equal(keyed({ correlation: 'other', role: 'reviewer' }).command, keyed().command);
  t.end();
});

t.test('whatever JSON a body is, its canonical form is that of the library', (t) => {
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[_0-9]{0,3}a?$/));
  const { body } = fc.letrec((tie) => ({
    body: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom('\ud800', '\\ud800', 'a\udfff'),
      tie('list'),
      tie('fields'),
    ),
    list: fc.array(tie('body'), { maxLength: 4 }),
    fields: fc.dictionary(name, tie('body'), { maxKeys: 6 }),
  }));
  const said = (make: () => unknown) => {
    try {
      return make();
    } catch (error) {
      return String(error);
    }
  };
  const hmacOf = (text: string) => createHmac('sha256', serverKey).update(text).digest('base64url');
  fc.assert(
    fc.property(body, (body) => said(() => keyed({ body }).request) === said(() => hmacOf(canonicalize(body) ?? ''))),
    { numRuns: 500 },
  );
  t.pass('500 bodies');
  t.end();
});

t.test('subject, method, path and key each make another command, the body another request', (t) => {
  const others = [
    keyed(),
    keyed({ subject: 'other' }),
    keyed({ method: 'PUT' }),
    keyed({ path: '/v1/sources' }),
    keyed({ idempotencyKey: 'l' }),
  ];
  t.equal(new Set(others.map(({ command }) => command)).size, 5);
  const bodies = [undefined, null, {}, [], '', 0, { kind: 'court' }].map((body) => keyed({ body }));
  t.equal(new Set(bodies.map(({ request }) => request)).size, 7);
  t.equal(new Set(bodies.map(({ command }) => command)).size, 1);
  t.not(
    identify(callerOf({ idempotencyKey: 'k' }), { ...tools, serverKey: Buffer.alloc(32, 2) }).request,
    keyed().request,
    'under another server key the body reads as another',
  );
  t.end();
});

t.test('without a key every request is a command of its own', (t) => {
  t.not(identify(callerOf(), tools).command, identify(callerOf(), tools).command);
  t.end();
});
