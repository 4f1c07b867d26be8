import type { AddressInfo } from 'node:net';
import { editBody } from '@averment/domain';
import { CommandHandler } from '@event-driven-io/emmett';
import { pongoClient } from '@event-driven-io/pongo';
import Fastify from 'fastify';
import { collectionName, evolve, type IncidentDocument, initialState, openStore, streamOf, submit } from './incident.ts';

/** The POST of an edit as a team would build it with Emmett, a process of its own. It asks for no key and keeps no texts apart. */

export type Served = { databaseUrl: string; inline: boolean };

const app = Fastify({ bodyLimit: 2 * 1024 * 1024 });
const handle = CommandHandler({ evolve, initialState, retry: { onVersionConflict: true } });

const serve = ({ databaseUrl, inline }: Served) => {
  const store = openStore(databaseUrl, { inline });
  const documents = pongoClient(databaseUrl).db().collection<IncidentDocument>(collectionName);
  type OfIncident = { Params: { id: string } };

  app.post<OfIncident>('/v1/incidents/:id/edits', async (request, reply) => {
    const parsed = editBody.safeParse(request.body);
    if (!parsed.success) return reply.code(422).send({ errors: parsed.error.issues });
    const { id } = request.params;
    const now = { actor: 'contributor', at: new Date().toISOString() };
    const { newState } = await handle(store, streamOf(id), (state) => submit(state, parsed.data, now));
    return reply.code(201).send({ incidentId: id, edit: newState.edits, state: 'submitted', version: 1, etag: `"${newState.edits}-1"` });
  });

  app.get<OfIncident>('/v1/incidents/:id', async (request, reply) => {
    const found = await documents.findOne({ _id: streamOf(request.params.id) });
    return found === null ? reply.code(404).send() : reply.send({ ...found, _version: String(found._version) });
  });
};

process.once('message', async (served: Served) => {
  serve(served);
  await app.listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
