import { insiders, type Viewer, writers } from '@averment/access';
import { found, granted, tagged } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { ofRegister, partySubmission, registerPreview, sourceSubmission } from '../schemas/review.ts';
import { commentRoutes } from './commenting.ts';
import { requireDistinct } from './parties.ts';
import { editParams, ifMatchOf, type Reviewing, reviewingRoutes } from './reviewing.ts';
import { registeredLimit } from './sources.ts';

/** Edits of sources and of parties: reviewed as those of incidents are. */

const resolving = [
  'MachineKinds',
  'InvalidChange',
  'QuoteNotFound',
  'QuoteAmbiguous',
  'SourceTextUnknown',
  'TextErased',
  'AggregateState',
  'EditOutdated',
  'EditTooLarge',
  'QuotaExceeded',
  'Busy',
] as const;
const revising = ['NotAuthor', 'EditState'] as const;

const named = (word: string) => (name: string) => name.replace(/(?=Edit|Vote|Lease|Comment)/, word);
const reviewing = (of: 'source' | 'party', base: string): Reviewing => ({
  of,
  base,
  whose: `a ${of}'s`,
  operation: named(of === 'source' ? 'Source' : 'Party'),
  answers: ofRegister,
  problems: ['AggregateState'],
});

const previewOf = ({ of, base, operation }: Reviewing): Route =>
  route({
    method: 'GET',
    path: `${base}/{id}/edits/{edit}/preview`,
    operation: operation('previewEdit'),
    tag: 'Review',
    summary: 'See what applying an edit would change now',
    description: 'Of an applied edit: what it changed. A new text is in the edit itself.',
    roles: insiders,
    params: editParams(of).one,
    models: ['record'],
    answers: { 200: { description: `The ${of} before and after, and the differences`, schema: registerPreview } },
    handle: async ({ path, viewer }, { queries }) => ({ body: found(await queries.registerPreview(path.id, path.edit, viewer)) }),
  });

const source = reviewing('source', '/v1/sources');
const ofSource = reviewingRoutes(source);
const { aggregate: oneSource, one: oneOfSource } = editParams('source');
const sourceEdits: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/sources/{id}/edits',
    operation: 'submitSourceEdit',
    tag: 'Review',
    summary: 'Propose changes to a source',
    description:
      'What is said of it is corrected, its text gets a new revision, or it is withdrawn. Quotations go on naming the revision that they were found in.',
    roles: writers,
    params: oneSource,
    body: sourceSubmission,
    bodyLimit: registeredLimit,
    idempotent: true,
    answers: { 201: { description: 'The edit is submitted for review', schema: ofRegister.submitted } },
    problems: resolving,
    handle: async ({ path, body, caller }, { commands }) => ({
      status: 201,
      ...tagged(granted(await commands.submitSourceEdit(caller(), { stream: path.id, body }))),
    }),
  }),
  ofSource.list,
  ...ofSource.read,
  route({
    method: 'PUT',
    path: '/v1/sources/{id}/edits/{edit}',
    operation: 'reviseSourceEdit',
    tag: 'Review',
    summary: 'Revise or rebase an edit',
    description: 'By its author, with the body of the POST that made it. Approvals of earlier versions lapse.',
    roles: writers,
    params: oneOfSource,
    body: sourceSubmission,
    bodyLimit: registeredLimit,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit has a new version', schema: ofRegister.submitted } },
    problems: [...resolving, ...revising],
    handle: async ({ path, body, caller, ifMatch }, { commands }) =>
      tagged(granted(await commands.reviseSourceEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), body }))),
  }),
  ...ofSource.decided,
  ...commentRoutes(source),
  previewOf(source),
  ...ofSource.leases,
];

const party = reviewing('party', '/v1/parties');
const ofParty = reviewingRoutes(party);
const { aggregate: oneParty, one: oneOfParty } = editParams('party');
/** Throws where somebody else than a reviewer says of the party that it is distinct from others. */
const requireReviewer = (changes: readonly { kind: string; set?: { distinctFrom?: readonly string[] | undefined } }[], viewer: Viewer) =>
  requireDistinct(
    changes.map(({ set }) => ({ distinctFrom: set?.distinctFrom ?? [] })),
    viewer,
  );
const partyEdits: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/parties/{id}/edits',
    operation: 'submitPartyEdit',
    tag: 'Review',
    summary: 'Propose changes to a party',
    description:
      'What is said of it is corrected, or whether the name of a person is kept from the public, or which other party it is (`merge_party`, `unmerge_party`). To make somebody private takes one approval, and waits for nothing else in the queue.',
    roles: writers,
    params: oneParty,
    body: partySubmission,
    bodyLimit: 256 * 1024,
    idempotent: true,
    answers: { 201: { description: 'The edit is submitted for review', schema: ofRegister.submitted } },
    problems: [...resolving, 'LooksAlike'],
    handle: async ({ path, body, caller, viewer }, { commands }) => {
      requireReviewer(body.changes, viewer);
      return { status: 201, ...tagged(granted(await commands.submitPartyEdit(caller(), { stream: path.id, body }))) };
    },
  }),
  ofParty.list,
  ...ofParty.read,
  route({
    method: 'PUT',
    path: '/v1/parties/{id}/edits/{edit}',
    operation: 'revisePartyEdit',
    tag: 'Review',
    summary: 'Revise or rebase an edit',
    description: 'By its author, with the body of the POST that made it. Approvals of earlier versions lapse.',
    roles: writers,
    params: oneOfParty,
    body: partySubmission,
    bodyLimit: 256 * 1024,
    idempotent: true,
    guarded: true,
    answers: { 200: { description: 'The edit has a new version', schema: ofRegister.submitted } },
    problems: [...resolving, ...revising, 'LooksAlike'],
    handle: async ({ path, body, caller, viewer, ifMatch }, { commands }) => {
      requireReviewer(body.changes, viewer);
      return tagged(
        granted(await commands.revisePartyEdit(caller(), { stream: path.id, edit: path.edit, ifMatch: ifMatchOf(ifMatch), body })),
      );
    },
  }),
  ...ofParty.decided,
  ...commentRoutes(party),
  previewOf(party),
  ...ofParty.leases,
];

export const registerEditRoutes: readonly Route[] = [...sourceEdits, ...partyEdits];
