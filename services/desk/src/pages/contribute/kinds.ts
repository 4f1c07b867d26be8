import type { Schemas } from '@averment/client';
import { citations, edtf, type KindSpec, party, reason, thing } from './kind-parts.ts';
import { registerKinds } from './register-kinds.ts';
import type { Leaf, Spec, Thing } from './spec.ts';
import * as words from './words.ts';

/** What a claim is. Of it the form of a new claim is made, and that of its correction. */
export const claimSpecs: readonly Spec[] = [
  { as: 'choice', path: 'aspect', label: 'Aspect: what it speaks of', choices: words.aspects, none: 'Choose an aspect' },
  { as: 'value', path: 'value' },
  party('about', 'About whom', 'Nobody where it is about the incident as a whole.'),
  party('speaker', 'Speaker: who said it first'),
  { as: 'choice', path: 'capacity', label: 'Capacity: in which role they speak', choices: words.capacities, none: 'Choose a capacity' },
  { as: 'choice', path: 'stance', label: 'Stance: how they stand to it', choices: words.stances, none: 'Choose a stance' },
  {
    as: 'area',
    path: 'statement',
    label: 'Statement',
    help: 'The claim as one neutral sentence of the record’s own, with its speaker: “The police say that …”',
  },
  citations(),
  {
    as: 'more',
    label: 'When it was said, who passed it on, and more',
    inside: [
      { as: 'line', path: 'saidAt', label: 'Said at', help: edtf },
      { as: 'each', path: 'via', leaf: party('', 'Passed on by', 'The first relay first, the outlet that is cited last.') },
      party('onBehalfOf', 'On behalf of', 'A client, or an agency.'),
      { as: 'choice', path: 'rendering', label: 'How the source gives it', choices: words.renderings, none: 'Not said' },
      { as: 'yes', path: 'ownReporting', label: 'A reporter tells what they saw or found themselves' },
      { as: 'boxes', path: 'flags', label: 'Flags', choices: words.flags },
      { as: 'line', path: 'validAt', label: 'For when it speaks', help: `Of what changes with time. ${edtf}` },
      thing('replaces', 'Stands in the place of', ['claim'], 'An earlier claim of the same voice.'),
      {
        as: 'list',
        path: 'relatesTo',
        one: 'claim that it speaks of',
        least: 0,
        inside: [
          thing('claim', 'Other claim', ['claim']),
          { as: 'choice', path: 'as', label: 'How', choices: words.relations, none: 'Choose how' },
        ],
      },
      { as: 'line', path: 'scope.measure', label: 'Of a figure: what is measured' },
      { as: 'line', path: 'scope.population', label: 'Of whom or what' },
      { as: 'line', path: 'scope.place', label: 'Where' },
      { as: 'line', path: 'scope.period', label: 'In which time' },
      { as: 'line', path: 'scope.base', label: 'Compared with what' },
      { as: 'line', path: 'lang', label: 'Language of the statement', help: 'A tag as en or pt-BR; en where nothing is said.' },
    ],
  },
];

/** What an incident is, apart from its claims. */
export const incidentSpecs: readonly Spec[] = [
  { as: 'line', path: 'title', label: 'Title', help: 'Neutral, with place and kind: “Shots at a car in Ferryhill”.' },
  { as: 'line', path: 'occurred.date', label: 'Date', help: 'As exact as it is known: 2026-01-14, 2026-01, [2026-01-07,2026-01-08].' },
  { as: 'line', path: 'occurred.dateText', label: 'When, in words', help: 'Where a date cannot say it.' },
  { as: 'line', path: 'occurred.time', label: 'Local time', help: 'HH:MM, or a span as 18:00/20:00.' },
  { as: 'line', path: 'occurred.timeZone', label: 'Time zone', help: 'As America/Chicago.' },
  { as: 'line', path: 'place.text', label: 'Place, in words' },
  { as: 'line', path: 'place.locality', label: 'Town or village' },
  { as: 'line', path: 'place.region', label: 'Region', help: 'A code of ISO 3166-2, as US-MN.' },
  { as: 'line', path: 'place.country', label: 'Country', help: 'A code of ISO 3166-1, as US.' },
  { as: 'choice', path: 'place.precision', label: 'How exactly the place is known', choices: words.precisions, none: 'Not said' },
  { as: 'each', path: 'agencies', leaf: party('', 'Agency that took part') },
  {
    as: 'more',
    label: 'More about when and where',
    inside: [
      { as: 'yes', path: 'occurred.approximate', label: 'The time is told as about so' },
      { as: 'number', path: 'occurred.fold', label: 'Of a time that came twice: 0 the first, 1 the second' },
      { as: 'number', path: 'place.point.lat', label: 'Latitude' },
      { as: 'number', path: 'place.point.lon', label: 'Longitude' },
    ],
  },
];

/** A party that an edit brings. */
export const partySpecs: readonly Spec[] = [
  { as: 'line', path: 'name', label: 'Name', help: 'Of somebody of whom only a role is told, the role: “a witness on the bank”.' },
  { as: 'choice', path: 'kind', label: 'What it is', choices: words.partyKinds },
  {
    as: 'more',
    label: 'More about it',
    inside: [
      { as: 'line', path: 'publicRole', label: 'Public role', help: 'Why a person may be named: an office or function that is public.' },
      {
        as: 'truth',
        path: 'private',
        label: 'Is the name kept from the public?',
        none: 'As usual: of persons and roles yes, of others no',
      },
      { as: 'yes', path: 'minor', label: 'A minor' },
      party('parent', 'Belongs to', 'The body for which it speaks.'),
      { as: 'lines', path: 'aliases', label: 'Other names, one in each line' },
    ],
  },
];

const disputeSpecs: readonly Spec[] = [
  { as: 'choice', path: 'basis', label: 'Basis', choices: words.disputeBases },
  party('by', 'Who contests it'),
  { as: 'choice', path: 'capacity', label: 'In which role', choices: words.capacities, none: 'Nobody’s' },
  { as: 'area', path: 'grounds', label: 'Grounds', help: 'What they say against it, in words of the record’s own.' },
  thing('counterClaim', 'Claim that says otherwise', ['claim']),
  citations(),
];

const proceedingSpecs: readonly Spec[] = [
  { as: 'choice', path: 'type', label: 'What it is', choices: words.proceedingTypes, none: 'Choose a type' },
  { as: 'line', path: 'title', label: 'Title of the proceeding' },
  { as: 'choice', path: 'status', label: 'How it stood when it was opened', choices: words.proceedingStatuses, none: 'Choose a status' },
  { as: 'line', path: 'openedOn', label: 'Opened on', help: edtf },
  party('by', 'Who brought it'),
  party('against', 'Against whom'),
  party('forum', 'Before which court or body'),
  { as: 'line', path: 'caseNumber', label: 'Case number' },
  thing('continues', 'Continues', ['proceeding']),
  { as: 'each', path: 'claims', leaf: thing('', 'Claim that it is about', ['claim']) },
  citations(),
];

const rulingSpecs: readonly Spec[] = [
  party('court', 'Court'),
  party('judge', 'Judge'),
  { as: 'line', path: 'decidedOn', label: 'Decided on', help: edtf },
  { as: 'choice', path: 'finality', label: 'Finality', choices: words.finalities, none: 'Choose one' },
  { as: 'choice', path: 'basis', label: 'Basis', choices: words.rulingBases, none: 'Choose one' },
  { as: 'area', path: 'summary', label: 'Summary', help: 'What was decided, in words of the record’s own.' },
  {
    as: 'list',
    path: 'effects',
    one: 'effect',
    least: 1,
    inside: [
      { as: 'choice', path: 'effect', label: 'What it does to a claim or ruling', choices: words.effects, none: 'Nothing of that' },
      thing('claim', 'Claim that it speaks of', ['claim']),
      thing('ruling', 'or earlier ruling', ['ruling']),
      thing('proceeding', 'or proceeding', ['proceeding']),
      { as: 'choice', path: 'status', label: 'What the proceeding has become', choices: words.proceedingStatuses, none: 'Nothing of that' },
      citations(),
    ],
  },
  citations(),
  {
    as: 'more',
    label: 'Case, motion and standard of proof',
    inside: [
      { as: 'line', path: 'caseNumber', label: 'Case number' },
      party('onMotionOf', 'On motion of'),
      { as: 'line', path: 'standard', label: 'Standard of proof' },
    ],
  },
];

const correcting: readonly Spec[] = [
  { as: 'choice', path: 'basis', label: 'Basis of the correction', choices: words.bases },
  { ...reason, label: 'What was wrong' },
  citations(),
  {
    as: 'more',
    label: 'Hide what it replaces',
    inside: [{ as: 'yes', path: 'conceal', label: 'The texts that it replaces are for reviewers and auditors alone from then on' }],
  },
];

const claim = thing('claim', 'Claim', ['claim']);
const entries: readonly Thing[] = ['dispute', 'proceeding', 'ruling'];
const entry = thing('target', 'Dispute, proceeding or ruling', entries);
const retracting = (target: Spec, replacement: readonly Thing[]): readonly Spec[] => [
  target,
  reason,
  thing('replacedBy', 'What stands in its place', replacement),
  citations(0),
];
const reinstating = (target: Spec): readonly Spec[] => [target, reason, citations(0)];
const otherIncident = (path: string, label: string): Leaf => ({ as: 'incident', path, label, help: 'Its id: incident_…' });

/** Kinds of change for which there is a form. */
type IncidentKind = Exclude<Schemas['SentChange']['kind'], 'report_incident' | 'correct_change'>;
export type Kind = IncidentKind | keyof typeof registerKinds;

const incidentKinds: Readonly<Record<IncidentKind, KindSpec>> = {
  add_claim: { label: 'New claim', in: 'claim', list: 'claims', makes: 'claim', specs: claimSpecs },
  dispute_claim: { label: 'Dispute of a claim', list: 'disputes', makes: 'dispute', specs: [claim, ...disputeSpecs] },
  open_proceeding: { label: 'New proceeding', list: 'proceedings', makes: 'proceeding', specs: proceedingSpecs },
  record_ruling: { label: 'Ruling', list: 'rulings', makes: 'ruling', specs: rulingSpecs },
  update_proceeding: {
    label: 'What became of a proceeding',
    specs: [
      thing('proceeding', 'Proceeding', ['proceeding']),
      { as: 'choice', path: 'status', label: 'How it stands since', choices: words.proceedingStatuses, none: 'Choose a status' },
      { as: 'line', path: 'on', label: 'When', help: edtf },
      { as: 'area', path: 'note', label: 'What happened' },
      citations(),
    ],
  },
  retract_update: {
    label: 'Retraction of what became of a proceeding',
    specs: [{ as: 'update', path: 'proceeding', label: 'What became of it' }, reason, citations(0)],
  },
  add_citation: { label: 'Further quotation for a claim', specs: [claim, citations()] },
  correct_claim: { label: 'Correction of a claim', specs: [claim, { as: 'set', path: 'set', target: 'claim' }, ...correcting] },
  correct_entry: {
    label: 'Correction of a dispute, proceeding or ruling',
    specs: [entry, { as: 'set', path: 'set', target: 'target' }, ...correcting],
  },
  correct_incident: {
    label: 'Correction of the incident',
    specs: [{ as: 'set', path: 'set', target: null, inside: incidentSpecs }, ...correcting],
  },
  retract_claim: { label: 'Retraction of a claim', specs: retracting(claim, ['claim']) },
  retract_entry: { label: 'Retraction of a dispute, proceeding or ruling', specs: retracting(entry, entries) },
  withdraw_dispute: {
    label: 'Withdrawal of a dispute by whoever made it',
    specs: [thing('dispute', 'Dispute', ['dispute']), reason, citations(0)],
  },
  reinstate_claim: { label: 'Reinstatement of a claim', specs: reinstating(claim) },
  reinstate_entry: { label: 'Reinstatement of a dispute, proceeding or ruling', specs: reinstating(entry) },
  rank_claim: {
    label: 'Rank of a claim',
    specs: [claim, { as: 'choice', path: 'rank', label: 'Where it is shown', choices: words.ranks }, reason],
  },
  move_claim: { label: 'Move of a claim to another incident', specs: [claim, otherIncident('to', 'Other incident'), reason] },
  merge_incident: { label: 'Merge into another incident', specs: [otherIncident('into', 'Into which incident'), reason] },
  unmerge_incident: { label: 'End of a merge', specs: [reason] },
  distinguish_incident: { label: 'Not the same as another incident', specs: [otherIncident('from', 'The other incident'), reason] },
  undistinguish_incident: { label: 'Take back: not the same', specs: [otherIncident('from', 'The other incident'), reason] },
  retract_incident: {
    label: 'Retraction of the incident',
    specs: [reason, otherIncident('replacedBy', 'What stands in its place'), citations(0)],
  },
  reinstate_incident: { label: 'Reinstatement of the incident', specs: [reason, citations(0)] },
};

export const kinds: Readonly<Record<Kind, KindSpec>> = { ...incidentKinds, ...registerKinds };
export const isKind = (kind: string): kind is Kind => Object.hasOwn(kinds, kind);

/** What there is to set anew of what a correction is of. Nothing while that was not chosen. */
export const settable = (set: Spec & { as: 'set' }, target: string | null): readonly Spec[] => {
  if (set.target === null) return set.inside;
  const specs = { claim: claimSpecs, dispute: disputeSpecs, proceeding: proceedingSpecs, ruling: rulingSpecs };
  return Object.entries(specs).find(([name]) => target?.startsWith(`${name}_`))?.[1] ?? [];
};
