import { insiders, reviewers, writers } from '@averment/access';
import { z } from 'zod';
import { parseTags } from '../http/etags.ts';
import { found, granted, tagged } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { editNumber, paging, pathId } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';
import { decided, decision, edit, preview, revisedEdit, submission, submitted, withdrawal, withdrawn } from '../schemas/review.ts';
import { requireDistinct } from './parties.ts';
import { broughtLimit } from './sources.ts';

const incident = z.strictObject({ id: pathId('incident') });
const one = incident.extend({ edit: editNumber });
const resolving = [
  'InvalidChange',
  'LocalTimeUnclear',
  'QuoteNotFound',
  'QuoteAmbiguous',
  'SourceTextUnknown',
  'TextErased',
  'RecordState',
  'IncidentState',
  'CarryNeeded',
  'EditTooLarge',
  'LooksAlike',
  'Busy',
] as const;

/** The tags of `If-Match`; null where it was not sent. */
const ifMatchOf = (header: string | undefined) => {
  if (header === undefined) return null;
  const tags = parseTags(header);
  if (tags !== null) return tags;
  const message = 'must be entity tags in quotes';
  throw new Refusal('InvalidParameter', { detail: `If-Match ${message}.`, errors: [{ pointer: '/header/if-match', message }] });
};

export const editRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits',
    operation: 'submitEdit',
    tag: 'Review',
    summary: 'Propose changes to an incident',
    roles: writers,
    params: incident,
    body: submission,
    bodyLimit: broughtLimit,
    idempotent: true,
    answers: { 201: { description: 'The edit is submitted for review', schema: submitted } },
    problems: [...resolving, 'EditOutdated', 'QuotaExceeded'],
    handle: async ({ path, body, caller, viewer }, { commands }) => {
      requireDistinct(body.parties, viewer);
      return { status: 201, ...tagged(granted(await commands.submitEdit(caller(), { incident: path.id, body }))) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/edits',
    operation: 'listEdits',
    tag: 'Review',
    summary: "List an incident's edits",
    description:
      'With all versions, votes and reasons, and with every party and source that approval would make public. Contributors see their own edits.',
    roles: insiders,
    params: incident,
    query: z.strictObject(paging),
    models: ['reviews', 'record'],
    list: true,
    answers: { 200: { description: 'Edits', schema: answeredAs('Edits', pageOf(edit), 'A page of edits') } },
    handle: async ({ path, query, viewer, context }, { queries }) => ({
      body: found(await queries.edits(path.id, query, viewer, context)),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/edits/{edit}',
    operation: 'readEdit',
    tag: 'Review',
    summary: 'Read an edit',
    description:
      '`makesPublic` has every party and source that approval would make public for the first time, with all fields but the texts of sources. The ETag, also in the body as `etag`, changes with versions, votes and state, not with leases. The answer is never 304.',
    roles: insiders,
    params: one,
    models: ['reviews', 'record'],
    answers: { 200: { description: 'The edit', schema: edit } },
    handle: async ({ path, viewer, context }, { queries }) => tagged(found(await queries.edit(path.id, path.edit, viewer, context))),
  }),
  route({
    method: 'PUT',
    path: '/v1/incidents/{id}/edits/{edit}',
    operation: 'reviseEdit',
    tag: 'Review',
    summary: 'Revise or rebase an edit',
    description: 'By its author, with the body of the POST that made it. Approvals of earlier versions lapse.',
    roles: writers,
    params: one,
    body: revisedEdit,
    bodyLimit: broughtLimit,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit has a new version', schema: submitted } },
    problems: [...resolving, 'ExternalIdTaken', 'NotAuthor', 'EditState', 'EditOutdated', 'QuotaExceeded'],
    handle: async ({ path, body, caller, viewer, ifMatch }, { commands }) => {
      requireDistinct(body.parties, viewer);
      return tagged(
        granted(await commands.reviseEdit(caller(), { incident: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), body })),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits/{edit}/decision',
    operation: 'decideEdit',
    tag: 'Review',
    summary: 'Approve, reject or request changes',
    description:
      'Nobody decides an edit that they contributed to. An approval binds to the version; once there are enough, the edit is applied in the same append.',
    roles: reviewers,
    params: one,
    body: decision,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The vote is recorded', schema: decided } },
    problems: [
      'SelfApproval',
      'EditState',
      'EditOutdated',
      'IncidentState',
      'RecordState',
      'CarryNeeded',
      'VoteRepeated',
      'TextErased',
      'InvalidChange',
      'LocalTimeUnclear',
      'Busy',
    ],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.decideEdit(caller(), { incident: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  }),
  route({
    method: 'DELETE',
    path: '/v1/incidents/{id}/edits/{edit}/decision',
    operation: 'withdrawVote',
    tag: 'Review',
    summary: 'Take the own vote back',
    description:
      'By the reviewer who cast it, while the edit is not decided: an approval that was not enough no longer counts, and the same reviewer may vote anew. A vote that has decided stays. The vote and its reason remain readable. Leases stay as they are. A body with a reason may be sent.',
    roles: reviewers,
    params: one,
    body: withdrawal,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The vote no longer counts', schema: withdrawn } },
    problems: ['EditState', 'NoVote', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.withdrawVote(caller(), { incident: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  }),
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits/{edit}/withdraw',
    operation: 'withdrawEdit',
    tag: 'Review',
    summary: 'Take an edit back',
    description: 'By its author, from any open state. `If-Match` may be sent.',
    roles: writers,
    params: one,
    body: withdrawal,
    idempotent: true,
    answers: { 200: { description: 'The edit is withdrawn', schema: withdrawn } },
    problems: ['NotAuthor', 'EditState', 'EtagMismatch', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.withdrawEdit(caller(), { incident: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/edits/{edit}/preview',
    operation: 'previewEdit',
    tag: 'Review',
    summary: 'See what applying an edit would change now',
    roles: insiders,
    params: one,
    models: ['record'],
    dated: true,
    answers: { 200: { description: 'The incident before and after, and the differences', schema: preview } },
    problems: ['TextErased'],
    handle: async ({ path, viewer, context }, { queries }) => ({
      body: found(await queries.preview(path.id, path.edit, viewer, context)),
    }),
  }),
];
