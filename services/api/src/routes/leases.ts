import { reviewers } from '@averment/access';
import { z } from 'zod';
import { granted } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { editNumber, pathId } from '../schemas/parameters.ts';
import { held, leaseRequest } from '../schemas/review.ts';

const params = z.strictObject({ id: pathId('incident'), edit: editNumber });

export const leaseRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits/{edit}/lease',
    operation: 'takeLease',
    tag: 'Review',
    summary: 'Take, renew or break a lease',
    description:
      'A lease tells the other reviewers who is working on an edit. It is advisory, and ends by itself or with any decision. Taking and renewing may be repeated freely. Breaking the lease of another reviewer is recorded with its reason, and takes `Idempotency-Key`.',
    roles: reviewers,
    params,
    body: leaseRequest,
    idempotent: true,
    answers: { 200: { description: 'Who holds the edit now', schema: held } },
    problems: ['SelfApproval', 'EditState', 'LeaseHeld', 'NoLease', 'RecordState', 'Busy'],
    handle: async ({ path, body, caller }, { commands }) => {
      const target = { incident: path.id, edit: path.edit };
      if (!body.break) return { body: granted(await commands.takeLease(caller(), target)) };
      if (body.reason === null) {
        const message = 'is needed to break a lease';
        throw new Refusal('InvalidBody', { detail: `reason ${message}`, errors: [{ pointer: '/reason', message }] });
      }
      return { body: granted(await commands.breakLease(caller(), { ...target, reason: body.reason })) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/incidents/{id}/edits/{edit}/lease',
    operation: 'giveLeaseBack',
    tag: 'Review',
    summary: 'Give a lease back',
    description: 'May be repeated freely; without a lease nothing happens.',
    roles: reviewers,
    params,
    answers: { 200: { description: 'The caller does not hold the edit (any more)', schema: held } },
    handle: async ({ path, caller }, { commands }) => ({
      body: granted(await commands.giveLeaseBack(caller(), { incident: path.id, edit: path.edit })),
    }),
  }),
];
