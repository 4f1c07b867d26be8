import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@averment/platform';
import t from 'tap';
import { z } from 'zod';
import { firstPlacesInLists, mostPlaces, placesOf } from '../src/http/places.ts';
import { harnessFor } from './support/harness.ts';

const harness = await harnessFor(t);

t.test('what does not fit is said so that it reads on after the name of the member', async (t) => {
  const shape = z.object({
    kind: z.enum(['article', 'other']),
    language: z.string(),
    day: z.string().refine((day) => /^\d{4}-\d\d-\d\d$/.test(day), 'must be a day, like 2026-01-14'),
    limit: z.number(),
    whole: z.int().min(2),
    title: z.string().min(1).max(3),
    changes: z.array(z.string()).min(1),
    many: z.array(z.string()).max(2),
    change: z.discriminatedUnion('kind', [z.object({ kind: z.literal('add') }), z.object({ kind: z.literal('take') })]),
    code: z.string().regex(/^a/),
    stance: z.literal('asserts'),
  });
  const { error } = shape.safeParse({
    kind: 'blog',
    day: 'Thursday',
    limit: '5',
    whole: 1,
    title: 'long',
    changes: [],
    many: ['a', 'b', 'c'],
    change: { kind: 'x' },
    code: 'b',
    stance: 'denies',
  });
  t.strictSame(placesOf(error?.issues ?? [], ''), [
    { pointer: '/kind', message: 'must be one of article, other' },
    { pointer: '/language', message: 'is needed (string)' },
    { pointer: '/day', message: 'must be a day, like 2026-01-14' },
    { pointer: '/limit', message: 'must be a number' },
    { pointer: '/whole', message: 'must be at least 2' },
    { pointer: '/title', message: 'must have at most 3 characters' },
    { pointer: '/changes', message: 'must have at least 1 entry' },
    { pointer: '/many', message: 'must have at most 2 entries' },
    { pointer: '/change/kind', message: 'is no kind that is known here' },
    { pointer: '/code', message: 'is not of the form that is needed' },
  ]);
  t.strictSame(placesOf(error?.issues.slice(10) ?? [], ''), [{ pointer: '/stance', message: 'must be asserts' }], 'the first ten are told');
});

t.test('of a body with thousands of mistakes only as much is looked at as makes ten', async (t) => {
  let looked = 0;
  const wrong = z.string().refine(() => {
    looked += 1;
    return false;
  }, 'is wrong');
  const shape = z.strictObject({ title: z.string(), claims: z.array(z.strictObject({ of: z.array(wrong) })).default([]) });
  const claims = Array.from({ length: 1000 }, () => ({ of: ['a', 'b', 'c'] }));
  const places = firstPlacesInLists(shape, { claims });
  t.strictSame([places.length, places.at(0)?.pointer, places.at(-1)?.pointer], [mostPlaces, '/claims/0/of/0', '/claims/3/of/0']);
  t.equal(looked, 12, 'four of the thousand');
  t.strictSame(firstPlacesInLists(shape, { claims: [{ of: [] }] }), []);
  for (const value of [null, [], 'text', {}, { claims: {} }]) t.strictSame(firstPlacesInLists(shape, value), []);
  const members = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`m${index}`, 1]));
  t.equal(placesOf(z.strictObject({}).safeParse(members).error?.issues ?? [], '').length, mostPlaces, 'and so with unknown members');
});

t.test('whoever finds the port taken is told which it is and what to do', async (t) => {
  const { app } = await harness(t);
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await t.rejects(serve(app.app, { host: '127.0.0.1', port }), {
    name: 'ConfigError',
    message: `another program listens on 127.0.0.1:${port}: end it, or set PORT to another one`,
  });
});
