import { z } from 'zod';
import { reasonText, text, typeId } from '../../values/shapes.ts';
import { dateTime } from '../../values/time.ts';
import { citations as cited } from '../../views/documents/citation.ts';
import { concealed, text as erasable } from '../../views/documents/parts.ts';
import { checkCitations, checkDateTime, type Draft } from '../draft.ts';
import { asSent, asStored, type Form, fieldNames, settable } from '../things/form.ts';
import { checkStatus, proceedingStatus } from '../things/proceeding.ts';
import {
  checkConceal,
  correct,
  correctedBack,
  correction,
  correctionDocument,
  readOfOwn,
  resolveCorrection,
  sentOfOwn,
  storedOfOwn,
} from './correction.ts';
import { both, changeKey, changeKind, entry, unplaced } from './kind.ts';
import { checkReplacedBy, incidentReplacing, ownKey } from './own.ts';

const things = ['claim', 'dispute', 'proceeding', 'ruling'] as const;

/** The fields in which changes speak of themselves; those that the change at the revision does not have are refused. */
const fieldsIn = <C extends z.ZodType>({ idOf, citations }: Form<C>) => ({
  reason: reasonText.describe('Why, of a change that gives a reason'),
  citations: citations.describe('What it rests on'),
  replacedBy: idOf(...things, 'incident')
    .nullable()
    .describe('Of a retraction: what stands in the place of the thing'),
  on: dateTime.nullable().describe('Of an update: when'),
  status: proceedingStatus.describe('Of an update: how the proceeding stands since'),
  note: text(2000).nullable().describe('Of an update: what happened'),
});
const [sentFields, ownFields] = [fieldsIn(asSent), fieldsIn(asStored)];

/** The same as they are read. */
const ownSet = z
  .object({
    reason: erasable.describe('Why, of a change that gives a reason'),
    citations: cited.describe('What it rests on'),
    replacedBy: z.string().nullable().describe('Of a retraction: what stands in the place of the thing'),
    on: z.string().nullable().describe('Of an update: when'),
    status: z.string().describe('Of an update: how the proceeding stands since'),
    note: erasable.describe('Of an update: what happened'),
    concealed,
  })
  .partial();

const target = typeId(...things, 'correction', 'incident');
const revision = z.int().min(0);

/** Where a thing came with a merge: what was said of it before is corrected where it was said. */
const originOfTarget = ({ claims, disputes, proceedings, rulings, correctionIn, incident }: Draft, target: string): string | null => {
  const held = claims.get(target) ?? disputes.get(target) ?? proceedings.get(target) ?? rulings.get(target);
  const origin = held?.incident ?? correctionIn(target);
  if (origin === undefined || origin === incident) return null;
  return `what the events of ${origin}, which is merged into this incident, say of themselves is corrected by an edit of that one`;
};

/** What a change says of itself is corrected: the reason of a retraction, of a correction, of a rank; the note of a proceeding's update. */
export const correctChange = changeKind({
  ...correction,
  kind: 'correct_change',
  event: 'ChangeCorrected',
  older: [unplaced(1)],
  sent: z
    .strictObject({
      target: target.describe('What the change is about: a claim, an entry, a correction, or the incident'),
      revision: revision.describe("The revision of the change's event"),
      set: settable(sentFields),
      ...sentOfOwn,
    })
    .describe('What a change says of itself is corrected: the reason of a retraction, of a correction or a rank; the note of an update'),
  read: z.object({
    target: target.describe('What the change is about'),
    revision: revision.describe("The revision of the change's event"),
    set: ownSet.describe('The fields that are set anew; an erased text is null'),
    ...readOfOwn,
  }),
  stored: z.strictObject({
    ...storedOfOwn,
    target,
    revision,
    fields: fieldNames(ownFields),
    set: settable(ownFields),
  }),
  /** Its reason is read wherever the thing is, also when nothing else of it changes any more. */
  takenWhen: (_, { fields }) => !fields.includes('status') && !fields.includes('on'),
  resolve: (sent, at) => {
    const { citations, replacedBy, ...rest } = sent.set;
    const set = {
      ...rest,
      ...(citations !== undefined && { citations: at.citations(citations, '/set/citations') }),
      ...(replacedBy !== undefined && { replacedBy: replacedBy === null ? null : at.named(replacedBy, '/set/replacedBy', ...things) }),
    };
    return resolveCorrection(sent, set, at);
  },
  check: (draft, report, change) => {
    const { fields, set } = change;
    checkCitations(draft, report, change.citations, '/citations');
    checkCitations(draft, report, set.citations, '/set/citations');
    const there = draft.changeAt(change.revision);
    if (!there?.isAbout(change.target)) {
      const wrong = `no change at revision ${change.revision} is about ${change.target}`;
      const elsewhere = originOfTarget(draft, change.target);
      return report('/revision', elsewhere === null ? wrong : `${wrong}; ${elsewhere}`);
    }
    for (const field of fields) {
      if (there.own.includes(field)) continue;
      const has = there.own.length === 0 ? 'says nothing of itself that could be corrected' : `has ${there.own.join(', ')}`;
      report(`/set/${field}`, `is nothing that the change at revision ${change.revision} says of itself; it ${has}`);
    }
    for (const field of ['on', 'status'] as const) {
      if (set[field] !== undefined && change.citations.length === 0 && !draft.facts.mayReverse)
        report('/citations', `must quote a source that says so: ${field} is what a source says of the proceeding`);
    }
    if (set.status !== undefined) checkStatus(draft, (pointer, message) => report(`/set${pointer}`, message), set.status);
    checkDateTime(draft, report, set.on ?? null, '/set/on');
    checkReplacedBy(draft, report, change.target, set.replacedBy ?? null, '/set/replacedBy');
    checkConceal(report, change, there.held);
  },
  keys: ({ target, revision }) => {
    const entries = /^(dispute|proceeding|ruling)_/.test(target) ? [entry(target)] : [];
    return both(changeKey(revision), ...entries);
  },
  evolve: (record, change, event) => {
    const said = record.own.get(ownKey({ incident: event.stream, revision: change.revision }));
    // Another change has taken its place.
    if (!said) return;
    said.corrected = true;
    correct(record, said.target, said.fields, change, event, change.revision);
  },
  does: 'it corrects what a change says of itself',
  sets: ({ revision, id }) => ({ target: changeKey(revision), correction: id }),
  incidentsAsked: ({ set }) => incidentReplacing(set.replacedBy),
  inverse: (change, { before, now, event, reason }) => {
    const { target, revision } = change;
    const said = before.own.get(ownKey({ incident: event.stream, revision }));
    const back = correctedBack(
      change,
      said?.fields,
      { now, event, target: said?.target ?? target, reason, ofRevision: revision },
      { target, revision },
    );
    if (typeof back === 'string') return back;
    const { basis: _, ...own } = back;
    return own;
  },
  document: (change) => correctionDocument(change, { target: change.target, revision: change.revision }),
});
