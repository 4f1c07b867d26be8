import { insiders, reviewers, writers } from '@averment/access';
import { versionsDiff } from '@averment/domain';
import { z } from 'zod';
import { parseTags } from '../http/etags.ts';
import { found, granted, tagged } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import type { ProblemCode } from '../problems/table.ts';
import { route } from '../route.ts';
import { editNumber, paging, pathId, versionNumber } from '../schemas/parameters.ts';
import {
  decision,
  type EditAnswers,
  handover,
  leaseRequest,
  reopening,
  splitting,
  versionsDifference,
  withdrawal,
} from '../schemas/review.ts';

/** The routes of the review of edits, which are the same for incidents, sources and parties. */

export type Reviewing = {
  of: 'incident' | 'source' | 'party';
  /** `/v1/incidents`, `/v1/sources` or `/v1/parties`. */
  base: string;
  /** “an incident's”. */
  whose: string;
  /** What an operation is called, by what it is called of an incident. */
  operation: (name: string) => string;
  answers: EditAnswers;
  /** What a vote is refused for, beside what every vote is. */
  problems: readonly ProblemCode[];
};

/** The tags of `If-Match`; null where it was not sent. */
export const ifMatchOf = (header: string | undefined) => {
  if (header === undefined) return null;
  const tags = parseTags(header);
  if (tags !== null) return tags;
  const message = 'must be entity tags in quotes';
  throw new Refusal('InvalidParameter', { detail: `If-Match ${message}.`, errors: [{ pointer: '/header/if-match', message }] });
};

/** What names an aggregate in paths, and one of its edits. */
export const editParams = (of: Reviewing['of']) => {
  const aggregate = z.strictObject({ id: pathId(of) });
  return { aggregate, one: aggregate.extend({ edit: editNumber }) };
};

export const reviewingRoutes = ({ of, base, whose, operation, answers, problems }: Reviewing) => {
  const { aggregate, one } = editParams(of);
  const list = route({
    method: 'GET',
    path: `${base}/{id}/edits`,
    operation: operation('listEdits'),
    tag: 'Review',
    summary: `List ${whose} edits`,
    description:
      'With all versions, votes and reasons, and with every party and source that approval would make public. Contributors see their own edits.',
    roles: insiders,
    params: aggregate,
    query: z.strictObject(paging),
    models: ['reviews', 'record'],
    list: true,
    answers: { 200: { description: 'Edits', schema: answers.edits } },
    handle: async ({ path, query, viewer, context }, { queries }) => ({
      body: found(await queries.edits(path.id, query, viewer, context)),
    }),
  });
  const read = route({
    method: 'GET',
    path: `${base}/{id}/edits/{edit}`,
    operation: operation('readEdit'),
    tag: 'Review',
    summary: 'Read an edit',
    description:
      '`makesPublic` has every party and source that approval would make public for the first time, with all fields but the texts of sources. The ETag, also in the body as `etag`, changes with versions, votes and state, not with leases. The answer is never 304.',
    roles: insiders,
    params: one,
    models: ['reviews', 'record'],
    answers: { 200: { description: 'The edit', schema: answers.edit } },
    handle: async ({ path, viewer, context }, { queries }) => tagged(found(await queries.edit(path.id, path.edit, viewer, context))),
  });
  const diffVersions = route({
    method: 'GET',
    path: `${base}/{id}/edits/{edit}/versions/{from}/diff/{to}`,
    operation: operation('diffEditVersions'),
    tag: 'Review',
    summary: 'Read what a version of an edit says otherwise than another one',
    description:
      'Of the rationale and of the changes, which are followed by their kind and by what they are about. A pointer leads into the version `to`; that of a change that is gone, into `from`.',
    roles: insiders,
    params: one.extend({ from: versionNumber, to: versionNumber }),
    models: ['reviews', 'record'],
    answers: { 200: { description: 'The differences', schema: versionsDifference } },
    handle: async ({ path, viewer, context }, { queries }) => {
      const edit = found(await queries.edit(path.id, path.edit, viewer, context));
      return { body: { changes: found(versionsDiff(edit, path.from, path.to)) } };
    },
  });
  const decide = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/decision`,
    operation: operation('decideEdit'),
    tag: 'Review',
    summary: 'Approve, reject or request changes',
    description:
      'Nobody decides an edit that they contributed to. An approval binds to the version; once there are enough, the edit is applied in the same append. While a comment is open, an approval says in `despiteComments` why it passes over it.',
    roles: reviewers,
    params: one,
    body: decision,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The vote is recorded', schema: answers.decided } },
    problems: [
      'SelfApproval',
      'Recused',
      'EditState',
      'EditOutdated',
      'VoteRepeated',
      'CommentsOpen',
      'TextErased',
      'InvalidChange',
      'Busy',
      ...problems,
    ],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.decideEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  });
  const withdrawVote = route({
    method: 'DELETE',
    path: `${base}/{id}/edits/{edit}/decision`,
    operation: operation('withdrawVote'),
    tag: 'Review',
    summary: 'Take the own vote back',
    description:
      'By the reviewer who cast it, while the edit is not decided: an approval that was not enough no longer counts, and the same reviewer may vote anew. A vote that has decided stays. The vote and its reason remain readable. Leases stay as they are. A body with a reason may be sent.',
    roles: reviewers,
    params: one,
    body: withdrawal,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The vote no longer counts', schema: answers.withdrawn } },
    problems: ['EditState', 'NoVote', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.withdrawVote(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  });
  const withdraw = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/withdraw`,
    operation: operation('withdrawEdit'),
    tag: 'Review',
    summary: 'Take an edit back',
    description: 'By its author, from any open state. `If-Match` may be sent.',
    roles: writers,
    params: one,
    body: withdrawal,
    idempotent: true,
    answers: { 200: { description: 'The edit is withdrawn', schema: answers.withdrawn } },
    problems: ['NotAuthor', 'EditState', 'EtagMismatch', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.withdrawEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  });
  const rebase = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/rebase`,
    operation: operation('rebaseEdit'),
    tag: 'Review',
    summary: 'Base an edit on the record as it is',
    description:
      'By its author: a new version that says the same, where the record has not changed in what it rests on; approvals of earlier versions lapse. Else 409 `edit-outdated` with the events in the way, and it has to be revised.',
    roles: writers,
    params: one,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit has a new version', schema: answers.rebased } },
    problems: ['NotAuthor', 'EditState', 'EditOutdated', 'TextErased', 'InvalidChange', 'Busy', ...problems],
    handle: async ({ path, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.rebaseEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch) }))),
  });
  const handOver = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/handover`,
    operation: operation('handOverEdit'),
    tag: 'Review',
    summary: 'Hand an open edit to another contributor',
    description:
      'Where its author is gone. It is the own edit of `to` from now on, who alone may revise, rebase or withdraw it and answer its comments, and may not decide it; neither may whoever wrote a version of it. Votes stay. Who hands it over takes no part in it, and cannot be `to`.',
    roles: reviewers,
    params: one,
    body: handover,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit is the own one of another', schema: answers.handedOver } },
    problems: ['Recused', 'EditState', 'InvalidChange', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.handOverEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  });
  const reopen = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/reopen`,
    operation: operation('reopenEdit'),
    tag: 'Review',
    summary: 'Open a rejected edit again',
    description:
      'By another reviewer than the one who rejected it: a new version that says the same on the record as it is, of the same contributors. Who reopens it is none of them, and may decide it. Where the record has changed in what it rests on, 409 `edit-outdated` with the events in the way.',
    roles: reviewers,
    params: one,
    body: reopening,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit is open again', schema: answers.reopened } },
    problems: ['SelfApproval', 'Recused', 'EditState', 'EditOutdated', 'TextErased', 'InvalidChange', 'Busy', ...problems],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.reopenEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
  });
  const split = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/split`,
    operation: operation('splitEdit'),
    tag: 'Review',
    summary: 'Divide an edit into two',
    description:
      'By its author or a reviewer: the changes that are named leave for a new edit of the same author and contributors, and the edit has a version without them. Votes on it lapse, comments stay with it. What one of the two makes the other may not name. Who splits an edit that is not their own contributes to neither. Of the proposal of an incident only claims leave; they wait until it is applied, and are closed with it.',
    roles: writers,
    params: one,
    body: splitting,
    idempotent: true,
    guarded: true,
    answers: { 201: { description: 'The edit is divided', schema: answers.split } },
    problems: ['NotAuthor', 'Recused', 'EditState', 'TextErased', 'InvalidChange', 'QuotaExceeded', 'Busy'],
    handle: async ({ path, body, caller, ifMatch }, { commands }) => ({
      status: 201,
      ...tagged(granted(await commands.splitEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), ...body }))),
    }),
  });
  const takeLease = route({
    method: 'POST',
    path: `${base}/{id}/edits/{edit}/lease`,
    operation: operation('takeLease'),
    tag: 'Review',
    summary: 'Take, renew or break a lease',
    description:
      'A lease tells the other reviewers who is working on an edit. It is advisory, and ends by itself or with any decision. Taking and renewing may be repeated freely. Breaking the lease of another reviewer is recorded with its reason, and takes `Idempotency-Key`.',
    roles: reviewers,
    params: one,
    body: leaseRequest,
    idempotent: true,
    answers: { 200: { description: 'Who holds the edit now', schema: answers.held } },
    problems: ['SelfApproval', 'Recused', 'EditState', 'LeaseHeld', 'NoLease', 'RecordState', 'Busy'],
    handle: async ({ path, body, caller }, { commands }) => {
      const target = { stream: path.id, edit: path.edit };
      if (!body.break) return { body: granted(await commands.takeLease(caller(), target)) };
      if (body.reason === null) {
        const message = 'is needed to break a lease';
        throw new Refusal('InvalidBody', { detail: `reason ${message}`, errors: [{ pointer: '/reason', message }] });
      }
      return { body: granted(await commands.breakLease(caller(), { ...target, reason: body.reason })) };
    },
  });
  const giveLeaseBack = route({
    method: 'DELETE',
    path: `${base}/{id}/edits/{edit}/lease`,
    operation: operation('giveLeaseBack'),
    tag: 'Review',
    summary: 'Give a lease back',
    description: 'May be repeated freely; without a lease nothing happens.',
    roles: reviewers,
    params: one,
    answers: { 200: { description: 'The caller does not hold the edit (any more)', schema: answers.held } },
    handle: async ({ path, caller }, { commands }) => ({
      body: granted(await commands.giveLeaseBack(caller(), { stream: path.id, edit: path.edit })),
    }),
  });
  return {
    list,
    read: [read, diffVersions],
    decided: [decide, withdrawVote, rebase, withdraw, handOver, reopen, split],
    leases: [takeLease, giveLeaseBack],
  };
};
