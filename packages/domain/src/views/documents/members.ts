import { meaningOf } from '../../values/vocabulary.ts';

/** What the members of things mean, as they are sent and as they are read: the OpenAPI document says it of both. */

export const renderings = ['direct', 'paraphrase', 'mixed', 'unattributed'] as const;
export const relations = ['supports', 'answers', 'about'] as const;

export const claimMembers = {
  aspect: 'What of the incident it speaks of: a name of `/v1/vocabulary`',
  about: 'Of whom it speaks; null where it is about nobody, or the incident as a whole',
  value: 'What it says of the aspect',
  statement: 'The claim as a sentence of the record’s own, with its speaker: “The police say that …”',
  lang: 'The language of the statement: a BCP 47 tag',
  speaker: 'Who said it',
  capacity: `In which role the speaker speaks: ${meaningOf.capacity}`,
  stance: `How the speaker stands to the value: ${meaningOf.stance}`,
  onBehalfOf: 'For whom the speaker speaks, such as a client or an agency: it counts for their voice',
  via: 'Who passed it on: the first relay first, the outlet that is cited last',
  rendering:
    'How the source gives it: in the speaker’s words (`direct`), in its own (`paraphrase`), in both (`mixed`), or without saying who said it (`unattributed`); null where nobody looked',
  ownReporting: 'Whether a reporter tells what they saw or found themselves: only then a reporter has a voice',
  saidAt: 'When it was said; null where the source does not tell',
  validAt: 'For when it speaks, of an aspect that changes with time: values clash only at the same stated moment',
  replaces: 'The earlier claim of the same voice in whose place it stands, or which it takes back: a changed account is a new claim',
  relatesTo: 'Claims that it speaks of',
  as: 'How: it supports the other claim, answers it, or is about it',
  scope: 'Of what, where and when a quantity is counted; null where that is plain',
  flags: `What is special about it: ${meaningOf.flag}`,
  citations: 'Where it stands: quotations that were found in registered sources',
} as const;
export const scopeOf = {
  measure: 'What is measured',
  population: 'Of whom or what',
  place: 'Where',
  period: 'In which time',
  base: 'Of which whole it is a part',
} as const;

export const disputeMembers = {
  claim: 'The claim that is contested',
  basis: '`stated`: somebody contests it. `inferred`: the record reads two claims as conflicting, and nobody said so',
  by: 'Who contests it; null for an inferred dispute',
  capacity: 'In which role they speak; null for an inferred dispute',
  grounds: 'Why: what they say against it, in words of the record’s own',
  counterClaim: 'The claim that says otherwise; an inferred dispute has to name it',
  citations: 'Where that stands',
} as const;

export const proceedingMembers = {
  type: 'What it is: a type of `/v1/vocabulary`, such as `charge`',
  title: 'What it is called here',
  by: 'Who brought it',
  against: 'Whom it is against',
  forum: 'Before which court or body it is',
  openedOn: 'When it was opened',
  status: 'How it stands: a status of `/v1/vocabulary`',
  caseNumber: 'The number of the case, as the court or the source writes it',
  continues: 'The earlier proceeding that it continues, such as the appeal the trial',
  claims: 'Claims that it is about',
  citations: 'Where it is told',
} as const;

export const effectMembers = {
  claim: 'The claim that the ruling speaks of. An effect names a claim, a ruling or a proceeding',
  ruling: 'The earlier ruling that it speaks of',
  proceeding: 'The proceeding that it speaks of',
  effect: `What it does to the claim or the ruling; null for a proceeding: ${meaningOf.effect}`,
  status: 'What the proceeding has become: a status of `/v1/vocabulary`; null otherwise',
  citations: 'Where the finding stands: of a claim it has to be quoted',
} as const;

export const rulingMembers = {
  court: 'Which court decided; null where no source tells',
  judge: 'Which judge; null where no source tells',
  decidedOn: 'When it was decided',
  finality:
    '`final`: no longer open to appeal. `appealable`: binding though an appeal is possible or pending; counts, and is shown as subject to appeal. `provisional` (probable cause, detention, a temporary order): is listed and changes nothing',
  onMotionOf: 'On whose motion',
  standard: 'By which standard of proof',
  basis: '`court_document`: the decision itself was read. `report`: somebody tells of it',
  caseNumber: 'The number of the case, as the court or the source writes it',
  summary: 'What was decided, in words of the record’s own',
  citations: 'Where it stands',
  effects: 'What it does to claims, to earlier rulings and to proceedings',
} as const;

export const incidentMembers = {
  title: 'What it is called here',
  occurred: 'When it was',
  date: 'The day or days, as exact as it is known: an EDTF date. `[…,…]` is one of several days',
  dateText: 'When it was, in words, where a date cannot say it',
  time: 'Local time, `HH:MM`, or a span of hours, `HH:MM/HH:MM`; one that ends before it begins leads over midnight',
  approximate: 'Whether the time is told as about so',
  timeZone: 'The IANA time zone of the place, like `America/Chicago`',
  fold: 'Of a local time that came twice because the clocks were set back: 0 the first, 1 the second (PEP 495)',
  place: 'Where it was; null where it is not known',
  text: 'The place in words',
  locality: 'The town or village',
  region: 'ISO 3166-2, like `US-MN`',
  country: 'ISO 3166-1, like `US`; null where it is not known',
  point: 'Where it is on the globe: WGS 84',
  lat: 'Degrees north',
  lon: 'Degrees east',
  precision: 'How exactly the place is known',
  agencies: 'The agencies that took part',
} as const;

export const correctionMembers = {
  basis:
    '`source`: a source says otherwise, and is quoted. `editorial`: a typing error in words of our own, for which no quotation is asked: of a claim `statement` and `lang`, of the incident and a proceeding `title`, of a dispute `grounds`, of a ruling `summary`. `revision`: a source has another text or was withdrawn, which says of `citations` where they stand now and of `flags` that they are gone. `reversal`: an edit that undoes another one brings back what was on record',
  conceal: 'Whether the texts that the correction replaces are shown to reviewers and auditors alone from then on',
  reason: 'What was wrong, in at least three words',
  citations: 'Where it stands: at least one quotation, if the basis is `source`',
} as const;
