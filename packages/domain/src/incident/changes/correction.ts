import { z } from 'zod';
import type { Envelope } from '../../log/envelope.ts';
import { type Citation, citationDocuments } from '../../source/citation.ts';
import { reasonText, typeId } from '../../values/shapes.ts';
import type { Report } from '../draft.ts';
import type { IncidentRecord } from '../state.ts';
import { fieldDocument, isTextField, isWithoutText } from '../things/field.ts';
import { asSent, asStored } from '../things/form.ts';
import { type OlderForm, usual } from './kind.ts';
import { noteOwn } from './own.ts';

/** What the corrections of an incident, of a claim and of an entry have in common. */

/** Whether the texts that the correction replaces are shown to reviewers and auditors alone from then on. */
const conceal = z.boolean().default(false);
export const sentCorrection = { conceal, reason: reasonText, citations: asSent.citations };
export const storedCorrection = { id: typeId('correction'), conceal: z.boolean(), reason: reasonText, citations: asStored.citations };

type Correction = { id: string; fields: readonly string[]; set: object; conceal: boolean; reason: string; citations: Citation[] };

/** Before `conceal` there were corrections that concealed nothing. */
const concealedNothing: OlderForm = { schema: 1, inEdits: 1, upcast: (data) => ({ ...data, conceal: false }) };

/** What a correction's kind says as all do. */
export const correction = {
  ...usual,
  own: ['reason', 'citations'],
  older: [concealedNothing],
  /** What a retracted incident says is still to be read, so it can be concealed. */
  takenWhen: (status: 'merged' | 'retracted', change: Correction) => status === 'retracted' && change.conceal,
  brings: ({ set }: Correction) => set as { readonly [field: string]: unknown },
  twoApprovals: ({ conceal }: Correction): readonly string[] => (conceal ? ['it conceals what it replaces'] : []),
};

export const fieldsOf = <S extends object>(set: S): (keyof S & string)[] => Object.keys(set) as (keyof S & string)[];

/** Where in `set` a problem of the thing as corrected is reported: at its field if the correction sets that. */
export const inSet = (report: Report, { fields }: Correction): Report => {
  const set = new Set(fields);
  return (pointer, message, code) => report(set.has(pointer.split('/')[1] ?? '') ? `/set${pointer}` : '/set', message, code);
};

/** Which fields the correction sets: only rules about one of them are asked. */
export const touching =
  ({ fields }: Correction) =>
  (...names: readonly string[]): boolean =>
    names.some((name) => fields.includes(name));

/** Only texts can be concealed: each field that a concealing correction sets has to hold one. `held` is the thing as it stands before. */
export const checkConceal = (report: Report, { fields, conceal }: Correction, held: object) => {
  if (!conceal) return;
  for (const field of fields) {
    if (!isTextField(field)) {
      report(`/set/${field}`, 'is no text, so there is nothing in it to conceal: correct it in a change of its own');
    } else if (isWithoutText(field, (held as Record<string, unknown>)[field])) {
      report(`/set/${field}`, 'holds no text now that could be concealed: correct it in a change of its own');
    }
  }
};

/** Sets the fields named, also those whose text is erased: the old value no longer holds. */
export const correct = (
  record: IncidentRecord,
  target: string,
  thing: object,
  { id, fields, set, reason, citations }: Correction,
  { revision, recordedAt }: Envelope,
  ofRevision: number | null = null,
) => {
  const held = thing as Record<string, unknown>;
  const values = set as Record<string, unknown>;
  const changes = fields.map((field) => ({ field, from: held[field], to: values[field] }));
  for (const { field, to } of changes) held[field] = to;
  const entry = { id, target, ofRevision, changes, reason, citations, revision, recordedAt };
  record.corrections.push(noteOwn(record, revision, id, entry));
};

/** The new values: an erased one is null, since `fields` still names it. */
const setDocument = ({ fields, set }: Correction): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, fieldDocument(field, (set as Record<string, unknown>)[field])]));

/** `named`: what is corrected, in between as it was sent. */
export const correctionDocument = <C extends Correction & { kind: string }>(change: C, named: object = {}) => ({
  kind: change.kind,
  id: change.id,
  ...named,
  set: setDocument(change),
  conceal: change.conceal,
  reason: change.reason ?? null,
  citations: citationDocuments(change.citations),
});
