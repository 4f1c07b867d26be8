import { eraseDeciders, eraseReaders, erasers, everybody } from '@averment/access';
import { z } from 'zod';
import { found, granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import {
  erasure,
  erasureDecided,
  erasurePlace,
  erasureRequested,
  sentErasure,
  sentErasureDecision,
  takedown,
} from '../schemas/erasures.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';

const params = z.strictObject({ id: pathId('erasure') });

export const erasureRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/erasures',
    operation: 'requestErasure',
    tag: 'Erasures',
    summary: 'Ask for texts to be erased, or kept from sight',
    description:
      'A target names texts by their place, or words that are looked for wherever they stand. It is carried out once a reviewer and an admin have approved it who are not its author.',
    roles: erasers,
    body: sentErasure,
    idempotent: true,
    answers: {
      201: { description: 'It is asked for. With words it is `looking` until they were looked for everywhere', schema: erasureRequested },
    },
    problems: ['InvalidChange', 'EditTooLarge', 'Busy'],
    handle: async ({ body, caller }, { commands }) => ({ status: 201, body: granted(await commands.requestErasure(caller(), body)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/erasures',
    operation: 'listErasures',
    tag: 'Erasures',
    summary: 'Requests of erasures',
    description: 'Newest first. Contributors get their own.',
    roles: eraseReaders,
    query: z.strictObject({
      state: z.enum(['looking', 'open', 'approved', 'refused', 'done']).optional().describe('Those that stand so'),
      ...paging,
    }),
    models: ['erasure_requests'],
    list: true,
    answers: { 200: { description: 'Requests', schema: answeredAs('Erasures', pageOf(erasure), 'A page of requests') } },
    handle: async ({ query: { limit, cursor, state }, viewer }, { queries }) => ({
      body: await queries.erasures(state === undefined ? {} : { state }, { limit, cursor }, viewer),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/erasures/{id}',
    operation: 'readErasure',
    tag: 'Erasures',
    summary: 'Read a request',
    description: 'Once it is carried out, what it said itself is erased too.',
    roles: eraseReaders,
    params,
    answers: { 200: { description: 'The request', schema: erasure } },
    handle: async ({ path, viewer }, { queries }) => ({ body: found(await queries.erasure(path.id, viewer)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/erasures/{id}/places',
    operation: 'listErasurePlaces',
    tag: 'Erasures',
    summary: 'Where the texts stand that a request names',
    description: 'Each with its text, for those who decide. A text’s copies in the same stream go with it, also those that are not listed.',
    roles: ['reviewer', 'auditor', 'admin'],
    params,
    query: z.strictObject(paging),
    answers: { 200: { description: 'Places', schema: answeredAs('ErasurePlaces', pageOf(erasurePlace), 'A page of places') } },
    handle: async ({ path, query: { limit, cursor }, viewer }, { queries }) => ({
      body: found(await queries.erasurePlaces(path.id, { limit, cursor }, viewer)),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/erasures/{id}/decision',
    operation: 'decideErasure',
    tag: 'Erasures',
    summary: 'Vote on a request',
    description: 'It takes a reviewer and an admin who are not its author. A request is never revised, so that no `If-Match` is needed.',
    roles: eraseDeciders,
    params,
    body: sentErasureDecision,
    idempotent: true,
    answers: {
      200: {
        description: 'The vote counts. What follows an approval is done by the worker: read the request again',
        schema: erasureDecided,
      },
    },
    problems: ['NotFound', 'SelfApproval', 'ErasureState', 'VoteRepeated', 'Busy'],
    handle: async ({ path, body, caller }, { commands }) => ({
      body: granted(await commands.decideErasure(caller(), { id: path.id, ...body })),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/takedowns',
    sameForAll: true,
    operation: 'listTakedowns',
    tag: 'Erasures',
    summary: 'What was erased or kept from sight',
    description: 'When, why, and how many texts: nothing of what they said. Newest first.',
    roles: everybody,
    query: z.strictObject(paging),
    models: ['erasure_requests'],
    list: true,
    cached: true,
    answers: { 200: { description: 'Takedowns', schema: answeredAs('Takedowns', pageOf(takedown), 'A page of takedowns') } },
    handle: async ({ query: { limit, cursor } }, { queries }) => ({ body: await queries.takedowns({ limit, cursor }) }),
  }),
];
