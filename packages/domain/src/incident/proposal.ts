import { z } from 'zod';
import { accept, type Result } from '../values/errors.ts';
import { rationale } from '../values/shapes.ts';
import { type Change, type SentChange, sentChange } from './changes/index.ts';
import { type ResolveContext, type Resolved, resolveAt } from './resolve.ts';
import type { Incident } from './state.ts';
import { sentClaim } from './things/claim.ts';
import { type IncidentFields, incidentFields } from './things/incident.ts';

/** The bodies that bring changes: of an incident that is proposed with its claims, and of an edit to one that is published. */

/** Body of `POST /v1/incidents`. */
export const proposalBody = z.strictObject({
  ...incidentFields,
  agencies: incidentFields.agencies.default([]),
  claims: z.array(sentClaim).max(99).default([]).describe('What was claimed of it'),
  rationale: rationale.describe('Why it belongs into the record: for the reviewers'),
});
export type ProposalBody = z.output<typeof proposalBody>;
/** Body of `POST /v1/incidents/{id}/edits`. */
export const editBody = z.strictObject({
  baseRevision: z.int().min(0).describe('The `revision` of the incident that the edit was made from'),
  rationale: rationale.describe('Why: for the reviewers'),
  changes: z.array(sentChange).min(1).max(100).describe('What it changes, in order'),
});
export type EditBody = z.output<typeof editBody>;

/** The claims of a proposal as changes, for `sourcesNeeded`. */
export const proposedClaims = ({ claims }: Pick<ProposalBody, 'claims'>): SentChange[] =>
  claims.map((claim) => ({ kind: 'add_claim', claim }));

/** Resolves a proposal: the incident is its first change, the claims follow. Pointers are those of the body of `POST /v1/incidents`. */
export const proposalChanges = (body: ProposalBody, context: Omit<ResolveContext, 'pointer'>): Result<Resolved> => {
  const { title, occurred, place, agencies } = body;
  const resolved = resolveAt(proposedClaims(body), { ...context, pointer: '' }, 1, (_, index) => `/claims/${index}`);
  if (!resolved.ok) return resolved;
  return accept({ ...resolved.value, changes: [{ kind: 'report_incident', title, occurred, place, agencies }, ...resolved.value.changes] });
};

const isReport = (change: Change): change is Extract<Change, { kind: 'report_incident' }> => change.kind === 'report_incident';

/** Where in the body of a proposal, or of an edit, the thing of a change stands. `within`: where it stands in the change. */
export const placesIn = (changes: readonly Change[], within: (change: Change) => string): ((index: number) => string) => {
  if (changes[0] && isReport(changes[0])) return (index) => (index === 0 ? '' : `/claims/${index - 1}`);
  return (index) => `/changes/${index}${changes[index] ? within(changes[index]) : ''}`;
};

/** Title, time, place and agencies: the record's, and of a proposed incident those of the proposal's current version. */
export const fieldsOfIncident = (state: Pick<Incident, 'fields' | 'edits'>): IncidentFields | null =>
  state.fields ?? state.edits.get(1)?.versions.at(-1)?.changes.find(isReport) ?? null;
