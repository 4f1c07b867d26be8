import type { Change } from '../incident/changes/index.ts';
import { applicationEvents } from '../incident/decide.ts';
import { evolveIncident } from '../incident/evolve.ts';
import { conflictsOf, wouldConflict } from '../incident/outdated.ts';
import type { EditVersion, Incident } from '../incident/state.ts';
import { warningsOf } from '../incident/warnings.ts';
import type { DomainEvent, NewEvent } from '../log/events.ts';
import { initialReview } from '../review/edit.ts';
import { diffDocuments } from './diff.ts';
import type { AspectDocument, IncidentDocument, Preview } from './documents.ts';
import { idleEffects } from './idle-effects.ts';
import { type DocumentInput, incidentDocument } from './incident.ts';

/** What approval would append now. */
const eventsOf = (state: Incident, edit: number, version: EditVersion, returned: readonly NewEvent[]): DomainEvent[] =>
  asAppended(state, [...applicationEvents(edit, version), ...returned] as NewEvent[]);

/** A copy of the record, which the fold may change; of the review it keeps nothing. */
const copyOfRecord = (state: Incident): Incident =>
  structuredClone({ ...state, ...initialReview<Change>(), id: state.id, streamRevision: state.streamRevision });

/** Events as the log would give them back, were they appended to the stream now. */
export const asAppended = (
  state: { id: string | null; streamRevision: number; recordedAt: string | null },
  appended: readonly NewEvent[],
): DomainEvent[] => {
  const envelope = {
    id: '',
    schema: 1,
    stream: state.id ?? '',
    at: '',
    actor: '',
    command: '',
    request: null,
    correlation: null,
    position: 0n,
  };
  const last = state.streamRevision + appended.length;
  return appended.map(
    (event, index) =>
      ({ ...envelope, ...event, revision: state.streamRevision + 1 + index, last, recordedAt: state.recordedAt ?? '' }) as DomainEvent,
  );
};

/** The record that the edit is about: that of a proposal which it waits for is as that one would make it. */
const recordFor = (state: Incident, edit: number): Incident => {
  const waitsFor = state.edits.get(edit)?.waitsFor ?? null;
  const proposed = waitsFor === null ? undefined : state.edits.get(waitsFor)?.versions.at(-1);
  if (waitsFor === null || proposed === undefined) return state;
  return { ...eventsOf(state, waitsFor, proposed, []).reduce(evolveIncident, copyOfRecord(state)), edits: state.edits };
};

const standingsOf = ({ claims }: IncidentDocument) => new Map(claims.map(({ id, standing }) => [id, standing]));

/** Keys of both maps, those of the first in their order, then the new ones. */
const keysOfBoth = <K>(one: ReadonlyMap<K, unknown>, other: ReadonlyMap<K, unknown>): K[] => [...new Set([...one.keys(), ...other.keys()])];

const standingChanges = (before: IncidentDocument, after: IncidentDocument): Preview['standing'] => {
  const [was, is] = [standingsOf(before), standingsOf(after)];
  return keysOfBoth(was, is)
    .map((claim) => ({ claim, from: was.get(claim) ?? null, to: is.get(claim) ?? null }))
    .filter(({ from, to }) => from !== to);
};

const rowsOf = ({ aspects }: IncidentDocument) =>
  new Map(aspects.map((row): [string, AspectDocument] => [`${row.aspect} ${row.about ?? ''}`, row]));

const aspectChanges = (before: IncidentDocument, after: IncidentDocument): Preview['aspects'] => {
  const [was, is] = [rowsOf(before), rowsOf(after)];
  return keysOfBoth(was, is).flatMap((key) => {
    const row = is.get(key) ?? was.get(key);
    const [from, to] = [was.get(key)?.state ?? null, is.get(key)?.state ?? null];
    return row === undefined || from === to ? [] : [{ aspect: row.aspect, about: row.about, from, to }];
  });
};

/**
 * What an edit would do to the record as it is in `state`, were it approved now: the incident before and after, what differs, which standings
 * and states change, and what it conflicts with. `after` has the revision that the record would then have, and the present time of recording.
 * `returned`: what comes back where the edit takes a merge back. For an applied edit the caller folds the stream to just before its record events. Undefined for an edit that there is not.
 */
export const preview = (input: DocumentInput & { edit: number; returned?: readonly NewEvent[] }): Preview | undefined => {
  const { edit, returned = [] } = input;
  const version = input.state.edits.get(edit)?.versions.at(-1);
  if (version === undefined) return undefined;
  const state = recordFor(input.state, edit);
  // Without the review, so that a proposal's title is not taken for what is on record.
  const before = incidentDocument({ ...input, state: { ...state, edits: new Map() } });
  const changed = eventsOf(state, edit, version, returned).reduce(evolveIncident, copyOfRecord(state));
  const { firstRecordedAt, recordedAt } = before;
  const after = { ...incidentDocument({ ...input, state: changed }), firstRecordedAt, recordedAt };
  return {
    before,
    after,
    changes: diffDocuments(before, after),
    standing: standingChanges(before, after),
    aspects: aspectChanges(before, after),
    conflicts: conflictsOf(state, edit),
    wouldConflict: wouldConflict(state, edit),
    warnings: [...warningsOf(version.changes, (id) => state.claims.get(id)?.claim), ...idleEffects(version.changes, after)],
  };
};
