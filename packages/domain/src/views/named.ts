import type { Incident } from '../incident/state.ts';
import type { Claim } from '../incident/things/claim.ts';
import { citationsOfField, partiesOfField } from '../incident/things/field.ts';
import type { Parties } from '../party/shapes.ts';
import { ancestorsOf } from '../rules/voices.ts';
import type { Citation } from '../source/citation.ts';

/** Which parties and sources an incident's document names: what the public may see of them follows from it. Each once, in the order of the record. */

const partiesOfClaim = (claim: Claim): (string | null)[] => [
  claim.speaker,
  claim.onBehalfOf,
  claim.about,
  ...claim.via,
  ...partiesOfField('value', claim.value),
];

function* allParties(state: Incident, agencies: string[]): Generator<string | null> {
  yield* agencies;
  for (const { claim } of state.claims.values()) yield* partiesOfClaim(claim);
  for (const { dispute } of state.disputes.values()) yield dispute.by;
  for (const { proceeding } of state.proceedings.values()) yield* [proceeding.by, proceeding.against, proceeding.forum];
  for (const { ruling } of state.rulings.values()) yield* [ruling.court, ruling.judge];
  for (const { changes } of state.corrections) {
    // What a field held before and after a correction is shown, so the parties of both are named.
    for (const { field, from, to } of changes) yield* [...partiesOfField(field, from), ...partiesOfField(field, to)];
  }
}

/** All parties that the record names, then their ancestors, so that every voice and every `parent` is among them. */
export const partiesNamed = (state: Incident, agencies: string[], parties: Parties): string[] => {
  const named = new Set<string>();
  for (const id of allParties(state, agencies)) if (id !== null) named.add(id);
  const above = [...named].flatMap((id) => ancestorsOf(id, parties));
  return [...new Set([...named, ...above])];
};

function* allCitations(state: Incident): Generator<Citation> {
  yield* state.retraction?.citations ?? [];
  for (const { claim } of state.claims.values()) yield* claim.citations;
  for (const { retraction } of [state.claims, state.disputes, state.proceedings, state.rulings].flatMap((things) => [...things.values()])) {
    yield* retraction?.citations ?? [];
  }
  for (const { dispute, withdrawal } of state.disputes.values()) yield* [...dispute.citations, ...(withdrawal?.citations ?? [])];
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
}

/** All sources that the record cites. */
export const sourcesNamed = (state: Incident): string[] => {
  const cited = new Set<string>();
  for (const { source } of allCitations(state)) cited.add(source);
  return [...cited];
};
