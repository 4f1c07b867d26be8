import { type Viewer, writers } from '@averment/access';
import { mostViews } from '@averment/commands';
import { found } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { savedView, savedViewBody, viewPath } from '../schemas/queue.ts';
import { answeredAs } from '../schemas/registry.ts';

/** Filters of the queue under a name: everybody sees and changes only their own. */

const path = '/v1/reviews/views/{name}';
const tag = 'Review';
const subjectOf = (viewer: Viewer): string => viewer?.subject ?? '';

export const savedViewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/reviews/views',
    operation: 'listSavedViews',
    tag,
    summary: 'List the own saved views',
    description: 'A view keeps filters of the queue under a name. Only its subject sees it.',
    roles: writers,
    answers: { 200: { description: 'All of them, by name', schema: answeredAs('SavedViews', pageOf(savedView), 'All saved views') } },
    handle: async ({ viewer }, { views }) => ({ body: { items: await views.list(subjectOf(viewer)), next: null } }),
  }),
  route({
    method: 'GET',
    path,
    operation: 'readSavedView',
    tag,
    summary: 'Read an own saved view',
    description: 'The filters that are kept under the name. Others have views of their own.',
    roles: writers,
    params: viewPath,
    answers: { 200: { description: 'The view', schema: savedView } },
    handle: async ({ path: { name }, viewer }, { views }) => ({ body: found(await views.read(subjectOf(viewer), name)) }),
  }),
  route({
    method: 'PUT',
    path,
    operation: 'saveView',
    tag,
    summary: 'Save filters of the queue',
    description:
      'Under a name, by which `view=` of the queue and of `POST /v1/reviews/next` takes them; an earlier view of that name is replaced. What is sent beside `view` counts before what was saved, and `me` stays who asks. It may be repeated freely.',
    roles: writers,
    params: viewPath,
    body: savedViewBody,
    answers: {
      200: { description: 'The view was replaced', schema: savedView },
      201: { description: 'The view is saved', schema: savedView },
    },
    problems: ['TooManyViews'],
    handle: async ({ path: { name }, body: { filters }, viewer }, { views }) => {
      const saved = await views.save(subjectOf(viewer), { name, filters });
      if (saved === 'full')
        throw new Refusal('TooManyViews', { detail: `One subject may have ${mostViews} views: delete one, or replace it.` });
      return { status: saved === 'made' ? 201 : 200, body: { name, filters } };
    },
  }),
  route({
    method: 'DELETE',
    path,
    operation: 'deleteSavedView',
    tag,
    summary: 'Delete an own saved view',
    description: 'May be repeated freely; without such a view nothing happens.',
    roles: writers,
    params: viewPath,
    answers: { 204: { description: 'There is no such view', schema: null } },
    handle: async ({ path: { name }, viewer }, { views }) => {
      await views.remove(subjectOf(viewer), name);
      return { status: 204, body: null };
    },
  }),
];
