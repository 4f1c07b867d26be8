import type { DomainEvent, EditBody } from '@averment/domain';
import { type Event, IllegalStateError, projections } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, pongoSingleStreamProjection } from '@event-driven-io/emmett-postgresql';

/** The record of an incident as a team would build it with Emmett: its events, what a decision needs of them, and the document that a reader gets. */

type Metadata = { actor: string; at: string; edit: number | null };
type Recorded<T extends 'IncidentReported' | 'ClaimAdded' | 'ClaimRanked'> = Event<T, DomainEvent<T>['data'], Metadata>;
export type IncidentEvent =
  | Event<'EditSubmitted', { baseRevision: number; rationale: string; changes: readonly object[] }, Metadata>
  | Event<'EditApproved' | 'EditApplied', { version: number }, Metadata>
  | Recorded<'IncidentReported'>
  | Recorded<'ClaimAdded'>
  | Recorded<'ClaimRanked'>;

export const streamOf = (incident: string): string => `incident-${incident}`;

/** `revision`: of the last event that changed the record; null until it is published. */
type State = { events: number; revision: number | null; edits: number };
export const initialState = (): State => ({ events: 0, revision: null, edits: 0 });

export const evolve = (state: State, { type }: IncidentEvent): State => {
  const events = state.events + 1;
  switch (type) {
    case 'EditSubmitted':
      return { ...state, events, edits: state.edits + 1 };
    case 'EditApproved':
    case 'EditApplied':
      return { ...state, events };
    case 'IncidentReported':
    case 'ClaimAdded':
    case 'ClaimRanked':
      return { ...state, events, revision: state.events };
  }
};

export const submit = (state: State, body: EditBody, { actor, at }: Omit<Metadata, 'edit'>): IncidentEvent => {
  if (state.revision === null) throw new IllegalStateError('the incident is not published');
  if (body.baseRevision > state.revision) throw new IllegalStateError('the record has no such revision');
  return { type: 'EditSubmitted', data: body, metadata: { actor, at, edit: state.edits + 1 } };
};

type Edit = { edit: number | null; state: 'submitted' | 'applied'; author: string; at: string; rationale: string };
export type IncidentDocument = {
  fields: DomainEvent<'IncidentReported'>['data'] | null;
  claims: (DomainEvent<'ClaimAdded'>['data']['claim'] & { rank?: string })[];
  edits: Edit[];
};
export const collectionName = 'incidents';

export const project = (before: IncidentDocument | null, { type, data, metadata }: IncidentEvent): IncidentDocument => {
  const document = before ?? { fields: null, claims: [], edits: [] };
  switch (type) {
    case 'EditSubmitted': {
      const { edit, actor: author, at } = metadata;
      return { ...document, edits: [...document.edits, { edit, state: 'submitted', author, at, rationale: data.rationale }] };
    }
    case 'EditApplied':
      return { ...document, edits: document.edits.map((edit) => (edit.edit === metadata.edit ? { ...edit, state: 'applied' } : edit)) };
    case 'IncidentReported':
      return { ...document, fields: data };
    case 'ClaimAdded':
      return { ...document, claims: [...document.claims, data.claim] };
    case 'ClaimRanked':
      return { ...document, claims: document.claims.map((claim) => (claim.id === data.claim ? { ...claim, rank: data.rank } : claim)) };
    case 'EditApproved':
      return document;
  }
};

const incidents = pongoSingleStreamProjection<IncidentDocument, IncidentEvent>({
  collectionName,
  canHandle: ['EditSubmitted', 'EditApplied', 'IncidentReported', 'ClaimAdded', 'ClaimRanked'],
  evolve: project,
});

/** The event store, with its document kept in the same transaction, or without. The tables are made by `schema.migrate()`. */
export const openStore = (databaseUrl: string, { inline }: { inline: boolean }) =>
  getPostgreSQLEventStore(databaseUrl, {
    projections: inline ? projections.inline([incidents]) : [],
    schema: { autoMigration: 'None' },
  });
