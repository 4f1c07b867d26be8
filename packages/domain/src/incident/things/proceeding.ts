import { z } from 'zod';
import { citationDocuments } from '../../source/citation.ts';
import { caseNumber, storedCase } from '../../values/case-number.ts';
import { line, typeId } from '../../values/shapes.ts';
import { listed } from '../../values/suggested.ts';
import { aDateTime, dateTime } from '../../values/time.ts';
import { proceedingWord } from '../../values/vocabulary.ts';
import { proceedingMembers } from '../../views/documents/members.ts';
import { checkCitations, checkDateTime, checkNamed, checkParty, type Draft, type Report } from '../draft.ts';
import { asSent, asStored, type Form } from './form.ts';

/** A proceeding: a charge, a lawsuit, an investigation and what became of it. */

/** A status of the vocabulary: `checkStatus` tells. */
export const proceedingStatus = proceedingWord;

const fieldsIn = <C extends z.ZodType>({ idOf, citations }: Form<C>) => ({
  type: proceedingWord.describe(proceedingMembers.type),
  title: line(300).describe(proceedingMembers.title),
  by: idOf('party').nullable().describe(proceedingMembers.by),
  against: idOf('party').nullable().describe(proceedingMembers.against),
  forum: idOf('party').nullable().describe(proceedingMembers.forum),
  openedOn: dateTime.nullable().describe(`${proceedingMembers.openedOn}. ${aDateTime}`),
  status: proceedingStatus.describe(proceedingMembers.status),
  caseNumber: caseNumber.nullable().describe(proceedingMembers.caseNumber),
  continues: idOf('proceeding').nullable().describe(proceedingMembers.continues),
  claims: z.array(idOf('claim')).max(100).describe(proceedingMembers.claims),
  citations: citations.describe(proceedingMembers.citations),
});
/** What a correction can change. */
export const proceedingFields = { sent: fieldsIn(asSent), stored: fieldsIn(asStored) };

const whole = <C extends z.ZodType>(fields: ReturnType<typeof fieldsIn<C>>) =>
  z.strictObject({
    ...fields,
    by: fields.by.default(null),
    against: fields.against.default(null),
    forum: fields.forum.default(null),
    openedOn: fields.openedOn.default(null),
    caseNumber: fields.caseNumber.default(null),
    continues: fields.continues.default(null),
    claims: fields.claims.default([]),
  });
export const sentProceeding = whole(proceedingFields.sent);
export const storedProceeding = whole(proceedingFields.stored).extend({ id: typeId('proceeding'), case: storedCase });
export type Proceeding = z.output<typeof storedProceeding>;

/** Whether the vocabulary has a proceeding's status. */
export const checkStatus = ({ facts: { vocabulary } }: Draft, report: Report, status: string) => {
  const { proceedingStatuses } = vocabulary;
  if (!proceedingStatuses.has(status)) report('/status', `is no status of the vocabulary${listed(status, [...proceedingStatuses.keys()])}`);
};

const continuesItself = (draft: Draft, { id, continues }: Proceeding): boolean => {
  const seen = new Set([id]);
  for (let next = continues; next !== null; next = draft.proceedings.get(next)?.proceeding.continues ?? null) {
    if (seen.has(next)) return true;
    seen.add(next);
  }
  return false;
};

/** Checks a proceeding as it would stand after the change. `touches`: which fields the change sets; only rules about one of them are asked. */
export const checkProceeding = (
  draft: Draft,
  report: Report,
  proceeding: Proceeding,
  touches: (...fields: (keyof Proceeding)[]) => boolean = () => true,
) => {
  const { proceedingTypes } = draft.facts.vocabulary;
  if (touches('type') && !proceedingTypes.has(proceeding.type)) {
    report('/type', `is no type of proceedings of the vocabulary${listed(proceeding.type, [...proceedingTypes.keys()])}`);
  }
  if (touches('status')) checkStatus(draft, report, proceeding.status);
  for (const field of ['by', 'against', 'forum'] as const) if (touches(field)) checkParty(draft, report, proceeding[field], `/${field}`);
  if (touches('continues')) {
    checkNamed(draft, report, 'proceedings', proceeding.continues, '/continues');
    if (continuesItself(draft, proceeding)) report('/continues', 'leads back to this proceeding');
  }
  if (touches('claims'))
    for (const [index, claim] of proceeding.claims.entries()) checkNamed(draft, report, 'claims', claim, `/claims/${index}`);
  if (touches('openedOn')) checkDateTime(draft, report, proceeding.openedOn, '/openedOn');
  if (touches('citations')) checkCitations(draft, report, proceeding.citations, '/citations');
};

export const proceedingContent = (proceeding: Proceeding) => ({
  id: proceeding.id,
  type: proceeding.type,
  title: proceeding.title ?? null,
  by: proceeding.by,
  against: proceeding.against,
  forum: proceeding.forum,
  openedOn: proceeding.openedOn,
  status: proceeding.status,
  caseNumber: proceeding.caseNumber ?? null,
  continues: proceeding.continues,
  claims: proceeding.claims,
  citations: citationDocuments(proceeding.citations),
});
