import type { Envelope } from '../../log/envelope.ts';
import { citationDocuments } from '../../source/citation.ts';
import { reasonText } from '../../values/shapes.ts';
import { citations as cited } from '../../views/documents/citation.ts';
import { concealed, text } from '../../views/documents/parts.ts';
import type { Draft, Report } from '../draft.ts';
import type { CorrectionEntry, IncidentRecord, Reasoned, Retraction, SaidIn } from '../state.ts';
import { asSent, asStored } from '../things/form.ts';
import { type OlderForm, usual } from './kind.ts';

/** What changes say of themselves: why, by which source, and what replaces what they take back. It is shown, and can be corrected. */

/** Where an event stands, and the key under which the record knows what its change says of itself. */
export const saidIn = ({ stream, revision }: Pick<Envelope, 'stream' | 'revision'>): SaidIn => ({ incident: stream, revision });
export const ownKey = ({ incident, revision }: SaidIn): string => `${incident} ${revision}`;

/** Notes what a change says of itself. `fields` is what shows it, and is changed when it is corrected. */
export const noteOwn = <F extends SaidIn>(record: IncidentRecord, target: string, fields: F): F => {
  record.own.set(ownKey(fields), { target, fields, corrected: false });
  return fields;
};

/** Another change has taken its place: what it said of itself is shown no more, nor what corrected that. */
export const dropOwn = (record: IncidentRecord, said: SaidIn | null) => {
  if (said === null) return;
  const corrected = record.own.get(ownKey(said))?.corrected === true;
  record.own.delete(ownKey(said));
  if (!corrected) return;
  // A correction names changes of the stream in which it stands.
  const corrects = ({ incident, ofRevision }: CorrectionEntry) => incident === said.incident && ofRevision === said.revision;
  const dropped = record.corrections.filter(corrects);
  record.corrections = record.corrections.filter((correction) => !corrects(correction));
  for (const correction of dropped) dropOwn(record, correction);
};

/** The shapes of a change that gives a reason and may cite. */
export const sentReasoned = {
  reason: reasonText.describe('Why'),
  citations: asSent.mayCite.default([]).describe('What that rests on; nothing has to be quoted'),
};
/** The same as it is read. */
export const readReasoned = {
  reason: text.describe('Why; null once it was erased'),
  citations: cited.describe('What that rests on'),
  concealed,
};
export const storedReasoned = { reason: reasonText, citations: asStored.mayCite };

/** What such a change was before it could cite. */
export const citedNothing: OlderForm = { schema: 1, inEdits: 3, upcast: (data) => ({ ...data, citations: [] }) };
/** What a retraction was before it could also link what replaces the thing. */
export const replacedByNothing: OlderForm = { ...citedNothing, upcast: (data) => ({ ...data, replacedBy: null, citations: [] }) };

type Sent = { kind: string; reason: string; citations: Parameters<typeof citationDocuments>[0] };
/** What kinds have in common that give a reason and may cite. */
export const reasoned = {
  ...usual,
  own: ['reason', 'citations'],
  document: ({ kind, reason, citations, ...change }: Sent) => ({
    kind,
    ...change,
    reason: reason ?? null,
    citations: citationDocuments(citations),
  }),
} as const;
export const retraction = { ...reasoned, own: ['reason', 'replacedBy', 'citations'] } as const;

type Said = Pick<Reasoned, 'reason' | 'citations'>;
const saidAt = ({ reason, citations }: Said, event: Envelope): Reasoned => ({
  ...saidIn(event),
  reason,
  citations,
  recordedAt: event.recordedAt,
});
/** Notes what a change about `target` says of itself, and answers it as documents show it. */
export const reasonOf = (record: IncidentRecord, target: string, change: Said, event: Envelope): Reasoned =>
  noteOwn(record, target, saidAt(change, event));
export const retractionOf = (
  record: IncidentRecord,
  target: string,
  change: Said & Pick<Retraction, 'replacedBy'>,
  event: Envelope,
): Retraction => noteOwn(record, target, { ...saidAt(change, event), replacedBy: change.replacedBy });

type Kinds = { claim: 'claims'; dispute: 'disputes'; proceeding: 'proceedings'; ruling: 'rulings' };
const things: Kinds = { claim: 'claims', dispute: 'disputes', proceeding: 'proceedings', ruling: 'rulings' };
const kindOfId = (id: string) => id.slice(0, id.indexOf('_'));
const statusOf = (draft: Draft, incident: string) => draft.facts.incidents(incident)?.status ?? 'none';

/** What replaces a thing that is retracted is another one of its kind, on record and not retracted itself. */
export const checkReplacedBy = (draft: Draft, report: Report, target: string, replacedBy: string | null, pointer = '/replacedBy') => {
  if (replacedBy === null) return;
  const kind = kindOfId(target);
  if (replacedBy === target) return report(pointer, `is the ${kind} itself`);
  if (kindOfId(replacedBy) !== kind) return report(pointer, `must be the id of another ${kind}`);
  if (kind === 'incident') {
    const status = statusOf(draft, replacedBy);
    if (status === 'none' || status === 'proposed') return report(pointer, `there is no published incident ${replacedBy}`);
    if (status !== 'published') report(pointer, `names an incident that is ${status}: name one that is published`, 'RecordState');
    return;
  }
  const held = draft[things[kind as keyof Kinds]].get(replacedBy);
  if (!held && !draft.made.has(replacedBy)) report(pointer, `this incident has no ${kind} ${replacedBy}`);
  else if (held?.retracted) report(pointer, `names a ${kind} that was retracted`, 'RecordState');
};

/** The other incidents that a decision has to know: the one that replaces this one. */
export const incidentReplacing = (replacedBy: string | null | undefined): string[] =>
  replacedBy?.startsWith('incident_') ? [replacedBy] : [];
