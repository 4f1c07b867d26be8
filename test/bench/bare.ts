import type { AddressInfo } from 'node:net';
import { editBody } from '@averment/domain';
import Fastify from 'fastify';

/** The peer over HTTP, a process of its own: Fastify that answers from memory, and one that checks a body by the same zod schema and stores nothing. */

export type Held = { id: string; etag: string; body: string };

const app = Fastify({ bodyLimit: 2 * 1024 * 1024 });
const held = new Map<string, Held>();

app.get<{ Params: { id: string } }>('/v1/incidents/:id', (request, reply) => {
  const found = held.get(request.params.id);
  if (found === undefined) return reply.code(404).send();
  reply.header('etag', found.etag).header('vary', 'authorization').header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] === found.etag) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(found.body);
});

app.post<{ Params: { id: string } }>('/v1/incidents/:id/edits', (request, reply) => {
  const parsed = editBody.safeParse(request.body);
  if (!parsed.success) return reply.code(422).send({ errors: parsed.error.issues });
  const answer = { incidentId: request.params.id, edit: 2, state: 'submitted', version: 1, etag: '"2-1"', refs: {}, position: '1' };
  return reply.code(201).type('application/json; charset=utf-8').send(JSON.stringify(answer));
});

process.once('message', async (documents: Held[]) => {
  for (const document of documents) held.set(document.id, document);
  await app.listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
