import { z } from 'zod';
import type { Envelope } from '../../log/envelope.ts';
import type { Cause } from '../../policy/rules.ts';
import { type Citation, citationDocuments, type SentCitation } from '../../source/citation.ts';
import { reasonInWords, reasonText, typeId } from '../../values/shapes.ts';
import { citations as cited } from '../../views/documents/citation.ts';
import { correctionMembers } from '../../views/documents/members.ts';
import { concealed, idOf, text } from '../../views/documents/parts.ts';
import { checkCitations, type Draft, type Report } from '../draft.ts';
import type { Resolving } from '../resolving.ts';
import type { CorrectionEntry, IncidentRecord } from '../state.ts';
import { fieldDocument, isTextField, isWithoutText } from '../things/field.ts';
import { asSent, asStored, correctionRead } from '../things/form.ts';
import { type OlderForm, unplaced, usual } from './kind.ts';
import { noteOwn } from './own.ts';

/** What the corrections of an incident, of a claim and of an entry have in common. */

/** Whether the texts that the correction replaces are shown to reviewers and auditors alone from then on. */
const conceal = z.boolean().default(false).describe(correctionMembers.conceal);

/** What a correction rests on. */
export const correctionBases = ['source', 'editorial', 'revision', 'reversal'] as const;
const basis = z.enum(correctionBases);

const sentBasis = {
  basis: basis.default('source').describe(correctionMembers.basis),
};
/** What all corrections are sent and stored with; those of what a change says of itself have no basis. */
export const sentOfOwn = {
  ...correctionRead,
  conceal,
  reason: reasonInWords.describe(correctionMembers.reason),
  citations: asSent.mayCite
    .default([])
    .describe('Where it stands: at least one quotation for the date and status of an update; nothing has to be quoted for the rest'),
};
/** The same as they are read. */
export const readOfOwn = {
  id: idOf('correction'),
  conceal: z.boolean().describe(correctionMembers.conceal),
  reason: text.describe('What was wrong; null once it was erased'),
  citations: cited.describe('Where it stands'),
  concealed,
};
export const readCorrection = { ...readOfOwn, basis: z.enum(correctionBases).describe(correctionMembers.basis) };
export const storedOfOwn = {
  id: typeId('correction'),
  conceal: z.boolean(),
  reason: reasonText,
  citations: asStored.mayCite,
};
export const sentCorrection = {
  ...sentBasis,
  ...sentOfOwn,
  citations: sentOfOwn.citations.describe(correctionMembers.citations),
};
export const storedCorrection = { ...storedOfOwn, basis };

type Correction = {
  id: string;
  /** Of a correction of what a change says of itself it follows from whether it cites. */
  basis?: CorrectionEntry['basis'];
  fields: readonly string[];
  set: object;
  conceal: boolean;
  reason: string;
  citations: Citation[];
};

/** Before `conceal` there were corrections that concealed nothing. */
const concealedNothing: OlderForm = { schema: 1, inEdits: 1, upcast: (data) => ({ ...data, conceal: false }) };

/** Before `basis` every correction quoted a source. */
const quotedSource: OlderForm = { schema: 2, inEdits: 3, upcast: (data) => ({ ...data, basis: 'source' }) };

/** What a correction's kind says as all do. */
export const correction = {
  ...usual,
  own: ['reason', 'citations'],
  older: [concealedNothing, quotedSource, unplaced(3)],
  /** What a retracted incident says is still to be read, so it can be concealed. */
  takenWhen: (status: 'merged' | 'retracted', change: Correction) => status === 'retracted' && change.conceal,
  idOf: ({ id }: { id: string | null }) => id,
  brings: ({ set }: Correction) => set as { readonly [field: string]: unknown },
  causes: ({ conceal }: Correction): readonly Cause[] => (conceal ? ['holds.concealed'] : []),
};

/** The older forms of a correction whose second form lacks something inside `set`, too: `upcast` adds it. */
export const olderLacking = (upcast: OlderForm['upcast']): OlderForm[] =>
  correction.older.map((form) => (form.schema === 2 ? { ...form, upcast: (data) => upcast(form.upcast(data)) } : form));

/** The correction as it is stored: `set` has the new values with refs and quotes resolved. */
export const resolveCorrection = <S extends { set: object; citations: SentCitation[] }, T extends object>(
  sent: S,
  set: T,
  at: Resolving,
) => ({
  ...sent,
  id: at.id('correction'),
  fields: fieldsOf<S['set']>(sent.set),
  set,
  citations: at.citations(sent.citations, '/citations'),
});

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

/** Fields that hold words of the record's own. All others say what a source says, who says it, or what follows from it: a slip there is no matter of typing. */
const ownWords: ReadonlySet<string> = new Set(['statement', 'lang', 'title', 'grounds', 'summary']);
/** What follows from another text of a source: where quotations stand, and that they are gone. */
const followsFromText: ReadonlySet<string> = new Set(['citations', 'flags']);

/** A correction quotes what it rests on, unless it brings back what was on record, mends the record's own words alone, or says what a source's revision made of its quotations. */
export const checkBasis = (draft: Draft, report: Report, { basis, fields, citations }: Correction) => {
  checkCitations(draft, report, citations, '/citations');
  if (basis === 'source') {
    if (citations.length > 0) return;
    report('/citations', 'must quote a source that says so; only for a typing error of our own is none asked, with the basis editorial');
    return;
  }
  if (basis === 'reversal') {
    if (!draft.facts.mayReverse) report('/basis', 'is that of an edit that undoes another one: POST …/edits/{n}/revert makes it');
    return;
  }
  for (const field of fields) {
    if (basis === 'revision') {
      if (!followsFromText.has(field))
        report(`/set/${field}`, 'does not follow from the revision of a source: leave out the basis, and quote the source');
    } else if (!ownWords.has(field))
      report(`/set/${field}`, 'is what a source says, and no typing error: leave out the basis, and quote the source');
  }
};

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
  { id, fields, set, reason, citations, basis = citations.length > 0 ? 'source' : 'editorial' }: Correction,
  { stream, revision, recordedAt }: Envelope,
  ofRevision: number | null = null,
) => {
  const held = thing as Record<string, unknown>;
  const values = set as Record<string, unknown>;
  const changes = fields.map((field) => ({ field, from: held[field], to: values[field] }));
  for (const { field, to } of changes) held[field] = to;
  const entry = { id, incident: stream, target, ofRevision, basis, changes, reason, citations, revision, recordedAt };
  record.corrections.push(noteOwn(record, id, entry));
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
  ...(change.basis && { basis: change.basis }),
  conceal: change.conceal,
  reason: change.reason ?? null,
  citations: citationDocuments(change.citations),
});

type Said = {
  now: Pick<IncidentRecord, 'corrections'>;
  event: Pick<Envelope, 'stream' | 'last'>;
  target: string;
  reason: string;
  ofRevision?: number;
};
/** The correction that brings back what another one replaced, as it is read. `held`: the thing as it was before; `named`: what is corrected. */
export const correctedBack = <C extends Correction & { kind: string }>(
  change: C,
  held: object | null | undefined,
  { now, event, target, reason, ofRevision }: Said,
  named: object = {},
) => {
  const { kind, id, fields, conceal: conceals } = change;
  if (conceals) return 'it conceals what it replaced';
  const own = now.corrections.findIndex((one) => one.id === id);
  const isAgain = (one: CorrectionEntry) =>
    one.target === target &&
    one.ofRevision === (ofRevision ?? null) &&
    one.changes.some(({ field }) => (fields as readonly string[]).includes(field)) &&
    // What the same edit corrected again is undone with it.
    !(one.incident === event.stream && one.revision <= event.last);
  if (own < 0 || now.corrections.slice(own + 1).some(isAgain))
    return 'what it set was corrected again since, or is shown no more: undo that first';
  const values = (held ?? {}) as Record<string, unknown>;
  if (fields.some((field) => values[field] === undefined)) return 'a text that it replaced was erased';
  const set = Object.fromEntries(fields.map((field) => [field, fieldDocument(field, values[field])]));
  return { kind, ...named, set, basis: 'reversal', reason };
};
