import { z } from 'zod';
import { hiddenIn } from './characters.ts';
import { isTypeId, type Prefix } from './ids.ts';
import { documentText, excerpt, lineText, longText, markText } from './text.ts';
import { edtfDate, languageTag, timeOfDay, timeValue, timeZone } from './time.ts';
import {
  aspectName,
  capacities,
  claimEffects,
  flags,
  proceedingStatuses,
  proceedingTypes,
  rulingEffects,
  stances,
  unitName,
  valuesWithoutContent,
} from './vocabulary.ts';

/** The shapes of the contract, once for both forms: as sent (refs may stand for ids, one of quote and position may be absent) and as stored (ids, both). */

/** What is written here; what stands in a document is `documentText`. */
const text = (max: number) => markText(longText(max));
const line = (max: number) => markText(lineText(max));

const startsWith = (prefixes: Prefix[]) => prefixes.map((prefix) => `${prefix}_`).join(' or ');
export const typeId = (...prefixes: Prefix[]) =>
  z
    .string()
    .refine((value) => prefixes.some((prefix) => isTypeId(prefix, value)), `must be an id that starts with ${startsWith(prefixes)}`);
export const ref = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,31}$/, 'must be a ref: a lower case letter, then at most 31 lower case letters or digits');
const idOrRef = (...prefixes: Prefix[]) =>
  z
    .string()
    .refine(
      (value) => prefixes.some((prefix) => isTypeId(prefix, value)) || ref.safeParse(value).success,
      `must be an id that starts with ${startsWith(prefixes)}, or a ref of this edit`,
    );

/** A case number is structure, so its pattern leaves no room for a name: digits, separators and runs of at most three letters. */
export const caseNumber = z
  .string()
  .max(40)
  .regex(
    /^(?=.*\d)(?!.*[A-Za-z]{4})[A-Za-z0-9]+(?:[-:./ ]{1,2}[A-Za-z0-9]+)*$/,
    'must be a case number: digits, separators and runs of at most three letters',
  );

/** A decimal number as a string: up to 15 digits before and 6 after the point, no exponent. */
export const decimal = z.string().regex(/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/, 'must be a decimal number in a string, like "1300"');

export const occurred = z.strictObject({
  date: edtfDate.nullable().default(null),
  dateText: line(200).nullable().default(null),
  time: timeOfDay.nullable().default(null),
  approximate: z.boolean().default(false),
  timeZone: timeZone.nullable().default(null),
});

export const place = z.strictObject({
  text: line(500),
  locality: line(200).nullable().default(null),
  region: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'must be an ISO 3166-2 code, like US-MN')
    .nullable()
    .default(null),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code, like US'),
  point: markText(z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }))
    .nullable()
    .default(null),
  precision: z.enum(['exact', 'street', 'road', 'neighbourhood', 'locality', 'region']),
});

/** What an incident has of its own: title, when, where, which agencies. */
export const incidentFields = { title: line(300), occurred, place, agencies: z.array(typeId('party')).max(50) };

export const value = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('boolean'), value: z.boolean() }),
  z.strictObject({ kind: z.literal('term'), value: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a term of the aspect') }),
  z.strictObject({ kind: z.literal('text'), value: text(1000), alternatives: markText(z.array(longText(1000)).max(20)).default([]) }),
  z.strictObject({ kind: z.literal('time'), value: timeValue, approximate: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('party'), value: typeId('party') }),
  z.strictObject({ kind: z.literal('incident'), value: typeId('incident') }),
  z.strictObject({
    kind: z.literal('quantity'),
    value: decimal,
    unit: unitName,
    comparator: z.enum(['exact', 'about', 'at_least', 'more_than', 'at_most', 'less_than', 'range']),
    upper: decimal.nullable().default(null),
  }),
  z.strictObject({ kind: z.enum(valuesWithoutContent) }),
]);

const quote = markText(
  z.strictObject({
    exact: documentText(2000),
    prefix: excerpt(200).nullable().default(null),
    suffix: excerpt(200).nullable().default(null),
  }),
);
const position = z.strictObject({ start: z.int().min(0), end: z.int().min(1) });
const citationFields = {
  source: typeId('source'),
  revision: z.int().min(1).default(1),
  part: z.enum(['headline', 'lead', 'body', 'caption']).nullable().default(null),
};
/** Quote and position were both found in the source's text. Offsets count Unicode code points, end exclusive. */
const storedCitation = z.strictObject({ ...citationFields, quote, position });
const sentCitation = z.strictObject({
  ...citationFields,
  quote: quote.nullable().default(null),
  position: position.nullable().default(null),
});

const scopeLine = lineText(200).nullable().default(null);
const scope = markText(z.strictObject({ measure: scopeLine, population: scopeLine, place: scopeLine, period: scopeLine, base: scopeLine }));
const party = typeId('party').nullable();

const shapesWith = <C extends z.ZodType>(idOf: (...prefixes: Prefix[]) => z.ZodString, citation: C) => {
  const citations = z.array(citation).min(1).max(50);
  const reason = text(2000);

  const claimBase = {
    aspect: aspectName,
    about: party,
    value,
    statement: text(1000),
    lang: languageTag,
    speaker: typeId('party'),
    capacity: z.enum(capacities),
    stance: z.enum(stances),
    onBehalfOf: party,
    via: z.array(typeId('party')).max(20),
    rendering: z.enum(['direct', 'paraphrase', 'mixed', 'unattributed']).nullable(),
    ownReporting: z.boolean(),
    saidAt: edtfDate.nullable(),
    validAt: edtfDate.nullable(),
    replaces: idOf('claim').nullable(),
    relatesTo: z.array(z.strictObject({ claim: idOf('claim'), as: z.enum(['supports', 'answers', 'about']) })).max(50),
    scope: scope.nullable(),
    flags: z.array(z.enum(flags)).max(flags.length),
    citations,
  };
  const claim = z.strictObject({
    ...claimBase,
    about: claimBase.about.default(null),
    lang: claimBase.lang.default('en'),
    onBehalfOf: claimBase.onBehalfOf.default(null),
    via: claimBase.via.default([]),
    rendering: claimBase.rendering.default(null),
    ownReporting: claimBase.ownReporting.default(false),
    saidAt: claimBase.saidAt.default(null),
    validAt: claimBase.validAt.default(null),
    replaces: claimBase.replaces.default(null),
    relatesTo: claimBase.relatesTo.default([]),
    scope: claimBase.scope.default(null),
    flags: claimBase.flags.default([]),
  });

  const disputeBase = {
    basis: z.enum(['stated', 'inferred']),
    by: party,
    capacity: z.enum(capacities).nullable(),
    grounds: text(2000),
    counterClaim: idOf('claim').nullable(),
    citations,
  };
  const dispute = z.strictObject({
    ...disputeBase,
    claim: idOf('claim'),
    by: party.default(null),
    capacity: disputeBase.capacity.default(null),
    counterClaim: disputeBase.counterClaim.default(null),
  });

  const proceedingBase = {
    type: z.enum(proceedingTypes),
    title: line(300),
    by: party,
    against: party,
    forum: party,
    openedOn: edtfDate.nullable(),
    status: z.enum(proceedingStatuses),
    caseNumber: caseNumber.nullable(),
    continues: idOf('proceeding').nullable(),
    claims: z.array(idOf('claim')).max(100),
    citations,
  };
  const proceeding = z.strictObject({
    ...proceedingBase,
    by: party.default(null),
    against: party.default(null),
    forum: party.default(null),
    openedOn: proceedingBase.openedOn.default(null),
    caseNumber: proceedingBase.caseNumber.default(null),
    continues: proceedingBase.continues.default(null),
    claims: proceedingBase.claims.default([]),
  });

  /** Names exactly one of a claim, a ruling and a proceeding; the first two with `effect`, the last with `status`. The domain checks which. */
  const effect = z.strictObject({
    claim: idOf('claim').nullable().default(null),
    ruling: idOf('ruling').nullable().default(null),
    proceeding: idOf('proceeding').nullable().default(null),
    effect: z
      .enum([...claimEffects, ...rulingEffects])
      .nullable()
      .default(null),
    status: z.enum(proceedingStatuses).nullable().default(null),
    citations: z.array(citation).max(50).default([]),
  });
  const rulingBase = {
    court: party,
    judge: party,
    decidedOn: edtfDate.nullable(),
    finality: z.enum(['final', 'provisional']),
    onMotionOf: line(200).nullable(),
    standard: line(200).nullable(),
    basis: z.enum(['court_document', 'report']),
    caseNumber: caseNumber.nullable(),
    summary: text(2000),
    citations,
    effects: z.array(effect).min(1).max(100),
  };
  const ruling = z.strictObject({
    ...rulingBase,
    court: party.default(null),
    judge: party.default(null),
    decidedOn: rulingBase.decidedOn.default(null),
    onMotionOf: rulingBase.onMotionOf.default(null),
    standard: rulingBase.standard.default(null),
    caseNumber: rulingBase.caseNumber.default(null),
  });

  const atLeastOne = (set: object) => Object.keys(set).length > 0;
  const incidentSet = z.strictObject(incidentFields).partial().refine(atLeastOne, 'must set at least one field');
  const claimSet = z.strictObject(claimBase).partial().refine(atLeastOne, 'must set at least one field');
  /** The fields of all three entry kinds; the domain refuses those that the target's kind does not have. */
  const entrySet = z
    .strictObject({ ...disputeBase, ...proceedingBase, ...rulingBase, basis: z.enum(['stated', 'inferred', 'court_document', 'report']) })
    .partial()
    .refine(atLeastOne, 'must set at least one field');

  /** The disputes and rulings that still apply to the corrected claim. */
  const carry = z.array(idOf('dispute', 'ruling')).max(100).default([]);
  /** Whether the texts that the correction replaces are shown to reviewers and auditors alone from then on. */
  const conceal = z.boolean().default(false);
  const on = edtfDate.nullable().default(null);
  /**
   * Which fields `set` names: as structure, since a text that is erased takes its name with it, and what a correction marks must not change by that.
   */
  const fields = <F extends object>(shape: F) => z.array(z.enum(Object.keys(shape) as [keyof F & string, ...(keyof F & string)[]])).min(1);
  const setFields = {
    incident: fields(incidentFields),
    claim: fields(claimBase),
    entry: fields({ ...disputeBase, ...proceedingBase, ...rulingBase }),
  };
  return {
    citations,
    reason,
    claim,
    dispute,
    proceeding,
    ruling,
    incidentSet,
    claimSet,
    entrySet,
    setFields,
    carry,
    conceal,
    on,
    note: text(2000).nullable().default(null),
  };
};

const sent = shapesWith(idOrRef, sentCitation);
const stored = shapesWith(typeId, storedCitation);
const made = { ref: ref.nullable().default(null) };
const entryId = typeId('dispute', 'proceeding', 'ruling');

/** A claim as `POST /v1/incidents` and `add_claim` send it. */
export const sentClaim = sent.claim.extend(made);

/** The changes of an edit as sent, told apart by `kind`. */
export const sentChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add_claim'), claim: sentClaim }),
  z.strictObject({ kind: z.literal('add_citation'), claim: idOrRef('claim'), citations: sent.citations }),
  sent.dispute.extend({ kind: z.literal('dispute_claim'), ...made }),
  z.strictObject({ kind: z.literal('withdraw_dispute'), dispute: typeId('dispute'), reason: sent.reason }),
  sent.proceeding.extend({ kind: z.literal('open_proceeding'), ...made }),
  z.strictObject({
    kind: z.literal('update_proceeding'),
    proceeding: idOrRef('proceeding'),
    on: sent.on,
    status: z.enum(proceedingStatuses),
    note: sent.note,
    citations: sent.citations,
  }),
  sent.ruling.extend({ kind: z.literal('record_ruling'), ...made }),
  z.strictObject({
    kind: z.literal('correct_incident'),
    set: sent.incidentSet,
    conceal: sent.conceal,
    reason: sent.reason,
    citations: sent.citations,
  }),
  z.strictObject({
    kind: z.literal('correct_claim'),
    claim: idOrRef('claim'),
    set: sent.claimSet,
    carry: sent.carry,
    conceal: sent.conceal,
    reason: sent.reason,
    citations: sent.citations,
  }),
  z.strictObject({
    kind: z.literal('correct_entry'),
    target: entryId,
    set: sent.entrySet,
    conceal: sent.conceal,
    reason: sent.reason,
    citations: sent.citations,
  }),
  z.strictObject({
    kind: z.literal('rank_claim'),
    claim: idOrRef('claim'),
    rank: z.enum(['preferred', 'normal', 'deprecated']),
    reason: sent.reason,
  }),
  z.strictObject({ kind: z.literal('retract_claim'), claim: typeId('claim'), reason: sent.reason }),
  z.strictObject({ kind: z.literal('reinstate_claim'), claim: typeId('claim'), reason: sent.reason }),
  z.strictObject({ kind: z.literal('retract_entry'), target: entryId, reason: sent.reason }),
  z.strictObject({ kind: z.literal('merge_incident'), into: typeId('incident'), reason: sent.reason }),
  z.strictObject({ kind: z.literal('unmerge_incident'), reason: sent.reason }),
  z.strictObject({ kind: z.literal('retract_incident'), reason: sent.reason }),
]);

const storedClaim = stored.claim.extend({ id: typeId('claim') });
const storedDispute = stored.dispute.extend({ id: typeId('dispute') });
const storedProceeding = stored.proceeding.extend({ id: typeId('proceeding') });
const storedRuling = stored.ruling.extend({ id: typeId('ruling') });
const correction = { id: typeId('correction'), conceal: z.boolean(), reason: stored.reason, citations: stored.citations };

/** What each change becomes when it is applied: the `data` of one record event. A stored change is the same with its `kind`. */
export const recordData = {
  report_incident: z.strictObject(incidentFields),
  add_claim: z.strictObject({ claim: storedClaim }),
  add_citation: z.strictObject({ claim: typeId('claim'), citations: stored.citations }),
  dispute_claim: z.strictObject({ dispute: storedDispute }),
  withdraw_dispute: z.strictObject({ dispute: typeId('dispute'), reason: stored.reason }),
  open_proceeding: z.strictObject({ proceeding: storedProceeding }),
  update_proceeding: z.strictObject({
    proceeding: typeId('proceeding'),
    on: stored.on,
    status: z.enum(proceedingStatuses),
    note: stored.note,
    citations: stored.citations,
  }),
  record_ruling: z.strictObject({ ruling: storedRuling }),
  correct_incident: z.strictObject({ ...correction, fields: stored.setFields.incident, set: stored.incidentSet }),
  correct_claim: z.strictObject({
    ...correction,
    claim: typeId('claim'),
    fields: stored.setFields.claim,
    set: stored.claimSet,
    carry: stored.carry,
  }),
  correct_entry: z.strictObject({ ...correction, target: entryId, fields: stored.setFields.entry, set: stored.entrySet }),
  rank_claim: z.strictObject({ claim: typeId('claim'), rank: z.enum(['preferred', 'normal', 'deprecated']), reason: stored.reason }),
  retract_claim: z.strictObject({ claim: typeId('claim'), reason: stored.reason }),
  reinstate_claim: z.strictObject({ claim: typeId('claim'), reason: stored.reason }),
  retract_entry: z.strictObject({ target: entryId, reason: stored.reason }),
  merge_incident: z.strictObject({ into: typeId('incident'), reason: stored.reason }),
  unmerge_incident: z.strictObject({ reason: stored.reason }),
  retract_incident: z.strictObject({ reason: stored.reason }),
};

/** A change as an edit's version stores it, ids given and citations found: what approval copies into the record, word for word. */
export const storedChange = z.discriminatedUnion('kind', [
  recordData.report_incident.extend({ kind: z.literal('report_incident') }),
  recordData.add_claim.extend({ kind: z.literal('add_claim') }),
  recordData.add_citation.extend({ kind: z.literal('add_citation') }),
  recordData.dispute_claim.extend({ kind: z.literal('dispute_claim') }),
  recordData.withdraw_dispute.extend({ kind: z.literal('withdraw_dispute') }),
  recordData.open_proceeding.extend({ kind: z.literal('open_proceeding') }),
  recordData.update_proceeding.extend({ kind: z.literal('update_proceeding') }),
  recordData.record_ruling.extend({ kind: z.literal('record_ruling') }),
  recordData.correct_incident.extend({ kind: z.literal('correct_incident') }),
  recordData.correct_claim.extend({ kind: z.literal('correct_claim') }),
  recordData.correct_entry.extend({ kind: z.literal('correct_entry') }),
  recordData.rank_claim.extend({ kind: z.literal('rank_claim') }),
  recordData.retract_claim.extend({ kind: z.literal('retract_claim') }),
  recordData.reinstate_claim.extend({ kind: z.literal('reinstate_claim') }),
  recordData.retract_entry.extend({ kind: z.literal('retract_entry') }),
  recordData.merge_incident.extend({ kind: z.literal('merge_incident') }),
  recordData.unmerge_incident.extend({ kind: z.literal('unmerge_incident') }),
  recordData.retract_incident.extend({ kind: z.literal('retract_incident') }),
]);

export const rationale = text(5000);
export const reasonText = text(2000);

export type SentClaim = z.output<typeof sentClaim>;
export type SentChange = z.output<typeof sentChange>;
export type SentCitation = z.output<typeof sentCitation>;
export type Change = z.output<typeof storedChange>;
export type ChangeKind = Change['kind'];
export type Citation = z.output<typeof storedCitation>;
export type Claim = z.output<typeof storedClaim>;
export type ClaimValue = z.output<typeof value>;
export type Dispute = z.output<typeof storedDispute>;
export type Proceeding = z.output<typeof storedProceeding>;
export type Ruling = z.output<typeof storedRuling>;
export type Effect = Ruling['effects'][number];
export type IncidentFields = z.output<(typeof recordData)['report_incident']>;

/** Body of `POST /v1/incidents`. */
export const proposalBody = z.strictObject({
  ...incidentFields,
  agencies: incidentFields.agencies.default([]),
  claims: z.array(sentClaim).max(99).default([]),
  rationale,
});
/** Body of `POST /v1/incidents/{id}/edits`. */
export const editBody = z.strictObject({ baseRevision: z.int().min(0), rationale, changes: z.array(sentChange).min(1).max(100) });
/** A host and no user name, as it reads: `URL` also takes an address without `//`, and `\\` for `/`. */
const namesHost = (address: string): boolean => /^https?:\/\/[^/?#\\@]+(?:[/?#]|$)/i.test(address);

/** The address of a document, without the line ends and tabs that `URL` leaves out too. */
const webAddress = z
  .url({ protocol: /^https?$/, hostname: z.regexes.domain })
  .max(2000)
  .refine(namesHost, 'must be an http or https URL with a host, and without user name and password')
  .refine((address) => !/[^\S ]/.test(address) && hiddenIn(address) === null, 'must not hold control characters or what cannot be seen');

/** Body of `POST /v1/sources`. */
export const sourceBody = z.strictObject({
  kind: z.enum(['article', 'agency_statement', 'court_filing', 'transcript', 'video', 'post', 'other']),
  url: markText(webAddress).nullable().default(null),
  publisher: line(300).nullable().default(null),
  title: line(500).nullable().default(null),
  authors: markText(z.array(lineText(300)).max(100)).default([]),
  publishedAt: edtfDate.nullable().default(null),
  language: languageTag,
  translation: z.enum(['human', 'machine']).nullable().default(null),
  translatedFrom: languageTag.nullable().default(null),
  text: markText(documentText(500_000)),
});
const partyKind = z.enum(['agency', 'court', 'outlet', 'organisation', 'person', 'described_role']);
/** What a correction can change of a party. */
export const partyFields = {
  name: line(300),
  aliases: markText(z.array(lineText(300)).max(50)),
  private: z.boolean(),
  publicRole: line(300).nullable(),
  parent: party,
};
/** Parties with a name that looks like one of this party's, and which a reviewer has said to be others. */
const distinctFrom = z.array(typeId('party')).max(50);
export const registeredParty = z.strictObject({ kind: partyKind, ...partyFields, distinctFrom });
/** Body of `POST /v1/parties`. Without `private` the kind says what holds. */
export const partyBody = z.strictObject({
  kind: partyKind,
  name: partyFields.name,
  aliases: partyFields.aliases.default([]),
  private: partyFields.private.nullable().default(null),
  publicRole: partyFields.publicRole.default(null),
  parent: partyFields.parent.default(null),
  distinctFrom: distinctFrom.default([]),
});
export type ProposalBody = z.output<typeof proposalBody>;
export type EditBody = z.output<typeof editBody>;
export type SourceBody = z.output<typeof sourceBody>;
export type PartyBody = z.output<typeof partyBody>;
