import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { z } from 'zod';
import { placesOf } from '../src/http/places.ts';
import { serve } from '../src/serve.ts';
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
    { pointer: '/stance', message: 'must be asserts' },
  ]);
});

t.test('whoever finds the port taken is told which it is and what to do', async (t) => {
  const { app } = await harness(t);
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await t.rejects(serve(app, { host: '127.0.0.1', port }), {
    name: 'ConfigError',
    message: `another program listens on 127.0.0.1:${port}: end it, or set PORT to another one`,
  });
});
