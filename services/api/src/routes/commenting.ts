import { insiders, writers } from '@averment/access';
import { found, granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { pathId } from '../schemas/parameters.ts';
import { commented, commentRequest, comments } from '../schemas/review.ts';
import { editParams, ifMatchOf, type Reviewing } from './reviewing.ts';

/** The routes of comments on edits, which are the same for incidents, sources and parties. */
export const commentRoutes = ({ of, base, operation }: Omit<Reviewing, 'answers' | 'problems' | 'whose'>): readonly Route[] => {
  const { one } = editParams(of);
  return [
    route({
      method: 'POST',
      path: `${base}/{id}/edits/{edit}/comments`,
      operation: operation('commentEdit'),
      tag: 'Review',
      summary: 'Comment on an edit',
      description:
        'On the current version of an open edit, or on one of its changes, by its author and by reviewers. A comment changes no ETag, and stays open when the edit is revised. While one is open, an approval is refused unless it says why (`despiteComments`). With `If-Match` it is refused where the edit has changed since it was read.',
      roles: writers,
      params: one,
      body: commentRequest,
      idempotent: true,
      answers: { 201: { description: 'The comment is recorded', schema: commented } },
      problems: ['EditState', 'EtagMismatch', 'InvalidChange', 'Busy'],
      handle: async ({ path, body, caller, ifMatch }, { commands }) => ({
        status: 201,
        body: granted(await commands.commentEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body })),
      }),
    }),
    route({
      method: 'GET',
      path: `${base}/{id}/edits/{edit}/comments`,
      operation: operation('listComments'),
      tag: 'Review',
      summary: 'Read the comments on an edit',
      description: 'All of them, the first one first, as the edit itself has them. For its author, reviewers and auditors.',
      roles: insiders,
      params: one,
      models: ['reviews', 'record'],
      answers: { 200: { description: 'The comments', schema: comments } },
      handle: async ({ path, viewer, context }, { queries }) => ({
        body: { items: found(await queries.edit(path.id, path.edit, viewer, context)).comments.items, next: null },
      }),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/edits/{edit}/comments/{comment}/resolve`,
      operation: operation('resolveComment'),
      tag: 'Review',
      summary: 'Resolve a comment',
      description:
        'By who wrote it or by the author of the edit. Replies belong to what they reply to, and are not resolved by themselves.',
      roles: writers,
      params: one.extend({ comment: pathId('comment') }),
      idempotent: true,
      answers: { 200: { description: 'The comment is resolved', schema: commented } },
      problems: ['NotAuthor', 'RecordState', 'Busy'],
      handle: async ({ path, caller }, { commands }) => ({
        body: granted(await commands.resolveComment(caller(), { stream: path.id, edit: path.edit, comment: path.comment })),
      }),
    }),
  ];
};
