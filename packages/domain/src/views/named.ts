import type { Incident, Parties } from '../incident/state.ts';
import type { Citation, Claim, Effect } from '../shapes.ts';
import { ancestorsOf } from '../voices.ts';

/** Which parties and sources an incident's document names: what the public may see of them follows from it. Each once, in the order of the record. */

const partyFields: ReadonlySet<string> = new Set([
  'about',
  'speaker',
  'onBehalfOf',
  'by',
  'against',
  'forum',
  'court',
  'judge',
  'agencies',
  'via',
]);

const partiesOfValue = (value: Claim['value'] | undefined): string[] => (value?.kind === 'party' ? [value.value] : []);

const partiesOfClaim = (claim: Claim): (string | null)[] => [
  claim.speaker,
  claim.onBehalfOf,
  claim.about,
  ...claim.via,
  ...partiesOfValue(claim.value),
];

/** What a field held before and after a correction is shown, so the parties of both are named. */
const partiesOfField = (field: string, content: unknown): string[] => {
  if (field === 'value' && content !== null) return partiesOfValue(content as Claim['value'] | undefined);
  if (!partyFields.has(field)) return [];
  return [content].flat().filter((id) => typeof id === 'string');
};

function* allParties(state: Incident, agencies: string[], others: Claim[]): Generator<string | null> {
  yield* agencies;
  for (const { claim } of state.claims.values()) yield* partiesOfClaim(claim);
  for (const { dispute } of state.disputes.values()) yield dispute.by;
  for (const { proceeding } of state.proceedings.values()) yield* [proceeding.by, proceeding.against, proceeding.forum];
  for (const { ruling } of state.rulings.values()) yield* [ruling.court, ruling.judge];
  for (const { changes } of state.corrections) {
    for (const { field, from, to } of changes) yield* [...partiesOfField(field, from), ...partiesOfField(field, to)];
  }
  for (const claim of others) yield* partiesOfClaim(claim);
}

/** All parties that the record names, then their ancestors, so that every voice and every `parent` is among them. */
export const partiesNamed = (state: Incident, agencies: string[], others: Claim[], parties: Parties): string[] => {
  const named = new Set<string>();
  for (const id of allParties(state, agencies, others)) if (id !== null) named.add(id);
  const above = [...named].flatMap((id) => ancestorsOf(id, parties));
  return [...new Set([...named, ...above])];
};

const citationsOfField = (field: string, content: unknown): Citation[] => {
  if (!Array.isArray(content)) return [];
  if (field === 'citations') return content as Citation[];
  return field === 'effects' ? (content as Effect[]).flatMap(({ citations }) => citations) : [];
};

function* allCitations(state: Incident, others: Claim[]): Generator<Citation> {
  for (const { claim } of state.claims.values()) yield* claim.citations;
  for (const { dispute } of state.disputes.values()) yield* dispute.citations;
  for (const { proceeding, updates } of state.proceedings.values()) {
    yield* proceeding.citations;
    for (const { citations } of updates) yield* citations;
  }
  for (const { ruling } of state.rulings.values()) {
    yield* ruling.citations;
    for (const { citations } of ruling.effects) yield* citations;
  }
  for (const { changes, citations } of state.corrections) {
    yield* citations;
    for (const { field, from, to } of changes) yield* [...citationsOfField(field, from), ...citationsOfField(field, to)];
  }
  for (const claim of others) yield* claim.citations;
}

/** All sources that the record cites. */
export const sourcesCited = (state: Incident, others: Claim[]): string[] => {
  const cited = new Set<string>();
  for (const { source } of allCitations(state, others)) cited.add(source);
  return [...cited];
};
