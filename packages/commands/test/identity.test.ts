import { createHmac } from 'node:crypto';
import { systemRandom } from '@averment/platform';
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
