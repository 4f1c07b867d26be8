import { z } from 'zod';
import { partyBehind } from '../../rules/voices.ts';
import { citationDocuments } from '../../source/citation.ts';
import { text, typeId } from '../../values/shapes.ts';
import { suggested } from '../../values/suggested.ts';
import { lineText, markText } from '../../values/text.ts';
import { aDateTime, dateTime, languageTag } from '../../values/time.ts';
import { aspectName, capacities, flags, stanceRules, stances } from '../../values/vocabulary.ts';
import { claimMembers, relations, renderings, scopeOf } from '../../views/documents/members.ts';
import { checkCitations, checkDateTime, checkNamed, checkParty, type Draft, type Report } from '../draft.ts';
import type { Resolving } from '../resolving.ts';
import { asSent, asStored, type Form, made } from './form.ts';
import { checkValue, sentValue, storedValue, valueDocument } from './value.ts';

/** A claim: that somebody said, in a source, how an aspect of the incident was. */

const scopeLine = (of: keyof typeof scopeOf) => lineText(200).nullable().default(null).describe(scopeOf[of]);
const scope = markText(
  z.strictObject({
    measure: scopeLine('measure'),
    population: scopeLine('population'),
    place: scopeLine('place'),
    period: scopeLine('period'),
    base: scopeLine('base'),
  }),
);

const fieldsIn = <C extends z.ZodType>({ idOf, citations }: Form<C>, value: typeof sentValue) => ({
  aspect: aspectName.describe(claimMembers.aspect),
  about: idOf('party').nullable().describe(claimMembers.about),
  value: value.describe(claimMembers.value),
  statement: text(1000).describe(claimMembers.statement),
  lang: languageTag.describe(claimMembers.lang),
  speaker: idOf('party').describe(claimMembers.speaker),
  capacity: z.enum(capacities).describe(claimMembers.capacity),
  stance: z.enum(stances).describe(claimMembers.stance),
  onBehalfOf: idOf('party').nullable().describe(claimMembers.onBehalfOf),
  via: z.array(idOf('party')).max(20).describe(claimMembers.via),
  rendering: z.enum(renderings).nullable().describe(claimMembers.rendering),
  ownReporting: z.boolean().describe(claimMembers.ownReporting),
  saidAt: dateTime.nullable().describe(`${claimMembers.saidAt}. ${aDateTime}`),
  validAt: dateTime.nullable().describe(`${claimMembers.validAt}. ${aDateTime}`),
  replaces: idOf('claim').nullable().describe(claimMembers.replaces),
  relatesTo: z
    .array(z.strictObject({ claim: idOf('claim').describe('The other claim'), as: z.enum(relations).describe(claimMembers.as) }))
    .max(50)
    .describe(claimMembers.relatesTo),
  scope: scope.nullable().describe(claimMembers.scope),
  flags: z.array(z.enum(flags)).max(flags.length).describe(claimMembers.flags),
  citations: citations.describe(claimMembers.citations),
});
export const claimFields = { sent: fieldsIn(asSent, sentValue), stored: fieldsIn(asStored, storedValue) };

const whole = <C extends z.ZodType>(fields: ReturnType<typeof fieldsIn<C>>) =>
  z.strictObject({
    ...fields,
    about: fields.about.default(null),
    lang: fields.lang.default('en'),
    onBehalfOf: fields.onBehalfOf.default(null),
    via: fields.via.default([]),
    rendering: fields.rendering.default(null),
    ownReporting: fields.ownReporting.default(false),
    saidAt: fields.saidAt.default(null),
    validAt: fields.validAt.default(null),
    replaces: fields.replaces.default(null),
    relatesTo: fields.relatesTo.default([]),
    scope: fields.scope.default(null),
    flags: fields.flags.default([]),
  });
/** A claim as a proposal or an edit sends it. */
export const sentClaim = whole(claimFields.sent).extend(made('claim'));
export const storedClaim = whole(claimFields.stored).extend({ id: typeId('claim') });
export type SentClaim = z.output<typeof sentClaim>;
export type Claim = z.output<typeof storedClaim>;

export const resolveRelations = (at: Resolving, relatesTo: SentClaim['relatesTo'], pointer: string) =>
  relatesTo.map((relation, index) => ({ ...relation, claim: at.named(relation.claim, `${pointer}/${index}/claim`, 'claim') }));

/** Which fields of the claim this change sets: only rules about one of them are asked. */
type Touches = (...fields: (keyof Claim)[]) => boolean;

const checkStance = (report: Report, { stance, value, relatesTo, replaces }: Claim) => {
  const rule = stanceRules[stance];
  if (stance === 'denies' && value.kind === 'boolean' && !value.value) {
    report(
      '/value/value',
      'must be true in a denial, which says that the value is not so: for "it is not true that it did not happen" assert true',
    );
  }
  if (rule.valueKind !== null && value.kind !== rule.valueKind)
    report('/value/kind', `must be ${rule.valueKind} with the stance ${stance}`);
  if (rule.needsRelation && relatesTo.length === 0) report('/relatesTo', `must name the claim that the speaker ${stance}`);
  if (rule.needsReplaced && replaces === null) report('/replaces', 'must name the claim that the speaker takes back');
};

/** `replaces` names an earlier claim of the same voice; `order` is where the claim itself stands. */
const checkReplaced = (draft: Draft, report: Report, claim: Claim, order: number) => {
  if (claim.replaces === null) return;
  const replaced = draft.claims.get(claim.replaces);
  if (!replaced || replaced.place >= order) {
    report('/replaces', 'must name a claim of this incident that is earlier in the record, in an edit one of an earlier change');
  } else if (partyBehind(replaced.claim, draft.facts.parties) !== partyBehind(claim, draft.facts.parties)) {
    report('/replaces', 'must name a claim of the same voice: another voice that disagrees makes a claim of its own, or disputes this one');
  }
};

/** Checks a claim as it would stand after the change. Pointers are relative to the claim, or to the `set` of a correction. */
export const checkClaim = (draft: Draft, report: Report, claim: Claim, order: number, touches: Touches = () => true) => {
  const { vocabulary } = draft.facts;
  if (touches('aspect', 'value')) {
    const aspect = vocabulary.aspects.get(claim.aspect);
    if (aspect) checkValue(draft, report, claim.value, aspect);
    else {
      const near = suggested(claim.aspect, [...vocabulary.aspects.keys()]);
      report('/aspect', `there is no aspect ${claim.aspect} in the vocabulary${near}; \`/v1/vocabulary\` lists them`);
    }
  }
  if (touches('stance', 'value', 'relatesTo', 'replaces')) checkStance(report, claim);
  if (touches('replaces', 'speaker', 'onBehalfOf')) checkReplaced(draft, report, claim, order);
  if (touches('about')) checkParty(draft, report, claim.about, '/about');
  if (touches('speaker')) checkParty(draft, report, claim.speaker, '/speaker');
  if (touches('onBehalfOf')) checkParty(draft, report, claim.onBehalfOf, '/onBehalfOf');
  if (touches('via')) for (const [index, party] of claim.via.entries()) checkParty(draft, report, party, `/via/${index}`);
  if (touches('relatesTo')) {
    for (const [index, relation] of claim.relatesTo.entries()) {
      const pointer = `/relatesTo/${index}/claim`;
      if (relation.claim === claim.id) report(pointer, 'is this claim itself');
      else checkNamed(draft, report, 'claims', relation.claim, pointer);
    }
  }
  for (const field of ['saidAt', 'validAt'] as const) if (touches(field)) checkDateTime(draft, report, claim[field], `/${field}`);
  if (touches('citations')) checkCitations(draft, report, claim.citations, '/citations');
};

/** What a claim says, as it was sent, with its citations completed and erased texts null. */
export const claimContent = (claim: Claim) => ({
  id: claim.id,
  aspect: claim.aspect,
  about: claim.about,
  value: valueDocument(claim.value),
  statement: claim.statement ?? null,
  lang: claim.lang,
  speaker: claim.speaker,
  capacity: claim.capacity,
  stance: claim.stance,
  onBehalfOf: claim.onBehalfOf,
  via: claim.via,
  rendering: claim.rendering,
  ownReporting: claim.ownReporting,
  saidAt: claim.saidAt,
  validAt: claim.validAt,
  replaces: claim.replaces,
  relatesTo: claim.relatesTo,
  scope: claim.scope ?? null,
  flags: claim.flags,
  citations: citationDocuments(claim.citations),
});
