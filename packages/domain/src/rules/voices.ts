import type { Claim } from '../incident/things/claim.ts';
import type { Parties } from '../party/shapes.ts';

/** What is next above a party: of a merged one its survivor. A person or described role has no parent: it speaks for a body only through `onBehalfOf`. */
const aboveOf = (id: string, parties: Parties): string | null => {
  const party = parties(id);
  if (party === undefined) return null;
  return party.mergedInto ?? (party.kind === 'person' || party.kind === 'described_role' ? null : party.parent);
};

/** A party and its ancestors, nearest first. */
const lineOf = (id: string, parties: Parties): { line: string[]; cycle: string[] } => {
  const line = new Set([id]);
  for (let last = id; ; ) {
    const parent = aboveOf(last, parties);
    if (parent === null) return { line: [...line], cycle: [] };
    // A correction could make two bodies each other's parent; following them for ever would stop every read of the incident.
    if (line.has(parent)) return { line: [...line], cycle: [...line].slice([...line].indexOf(parent)) };
    line.add(parent);
    last = parent;
  }
};

/** The party that it is said to be: where it is merged, the one into which it is, at last. Of parties merged in a circle it is the smallest id. */
export const survivorOf = (id: string, parties: Parties): string => {
  const passed = [id];
  for (;;) {
    const next = parties(passed[passed.length - 1] ?? id)?.mergedInto ?? null;
    if (next === null) return passed[passed.length - 1] ?? id;
    if (passed.includes(next)) return passed.slice(passed.indexOf(next)).sort()[0] ?? id;
    passed.push(next);
  }
};

/** The party's ancestors, nearest first, without itself. */
export const ancestorsOf = (id: string, parties: Parties): string[] => lineOf(id, parties).line.slice(1);

/** The topmost parent of a party, itself where it has none. Parties in a cycle of parents have one top: the smallest id of the cycle. */
export const topmost = (id: string, parties: Parties): string => {
  const { line, cycle } = lineOf(id, parties);
  return cycle.sort()[0] ?? line[line.length - 1] ?? id;
};

/** Whom the words of a claim belong to, relayed or not: the topmost parent of `onBehalfOf`, else of the speaker. */
export const partyBehind = (claim: Claim, parties: Parties): string => topmost(claim.onBehalfOf ?? claim.speaker, parties);

/**
 * How a claim counts among voices (docs/rules.md, state 6):
 * `voice`; `relay` (a reporter without own reporting: no voice);
 * `unnamed` (a described role that speaks as official, spokesperson or anonymous for no named body: a voice only where no other voice is
 * counted, since it may belong to one that is).
 */
type VoiceKind = 'voice' | 'relay' | 'unnamed';

const unnamedCapacities: ReadonlySet<Claim['capacity']> = new Set(['official', 'spokesperson', 'anonymous'] as const);

export const voiceKind = (claim: Claim, parties: Parties): VoiceKind => {
  if (claim.capacity === 'reporter' && !claim.ownReporting) return 'relay';
  const unnamed =
    claim.onBehalfOf === null &&
    unnamedCapacities.has(claim.capacity) &&
    parties(survivorOf(claim.speaker, parties))?.kind === 'described_role';
  return unnamed ? 'unnamed' : 'voice';
};

/** The voice of a claim taken by itself: the id of the party that stands behind it, null for a relay. */
export const voiceOf = (claim: Claim, parties: Parties): string | null =>
  voiceKind(claim, parties) === 'relay' ? null : partyBehind(claim, parties);
