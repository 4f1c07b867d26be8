import { insiders, writers } from '@averment/access';
import { found, granted, tagged } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { ofIncident, preview, reversal, reverted, revisedEdit, submission } from '../schemas/review.ts';
import { commentRoutes } from './commenting.ts';
import { requireDistinct } from './parties.ts';
import { editParams, ifMatchOf, reviewingRoutes } from './reviewing.ts';
import { broughtLimit } from './sources.ts';

const { aggregate: incident, one } = editParams('incident');
const { submitted } = ofIncident;
const resolving = [
  'MachineKinds',
  'InvalidChange',
  'LocalTimeUnclear',
  'QuoteNotFound',
  'QuoteAmbiguous',
  'PrivateName',
  'SourceTextUnknown',
  'TextErased',
  'RecordState',
  'IncidentState',
  'CarryNeeded',
  'ClaimNamed',
  'EditTooLarge',
  'LooksAlike',
  'Busy',
] as const;

const { list, read, decided, leases } = reviewingRoutes({
  of: 'incident',
  base: '/v1/incidents',
  whose: "an incident's",
  operation: (name) => name,
  answers: ofIncident,
  problems: ['IncidentState', 'RecordState', 'CarryNeeded', 'ClaimNamed', 'LocalTimeUnclear', 'PrivateName'],
});
export const leaseRoutes: readonly Route[] = leases;

export const editRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits',
    operation: 'submitEdit',
    tag: 'Review',
    summary: 'Propose changes to an incident',
    description:
      'Nothing changes before reviewers approve of it. `baseRevision` is the revision that its author read. Sources and parties may come with it, each with a `ref` that stands for its id; `refs` of the answer has the ids. `warnings` say where a claim, its statement and its quotes contradict one another; they refuse nothing.',
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
  list,
  ...read,
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
      return tagged(granted(await commands.reviseEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), body })));
    },
  }),
  ...decided,
  ...commentRoutes({ of: 'incident', base: '/v1/incidents', operation: (name) => name }),
  route({
    method: 'POST',
    path: '/v1/incidents/{id}/edits/{edit}/revert',
    operation: 'revertEdit',
    tag: 'Review',
    summary: 'Undo an applied edit by a new one',
    description:
      'Submits an edit that undoes each change of the applied one by the inverse of its kind, and that is reviewed like any other. Nothing is taken out of the history. What cannot be undone is named in `errors`, and nothing is submitted then.',
    roles: writers,
    params: one,
    body: reversal,
    idempotent: true,
    answers: { 201: { description: 'The edit that undoes it is submitted for review', schema: reverted } },
    problems: [...resolving, 'EditState', 'EditOutdated', 'QuotaExceeded'],
    handle: async ({ path, body, caller }, { commands }) => {
      const submitted = granted(await commands.revertEdit(caller(), { incident: path.id, edit: path.edit, reason: body.reason }));
      return { status: 201, ...tagged({ ...submitted, reverts: path.edit }) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/edits/{edit}/preview',
    operation: 'previewEdit',
    tag: 'Review',
    summary: 'See what applying an edit would change now',
    description:
      'From the record as it is: the changes by their pointers, standings and states that would be otherwise, events that it collides with, and open edits that would conflict once it is applied. Nothing is written.',
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
