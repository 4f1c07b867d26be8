import {
  conflictWith,
  type DomainEvent,
  type Edit,
  evolveIncident,
  type Ground,
  type Incident,
  initialIncident,
  isOpenEdit,
  isReviewEvent,
  recordEvents,
  revisionsOf,
} from '@averment/domain';
import type { StreamRange } from '../../projection.ts';
import { changesOf } from '../appends.ts';
import { type Fold, foldOn } from './folds.ts';
import { type Heading, headingOf, type Stand } from './render.ts';

/** An incident in a batch: its fold after it, and the edits to show anew, without their texts. */
export type Member = {
  id: string;
  events: readonly DomainEvent[];
  /** Whether these are its first events here. */
  isNew: boolean;
  fold: Fold;
  changed: readonly Edit[];
};

/** Why edits may have to be shown anew that no event names. */
export type Asked = { ground: Ground; stand: Stand; everyOpen: boolean };

const openEdits = ({ edits }: Incident): Edit[] => [...edits.values()].filter(isOpenEdit);

const setsTitle = (event: DomainEvent): boolean => event.type === 'IncidentCorrected' && event.data.fields.includes('title');

/**
 * Folds the events. They change the edits that they name (one that closes is named by the event that closes it), and open ones of which the record now
 * makes something else. An erasure may be of the texts of any, and another title is one of all.
 */
export const foldMember = (id: string, fold: Fold, events: readonly DomainEvent[], { ground, stand, everyOpen }: Asked): Member => {
  const { state } = fold;
  const isNew = state.streamRevision < 0;
  // All edits of an incident are found by its title.
  const every = events.some((event) => event.type === 'TextErased' || setsTitle(event));
  const compares = !every && !everyOpen && events.some(({ type }) => recordEvents.has(type));
  const before = new Map(compares ? openEdits(state).map((edit) => [edit, stand(state, edit, ground)]) : []);
  const known = state.written.length;
  const waited = new Set([...state.edits.values()].filter(({ waitsFor }) => waitsFor !== null));
  foldOn(fold, events);
  const written = new Set(state.written.slice(known).flatMap(({ keys }) => keys));
  const standsOtherwise = (edit: Edit): boolean =>
    conflictWith(edit.versions.at(-1)?.changes ?? [], written) || before.get(edit) !== stand(state, edit, ground);
  const named = new Set(events.map(({ type, edit }) => (type === 'ReviewLeaseBroken' ? null : edit)));
  const isChanged = (edit: Edit): boolean => {
    if (every || named.has(edit.edit) || (waited.has(edit) && edit.waitsFor === null)) return true;
    return isOpenEdit(edit) && (everyOpen || (compares && standsOtherwise(edit)));
  };
  return { id, events, isNew, fold, changed: [...state.edits.values()].filter(isChanged) };
};

/** A correction may set some fields only, an erasure may be of any text. */
const needsWhole = ({ events }: Member): boolean => events.some(({ type }) => type === 'TextErased' || type === 'IncidentCorrected');

/** Where in the log texts lie that the member shows anew and the batch does not hold. */
export const textsNeeded = (member: Member): StreamRange[] => {
  const { id, events, fold, changed } = member;
  const last = fold.state.streamRevision;
  if (needsWhole(member)) return [{ stream: id, from: 0, to: last }];
  const first = events[0]?.revision ?? last + 1;
  const revisions = new Set(changed.flatMap(revisionsOf).filter((revision) => revision < first));
  const from = [...revisions].reduce((one, other) => Math.min(one, other), first);
  return revisions.size === 0 ? [] : [{ stream: id, from, to: first - 1, revisions }];
};

export type Shown = { edits: Edit[]; heading: Heading | undefined };

const withTexts = (edit: Edit, texts: Incident): Edit => {
  const own = texts.edits.get(edit.edit);
  if (own === undefined) throw new Error(`${texts.id} has no texts of edit ${edit.edit}`);
  const { votes, comments, acts, refs, withdrawnReason } = own;
  // What became of a version since stands in events of other edits, and in ones without texts.
  const versions = edit.versions.map((version, index) => {
    const { rationale = null, changes = version.changes } = own.versions[index] ?? {};
    return { ...version, rationale, changes };
  });
  return { ...edit, versions, votes, comments, acts, refs, withdrawnReason };
};

const unknown: Heading = { title: null, region: null };

/** What is shown anew, with texts. `read` is what was read of the log. The heading is undefined where it stays. */
export const shownOf = (member: Member, read: readonly DomainEvent[]): Shown => {
  const { events, isNew, fold, changed } = member;
  const whole = needsWhole(member);
  const own: readonly DomainEvent[] = whole ? read : [...read, ...events].filter(isReviewEvent);
  const texts = own.reduce(evolveIncident, initialIncident());
  const headingNow = (): Heading | undefined => {
    if (whole) return headingOf(texts);
    const fields = changesOf(events).findLast(({ kind }) => kind === 'report_incident');
    if (fields?.kind === 'report_incident') return headingOf({ fields, edits: new Map() });
    if (fold.state.fields === null && texts.edits.has(1)) return headingOf(texts);
    return isNew ? unknown : undefined;
  };
  return { edits: changed.map((edit) => withTexts(edit, texts)), heading: headingNow() };
};
