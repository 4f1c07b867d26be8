import { z } from 'zod';
import { accept, type Result } from '../values/errors.ts';
import { externalId } from '../values/external-id.ts';
import { rationale } from '../values/shapes.ts';
import { broughtFields } from './bringing.ts';
import { type Change, kindOf, type SentChange, sentChange } from './changes/index.ts';
import { type ResolveContext, type Resolved, resolveAt } from './resolve.ts';
import type { Incident } from './state.ts';
import { type Claim, sentClaim } from './things/claim.ts';
import { sentDispute } from './things/dispute.ts';
import { made } from './things/form.ts';
import { type IncidentFields, incidentFields } from './things/incident.ts';
import { sentProceeding } from './things/proceeding.ts';
import { sentRuling } from './things/ruling.ts';

/** The bodies that bring changes: of an incident that is proposed with what is known of it, and of an edit to one that is published. */

/** How many changes an edit may have; of a proposal the incident is one. */
export const mostChanges = 100;

const listOf = <S extends z.ZodType>(shape: S) =>
  z
    .array(shape)
    .max(mostChanges - 1)
    .default([]);
const lists = {
  claims: listOf(sentClaim).describe('What was claimed of it'),
  disputes: listOf(sentDispute.extend(made('dispute'))).describe('Who contests which of these claims, named by their refs'),
  proceedings: listOf(sentProceeding.extend(made('proceeding'))).describe('Charges, lawsuits and investigations that came of it'),
  rulings: listOf(sentRuling.extend(made('ruling'))).describe('What courts decided on it'),
};
type List = keyof typeof lists;

/** Body of `POST /v1/incidents`. */
export const proposalBody = z
  .strictObject({
    ...incidentFields.sent,
    agencies: incidentFields.sent.agencies.default([]),
    externalId: externalId.default(null),
    ...broughtFields,
    ...lists,
    rationale: rationale.describe('Why it belongs into the record: for the reviewers'),
  })
  .refine(
    ({ claims, disputes, proceedings, rulings }) => claims.length + disputes.length + proceedings.length + rulings.length < mostChanges,
    `must have at most ${mostChanges - 1} claims, disputes, proceedings and rulings together`,
  );
export type ProposalBody = z.output<typeof proposalBody>;
/** Body of `POST /v1/incidents/{id}/edits`. */
export const editBody = z.strictObject({
  baseRevision: z.int().min(0).describe('The `revision` of the incident that the edit was made from'),
  rationale: rationale.describe('Why: for the reviewers'),
  ...broughtFields,
  changes: z.array(sentChange).min(1).max(mostChanges).describe('What it changes, in order'),
});
export type EditBody = z.output<typeof editBody>;
/** A proposal with which edit 1 is revised as it was read: the incident is its first change. */
export const readProposalBody = editBody.extend({
  baseRevision: z.null().default(null).describe('Null, as it is read: a proposal is made from no revision'),
});
export type ReadProposalBody = z.output<typeof readProposalBody>;

/** The list of a proposal in which the thing stands that a change of a kind makes. */
const listByKind: Partial<Record<Change['kind'], List>> = {
  add_claim: 'claims',
  dispute_claim: 'disputes',
  open_proceeding: 'proceedings',
  record_ruling: 'rulings',
};

/** What a proposal holds beside the incident, as changes. */
export const proposedChanges = ({ claims, disputes, proceedings, rulings }: Pick<ProposalBody, List>): SentChange[] => [
  ...claims.map((claim) => ({ kind: 'add_claim' as const, claim })),
  ...disputes.map((dispute) => ({ kind: 'dispute_claim' as const, ...dispute })),
  ...proceedings.map((proceeding) => ({ kind: 'open_proceeding' as const, ...proceeding })),
  ...rulings.map((ruling) => ({ kind: 'record_ruling' as const, ...ruling })),
];

/** Where in the body of a proposal the things of these changes stand, which are its own in their order. */
const placesInProposal = (changes: readonly { kind: Change['kind'] }[]): string[] => {
  const seen = new Map<List, number>();
  return changes.map(({ kind }) => {
    const list = listByKind[kind];
    if (list === undefined) return '';
    const index = seen.get(list) ?? 0;
    seen.set(list, index + 1);
    return `/${list}/${index}`;
  });
};

/** Resolves a proposal: the incident is its first change, the others follow. Pointers are those of the body of `POST /v1/incidents`. */
export const proposalChanges = (body: ProposalBody, context: Omit<ResolveContext, 'pointer'>): Result<Resolved> => {
  const { title, occurred, place, agencies } = body;
  const sent = proposedChanges(body);
  const places = placesInProposal(sent);
  const resolved = resolveAt(sent, { ...context, pointer: '' }, 1, (_, index) => places[index] ?? '');
  if (!resolved.ok) return resolved;
  const report: Change = { kind: 'report_incident', title, occurred, place, agencies, externalId: body.externalId };
  return accept({ ...resolved.value, changes: [report, ...resolved.value.changes] });
};

const isReport = (change: Change): change is Extract<Change, { kind: 'report_incident' }> => change.kind === 'report_incident';

/** Where in the body of a proposal, or of an edit, the thing of a change stands. `within`: where it stands in the change. `asChanges`: a proposal has the body of an edit. */
export const placesIn = (
  changes: readonly Change[],
  within: (change: Change) => string,
  asChanges = false,
): ((index: number) => string) => {
  if (!asChanges && changes[0] && isReport(changes[0])) {
    const places = placesInProposal(changes);
    return (index) => places[index] ?? '';
  }
  return (index) => `/changes/${index}${changes[index] ? within(changes[index]) : ''}`;
};

/** The refs that a body gives to the things that it makes. */
export const refsIn = (body: Pick<EditBody, 'changes'> | Pick<ProposalBody, List>): string[] =>
  ('changes' in body ? body.changes : proposedChanges(body)).flatMap((change) => kindOf(change).refOf(change) ?? []);

/** Where in such a body each thing stands as it was sent. */
export const sentThings = (
  body: EditBody | ReadProposalBody | ProposalBody,
): { sent: unknown; pointer: string; within: string; index: number }[] => {
  if ('changes' in body) return body.changes.map((sent, index) => ({ sent, pointer: `/changes/${index}`, within: '', index }));
  const changes = proposedChanges(body);
  const places = placesInProposal(changes);
  // The first change is the incident.
  return changes.map((change, index) => {
    const { within } = kindOf(change);
    const sent = within === '' ? change : (change as unknown as Record<string, unknown>)[within.slice(1)];
    return { sent, pointer: places[index] ?? '', within, index: index + 1 };
  });
};

/** What a proposal says: the fields of the incident, and its claims. */
export const proposedContent = (changes: readonly Change[]): { fields: IncidentFields | null; claims: Claim[] } => ({
  fields: changes.find(isReport) ?? null,
  claims: changes.flatMap((change) => (change.kind === 'add_claim' ? [change.claim] : [])),
});

/** What the proposal's current version says. */
export const proposedOf = ({ edits }: Pick<Incident, 'edits'>) => proposedContent(edits.get(1)?.versions.at(-1)?.changes ?? []);

/** Title, time, place and agencies: the record's, and of a proposed incident those of the proposal's current version. */
export const fieldsOfIncident = (state: Pick<Incident, 'fields' | 'edits'>): IncidentFields | null =>
  state.fields ?? proposedOf(state).fields;
